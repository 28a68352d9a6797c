"""The API against its own document: whatever a program may send, the answer is one that the document names.

schemathesis makes up requests from `/api/v1/openapi.json`, those it allows and those it does not, on their own and one
after another, and compares every answer with it. It is told the identifiers of what is there, to come beyond 404.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import CheckNode

from config import Settings
from portfolio.people.person import RoleName
from tests.api_client import a_token
from tests.bridge.crossings import a_barrier, a_challenge, a_learning, a_promotion, an_accepted_promotion, give
from tests.factories import (
    a_draft,
    a_leader,
    a_milestone,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    a_unit,
    an_approved_experiment,
    an_envelope,
)
from tests.hierarchy.plans import (
    a_phase,
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
)
from tests.promises.serving import Served, serving
from tests.reviews.meetings import a_closed_review, a_scheduled_review, an_open_review

HowMany = Callable[[int, int], int]
Told = Callable[[int, int], None]
SEEDS = (20261127, 1, 42)

# What the identifiers in addresses and bodies stand for: each list of the API, and what its rows are known by.
LISTS = {
    "experiments": "id",
    "learnings": "id",
    "promotions": "id",
    "initiatives": "id",
    "challenges": "id",
    "barriers": "id",
    "reviews": "id",
    "envelopes": "quarter",
    "people": "id",
    "units": "id",
    "measures": "id",
    "phases": "id",
}
METHODS = ("get", "post", "patch")
IN_ADDRESSES = {"ref", "handle", "quarter", "number"}
IN_BODIES = {
    "unit": "units",
    "owner": "people",
    "person": "people",
    "sponsor": "people",
    "accountable": "people",
    "taker": "experiments",
    "measure": "measures",
    "phase": "phases",
}


@dataclass
class House:
    """A server with something in every state, and a token of somebody who may nearly everything."""

    served: Served
    token: str


@pytest.fixture(scope="module")
def house(
    settings: Settings, migrated_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One for all of these, on a database of its own."""
    folder = tmp_path_factory.mktemp("schemathesis")
    with serving(settings, migrated_database("schemathesis"), folder) as (served, _app):
        served.start()
        yield House(served, a_busy_house())


def test_whatever_is_sent_is_answered_as_the_document_says(house: House, how_many: HowMany, progress: Told) -> None:
    offered = sorted(operations_of(house.served))
    asked = offered[:: how_many(16, 1)]  # To learn an operation takes schemathesis long, so usually it learns a few.

    for number, seed in enumerate(SEEDS[: how_many(1, len(SEEDS))], start=1):
        run = tried(house, settings_for(house, asked, seed, most=how_many(2, 25)))
        progress(number, len(SEEDS))

        assert run.operations == set(asked)
        assert not run.found, "\n\n".join([f"seed {seed}: {len(run.found)} of {run.cases}", *run.found])


def test_an_answer_that_the_document_does_not_name_is_found(house: House) -> None:
    def wrong(document: dict[str, Any]) -> None:
        document["components"]["schemas"]["HouseRulesShown"]["properties"]["organisation"] = {"type": "integer"}

    run = tried(house, settings_for(house, ["house_rules.show_house_rules"], SEEDS[0], most=1), mend=wrong)

    assert any("response_schema_conformance" in one for one in run.found)


@dataclass
class Run:
    """What came of one run."""

    operations: set[str] = field(default_factory=set)
    cases: Counter[str] = field(default_factory=Counter)
    found: list[str] = field(default_factory=list)


def tried(house: House, config: SchemathesisConfig, *, mend: Callable[[dict[str, Any]], None] | None = None) -> Run:
    """Everything schemathesis knows, with every check on.

    Args:
        mend: changes the document that it is shown.
    """
    document = requests.get(f"{house.served.api}/openapi.json", timeout=60).json()
    if mend is not None:
        mend(document)
    schema = schemathesis.openapi.from_dict(document, config=config)
    run = Run()
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            recorder = event.recorder
            run.cases[event.phase.name] += len(recorder.cases)
            run.operations |= {node.value.operation.definition.raw["operationId"] for node in recorder.cases.values()}
            run.found += [said(check) for checks in recorder.checks.values() for check in checks if failed(check)]
        elif isinstance(event, events.NonFatalError | events.FatalError):
            run.found.append(str(event))
    return run


def settings_for(house: House, asked: list[str], seed: int, *, most: int) -> SchemathesisConfig:
    """What schemathesis is told of us."""
    headers = {"Authorization": f"Bearer {house.token}"}
    known = {name: identifiers(f"{house.served.api}/{name}", key, headers) for name, key in LISTS.items()}
    in_bodies = {f"body.{name}": {"dictionary": of, "probability": 0.7} for name, of in IN_BODIES.items()}
    return SchemathesisConfig.from_dict(
        {
            "seed": seed,
            "suppress-health-check": ["too_slow"],  # The machine may be busy.
            "headers": headers,
            "base-url": house.served.url,
            "continue-on-failure": True,
            "request-timeout": 60,
            "generation": {"max-examples": most, "database": "none"},
            "phases": {name: {"enabled": most > 2} for name in ("examples", "coverage", "stateful")},
            # RFC 6585 has a status of its own for a version that was not named.
            # And a place in a list is no more than a text to the document; one that no page gave is a 400.
            "checks": {
                "missing_required_header": {"expected-statuses": ["401", "422", "428"]},
                "positive_data_acceptance": {
                    "expected-statuses": ["2xx", "3xx", "400", "401", "403", "404", "409", "429", "5xx"]
                },
            },
            "dictionaries": {name: {"values": values} for name, values in known.items()},
            "parameters": in_bodies,
            "operations": [
                {"exclude-operation-id": asked, "enabled": False},
                *(
                    {
                        "include-path-regex": f"^/api/v1/{name}",
                        "parameters": {
                            f"path.{place}": {"dictionary": name, "probability": 0.9} for place in IN_ADDRESSES
                        },
                    }
                    for name in known
                ),
            ],
        }
    )


def identifiers(address: str, key: str, headers: dict[str, str]) -> list[Any]:
    """Those on the first page of a list."""
    rows = requests.get(address, headers=headers, timeout=60).json()["items"]
    return [row.get(key, row.get("number")) for row in rows]


def operations_of(served: Served) -> set[str]:
    """Everything the document offers."""
    paths = requests.get(f"{served.api}/openapi.json", timeout=60).json()["paths"]
    return {item[method]["operationId"] for item in paths.values() for method in METHODS if method in item}


def failed(check: CheckNode) -> bool:
    """Whether an answer was another one than the document names."""
    return check.status is Status.FAILURE and check.failure_info is not None


def said(check: CheckNode) -> str:
    """What was wrong with it, and how to see it again."""
    assert check.failure_info is not None
    failure = check.failure_info.failure
    return f"{check.name}: {failure.operation}: {failure.message}\n{check.failure_info.code_sample}"


def a_busy_house() -> str:
    """Something in every state, and a token of somebody who may nearly everything."""
    unit = a_unit()
    person = a_person(roles=[RoleName.LEADER, RoleName.FACILITATOR, RoleName.ADMINISTRATOR], unit=unit, owns=[unit])
    an_envelope()
    for lead in (person, a_leader()):
        a_draft(lead=lead)
        a_proposed_experiment(lead=lead)
        an_approved_experiment(lead=lead)
        a_learning(a_running_experiment(lead=lead, milestones=(a_milestone(),)))
    for make in (a_suggestion, a_planned_initiative, an_active_initiative, an_embedded_initiative):
        make(owner=person, unit=unit)
    a_promotion(owner=person)
    an_accepted_promotion()
    a_challenge(by=person)
    give(a_barrier(a_proposed_experiment(lead=person)), person)
    a_phase("Quotes in minutes")
    a_closed_review("2026-Q2")
    an_open_review("2026-Q3")
    a_scheduled_review("2026-Q4")
    return a_token(person)
