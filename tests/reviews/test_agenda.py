"""The agenda: assembled from the portfolio, in the order of the meeting, for who may see what."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation.languages import number_words
from portfolio.foundation.money import Money
from portfolio.network.decision import DecisionKind
from portfolio.network.learning import Evidence, Kind
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.people.person import Person
from portfolio.reviews.outcome import Part
from tests.bridge.crossings import (
    a_barrier,
    a_learning,
    a_promotion,
    an_accepted_promotion,
    answering,
    barrier_now,
    embed,
    give,
    initiative_of,
)
from tests.factories import (
    a_criterion,
    a_facilitator,
    a_leader,
    a_person,
    a_proposed_experiment,
    a_running_experiment,
    an_approved_experiment,
    an_envelope,
    an_operations_owner,
    at,
    change_house_rules,
    changing,
    reloaded,
)
from tests.hierarchy.plans import owner_of, working_on
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_closed_review,
    a_scheduled_review,
    agenda,
    agreed,
    an_ended_experiment,
    an_open_review,
    closed,
    decide,
    learned,
    part,
    read,
    refs,
    said_in,
)


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def test_the_parts_stand_in_the_order_of_the_meeting() -> None:
    found = agenda(a_scheduled_review(), viewer=a_person())

    assert [section.part for section in found.sections] == list(Part)


def test_a_volunteer_finds_no_restricted_experiment_on_the_agenda() -> None:
    ended = an_ended_experiment(restricted=True)
    review = a_scheduled_review()

    assert refs(part(review, Part.ENDED, viewer=a_person())) == []
    assert refs(part(review, Part.ENDED, viewer=a_facilitator())) == [ended.ref]
    assert refs(part(review, Part.ENDED, viewer=ended.lead)) == [ended.ref]  # type: ignore[arg-type]


def test_amounts_are_for_those_the_house_rules_name(signed_in: SignedIn) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    ended = an_ended_experiment(budget="12345")
    review = a_scheduled_review()

    page = signed_in(a_person()).get(f"/reviews/{review.ref}").text
    assert "12,345" not in page
    assert "restricted" in page
    for insider in (ended.lead, a_facilitator(), a_leader()):
        assert "12,345" in signed_in(insider).get(f"/reviews/{review.ref}").text  # type: ignore[arg-type]


def test_what_was_stopped_today_is_put_up_today() -> None:
    experiment = a_running_experiment()
    with changing(experiment, by=a_leader()) as (found, by, moment):
        found.stop_early("We know enough.", rules=house_rules(), by=by, at=moment)

    section = part(a_scheduled_review(), Part.ENDED, viewer=a_leader())

    assert refs(section) == [experiment.ref]
    assert "Stopped early Thu 25 June" in said_in(section)


def test_what_still_runs_is_not_put_up_for_decision() -> None:
    a_running_experiment()

    assert refs(part(a_scheduled_review(), Part.ENDED, viewer=a_leader())) == []


def test_an_ended_timebox_shows_what_is_needed_to_decide() -> None:
    ended = an_ended_experiment(budget="15000")
    read(ended, "3.5", "2026-05-20")
    learned(ended, "Nobody waits any more", evidence=Evidence.MEASURED)
    learned(ended, "Somebody said so", evidence=Evidence.OPINION)

    section = part(a_scheduled_review(), Part.ENDED, viewer=a_leader())

    said = said_in(section)
    assert refs(section) == [ended.ref]
    assert "waits for 19 working days" in said
    assert "By its criteria: Met" in said
    assert "baseline 9\N{NO-BREAK SPACE}days, target 4\N{NO-BREAK SPACE}days, latest 3.5\N{NO-BREAK SPACE}days" in said
    assert "Measured: Nobody waits any more" in said
    assert "€0 of €15,000 spent" in said
    assert [line.waits for line in section.lines] == [True]


def test_who_may_decide_is_led_to_the_command_and_nobody_else() -> None:
    sponsor = a_leader()
    ended = an_ended_experiment(by=sponsor)
    review = a_scheduled_review()
    a_leader()

    ways = {
        viewer: part(review, Part.ENDED, viewer=viewer).lines[0].way_for(viewer)
        for viewer in (a_leader(), sponsor, a_person(), reloaded(ended.lead))  # type: ignore[type-var]
    }

    assert [way.endpoint for way in ways.values() if way] == ["deciding.new_decision"] + ["network.show_experiment"] * 3


def test_a_barrier_comes_up_until_it_is_removed_and_once_more_when_it_was() -> None:
    leader, owner = a_leader(), a_person()
    barrier = a_barrier()
    review = a_scheduled_review()

    section = part(review, Part.BARRIERS, viewer=leader)
    assert refs(section) == [barrier.ref]
    assert "Nobody yet" in said_in(section)
    assert [line.waits for line in section.lines] == [True]

    give(barrier, owner, due=date(2026, 6, 30), by=leader)
    section = part(review, Part.BARRIERS, viewer=leader)
    assert f"{owner.name}, by Tue 30 June" in said_in(section)
    assert [line.waits for line in section.lines] == [False]
    another = a_barrier()
    asking = part(review, Part.BARRIERS, viewer=leader).asking
    assert [line.ref for line in asking] == [barrier.ref, another.ref], "also what somebody is on already"
    give(another, leader, due=date(2026, 6, 30), by=leader)
    with changing(another, by=leader) as (found, person, moment):
        found.remove("", by=person, at=moment)
    with at("2026-07-02T10:00"):
        assert "Late" in said_in(part(review, Part.BARRIERS, viewer=leader))
        with changing(barrier, by=owner) as (found, person, moment):
            found.remove("They opened a **window**.", by=person, at=moment)
        section = part(review, Part.BARRIERS, viewer=leader)
        assert f"Removed on Thu 2 July, says {owner.name}" in said_in(section)
    with at("2026-07-03T10:00"):
        room = an_open_review("2026-Q3")
        closed(room)
        assert refs(part(a_scheduled_review("2026-Q4"), Part.BARRIERS, viewer=leader)) == []
    assert barrier_now(barrier.id).outcome == "They opened a **window**."


def test_who_may_do_something_about_a_barrier_is_led_to_it_and_others_may_read_it() -> None:
    leader, owner = a_leader(), a_person()
    waiting, taken = a_barrier(), give(a_barrier(), owner, by=leader)
    review = a_scheduled_review()

    def ways(viewer: Person) -> dict[str, bool]:
        lines = part(review, Part.BARRIERS, viewer=viewer).lines
        return {line.ref: way.acts for line in lines if (way := line.way_for(viewer))}

    assert ways(leader) == {waiting.ref: True, taken.ref: True}
    assert ways(owner) == {waiting.ref: False, taken.ref: True}
    assert ways(a_person()) == {waiting.ref: False, taken.ref: False}


def test_a_restricted_barrier_is_on_the_agenda_for_those_involved_and_for_whoever_removes_it(
    signed_in: SignedIn,
) -> None:
    leader, owner, other = a_leader(), a_person(), a_person()
    barrier = give(a_barrier(a_running_experiment(restricted=True), title="The board keeps the keys"), owner, by=leader)
    review = an_open_review()

    assert refs(part(review, Part.BARRIERS, viewer=other)) == []
    assert refs(part(review, Part.BARRIERS, viewer=owner)) == [barrier.ref]
    closed(review)

    assert "The board keeps the keys" not in signed_in(other).get(f"/reviews/{review.ref}").text
    for person in (owner, leader, a_facilitator()):
        assert "The board keeps the keys" in signed_in(person).get(f"/reviews/{review.ref}").text


def test_off_track_is_past_a_stop_threshold_or_silent() -> None:
    with at("2026-06-20"):
        fine = a_running_experiment()
        worse = a_running_experiment(criteria=(a_criterion(metric="Calls a day", unit="calls"),))
    with at("2026-06-01"):
        silent = a_running_experiment(criteria=(a_criterion(metric="Errors", unit="errors"),))
    read(worse, "13", "2026-06-22")

    section = part(a_scheduled_review(), Part.OFF_TRACK, viewer=a_person())

    assert refs(section) == [worse.ref, silent.ref]
    assert fine.ref not in refs(section)
    assert "Past its stop threshold: Calls a day is 13" in said_in(section)
    assert "Silent: no check-in for more than 14 days" in said_in(section)


def test_decisions_count_from_the_review_before() -> None:
    with at("2026-04-02"):
        a_closed_review("2026-Q1")
    first, second = an_ended_experiment(), an_ended_experiment()
    with at("2026-06-02"):
        decide(first, reason="It was **not** worth it.")
    review = an_open_review("2026-Q2")
    decide(second)
    section = part(review, Part.DECIDED, viewer=a_person())
    assert refs(section) == [first.ref, second.ref]
    assert "On Tue 2 June" in said_in(section)
    assert "In this review" in said_in(section)
    assert refs(part(review, Part.NOT_DOING, viewer=a_person())) == [first.ref, second.ref]

    with at("2026-06-26"):
        closed(review)
    with at("2026-09-25"):
        assert refs(part(a_scheduled_review("2026-Q3"), Part.DECIDED, viewer=a_person())) == []


def test_what_we_leave_is_declined_stopped_or_withdrawn_with_its_reason() -> None:
    declined, withdrawn, draft = a_proposed_experiment(), a_proposed_experiment(), a_proposed_experiment()
    with changing(declined, by=a_leader()) as (proposal, leader, moment):
        proposal.decline("Somebody does it already.", version_hash=declined.version_hash or "", by=leader, at=moment)
    with changing(withdrawn, by=withdrawn.lead) as (proposal, lead, moment):  # type: ignore[arg-type]
        proposal.withdraw(rules=proposal.rules, by=lead, at=moment)

    section = part(a_scheduled_review(), Part.NOT_DOING, viewer=a_person())

    assert refs(section) == [declined.ref, withdrawn.ref]
    assert "Somebody does it already." in said_in(section)
    assert draft.ref not in refs(section)


def test_money_is_shown_to_the_cent_and_the_next_envelope_is_asked_for() -> None:
    an_envelope("140000.55")
    an_approved_experiment(budget="15000")

    leader = a_leader()
    section = part(a_scheduled_review(), Part.MONEY, viewer=leader)

    assert "€140,000.55 set aside\n€15,000 granted\n€0 of it spent\n€125,000.55 free" in said_in(section)
    this, _, following = section.lines
    assert [this.waits, following.waits] == [False, True]
    way = following.way_for(leader)
    assert way is not None
    assert way.values == {"quarter": "2026-Q3"}


def test_next_quarter_is_set_knowing_what_runs_may_still_spend_and_what_teams_would_like() -> None:
    an_envelope("140000")
    an_approved_experiment(budget="15000")
    ended = an_ended_experiment(budget="1000")
    with changing(ended, by=ended.lead) as (experiment, lead, moment):  # type: ignore[arg-type]
        experiment.recommend(DecisionKind.SCALE, Money(2550050, "EUR"), "Twice the stops.", by=lead, at=moment)

    said = said_in(part(a_scheduled_review(), Part.MONEY, viewer=a_leader()))

    assert "€16,000 granted to what runs or may start\n€16,000 of it not spent yet" in said
    assert "€25,500.50 would pay for the next steps teams propose" in said


def test_quick_wins_name_the_people_to_thank() -> None:
    running = a_running_experiment(lead=a_person(name="Fatima El Amrani"))
    won = learned(running, "The route on the floor", kind=Kind.QUICK_WIN)
    learned(running, "Just an insight")

    section = part(a_scheduled_review(), Part.WINS, viewer=a_person())

    assert refs(section) == [won.ref]
    assert "Fatima El Amrani" in said_in(section)


@pytest.mark.parametrize(("value", "is_a_win"), [("86", True), ("71", False), ("60", False)])
def test_a_loop_that_closed_for_the_better_is_a_win_of_everybody_who_closed_it(value: str, is_a_win: bool) -> None:
    author, owner = a_person(name="Fatima El Amrani"), an_operations_owner(name="Jonas Vermeulen")
    with at("2026-02-02"):
        promotion = an_accepted_promotion(a_learning(by=author), owner=owner)
        a_closed_review("2026-Q1")
    with at("2026-06-01"):
        embed(initiative_of(promotion), value=value)

    section = part(a_scheduled_review(), Part.WINS, viewer=a_person())

    assert refs(section) == ([promotion.ref] if is_a_win else [])
    assert ("Fatima El Amrani, Jonas Vermeulen" in said_in(section)) is is_a_win
    assert (promotion.metric in said_in(section)) is is_a_win


@pytest.mark.parametrize(
    ("value", "is_a_win", "words"),
    [
        ("88", True, "It lasted: 86 at embedding, 88%"),
        ("80", True, "It lasted in part: 86 at embedding, 80%"),
        ("73", False, "It did not last: 86 at embedding, 73%"),
        ("60", False, "It did not last: 86 at embedding, 60%"),
    ],
)
def test_a_loop_that_did_not_last_is_no_win_and_its_adoption_says_so(value: str, is_a_win: bool, words: str) -> None:
    with at("2026-02-02"):
        promotion = an_accepted_promotion(a_learning())
        embed(initiative_of(promotion), value="86")
        a_closed_review("2026-Q1")
    with at("2026-06-01"):
        initiative = initiative_of(promotion)
        with working_on(initiative, by=owner_of(initiative)) as (found, person, moment):
            found.read(Decimal(value), house_rules().today, rules=house_rules(), by=person, at=moment)

    review = a_scheduled_review()
    section = part(review, Part.WINS, viewer=a_person())
    assert refs(section) == ([promotion.ref] if is_a_win else [])
    assert (words in said_in(section)) is is_a_win
    adopted = said_in(part(review, Part.ADOPTION, viewer=a_person()))
    assert words in adopted
    assert "Effect measured" not in adopted


def test_actions_of_last_time_come_back_with_what_became_of_them(signed_in: SignedIn) -> None:
    owner = a_person(name="Ilse Goethals")
    with at("2026-04-02"):
        first = an_open_review("2026-Q1")
        action = agreed(first, "Ask the care homes", owner=owner, due="2026-05-01")
        closed(first)
    review = a_scheduled_review("2026-Q2")
    assert "Late" in said_in(part(review, Part.ACTIONS, viewer=owner))

    answer = signed_in(owner).post(f"/reviews/actions/{action.id}/completion")

    assert answer.status_code == 303
    section = part(review, Part.ACTIONS, viewer=owner)
    assert [line.title for line in section.lines] == ["Ask the care homes"]
    assert "Done on Thu 25 June" in said_in(section)


def test_promotions_wait_for_operations_until_they_are_answered() -> None:
    waiting, declined = a_promotion(), a_promotion(title="A map on the floor")
    with answering(declined) as (promotion, owner, moment):
        promotion.decline("Forklifts wear it off.", by=owner, at=moment)

    section = part(a_scheduled_review(), Part.PROMOTIONS, viewer=a_person())

    assert refs(section) == [waiting.ref, declined.ref]
    assert [line.waits for line in section.lines] == [True, False]
    assert "Forklifts wear it off." in said_in(section)


def test_what_waits_for_operations_comes_before_what_was_answered_and_the_strongest_learning_first() -> None:
    declined = a_promotion()
    with answering(declined) as (promotion, owner, moment):
        promotion.decline("Forklifts wear it off.", by=owner, at=moment)
    experiment = a_running_experiment()
    told = a_learning(experiment, title="Somebody said so", evidence=Evidence.ANECDOTE)
    counted = a_learning(experiment, title="We counted it", evidence=Evidence.MEASURED)
    waiting = a_promotion(told, counted)

    section = part(a_scheduled_review(), Part.PROMOTIONS, viewer=a_person())

    assert refs(section) == [waiting.ref, declined.ref]
    said = said_in(section)
    assert said.index("We counted it") < said.index("Somebody said so")


def test_a_promotion_brings_what_it_changes_and_what_it_should_move() -> None:
    promotion = a_promotion()

    said = said_in(part(a_scheduled_review(), Part.PROMOTIONS, viewer=a_person()))

    assert promotion.change in said
    assert str(promotion.form.label) in said
    assert f"{promotion.metric}: from {number_words(promotion.baseline)} to" in said


def test_what_is_not_daily_work_yet_is_not_reproached_for_its_effect() -> None:
    with at("2026-02-02"):
        an_accepted_promotion()
        a_closed_review("2026-Q1")

    said = said_in(part(a_scheduled_review(), Part.ADOPTION, viewer=a_person()))

    assert "Not daily work yet." in said
    assert "embedded" not in said


def test_the_agenda_costs_the_same_for_one_experiment_and_for_many(
    count_statements: Callable[[], AbstractContextManager[list[str]]],
) -> None:
    def fill(how_many: int) -> None:
        for _ in range(how_many):
            ended = an_ended_experiment()
            learned(ended, "Something", kind=Kind.QUICK_WIN)
            decide(an_ended_experiment(), DecisionKind.SCALE)
            a_running_experiment()
            a_promotion()
            an_approved_experiment()

    def cost() -> int:
        with count_statements() as statements:
            agenda(review, viewer=viewer)
        return len(statements)

    review, viewer = a_scheduled_review(), a_person()
    fill(1)
    one: Any = cost()
    fill(3)
    assert cost() == one
