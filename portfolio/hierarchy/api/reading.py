"""The initiatives' resource: the list, one, and what it says."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import Command, commanding, named, quoted, refuse_another_version
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.money import Money
from portfolio.hierarchy import policy, queries
from portfolio.hierarchy.api.bodies import InitiativeChangeBody, InitiativeQuery, SuggestionBody, text_of
from portfolio.hierarchy.api.shapes import InitiativeRow, InitiativeShown, row_of, tag_of, whole_of
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.text import InitiativeText
from portfolio.organisation import measure_queries
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.unit import Unit
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.person import Person
from portfolio.strategy import queries as strategy

api = Resource("initiatives", "Plan-driven changes in the hierarchy.", letter="I")


def shown(initiative: Initiative, viewer: Person) -> dict[str, Any]:
    """One initiative as its reader may see it."""
    rules = house_rules()
    readings = measure_queries.readings(initiative.measure, None).rows if initiative.measure else []
    return whole_of(
        initiative,
        rules.today,
        queries.statuses(initiative),
        queries.effects([initiative])[initiative.id],
        readings,
        people.by_ids(reading.by_id for reading in readings),
        amounts=policy.sees_amounts(viewer, initiative, rules),
    )


def changed(ref: str, act: Command, permission: Permission) -> Initiative:
    """One initiative, locked, which this person may do this to."""
    initiative = queries.initiative_for_change(ref, viewer=act.person)
    act.authorize(permission, initiative)
    return initiative


def answered(act: Command, initiative: Initiative, status: int = 200, **headers: str) -> Any:
    """The initiative as it is now, with the version of its text."""
    now = queries.as_written(initiative)
    return act.answer(shown(now, act.person), status, ETag=quoted(tag_of(now)), **headers)


@api.get("")
@asks(policy.may_list)
@api.takes(InitiativeQuery, "query")
@api.answers(listed(InitiativeRow))
def list_initiatives(said: dict[str, Any]) -> Any:
    """The plan of record, the newest first."""
    viewer, rules = somebody(), house_rules()
    search = queries.InitiativeSearch(
        stage=said["state"],
        form=said["form"],
        unit_id=organisation.unit(said["unit"]).id if said["unit"] else None,
        text=said["q"],
    )
    page = search.page(viewer, said["after"], size=said["limit"])
    statuses = queries.latest_statuses(page.rows)
    return page_of(
        page,
        lambda row: row_of(row, rules.today, statuses.get(row.id), amounts=policy.sees_amounts(viewer, row, rules)),
    )


@api.get("/<ref>")
@asks(policy.may_list)
@api.answers(InitiativeShown)
def show_initiative(ref: str) -> Any:
    """One initiative, whole. Its `ETag` names the version of its text."""
    initiative = queries.initiative(ref, viewer=somebody())
    return shown(initiative, somebody()), {"ETag": quoted(tag_of(initiative))}


@api.post("")
@asks(policy.may_suggest)
@api.takes(SuggestionBody)
@api.answers(InitiativeShown, 201)
def create_initiative(said: dict[str, Any]) -> Any:
    """Suggest one, as a draft."""
    with commanding() as act:
        act.authorize(policy.may_suggest)
        initiative = Initiative.suggest(
            text_of(said, InitiativeText(budget=Money(0, house_rules().currency)), _part_taker),
            unit=_unit(said, None),
            owner=_owner(said, None),
            by=act.person,
            at=act.at,
        )
        _tie(initiative, said, act)
        return answered(act, initiative, 201, Location=f"{api.url_prefix}/{initiative.ref}")


@api.patch("/<ref>")
@asks(policy.may_write)
@api.takes(InitiativeChangeBody)
@api.answers(InitiativeShown)
def change_initiative(said: dict[str, Any], ref: str) -> Any:
    """Change what it says; a plan under way stays complete. `If-Match` refuses to overwrite a newer version."""
    with commanding() as act:
        initiative = changed(ref, act, policy.may_write)
        refuse_another_version(tag_of(initiative), lambda: shown(initiative, act.person))
        initiative.write(
            text_of(said, initiative.text, _part_taker),
            unit=_unit(said, initiative.unit),
            owner=_owner(said, initiative.owner),
            revision=initiative.revision,
            by=act.person,
        )
        _tie(initiative, said, act)
        return answered(act, initiative)


def _unit(said: dict[str, Any], before: Unit | None) -> Unit | None:
    if "unit" not in said:
        return before
    return named("unit", organisation.unit, said["unit"]) if said["unit"] else None


def _owner(said: dict[str, Any], before: Person | None) -> Person | None:
    if "owner" not in said:
        return before
    return named("owner", people.person, said["owner"]) if said["owner"] else None


def _part_taker(handle: str) -> Person:
    return named("raci", people.person, handle)


def _tie(initiative: Initiative, said: dict[str, Any], act: Command) -> None:
    if "phase" in said:
        initiative.tie_to(named("phase", strategy.phase, said["phase"]) if said["phase"] else None, by=act.person)
