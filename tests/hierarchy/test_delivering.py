"""A plan that runs: its weekly status, its milestones, and the effect its measure shows."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update
from sqlalchemy.exc import DBAPIError

from portfolio.foundation.database import db, write_tx
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.hierarchy import queries
from portfolio.hierarchy.effect import Effect, Lasting
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import Colour, State
from portfolio.hierarchy.status import InitiativeStatus
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.measure import Reading
from tests.factories import at as living_at
from tests.factories import change_house_rules, last_action, reading, rules_now
from tests.hierarchy.plans import (
    a_planned_initiative,
    a_suggestion,
    an_active_initiative,
    an_embedded_initiative,
    initiative_now,
    owner_of,
    readings_of,
    working_on,
)

A_DAY = timedelta(days=1)


def report(initiative: Initiative, colour: Colour = Colour.GREEN, percent: int = 40, reason: str = "Ten live.") -> None:
    """Let its owner say how it goes."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, at):
        mine.report_status(colour, reason, percent, rules=house_rules(), by=by, at=at)


def embed(initiative: Initiative, value: str = "18", days_ago: int = 0) -> None:
    """Let its owner make it daily work."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, at):
        rules = house_rules()
        mine.embed(Decimal(value), rules.today - days_ago * A_DAY, rules=rules, by=by, at=at)


def read(initiative: Initiative, value: str, days_ago: int = 0, corrects: Reading | None = None) -> None:
    """Let its owner read its measure."""
    with working_on(initiative, by=owner_of(initiative)) as (mine, by, at):
        rules = house_rules()
        wrong = db.session.get_one(Reading, corrects.id) if corrects else None
        mine.read(Decimal(value), rules.today - days_ago * A_DAY, corrects=wrong, rules=rules, by=by, at=at)


def effect_of(initiative: Initiative) -> Effect:
    """What it did so far."""
    with reading():
        return queries.effects([initiative])[initiative.id]


@pytest.mark.parametrize("make", [a_suggestion, a_planned_initiative, an_embedded_initiative])
def test_only_what_is_active_has_a_status(app: Flask, make: Any) -> None:
    made = make()

    with pytest.raises(RuleBroken, match="active"):
        report(made)


def test_a_status_says_why_and_how_much_is_done(app: Flask) -> None:
    active = an_active_initiative()
    with pytest.raises(RuleBroken, match="reason"):
        report(active, reason=" ")
    with pytest.raises(RuleBroken, match="percent"):
        report(active, percent=101)


def test_the_latest_status_holds_and_the_earlier_ones_stay(app: Flask) -> None:
    active = an_active_initiative()
    report(active, Colour.GREEN, 20)
    report(active, Colour.RED, 30, "The supplier is late.")

    with reading():
        latest = queries.latest_statuses([active])[active.id]
        assert [status.colour for status in queries.statuses(active)] == [Colour.RED, Colour.GREEN]
    assert (latest.colour, latest.percent) == (Colour.RED, 30)
    assert last_action() == "initiative.status_reported"


def test_the_database_itself_refuses_to_change_a_status(app: Flask) -> None:
    report(an_active_initiative())

    with pytest.raises(DBAPIError), write_tx():
        db.session.execute(update(InitiativeStatus).values(percent=100))


def test_silence_of_more_than_a_week_is_noticed(app: Flask) -> None:
    with living_at("2026-06-01"):
        active = an_active_initiative()
        today = rules_now().today
        assert not active.is_silent(None, today + 7 * A_DAY)
        assert active.is_silent(None, today + 8 * A_DAY)
    with living_at("2026-06-05"):
        report(active)
        with reading():
            latest = queries.latest_statuses([active])[active.id]
        assert not active.is_silent(latest, today + 8 * A_DAY)
        assert active.is_silent(latest, today + 12 * A_DAY)


def test_a_plan_past_its_day_is_late_until_it_is_over(app: Flask) -> None:
    active = an_active_initiative()
    assert active.due_on is not None

    assert active.days_late(active.due_on) == 0
    assert active.days_late(active.due_on + 14 * A_DAY) == 14
    assert an_embedded_initiative().days_late(active.due_on + 14 * A_DAY) == 0


def test_a_milestone_is_reached_once_and_not_ahead_of_time(app: Flask) -> None:
    active = an_active_initiative()
    today = rules_now().today

    with pytest.raises(RuleBroken, match="today or earlier"), working_on(active, by=owner_of(active)) as (mine, by, _):
        mine.reach_milestone(mine.milestones[0], today + A_DAY, rules=house_rules(), by=by)
    with working_on(active, by=owner_of(active)) as (mine, by, _):
        mine.reach_milestone(mine.milestones[0], today, rules=house_rules(), by=by)
    with pytest.raises(RuleBroken, match="already"), working_on(active, by=owner_of(active)) as (mine, by, _):
        mine.reach_milestone(mine.milestones[0], today, rules=house_rules(), by=by)
    with pytest.raises(Missing), working_on(active, by=owner_of(active)) as (mine, by, _):
        mine.milestone(999)


@pytest.mark.parametrize("make", [a_suggestion, a_planned_initiative, an_embedded_initiative])
def test_only_what_is_active_is_embedded(app: Flask, make: Any) -> None:
    made = make()

    with pytest.raises(RuleBroken, match="active"):
        embed(made)


@pytest.mark.parametrize("days", [-1, 1], ids=["tomorrow", "before it began"])
def test_it_is_embedded_on_a_day_between_its_start_and_today(app: Flask, days: int) -> None:
    active = an_active_initiative()

    with pytest.raises(RuleBroken):
        embed(active, days_ago=days)

    assert initiative_now(active.id).state is State.ACTIVE
    assert readings_of(active) == []


def test_embedding_reads_the_measure_and_says_when_it_is_read_again(app: Flask) -> None:
    change_house_rules(effect_weeks=6)
    embedded = an_embedded_initiative("18")
    today = rules_now().today

    assert (embedded.state, embedded.embedded_on) == (State.EMBEDDED, today)
    assert embedded.due_again_on == today + timedelta(weeks=6)
    assert [(r.value, r.read_on, r.source_type, r.source_id) for r in readings_of(embedded)] == [
        (Decimal(18), today, "initiative", embedded.id)
    ]
    assert last_action() == "initiative.embedded"


def test_house_rules_of_later_do_not_move_the_day_it_is_read_again(app: Flask) -> None:
    embedded = an_embedded_initiative()
    change_house_rules(effect_weeks=30)

    assert initiative_now(embedded.id).due_again_on == embedded.due_again_on


def test_the_effect_is_measured_from_the_day_of_embedding_and_again_after_some_weeks(app: Flask) -> None:
    with living_at("2026-03-02"):
        active = an_active_initiative()
    with living_at("2026-04-01"):
        read(active, "30")
        assert not effect_of(active).is_measured
        embed(active, "20")
        embedded = initiative_now(active.id)
        assert (effect_of(embedded).is_measured, effect_of(embedded).is_measured_again) == (True, False)
    with living_at("2026-05-27"):  # Eight weeks later.
        read(embedded, "19")
        assert effect_of(embedded).is_measured_again


@pytest.mark.parametrize(
    ("at_embedding", "later", "lasting"),
    [
        ("9", "8", Lasting.LASTED),
        ("9", "10", Lasting.LASTED),  # As good as the target.
        ("20", "20", Lasting.LASTED),
        ("60", "40", Lasting.LASTED),
        ("20", "35", Lasting.PARTLY),  # Half of it.
        ("9", "45", Lasting.LOST),
        ("9", "50", Lasting.LOST),
        ("9", "60", Lasting.LOST),
        ("50", "55", Lasting.NEVER),
    ],
)
def test_an_effect_lasts_when_it_is_still_there_after_some_weeks(
    app: Flask, at_embedding: str, later: str, lasting: Lasting
) -> None:
    with living_at("2026-03-02"):
        active = an_active_initiative(baseline=Decimal(50), target=Decimal(10), unit_of_measure="complaints")
        embed(active, at_embedding)
        assert effect_of(initiative_now(active.id)).lasting is None
    with living_at("2026-04-20"):
        read(active, "1")  # In between.
    with living_at("2026-04-27"):
        read(active, later)
        effect = effect_of(initiative_now(active.id))

    assert effect.lasting is lasting
    assert f"{at_embedding} at embedding, {later}\N{NO-BREAK SPACE}complaints on Mon 27 April" in effect.lasting_words
    assert effect.is_a_win is (lasting.holds)


def test_what_it_said_at_embedding_is_what_was_read_then_as_it_was_corrected(app: Flask) -> None:
    with living_at("2026-03-02T09:00"):
        active = an_active_initiative()
        read(active, "30")
    with living_at("2026-03-02T12:00"):
        embed(active, "81")
        read(active, "18", corrects=readings_of(active)[-1])
        read(active, "19")
    with living_at("2026-03-09"):
        read(active, "25")
    at_embedding = effect_of(initiative_now(active.id)).at_embedding
    assert at_embedding is not None
    assert at_embedding.value == 18


def test_where_nothing_was_read_at_embedding_the_target_stands_in_its_place(app: Flask) -> None:
    with living_at("2026-03-02"):
        active = an_active_initiative()
        embed(active, "18")
        wrong = readings_of(active)[-1]
    with living_at("2026-04-27"):
        read(active, "45", corrects=wrong)
        assert effect_of(initiative_now(active.id)).lasting is Lasting.LOST
        read(active, "30")
        effect = effect_of(initiative_now(active.id))

    assert effect.lasting is Lasting.PARTLY
    assert effect.lasting_words == "It lasted in part: 30\N{NO-BREAK SPACE}min on Mon 27 April"
    assert effect.words_at_embedding == ""


def test_a_reading_from_before_it_began_is_not_its_effect(app: Flask) -> None:
    planned = a_planned_initiative()
    read(planned, "40", days_ago=1)

    assert effect_of(planned).latest is None
    assert effect_of(planned).words == ""


def test_a_draft_is_not_measured(app: Flask) -> None:
    draft = a_suggestion()

    with pytest.raises(RuleBroken, match="planned"):
        read(draft, "40")


def test_a_reading_is_corrected_once_and_only_where_it_was_taken(app: Flask) -> None:
    active, other = an_active_initiative(), an_active_initiative()
    read(active, "81")
    (wrong,) = readings_of(active)

    with pytest.raises(RuleBroken, match="for this initiative"):
        read(other, "18", corrects=wrong)
    read(active, "18", corrects=wrong)
    assert [r.corrects_id for r in readings_of(active)] == [None, wrong.id]
    with pytest.raises(RuleBroken, match="already"):
        read(active, "17", corrects=wrong)


def test_an_effect_is_read_from_what_was_not_corrected(app: Flask) -> None:
    active = an_active_initiative()
    read(active, "81")
    read(active, "18", corrects=readings_of(active)[0])

    assert effect_of(active).from_to == "45 to 18\N{NO-BREAK SPACE}min"
    assert effect_of(active).reaches_target


@pytest.mark.parametrize(
    ("unit", "words"),
    [
        ("days", "6 days to 1 day"),
        ("working days", "6 working days to 1 working day"),
        ("uren", "6 uren to 1 uur"),
        ("hours a week", "6 hours a week to 1 hour a week"),
        ("min", "6 to 1 min"),
        ("%", "6 to 1%"),
    ],
)
def test_one_of_a_unit_is_not_said_as_many(app: Flask, unit: str, words: str) -> None:
    active = an_active_initiative(baseline=Decimal(6), target=Decimal(1), unit_of_measure=unit)
    read(active, "1")

    assert effect_of(active).from_to.replace("\N{NO-BREAK SPACE}", " ") == words


@pytest.mark.parametrize(
    ("baseline", "target", "unit", "value", "words"),
    [
        ("45", "18", "min", "18", "60% less"),
        ("45", "18", "min", "45.0", "no change"),
        ("100", "50", "visits", "100.4", "0.4% more"),
        ("71", "85", "%", "86", "15 points more"),
        ("71", "85", "%", "72", "one point more"),
        ("0", "5", "days", "1", "1\N{NO-BREAK SPACE}day more"),
        ("0", "5", "visits", "3", "3\N{NO-BREAK SPACE}visits more"),
        ("-10", "0", "", "-5", "50% more"),
    ],
)
def test_the_change_is_said_in_words(app: Flask, baseline: str, target: str, unit: str, value: str, words: str) -> None:
    active = an_active_initiative(baseline=Decimal(baseline), target=Decimal(target), unit_of_measure=unit)
    read(active, value)

    assert effect_of(active).words == words
