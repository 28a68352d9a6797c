"""From a suggestion to a commitment: what a plan needs, what it keeps, and who carries it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.database import write_tx
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import Letter, State
from portfolio.hierarchy.text import MilestoneText, RoleText
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from tests.factories import (
    a_person,
    a_unit,
    an_observer,
    an_operations_owner,
    deactivated,
    here,
    last_action,
    last_line,
    rules_now,
)
from tests.hierarchy.plans import (
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
    an_initiative_text,
    initiative_now,
    owner_of,
    working_on,
)


def rewrite(initiative: Initiative, revision: int, **words: Any) -> None:
    """Let its owner change what it says, having seen a revision of it."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, _at):
        text = replace(mine.text, **words)
        mine.write(text, unit=mine.unit, owner=mine.owner, revision=revision, by=by)


@pytest.mark.parametrize("form", [FormOfChange.TRANSITION, FormOfChange.INNOVATION])
def test_what_shifts_the_way_of_thinking_is_no_initiative(app: Flask, form: FormOfChange) -> None:
    with pytest.raises(RuleBroken, match="network"):
        a_suggestion(form=form)


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("title", {"title": ""}),
        ("starts_on", {"starts_on": None}),
        ("due_on", {"due_on": None}),
        ("metric", {"metric": ""}),
        ("baseline", {"baseline": None}),
        ("target", {"target": None}),
        ("target", {"target": Decimal("45.0")}),
        ("milestones", {"milestones": (MilestoneText("Half of them live"),)}),
    ],
)
def test_a_plan_with_a_gap_is_not_planned(app: Flask, field: str, words: dict[str, Any]) -> None:
    unit = a_unit()
    draft = a_suggestion(unit=unit, **words)

    with pytest.raises(RuleBroken) as refusal, working_on(draft, by=an_operations_owner(unit)) as (mine, by, at):
        mine.plan(by=by, at=at)

    assert [obstacle.field for obstacle in refusal.value.obstacles] == [field]
    assert [obstacle.field for obstacle in draft.obstacles_to_plan] == [field]
    assert initiative_now(draft.id).state is State.DRAFT


def test_it_is_due_after_it_starts(app: Flask) -> None:
    today = rules_now().today
    same_day = a_suggestion(starts_on=today, due_on=today)

    assert [obstacle.field for obstacle in same_day.obstacles_to_plan] == ["due_on"]


def test_it_needs_a_unit_and_one_person_who_answers_for_it(app: Flask) -> None:
    text, person = an_initiative_text(), a_person()
    with write_tx() as at:
        made = Initiative.suggest(text, unit=None, owner=None, by=here(person), at=at)
        assert [obstacle.field for obstacle in made.obstacles_to_plan] == ["unit", "owner"]


def test_somebody_who_left_cannot_be_accountable(app: Flask) -> None:
    owner = a_person()
    draft = a_suggestion(owner=owner)
    deactivated(owner)

    assert [obstacle.field for obstacle in initiative_now(draft.id).obstacles_to_plan] == ["owner"]


def test_an_observer_cannot_be_accountable_nor_be_given_a_part(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="cannot take part"):
        a_suggestion(owner=an_observer())
    with pytest.raises(RuleBroken, match="cannot take part"):
        a_suggestion(roles=(RoleText(an_observer(), Letter.INFORMED),))


def test_nobody_but_the_owner_is_accountable(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="the owner"):
        a_suggestion(roles=(RoleText(a_person(), Letter.ACCOUNTABLE),))


def test_each_person_has_one_part(app: Flask) -> None:
    twice = a_person()
    with pytest.raises(RuleBroken, match="named twice"):
        a_suggestion(roles=(RoleText(twice, Letter.RESPONSIBLE), RoleText(twice, Letter.INFORMED)))


def test_the_owner_stands_first_among_those_with_a_part(app: Flask) -> None:
    owner, doer, informed = a_person(), a_person(), a_person()
    roles = (
        RoleText(informed, Letter.INFORMED),
        RoleText(owner, Letter.ACCOUNTABLE),
        RoleText(doer, Letter.RESPONSIBLE),
    )

    initiative = a_suggestion(owner=owner, roles=roles)

    assert [(letter.value, person.id) for letter, person in initiative.raci] == [
        ("A", owner.id),
        ("R", doer.id),
        ("I", informed.id),
    ]


def test_planning_points_at_a_measure_and_keeps_the_day_it_was_due(app: Flask) -> None:
    initiative = a_planned_initiative()

    assert initiative.state is State.PLANNED
    assert initiative.measure is not None
    assert (initiative.measure.name, initiative.measure.owner_id) == ("Minutes to a quote", initiative.owner_id)
    assert initiative.first_due_on == initiative.due_on
    assert initiative.was_due_on is None
    assert last_action() == "initiative.planned"


def test_two_initiatives_that_name_one_measure_share_it(app: Flask) -> None:
    first = a_planned_initiative()
    second = a_planned_initiative(metric=" minutes  to a QUOTE ")

    assert first.measure_id == second.measure_id


def test_what_is_planned_is_planned_once(app: Flask) -> None:
    planned = a_planned_initiative()

    with pytest.raises(RuleBroken), working_on(planned, by=owner_of(planned)) as (initiative, by, at):
        initiative.plan(by=by, at=at)


@pytest.mark.parametrize("make", [a_suggestion, an_active_initiative, an_embedded_initiative])
def test_only_what_is_planned_starts(app: Flask, make: Any) -> None:
    made = make()

    with pytest.raises(RuleBroken, match="planned"), working_on(made, by=owner_of(made)) as (initiative, by, _at):
        initiative.start(rules=house_rules(), by=by)


def test_a_plan_under_way_stays_complete(app: Flask) -> None:
    planned = a_planned_initiative()

    with pytest.raises(RuleBroken) as refusal:
        rewrite(planned, 1, target=None)

    assert [obstacle.field for obstacle in refusal.value.obstacles] == ["target"]
    assert initiative_now(planned.id).target == Decimal(18)


def test_a_text_is_not_saved_over_what_somebody_saved_meanwhile(app: Flask) -> None:
    draft = a_suggestion()
    rewrite(draft, 1, title="Mine")

    with pytest.raises(Conflict):
        rewrite(draft, 1, title="Theirs")

    assert initiative_now(draft.id).title == "Mine"


def test_a_new_day_leaves_the_first_one_in_sight(app: Flask) -> None:
    planned = a_planned_initiative()
    assert planned.due_on is not None
    rewrite(planned, 1, due_on=planned.due_on + timedelta(weeks=3))

    assert initiative_now(planned.id).was_due_on == planned.due_on
    assert last_line().details == {"changed": ["due_on"]}


def test_a_milestone_that_was_reached_stays_in_the_plan(app: Flask) -> None:
    active = an_active_initiative()
    with working_on(active, by=owner_of(active)) as (initiative, by, _at):
        rules = house_rules()
        initiative.reach_milestone(initiative.milestones[0], rules.today, rules=rules, by=by)
    texts = initiative_now(active.id).text.milestones

    rewrite(active, 1, milestones=(*texts, MilestoneText("All live", active.due_on)))
    assert [milestone.is_reached for milestone in initiative_now(active.id).milestones] == [True, False]
    with pytest.raises(RuleBroken, match="stays"):
        rewrite(active, 2, milestones=())


def test_another_unit_takes_a_plan_over_by_its_own_operations_owner_only(app: Flask) -> None:
    planned, other = a_planned_initiative(), a_unit("Warehouse")

    with pytest.raises(RuleBroken, match="Warehouse"), working_on(planned, by=owner_of(planned)) as (mine, by, _at):
        mine.write(mine.text, unit=here(other), owner=mine.owner, revision=1, by=by)

    with working_on(planned, by=an_operations_owner(other)) as (initiative, by, _at):
        initiative.write(initiative.text, unit=here(other), owner=initiative.owner, revision=1, by=by)
    assert initiative_now(planned.id).unit_id == other.id


def test_a_change_of_owner_is_named_on_the_trail(app: Flask) -> None:
    planned, successor = a_planned_initiative(), a_person(name="Ilse Goethals")

    with working_on(planned, by=owner_of(planned)) as (initiative, by, _at):
        initiative.write(initiative.text, unit=initiative.unit, owner=here(successor), revision=1, by=by)

    assert last_action() == "initiative.handed_over"
    assert last_line().names["member"] == "Ilse Goethals"


@pytest.mark.parametrize("make", [a_suggestion, a_planned_initiative, an_active_initiative])
def test_it_is_called_off_with_a_reason(app: Flask, make: Any) -> None:
    made = make()
    with pytest.raises(RuleBroken, match="why"), working_on(made, by=owner_of(made)) as (initiative, by, at):
        initiative.cancel("  ", by=by, at=at)

    with working_on(made, by=owner_of(made)) as (initiative, by, at):
        initiative.cancel("The supplier stopped.", by=by, at=at)

    cancelled = initiative_now(made.id)
    assert (cancelled.state, cancelled.cancel_reason) == (State.CANCELLED, "The supplier stopped.")
    with pytest.raises(RuleBroken), working_on(made, by=owner_of(made)) as (initiative, by, at):
        initiative.cancel("Again.", by=by, at=at)
    with pytest.raises(RuleBroken), working_on(made, by=owner_of(made)) as (initiative, by, _at):
        initiative.write(initiative.text, unit=initiative.unit, owner=initiative.owner, revision=1, by=by)


def test_what_is_embedded_is_not_called_off(app: Flask) -> None:
    embedded = an_embedded_initiative()

    with pytest.raises(RuleBroken), working_on(embedded, by=owner_of(embedded)) as (initiative, by, at):
        initiative.cancel("Too late.", by=by, at=at)


def test_what_is_taken_over_with_its_days_is_planned_at_once_and_without_them_a_draft(app: Flask) -> None:
    owner, unit, today = a_person(), a_unit(), rules_now().today
    given = ("Planner and driver at one table", FormOfChange.IMPROVE, "It worked in Kortrijk.")
    measured = ("First-time-right", "%", Decimal(71), Decimal(85))

    with write_tx() as at:
        by = here(owner)
        draft = Initiative.take_over(*given, here(unit), by, *measured, by, at)
        planned = Initiative.take_over(
            *given, here(unit), by, *measured, by, at, starts_on=today, due_on=today + timedelta(weeks=6)
        )
        states, ids = (draft.state, planned.state), (draft.id, planned.id)

    assert states == (State.DRAFT, State.PLANNED)
    assert [obstacle.field for obstacle in initiative_now(ids[0]).obstacles_to_plan] == ["starts_on", "due_on"]
    assert initiative_now(ids[1]).measure is not None


@pytest.mark.parametrize(
    ("form", "horizon"), [(FormOfChange.IMPROVE, 1), (FormOfChange.RENEW, 2)], ids=["improve", "renew"]
)
def test_the_horizon_follows_the_form_unless_somebody_says_otherwise(
    app: Flask, form: FormOfChange, horizon: int
) -> None:
    assert a_suggestion(form=form).horizon == horizon
    assert a_suggestion(form=form, horizon=3).horizon == 3
