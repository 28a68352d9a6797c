"""The decision: verdicts from the frozen criteria, four choices, a reason and a card, and the money that returns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.numbering import ref
from portfolio.network.criterion import Verdict
from portfolio.network.deciding import LearningCard
from portfolio.network.decision import Decision, DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.findings import findings_of
from portfolio.network.state import State
from portfolio.organisation.measure import Measure
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import (
    a_criterion,
    a_guardrail,
    a_leader,
    a_person,
    at,
    change_house_rules,
    envelope_now,
    money,
    reading,
    reloaded,
)
from tests.network.test_running import LAST_DAY, MONDAY, lead_of, on, read, running, spend

AFTER = LAST_DAY + timedelta(days=3)
IN_WEEK_6 = MONDAY + timedelta(weeks=5)
CARD = LearningCard("We believed it.", "We observed it.", "We learned it.", "Therefore.")


def decide(
    experiment: Experiment,
    kind: DecisionKind = DecisionKind.STOP,
    *,
    by: Person | None = None,
    day: date = AFTER,
    reason: str = "Clearly answered.",
    card: LearningCard = CARD,
    because: str = "The counter was away.",
) -> None:
    """Let a leader (who is no party) decide."""
    with on(day, experiment, by or a_leader()) as (found, told):
        not_measured = {criterion.id: because for criterion in found.criteria}
        found.decide(kind, reason, card, findings_of(found), not_measured=not_measured, **told)


def verdict_of(experiment: Experiment) -> Verdict:
    """What its criteria say."""
    with reading():
        found = db.session.get_one(Experiment, experiment.id)
    return findings_of(reloaded(found)).verdict


def decision_on(experiment: Experiment) -> Decision:
    """What was decided."""
    with reading():
        return db.session.scalars(select(Decision).where(Decision.experiment_id == experiment.id)).one()


def test_a_running_timebox_is_not_decided(app: Flask) -> None:
    with pytest.raises(RuleBroken) as refused:
        decide(running(), day=LAST_DAY)

    assert "still runs" in str(refused.value)


@pytest.mark.parametrize(
    ("missing", "says"),
    [({"reason": ""}, "Write the reason"), ({"card": LearningCard("a", "b", "", "d")}, "learning card"),
     ({"because": ""}, "was not measured")],
)  # fmt: skip
def test_every_decision_carries_a_reason_a_card_and_why_something_was_not_measured(
    app: Flask, missing: dict[str, object], says: str
) -> None:
    with pytest.raises(RuleBroken) as refused:
        decide(running(), **missing)  # type: ignore[arg-type]

    assert says in str(refused.value)


def test_no_party_decides(app: Flask) -> None:
    sponsor, team = a_leader(), a_leader()
    experiment = running(by=sponsor, team=[team])

    for party in (sponsor, team):
        with pytest.raises(RuleBroken, match="party to this"):
            decide(experiment, by=party)
    with pytest.raises(RuleBroken, match="party to this"):
        decide(experiment, by=a_person())


def test_it_is_decided_once(app: Flask) -> None:
    experiment = running()
    decide(experiment)

    with pytest.raises(RuleBroken, match="cannot be decided"):
        decide(experiment)
    assert reloaded(experiment).state is State.CLOSED


def test_the_reading_that_counts_is_the_last_in_or_after_the_criterion_s_week(app: Flask) -> None:
    experiment = running()  # From 9 to 4 days, read in week 6.
    read(experiment, "3", MONDAY + timedelta(weeks=4))
    assert verdict_of(experiment) is Verdict.INCONCLUSIVE, "week 5 is too early"

    read(experiment, "5", IN_WEEK_6)
    assert verdict_of(experiment) is Verdict.NOT_MET

    read(experiment, "4", LAST_DAY)
    assert verdict_of(experiment) is Verdict.MET, "reaching the target is enough"


def test_a_breached_guardrail_turns_met_into_inconclusive(app: Flask) -> None:
    experiment = running(guardrails=(a_guardrail(),))
    read(experiment, "4", LAST_DAY)
    with on(LAST_DAY, experiment) as (found, told):
        found.read(db.session.get_one(Measure, found.guardrails[0].measure_id), Decimal("94.9"), LAST_DAY, **told)

    assert verdict_of(experiment) is Verdict.INCONCLUSIVE


def test_the_primary_criterion_decides(app: Flask) -> None:
    experiment = running(criteria=(a_criterion(metric="First"), a_criterion(metric="Second", primary=True)))
    read(experiment, "4", LAST_DAY)

    assert verdict_of(experiment) is Verdict.INCONCLUSIVE, "the first was read, the second decides"


@pytest.mark.parametrize(
    ("value", "kind", "overrides"),
    [("4", DecisionKind.SCALE, False), ("4", DecisionKind.STOP, True), ("8", DecisionKind.SCALE, True),
     ("8", DecisionKind.STOP, False), ("8", DecisionKind.PERSEVERE, False), ("4", DecisionKind.PIVOT, False)],
)  # fmt: skip
def test_a_decision_that_opposes_the_verdict_is_counted(
    app: Flask, value: str, kind: DecisionKind, overrides: bool
) -> None:
    experiment = running()
    read(experiment, value, LAST_DAY)
    decide(experiment, kind)

    assert decision_on(experiment).overrides is overrides


def test_what_was_not_spent_returns_to_the_current_envelope_opened_at_nothing(app: Flask) -> None:
    experiment = running()
    spend(experiment, "4000", MONDAY)
    decide(experiment)  # In April, when the quarter that paid is over and none is set for the new one.

    with at(AFTER):
        later = envelope_now()
    assert later is not None
    assert (later.total_money, later.free) == (money("11000"), money("11000"))
    assert reloaded(experiment).grant.returned_money == money("11000")


def test_what_was_not_spent_returns_to_its_own_envelope_while_that_is_open(app: Flask) -> None:
    experiment = running()
    with at(MONDAY):
        before = envelope_now()
    with on(MONDAY + timedelta(days=7), experiment) as (found, told):
        found.stop_early("Enough.", **told)
    decide(experiment, day=MONDAY + timedelta(days=7))

    with at(MONDAY):
        after = envelope_now()
    assert before is not None
    assert after is not None
    assert after.free.minor - before.free.minor == money("15000").minor


def test_house_rules_of_today_do_not_reach_a_proposal_already_made(app: Flask) -> None:
    experiment = running()
    with at(MONDAY):
        change_house_rules(timebox_weeks=4)
    decide(experiment)

    assert reloaded(experiment).rules.timebox_weeks == 12


def test_persevering_opens_a_draft_that_points_back(app: Flask, signed_in: Callable[[Person], Browser]) -> None:
    experiment, leader = running(), a_leader()
    read(experiment, "4", LAST_DAY)
    with at(AFTER):
        answer = signed_in(leader).post(
            f"/experiments/{experiment.ref}/decision",
            data={"kind": "persevere", "reason": "Once more.", "believed": "a", "observed": "b", "learned": "c",
                  "therefore": "d"},
        )  # fmt: skip
        follow_up = signed_in(lead_of(experiment)).get(f"/experiments/{ref('X', experiment.id + 1)}")

    assert answer.status_code == 303
    assert experiment.ref in follow_up.text
    assert "Draft" in follow_up.text


def test_a_criterion_is_on_its_way_no_more_once_the_timebox_is_over(
    app: Flask, signed_in: Callable[[Person], Browser]
) -> None:
    experiment = running()
    read(experiment, "5", MONDAY)
    lead = lead_of(experiment)
    with at(LAST_DAY):
        under_way = signed_in(lead).get(f"/experiments/{experiment.ref}").text
    with at(AFTER):
        over = signed_in(lead).get(f"/experiments/{experiment.ref}").text

    assert "On its way" in under_way
    assert "On its way" not in over
    assert "Inconclusive" in over


def test_the_page_of_a_decision_gives_back_what_was_typed(app: Flask, signed_in: Callable[[Person], Browser]) -> None:
    experiment = running()
    with at(AFTER):
        answer = signed_in(a_leader()).post(
            f"/experiments/{experiment.ref}/decision", data={"kind": "scale", "reason": "Because it is so."}
        )

    assert answer.status_code == 422
    assert "Because it is so." in answer.text
    assert reloaded(experiment).state is State.RUNNING
