"""Promotions: one learning crosses once, only the operations owner answers, every answer carries a reason."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portfolio.bridge.answer import State
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.wait import Wait
from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import RuleBroken
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import readings_of
from tests.bridge.crossings import (
    a_learning,
    a_promotion,
    an_accepted_promotion,
    answering,
    embed,
    fate_of,
    initiative_of,
    promote,
    promotion_now,
)
from tests.factories import (
    a_person,
    a_running_experiment,
    a_unit,
    an_operations_owner,
    at,
    deactivated,
    last_line,
    rules_now,
)
from tests.hierarchy.plans import working_on

# Putting it to operations -------------------------------------------------------------------------------------------


def test_a_promotion_needs_a_learning(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="at least one learning"):
        promote(owner=an_operations_owner())


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ({"title": ""}, "what will be different"),
        ({"change": ""}, "what changes in daily work"),
        ({"metric": ""}, "Name the measure"),
        ({"baseline": None}, "value today"),
        ({"target": None}, "value you expect"),
        ({"target": Decimal(71)}, "differs"),
        ({"form": FormOfChange.INNOVATION}, "belong to the network"),
    ],
)
def test_a_promotion_says_what_changes_and_what_it_should_move(app: Flask, words: dict[str, Any], says: str) -> None:
    with pytest.raises(RuleBroken, match=says):
        a_promotion(**words)


def test_it_is_put_to_nobody_but_an_owner_of_that_unit(app: Flask) -> None:
    learning, somewhere_else = a_learning(), an_operations_owner()

    with pytest.raises(RuleBroken, match="does not own the operations"):
        promote(learning, owner=somewhere_else, unit=a_unit())
    with pytest.raises(RuleBroken, match="does not own the operations"):
        promote(learning, owner=a_person(), unit=a_unit())
    with pytest.raises(RuleBroken, match="does not own the operations"):
        promote(learning, owner=deactivated(somewhere_else))


def test_a_learning_that_waits_for_an_answer_is_not_promoted_again(app: Flask) -> None:
    learning = a_learning()
    first = a_promotion(learning)

    with pytest.raises(RuleBroken, match=f"“{learning.title}” is in {first.ref} already"):
        a_promotion(a_learning(), learning)


def test_a_deferred_one_is_not_promoted_again(app: Flask) -> None:
    learning = a_learning()
    first = a_promotion(learning)
    with answering(first) as (promotion, owner, moment):
        promotion.defer("2026-Q4", "After the move.", by=owner, at=moment)

    with pytest.raises(RuleBroken, match=first.ref):
        a_promotion(learning)


def test_an_accepted_one_is_not_promoted_again_not_even_once_it_is_daily_work(app: Flask) -> None:
    learning = a_learning()
    first = an_accepted_promotion(learning)
    with pytest.raises(RuleBroken, match=first.ref):
        a_promotion(learning)

    embed(initiative_of(first))
    with pytest.raises(RuleBroken, match=first.ref):
        a_promotion(learning)


def test_a_learning_that_was_corrected_gives_way_to_its_correction(app: Flask) -> None:
    experiment = a_running_experiment()
    old = a_learning(experiment)
    new = a_learning(experiment, corrects=old, title="It goes right when three see the same route")

    with pytest.raises(RuleBroken, match=f"Promote {new.ref}"):
        a_promotion(old)
    assert a_promotion(new).learnings[0].id == new.id


def test_correcting_a_learning_does_not_let_it_cross_twice(app: Flask) -> None:
    experiment = a_running_experiment()
    old = a_learning(experiment)
    first = a_promotion(old)
    newer = a_learning(experiment, corrects=old)
    newest = a_learning(experiment, corrects=newer)

    with pytest.raises(RuleBroken, match=first.ref):
        a_promotion(newest)


def test_what_was_declined_or_called_off_can_be_promoted_again(app: Flask) -> None:
    declined, called_off = a_learning(), a_learning()
    with answering(a_promotion(declined)) as (promotion, owner, moment):
        promotion.decline("We have no table.", by=owner, at=moment)
    cancel(an_accepted_promotion(called_off))

    assert a_promotion(declined, called_off).state is State.OFFERED


def test_several_learnings_of_several_experiments_make_one_promotion(app: Flask) -> None:
    first, second, third = a_learning(), a_learning(), a_learning()

    promotion = a_promotion(third, first, second)

    assert [learning.id for learning in promotion.learnings] == [first.id, second.id, third.id]
    assert len(promotion.experiment_ids) == 3
    assert {author.id for author in promotion.authors} == {first.by_id, second.by_id, third.by_id}
    line = last_line()
    assert line.action == "promotion.offered"
    assert line.details["learnings"] == [first.id, second.id, third.id]


# Answering ----------------------------------------------------------------------------------------------------------


def test_the_owner_of_another_unit_does_not_answer(app: Flask) -> None:
    promotion, other = a_promotion(), an_operations_owner()

    with pytest.raises(RuleBroken, match="Only the operations owner"), answering(promotion, by=other) as told:
        told[0].decline("Not here.", by=told[1], at=told[2])
    with pytest.raises(RuleBroken, match="Only the operations owner"), answering(promotion, by=other) as told:
        told[0].defer("2026-Q4", "Not here.", by=told[1], at=told[2])
    with pytest.raises(RuleBroken, match="Only the operations owner"), answering(promotion, by=other) as told:
        told[0].accept(accountable=told[1], reason="Yes.", by=told[1], at=told[2])
    assert promotion_now(promotion.id).state is State.OFFERED


def test_any_owner_of_the_unit_answers_the_promoter_too(app: Flask) -> None:
    unit = a_unit()
    owner, second = an_operations_owner(unit), an_operations_owner(unit)
    promotion = a_promotion(owner=owner, by=second)

    with answering(promotion, by=second) as (found, person, moment):
        found.decline("I tried it myself.", by=person, at=moment)

    assert fate_of(promotion) is Fate.DECLINED


def test_every_answer_carries_a_reason(app: Flask) -> None:
    promotion = a_promotion()

    with pytest.raises(RuleBroken, match="carries a reason"), answering(promotion) as (found, owner, moment):
        found.accept(accountable=owner, reason=" ", by=owner, at=moment)
    with pytest.raises(RuleBroken, match="carries a reason"), answering(promotion) as (found, owner, moment):
        found.decline(" ", by=owner, at=moment)
    with pytest.raises(RuleBroken, match="carries a reason"), answering(promotion) as (found, owner, moment):
        found.defer("2026-Q4", "", by=owner, at=moment)
    with pytest.raises(RuleBroken, match="Name the review"), answering(promotion) as (found, owner, moment):
        found.defer("", "After the move.", by=owner, at=moment)


def test_nothing_is_put_off_to_a_review_that_has_begun(app: Flask) -> None:
    promotion = a_promotion()

    with pytest.raises(RuleBroken, match="has begun"), answering(promotion) as (found, owner, moment):
        found.defer("2026-Q2", "After the move.", begun={"2026-Q2"}, by=owner, at=moment)
    assert promotion_now(promotion.id).state is State.OFFERED


def test_a_no_stands(app: Flask) -> None:
    promotion = a_promotion()
    with answering(promotion) as (found, owner, moment):
        found.decline("We have no table.", by=owner, at=moment)

    with pytest.raises(RuleBroken, match="answered already"), answering(promotion) as (found, owner, moment):
        found.accept(accountable=owner, reason="It saves a day.", by=owner, at=moment)


def test_a_yes_stands_and_makes_one_initiative(app: Flask) -> None:
    promotion = an_accepted_promotion()

    with pytest.raises(RuleBroken, match="answered already"), answering(promotion) as (found, owner, moment):
        found.accept(accountable=owner, reason="It saves a day.", by=owner, at=moment)
    with pytest.raises(RuleBroken, match="answered already"), answering(promotion) as (found, owner, moment):
        found.decline("On second thoughts.", by=owner, at=moment)


def test_a_yes_that_cannot_be_planned_changes_nothing(app: Flask) -> None:
    promotion, today = a_promotion(), rules_now().today

    with pytest.raises(RuleBroken, match="both days"), answering(promotion) as (found, owner, moment):
        found.accept(accountable=owner, reason="It saves a day.", starts_on=today, by=owner, at=moment)
    with pytest.raises(RuleBroken, match="cannot be planned"), answering(promotion) as (found, owner, moment):
        found.accept(
            accountable=owner,
            reason="It saves a day.",
            starts_on=today,
            due_on=today - timedelta(days=1),
            by=owner,
            at=moment,
        )
    assert promotion_now(promotion.id).state is State.OFFERED


def test_what_was_put_off_is_answered_later_and_every_answer_stays(app: Flask) -> None:
    promotion = a_promotion()
    with answering(promotion) as (found, owner, moment):
        found.defer("2026-Q4", "After the move.", by=owner, at=moment)
    with answering(promotion) as (found, owner, moment):
        found.defer("2027-Q1", "The move takes longer.", review_id=7, by=owner, at=moment)
    assert fate_of(promotion) is Fate.DEFERRED
    with answering(promotion) as (found, owner, moment):
        found.accept(accountable=owner, reason="It saves a day.", by=owner, at=moment)

    found = promotion_now(promotion.id)
    assert [answer.state for answer in found.answers] == [State.DEFERRED, State.DEFERRED, State.ACCEPTED]
    assert [answer.deferred_until for answer in found.answers] == ["2026-Q4", "2027-Q1", ""]
    assert found.answers[1].review_id == 7


def test_the_database_lets_nobody_change_an_answer(app: Flask) -> None:
    an_accepted_promotion()

    with pytest.raises(DBAPIError, match="sealed"), write_tx():
        db.session.execute(text("UPDATE promotion_answer SET reason = 'Another one.'"))


def test_a_yes_makes_an_initiative_with_somebody_accountable(app: Flask) -> None:
    promotion = an_accepted_promotion()

    initiative = initiative_of(promotion)
    assert (initiative.title, initiative.why) == (promotion.title, promotion.change)
    assert (initiative.owner_id, initiative.unit_id) == (promotion.owner_id, promotion.unit_id)
    assert (initiative.metric, initiative.baseline, initiative.target) == ("First time right", Decimal(71), Decimal(90))
    assert initiative.state is InitiativeState.PLANNED
    assert last_line().details["ref"] == initiative.ref


# Its fate -----------------------------------------------------------------------------------------------------------


def test_the_fate_follows_the_initiative_until_its_effect_is_measured(app: Flask) -> None:
    promotion = a_promotion()
    assert fate_of(promotion) is Fate.OFFERED
    draft = an_accepted_promotion(days=False)
    assert initiative_of(draft).state is InitiativeState.DRAFT
    assert fate_of(draft) is Fate.ACCEPTED

    accepted = an_accepted_promotion()
    assert fate_of(accepted) is Fate.ACCEPTED
    embed(initiative_of(accepted))
    assert fate_of(accepted) is Fate.EFFECT_MEASURED


def test_a_reading_from_before_it_was_daily_work_is_no_effect(app: Flask) -> None:
    accepted = an_accepted_promotion()
    embed(initiative_of(accepted))
    # The reading of the day itself turns out to be of the day before.
    initiative = initiative_of(accepted)
    assert initiative.owner is not None
    assert initiative.embedded_on is not None
    with working_on(initiative, by=initiative.owner) as (found, person, moment):
        (wrong,) = readings_of([initiative.measure_id or 0])[initiative.measure_id or 0]
        found.read(
            Decimal(80),
            initiative.embedded_on - timedelta(days=1),
            corrects=wrong,
            rules=house_rules(),
            by=person,
            at=moment,
        )
    assert fate_of(accepted) is Fate.EMBEDDED

    with working_on(initiative, by=initiative.owner) as (found, person, moment):
        found.read(Decimal(86), initiative.embedded_on, rules=house_rules(), by=person, at=moment)
    assert fate_of(accepted) is Fate.EFFECT_MEASURED


def test_what_is_called_off_is_abandoned(app: Flask) -> None:
    promotion = an_accepted_promotion()
    cancel(promotion)

    assert fate_of(promotion) is Fate.ABANDONED


def test_its_age_counts_from_the_day_it_was_put_to_its_owner(app: Flask) -> None:
    with at("2026-06-12"):  # A Friday.
        promotion = a_promotion()
        assert age(promotion) == Wait(0, 0)
    with at("2026-06-15"):
        assert age(promotion) == Wait(3, 1)
    with at("2026-06-19"):
        assert age(promotion) == Wait(7, 5)


def age(promotion: Promotion) -> Wait:
    """How long it has waited."""
    return Wait.since(promotion.offered_at, rules_now())


def cancel(promotion: Promotion) -> None:
    """Call off what it became."""
    initiative = initiative_of(promotion)
    assert initiative.owner is not None
    with working_on(initiative, by=initiative.owner) as (found, person, moment):
        found.cancel("The table was sold.", by=person, at=moment)
