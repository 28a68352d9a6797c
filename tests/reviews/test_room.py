"""What is written down while a review is open, and what is noted on it by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from portfolio.network.decision import DecisionKind
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.outcome import Part
from tests.bridge.crossings import a_barrier, a_promotion, answering, give
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    an_administrator,
    an_approved_experiment,
    an_operations_owner,
    at,
    changing,
    deactivated,
    last_action,
    reading,
    reloaded,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_scheduled_review,
    agreed,
    an_ended_experiment,
    an_open_review,
    chosen_not,
    closed,
    decide,
    part,
    said_in,
)

NOTE = {"part": "ended", "body": "We said **this**."}
CHOICE = {"choice": "A second customer file", "reason": "The first has to earn its place."}


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def an_action_form(owner: Person, **answers: str) -> dict[str, str]:
    """An action as its page sends it."""
    return {"what": "Ask the care homes", "owner": str(owner.id), "due_on": "2026-07-13"} | answers


def test_a_note_that_cannot_be_read_for_a_closed_review_is_on_the_trail_as_what_was_tried(signed_in: SignedIn) -> None:
    facilitator = a_facilitator()
    review = closed(an_open_review(), by=facilitator)

    assert signed_in(facilitator).post(f"/reviews/{review.ref}/notes", data={"body": ""}).status_code == 409
    assert last_action() == "review.running_refused"


@pytest.mark.parametrize("somebody", [a_person, an_administrator])
def test_only_facilitators_and_leaders_write_in_the_room(signed_in: SignedIn, somebody: Callable[[], Person]) -> None:
    review, person = an_open_review(), somebody()
    browser = signed_in(person)

    assert browser.post(f"/reviews/{review.ref}/notes", data=NOTE).status_code == 403
    assert browser.post(f"/reviews/{review.ref}/actions", data=an_action_form(person)).status_code == 403
    assert browser.post(f"/reviews/{review.ref}/choices", data=CHOICE).status_code == 403
    assert last_action() == "review.choosing_refused"
    page = browser.get(f"/reviews/{review.ref}").text
    assert "Write it down" not in page
    assert "written down by a facilitator or a leader" in page


def test_what_we_will_not_do_is_a_leaders_choice(signed_in: SignedIn) -> None:
    review = an_open_review()

    assert signed_in(a_facilitator()).post(f"/reviews/{review.ref}/choices", data=CHOICE).status_code == 403
    assert signed_in(a_leader()).post(f"/reviews/{review.ref}/choices", data=CHOICE).status_code == 303
    section = part(review, Part.NOT_DOING, viewer=a_person())
    assert [line.title for line in section.lines] == ["A second customer file"]
    assert "The first has to earn its place." in said_in(section)


def test_nothing_is_written_in_a_review_that_has_not_begun(signed_in: SignedIn) -> None:
    review, leader = a_scheduled_review(), a_leader()
    browser = signed_in(leader)

    for path, data in (("notes", NOTE), ("actions", an_action_form(leader)), ("choices", CHOICE), ("addenda", NOTE)):
        assert browser.post(f"/reviews/{review.ref}/{path}", data=data).status_code == 409
    assert browser.get(f"/reviews/{review.ref}/closing").status_code == 409
    assert browser.post(f"/reviews/{review.ref}/closing").status_code == 409


@pytest.mark.parametrize(
    ("path", "answers", "words"),
    [
        ("notes", NOTE | {"part": "lunch"}, "Choose one of these"),
        ("notes", {"part": "wins", "body": " "}, "Write the note"),
        ("choices", CHOICE | {"reason": ""}, "Write the reason"),
        ("choices", CHOICE | {"choice": "x" * 201}, "under 200 letters"),
    ],
)
def test_what_does_not_fit_is_sent_back_with_what_was_typed(
    signed_in: SignedIn, path: str, answers: dict[str, str], words: str
) -> None:
    answer = signed_in(a_leader()).post(f"/reviews/{an_open_review().ref}/{path}", data=answers)

    assert answer.status_code == 422
    assert words in answer.text
    assert all(typed in answer.text for typed in answers.values() if len(typed) > 10)


def test_nobody_who_left_takes_something_on(signed_in: SignedIn) -> None:
    gone, review = deactivated(a_person()), an_open_review()

    answer = signed_in(a_leader()).post(f"/reviews/{review.ref}/actions", data=an_action_form(gone))

    assert answer.status_code == 422
    assert "Choose one of these" in answer.text


def test_nobody_takes_something_on_by_standing_first_in_a_list(signed_in: SignedIn) -> None:
    review, leader = an_open_review(), a_leader()
    browser = signed_in(leader)

    assert '<option selected value="">Choose who</option>' in browser.get(f"/reviews/{review.ref}").text
    answer = browser.post(f"/reviews/{review.ref}/actions", data=an_action_form(leader) | {"owner": ""})
    assert answer.status_code == 422
    assert "Choose who does it." in answer.text


def test_a_note_stands_with_its_part_and_runs_no_html(signed_in: SignedIn) -> None:
    review, browser = an_open_review(), signed_in(a_facilitator(name="Karel Vandewalle"))

    answer = browser.post(f"/reviews/{review.ref}/notes", data=NOTE | {"body": "**So** <script>alert(1)</script>"})

    assert answer.status_code == 303
    assert last_action() == "review.noted"
    page = browser.get(f"/reviews/{review.ref}?part=ended").text
    assert "<strong>So</strong>" in page
    assert "<script>alert" not in page


def test_a_note_sent_again_stands_once(signed_in: SignedIn) -> None:
    review, host = an_open_review(), a_facilitator()
    browser, note = signed_in(host), {"part": "wins", "body": "Nobody minds."}
    assert browser.post(f"/reviews/{review.ref}/notes", data=note).status_code == 303

    again = browser.post(f"/reviews/{review.ref}/notes", data=note)

    assert again.status_code == 409
    assert "You noted this already" in again.text
    assert browser.post(f"/reviews/{review.ref}/notes", data=note | {"part": "money"}).status_code == 303


def test_somebody_takes_something_on_and_only_they_or_who_runs_reviews_say_it_is_done(signed_in: SignedIn) -> None:
    owner, review = a_person(), an_open_review()
    answer = signed_in(a_facilitator()).post(f"/reviews/{review.ref}/actions", data=an_action_form(owner))
    assert answer.status_code == 303
    with reading():
        (action,) = queries.actions_of(review)

    assert signed_in(a_person()).post(f"/reviews/actions/{action.id}/completion").status_code == 403
    assert signed_in(owner).post("/reviews/actions/999/completion").status_code == 404
    assert not reloaded(action).is_done
    assert "Ask the care homes" in signed_in(owner).get("/reviews").text
    assert signed_in(owner).post(f"/reviews/actions/{action.id}/completion").status_code == 303
    assert reloaded(action).done_by_id == owner.id
    assert signed_in(owner).post(f"/reviews/actions/{action.id}/completion").status_code == 409


def test_nothing_is_agreed_for_a_day_that_has_passed(signed_in: SignedIn) -> None:
    owner, facilitator, review = a_person(), a_facilitator(), an_open_review()
    form = {"what": "Show Roeselare", "owner": str(owner.id), "due_on": "2026-06-24"}

    answer = signed_in(facilitator).post(f"/reviews/{review.ref}/actions", data=form)

    assert answer.status_code == 409
    assert "done today or later" in answer.text
    assert "Show Roeselare" in answer.text, "what was typed is kept"
    with reading():
        assert not queries.actions_open()


def test_what_waits_for_a_person_is_what_they_took_on() -> None:
    owner, review = a_person(), an_open_review()
    agreed(review, "Later", owner=owner, due="2026-08-01")
    agreed(review, "Sooner", owner=owner, due="2026-07-01")
    agreed(review, "Somebody else’s", owner=a_person())

    with reading():
        assert [action.what for action in queries.actions_waiting_for(owner)] == ["Sooner", "Later"]


def test_a_decision_made_meanwhile_is_noted_by_itself(signed_in: SignedIn) -> None:
    before, during = an_ended_experiment(title="Before it?"), an_ended_experiment(title="During it?")
    with at("2026-06-25T12:00"):
        decide(before)
    review = an_open_review()
    decide(during, DecisionKind.SCALE, by=a_leader(name="Hilde Baert"))

    page = signed_in(a_person()).get(f"/reviews/{review.ref}").text
    log = page[page.index("Recorded so far") :]

    assert "During it?: Hilde Baert decided: Scale." in log
    assert "Before it?" not in log


def test_what_is_noted_leads_to_the_page_of_what_it_is_about(signed_in: SignedIn) -> None:
    review, leader = an_open_review(), a_leader()
    barrier, promotion = a_barrier(), a_promotion()
    give(barrier, leader, by=leader)
    with answering(promotion) as (found, owner, moment):
        found.decline("Not this year.", by=owner, at=moment)

    page = signed_in(leader).get(f"/reviews/{review.ref}").text

    log = page[page.index("Recorded so far") :]
    assert f'href="/barriers/{barrier.ref}"' in log
    assert f'href="/promotions/{promotion.ref}"' in log


def test_a_note_is_its_plain_words_in_the_log(signed_in: SignedIn) -> None:
    review, host = an_open_review(), a_facilitator()
    with changing(review, by=host) as (room, person, moment):
        room.note(
            Part.WINS, "**Nobody** minds 3 < 4:\n\n- ask [the planners](https://example.org)", by=person, at=moment
        )

    page = signed_in(host).get(f"/reviews/{review.ref}").text
    log = page[page.index("Recorded so far") :]
    assert f"{host.name} noted: Nobody minds 3 &lt; 4: ask the planners" in log


def test_what_is_restricted_is_not_in_the_log_of_who_may_not_see_it(signed_in: SignedIn) -> None:
    secret = an_ended_experiment(title="Which wing closes first?", restricted=True)
    review = an_open_review()
    decide(secret)

    assert "Which wing" not in signed_in(a_person()).get(f"/reviews/{review.ref}").text
    assert "Which wing" in signed_in(a_facilitator()).get(f"/reviews/{review.ref}").text


# What was granted and never started ---------------------------------------------------------------------------------


def test_keeping_is_for_a_leader_who_is_no_party(signed_in: SignedIn) -> None:
    sponsor = a_leader()
    with at("2026-03-20"):
        waiting = an_approved_experiment(by=sponsor)
    a_leader()
    review, reason = an_open_review(), {"reason": "The new colleague starts in July."}
    path = f"/reviews/{review.ref}/keeps/{waiting.ref}"

    for person in (sponsor, a_facilitator(), waiting.lead):
        browser = signed_in(person)  # type: ignore[arg-type]
        assert browser.get(path).status_code == 403
        assert browser.post(path, data=reason).status_code == 403
    leader = signed_in(a_leader())
    assert leader.post(path, data={"reason": ""}).status_code == 422
    assert leader.post(path, data=reason).status_code == 303
    assert leader.post(path, data=reason).status_code == 409
    assert "The new colleague starts in July." in said_in(part(review, Part.MONEY, viewer=a_person()))


def test_what_has_started_is_not_kept(signed_in: SignedIn) -> None:
    review = an_open_review()

    answer = signed_in(a_leader()).post(
        f"/reviews/{review.ref}/keeps/{an_ended_experiment().ref}", data={"reason": "It goes well."}
    )

    assert answer.status_code == 409
    assert "not started yet" in answer.text


def test_the_page_draws_what_the_criteria_say_of_an_experiment_to_decide(signed_in: SignedIn) -> None:
    an_ended_experiment(title="Does it show?")
    review = an_open_review()

    page = signed_in(a_person()).get(f"/reviews/{review.ref}?part=ended")

    assert page.status_code == 200
    assert "Does it show?" in page.text
    assert 'class="crit' in page.text, "its numbers are drawn, not only told"


def test_the_wall_says_why_we_will_not(signed_in: SignedIn) -> None:
    review, browser = an_open_review(), signed_in(a_facilitator())
    chosen_not(review, "A second customer file")
    browser.post(f"/reviews/{review.ref}/turns", data={"part": "not_doing"})

    wall = browser.get(f"/reviews/{review.ref}/wall").text

    assert "A second customer file" in wall
    assert "The first has to earn its place." in wall


def test_an_answer_in_the_room_is_not_put_off_to_that_same_room(signed_in: SignedIn) -> None:
    owner = an_operations_owner()
    promotion, review = a_promotion(owner=owner), an_open_review()
    browser = signed_in(owner)

    assert f'value="{review.quarter}"' not in browser.get(f"/promotions/{promotion.ref}").text
    deferral = {"deferred_until": review.quarter, "why_later": "After the move."}
    assert browser.post(f"/promotions/{promotion.ref}/deferral", data=deferral).status_code == 422
