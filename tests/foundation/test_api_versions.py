"""What was changed meanwhile is overwritten by nobody, and whoever came late sees both: theirs and what there is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portfolio.people.person import Person, RoleName
from tests.api_client import Program, a_token
from tests.factories import a_draft, a_person, a_unit
from tests.hierarchy.plans import a_phase, a_suggestion
from tests.reviews.meetings import a_scheduled_review

# What is changed: the first by somebody else, the second by whoever came late.
CHANGES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "/experiments/{ref}": ({"title": "First?"}, {"title": "Second?", "hours_a_week": 5}),
    "/initiatives/{ref}": ({"title": "First"}, {"title": "Second"}),
    "/reviews/{ref}": ({"minutes": 60}, {"minutes": 120}),
    "/big-opportunity": ({"statement": "Within an hour."}, {"statement": "Within a week."}),
    "/vision/{months}": ({"statement": "Within an hour."}, {"statement": "Within a week."}),
    "/phases/{number}": ({"name": "First"}, {"name": "Second"}),
    "/people/{handle}": ({"roles": ["facilitator"]}, {"roles": ["leader"]}),
    "/units/{handle}": ({"name": "First"}, {"name": "Second"}),
    "/house-rules": ({"timebox_weeks": 6}, {"timebox_weeks": 8}),
}


@pytest.fixture
def everybody(app: Flask) -> Person:
    """Somebody who may change everything of this."""
    return a_person(roles=[RoleName.LEADER, RoleName.FACILITATOR, RoleName.ADMINISTRATOR])


@pytest.fixture
def program(app: Flask, everybody: Person) -> Program:
    """Acts for them."""
    return Program(app, a_token(everybody))


@pytest.fixture
def places(program: Program, everybody: Person) -> dict[str, str]:
    """Something of each kind, and where it is."""
    assert program.post("/big-opportunity", {"statement": "Within a day."}).status_code == 201
    assert program.post("/vision", {"statement": "Within a day.", "months": 24}).status_code == 201
    return {
        "/experiments/{ref}": f"/experiments/{a_draft(lead=everybody).ref}",
        "/initiatives/{ref}": f"/initiatives/{a_suggestion(owner=everybody).ref}",
        "/reviews/{ref}": f"/reviews/{a_scheduled_review().ref}",
        "/big-opportunity": "/big-opportunity",
        "/vision/{months}": "/vision/24",
        "/phases/{number}": f"/phases/{a_phase('Quotes').id}",
        "/people/{handle}": f"/people/{a_person().handle}",
        "/units/{handle}": f"/units/{a_unit().handle}",
        "/house-rules": "/house-rules",
    }


def test_whoever_comes_late_overwrites_nothing_and_sees_both(program: Program, places: dict[str, str]) -> None:
    for kind, (first, second) in CHANGES.items():
        path = places[kind]
        read = program.get(path).headers["ETag"]
        changed = program.patch(path, first, If_Match=read)
        assert changed.status_code == 200, (kind, changed.json)

        late = program.patch(path, second, If_Match=read)

        assert late.status_code == 409, kind
        now = program.get(path)
        versions = late.json["versions"]
        assert (versions["sent"], versions["now"]) == (read, now.headers["ETag"]), kind
        assert sorted(versions["differ"], key=lambda one: one["field"]) == [
            {"field": name, "sent": value, "now": now.json[name]} for name, value in sorted(second.items())
        ], kind
        assert now.json == changed.json, kind


def test_what_is_not_changed_says_nothing_of_versions(program: Program, places: dict[str, str]) -> None:
    refused = program.patch(places["/big-opportunity"], {"statement": "Within a day."})

    assert refused.status_code == 409
    assert "versions" not in refused.json


def test_the_document_names_the_versions_a_refusal_shows(app: Flask) -> None:
    shapes = app.extensions["api"].document["components"]["schemas"]

    assert shapes["Problem"]["properties"]["versions"] == {"$ref": "#/components/schemas/Versions"}
    assert set(shapes["Versions"]["required"]) == {"sent", "now", "differ"}
    assert set(shapes["Difference"]["required"]) == {"field", "sent", "now"}


def test_every_change_names_the_version_as_something_it_takes(app: Flask) -> None:
    paths = app.extensions["api"].document["paths"]
    changes = [item["patch"] for item in paths.values() if "patch" in item]

    for change in changes:
        (taken,) = [one for one in change.get("parameters", []) if (one["in"], one["name"]) == ("header", "If-Match")]
        assert not taken.get("required"), change["operationId"]


def test_every_address_that_changes_something_is_among_these(app: Flask) -> None:
    paths = app.extensions["api"].document["paths"]

    assert {path.removeprefix("/api/v1") for path, item in paths.items() if "patch" in item} == CHANGES.keys()
