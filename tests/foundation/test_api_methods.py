"""What the API says to methods: what an address offers is in `Allow` and in the document, and nothing else is done."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.api_client import Program, a_token
from tests.factories import a_leader, a_person

OURS = {"get", "post", "patch"}


@pytest.fixture
def program(app: Flask) -> Program:
    """A program of a volunteer."""
    return Program(app, a_token(a_person()))


def offered(app: Flask) -> dict[str, set[str]]:
    """Every address of the document, as somebody would call it, with its methods."""
    paths = app.extensions["api"].document["paths"]
    filled: dict[str, set[str]] = {}
    for path, item in paths.items():
        address = path.replace("{number}", "1").replace("{months}", "24")
        for name in ("ref", "handle", "quarter", "part"):
            address = address.replace("{" + name + "}", "x")
        assert "{" not in address, path
        filled[address] = {method.upper() for method in item if method in OURS}
    return filled


@pytest.mark.parametrize("method", ["PUT", "DELETE", "TRACE", "PROPFIND"])
def test_what_an_address_does_not_offer_is_refused_with_what_it_does(app: Flask, program: Program, method: str) -> None:
    for address, methods in offered(app).items():
        answer = program.client.open(address, method=method, headers=program.headers)

        assert answer.status_code == 405, address
        assert answer.mimetype == "application/problem+json"
        assert allowed(answer.headers["Allow"]) == methods, address


def test_options_name_what_an_address_offers(app: Flask, program: Program) -> None:
    for address, methods in offered(app).items():
        answer = program.client.open(address, method="OPTIONS", headers=program.headers)

        assert answer.status_code == 200, address
        assert allowed(answer.headers["Allow"]) == methods, address
        assert answer.data == b""


def test_head_tells_what_get_would_and_sends_no_body(app: Flask, program: Program) -> None:
    for address, methods in offered(app).items():
        if "GET" in methods:
            got = program.client.open(address, headers=program.headers)
            head = program.client.open(address, method="HEAD", headers=program.headers)

            assert (head.status_code, head.mimetype) == (got.status_code, got.mimetype), address
            assert head.data == b""


def test_a_list_that_cannot_go_on_where_it_is_told_says_so(app: Flask) -> None:
    program = Program(app, a_token(a_leader()))
    paths = app.extensions["api"].document["paths"]
    lists = [path for path, item in paths.items() if "{" not in path and takes_a_cursor(item.get("get", {}))]

    assert len(lists) > 9
    for path in lists:
        answer = program.get(path.removeprefix("/api/v1"), after="nowhere")

        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), path
        assert "next" in answer.json["detail"], path


def test_every_operation_has_a_name_of_its_own(app: Flask) -> None:
    paths = app.extensions["api"].document["paths"]
    names = [item[method]["operationId"] for item in paths.values() for method in item if method in OURS]

    assert len(names) == len(set(names))


def takes_a_cursor(operation: dict[str, Any]) -> bool:
    """Whether a list goes on after a text of its own; the trail goes on after a number."""
    asked = {one["name"]: one["schema"] for one in operation.get("parameters", []) if one["in"] == "query"}
    return asked.get("after", {}).get("type") not in (None, "integer")


def allowed(header: str) -> set[str]:
    """The methods of the document that a header names; reading comes with HEAD, and everything with OPTIONS."""
    said = {name.strip() for name in header.split(",")}
    assert "OPTIONS" in said
    assert ("HEAD" in said) == ("GET" in said)
    return said - {"HEAD", "OPTIONS"}
