"""Who takes part in a review: chosen by whoever plans it, told by mail, each what they may see, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from portfolio.foundation import mail
from portfolio.foundation.clock import now
from portfolio.foundation.errors import RuleBroken
from portfolio.organisation.house_rules import house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.people.person import Person, RoleName
from portfolio.reviews import queries, telling
from portfolio.reviews.review import Plan, Review
from tests.api_client import Program, a_token
from tests.browser import Browser
from tests.factories import (
    a_facilitator,
    a_leader,
    a_person,
    a_running_experiment,
    a_unit,
    an_observer,
    an_operations_owner,
    at,
    changing,
    deactivated,
    last_action,
    reading,
    reloaded,
    with_roles,
)
from tests.reviews.meetings import (
    HELD,
    SignedIn,
    a_plan_form,
    a_scheduled_review,
    an_ended_experiment,
    an_open_review,
    closed,
    frozen,
)

Letters = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """A morning before reviews at the end of June."""
    with at("2026-06-20T09:00"):
        yield


@pytest.fixture
def letters(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[], Letters]:
    """Carries out what waits, and gives what was mailed since it was last asked."""
    sent: Letters = []
    monkeypatch.setattr(mail, "send", lambda _settings, **letter: sent.append(letter))

    def look() -> Letters:
        jobs = app.extensions["jobs"]
        jobs.carry_out_waiting()
        telling.tell(jobs)
        jobs.carry_out_waiting()
        found, sent[:] = list(sent), []
        return found

    return look


def names_of(review: Review) -> list[str]:
    """Who takes part."""
    with reading():
        return [person.name for person in queries.participants_of(review)]


def scheduled(browser: Browser, host: Person, *people: Person, **plan: Any) -> Review:
    """A review planned on its page."""
    chosen = [str(person.id) for person in people]
    answer = browser.post("/reviews", data=a_plan_form(host, participants=chosen, **plan))
    assert answer.status_code == 303, answer.text
    with reading():
        return queries.review(answer.headers["Location"].rsplit("/", 1)[1])


def to(letters: Letters) -> list[str]:
    """Whom letters went to."""
    return sorted(letter["name"] for letter in letters)


# Who ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("somebody", [an_observer, lambda: deactivated(a_person())])
def test_nobody_from_outside_and_nobody_who_left_takes_part(
    signed_in: SignedIn, somebody: Callable[[], Person]
) -> None:
    host, other = a_facilitator(), somebody()

    answer = signed_in(host).post("/reviews", data=a_plan_form(host, participants=[str(other.id)]))

    assert answer.status_code == 422
    with pytest.raises(RuleBroken):
        a_scheduled_review(by=host, participants=[other])


def test_whoever_plans_it_is_offered_those_who_usually_take_part(signed_in: SignedIn) -> None:
    host = a_facilitator(name="Karel")
    usual = [a_leader(name="Hilde"), an_operations_owner(a_unit(), name="Wim"), a_person(name="Noor")]
    a_running_experiment(lead=usual[2])
    other = a_person(name="Somebody else")

    page = signed_in(host).get("/reviews/new").text

    for person in usual:
        assert f'value="{person.id}" checked' in page
    assert f'value="{other.id}">' in page
    assert "Somebody else" in page[page.index("<details") :]


def test_whoever_facilitates_always_takes_part(signed_in: SignedIn) -> None:
    host, other = a_facilitator(name="Karel"), a_facilitator(name="Lies")
    browser = signed_in(host)
    review = scheduled(browser, host, a_person(name="Noor"))
    assert names_of(review) == ["Karel", "Noor"]
    assert last_action() == "review.scheduled"

    assert browser.post(f"/reviews/{review.ref}/plan", data=a_plan_form(other, participants=[])).status_code == 303

    assert names_of(review) == ["Lies"]
    assert last_action() == "review.participants_changed"
    assert "Lies" in browser.get(f"/reviews/{review.ref}").text


def test_a_plan_that_is_refused_keeps_who_was_chosen(signed_in: SignedIn) -> None:
    host, chosen = a_facilitator(), a_person()

    answer = signed_in(host).post("/reviews", data=a_plan_form(host, minutes="5", participants=[str(chosen.id)]))

    assert answer.status_code == 422
    assert f'value="{chosen.id}" checked' in answer.text


def test_hundreds_are_offered_with_a_constant_number_of_statements(
    signed_in: SignedIn, count_statements: Callable[[], Any]
) -> None:
    host = a_facilitator()
    browser = signed_in(host)
    browser.get("/reviews/new")
    with count_statements() as few:
        browser.get("/reviews/new")
    for _ in range(40):
        a_person()

    with count_statements() as many:
        browser.get("/reviews/new")

    assert len(many) == len(few)


def test_the_api_chooses_them_by_their_ids(app: Flask) -> None:
    host, noor, hilde = a_facilitator(name="Karel"), a_person(name="Noor"), a_leader(name="Hilde")
    call = Program(app, a_token(host, "read", "write"))
    plan = {"quarter": "2026-Q2", "scheduled_for": "2026-06-25T12:00:00Z"}

    made = call.post("/reviews", plan)
    assert made.json["participants"] == [hilde.handle, host.handle]
    path = f"/reviews/{made.json['id']}"
    assert call.patch(path, {"minutes": 60}).json["participants"] == [hilde.handle, host.handle]
    assert call.patch(path, {"participants": [noor.handle]}).json["participants"] == [host.handle, noor.handle]
    assert call.patch(path, {"participants": ["nobody"]}).status_code == 409
    assert call.patch(path, {"participants": [an_observer().handle]}).status_code == 409


# What they are told -------------------------------------------------------------------------------------------------


def test_each_is_told_once_in_their_language_what_to_read(signed_in: SignedIn, letters: Callable[[], Letters]) -> None:
    host, noor = a_facilitator(name="Karel", language="en"), a_person(name="Noor", language="nl")
    with at("2026-04-06"):
        a_running_experiment(title="Which wing closes first?", restricted=True)
        a_running_experiment(title="When does a delivery go right?")
    browser = signed_in(host)

    review = scheduled(browser, host, noor)
    first, again = letters(), letters()

    assert to(first) == ["Karel", "Noor"]
    assert again == []
    english, dutch = sorted(first, key=lambda letter: str(letter["name"]))
    assert "Thu 25 June, 14:00" in english["subject"]
    assert "Read the **charters**" in english["body"]
    assert f"/reviews/{review.ref}" in english["body"]
    assert "do 25 juni, 14:00" in dutch["subject"]
    assert "When does a delivery go right?" in dutch["body"]
    assert "Which wing" in english["body"]
    assert "Which wing" not in dutch["body"]


def test_who_takes_part_hears_of_a_review_whose_hour_has_come(
    signed_in: SignedIn, letters: Callable[[], Letters]
) -> None:
    host, noor = a_facilitator(name="Karel"), a_person(name="Noor")

    scheduled(signed_in(host), host, noor, time="09:00")

    assert to(letters()) == ["Karel", "Noor"]


def test_another_plan_is_told_to_all_and_another_guest_alone(
    signed_in: SignedIn, letters: Callable[[], Letters]
) -> None:
    host, noor, ilse = a_facilitator(name="Karel"), a_person(name="Noor"), a_person(name="Ilse")
    browser = signed_in(host)
    review = scheduled(browser, host, noor)
    letters()
    path, chosen = f"/reviews/{review.ref}/plan", [str(noor.id), str(ilse.id)]

    browser.post(path, data=a_plan_form(host, participants=chosen))
    assert to(letters()) == ["Ilse"]
    browser.post(path, data=a_plan_form(host, participants=chosen))
    assert to(letters()) == []
    browser.post(path, data=a_plan_form(host, participants=chosen, time="16:00"))
    told = letters()
    assert to(told) == ["Ilse", "Karel", "Noor"]
    assert all("16:00" in letter["subject"] for letter in told)


def test_no_request_waits_for_the_mail(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: Letters = []
    monkeypatch.setattr(mail, "send", lambda _settings, **letter: sent.append(letter))
    host = a_facilitator()

    scheduled(signed_in(host), host)

    assert sent == []


def test_closing_sends_everybody_the_minutes_they_may_read(signed_in: SignedIn, letters: Callable[[], Letters]) -> None:
    host, noor = a_facilitator(name="Karel", language="en"), a_person(name="Noor", language="nl")
    gone = a_person(name="Gone")
    with at(HELD):
        an_ended_experiment(title="Which wing closes first?", restricted=True)
        review = a_scheduled_review(by=host, participants=[noor, gone])
        letters()
        with changing(review, by=host) as (found, by, moment):
            found.open(by=by, at=moment)
        deactivated(gone)

        answer = signed_in(host).post(f"/reviews/{review.ref}/closing")
        sent, again = letters(), letters()

    assert answer.status_code == 303
    assert to(sent) == ["Karel", "Noor"]
    assert again == []
    english, dutch = sorted(sent, key=lambda letter: str(letter["name"]))
    assert english["subject"] == "Minutes: Quarterly review 2026-Q2"
    assert "Kwartaalreview 2026-Q2" in dutch["subject"]
    papers = [letter["attachments"][0] for letter in (english, dutch)]
    assert [(paper.name, paper.mimetype) for paper in papers] == [(f"{review.ref}.pdf", "application/pdf")] * 2
    for person, paper in ((host, papers[0]), (noor, papers[1])):
        with at(HELD):
            assert signed_in(person).get(f"/reviews/{review.ref}/minutes.pdf").data == paper.data


def test_who_is_an_observer_by_then_gets_no_minutes(letters: Callable[[], Letters]) -> None:
    host, noor = a_facilitator(name="Karel"), a_person(name="Noor")
    with at(HELD):
        review = a_scheduled_review(by=host, participants=[noor])
        letters()
        with changing(review, by=host) as (found, by, moment):
            found.open(by=by, at=moment)
        closed(reloaded(review), by=host)
        with_roles(noor, RoleName.OBSERVER)

        assert to(letters()) == ["Karel"]


def test_the_minutes_of_long_ago_are_no_news(letters: Callable[[], Letters]) -> None:
    with at(HELD):
        closed(an_open_review())

    with at("2026-07-20"):
        assert letters() == []


def test_a_mail_that_broke_off_is_taken_on_again_later(
    app: Flask, letters: Callable[[], Letters], monkeypatch: pytest.MonkeyPatch
) -> None:
    a_scheduled_review(by=a_facilitator(name="Karel"), scheduled_for=now().replace(day=25))
    telling.tell(app.extensions["jobs"])
    while app.extensions["jobs"].huey.dequeue() is not None:
        pass  # As when the process ends here.

    assert letters() == []
    with at("2026-06-20T09:11"):
        assert to(letters()) == ["Karel"]


def test_a_plan_changed_while_it_is_mailed_is_mailed_again(
    app: Flask, letters: Callable[[], Letters], monkeypatch: pytest.MonkeyPatch
) -> None:
    host = a_facilitator(name="Karel")
    review = a_scheduled_review(by=host, scheduled_for=now().replace(day=25))
    send, sent = mail.send, []

    def slow(settings: Any, **letter: Any) -> None:
        if not sent:
            sent.append(letter)
            with changing(review, by=host) as (found, by, _moment):
                found.reschedule(plan_of(found, minutes=45, facilitator=by), rules=house_rules(), by=by)
        send(settings, **letter)

    monkeypatch.setattr(mail, "send", slow)

    told = letters() + letters()

    assert to(told) == ["Karel", "Karel"]
    assert "45 minutes" in told[1]["body"]


def plan_of(review: Review, **changes: Any) -> Any:
    """The plan of a review, changed."""
    told = {"scheduled_for": review.scheduled_for, "minutes": review.minutes, "notes": review.notes} | changes
    quarter = Quarter.named(review.quarter, house_rules().fiscal_year_month)
    return Plan(quarter=quarter, **told)


def test_the_record_names_who_was_invited_as_they_were_called() -> None:
    with at(HELD):
        host = a_facilitator(name="Karel")
        review = a_scheduled_review(by=host, participants=[a_person(name="Noor")])
        with changing(review, by=host) as (found, by, moment):
            found.open(by=by, at=moment)
        review = closed(reloaded(review), by=host)

    facts = {fact["term"]["en"]: fact["value"]["en"] for fact in frozen(review).minutes["facts"]}
    assert facts["Invited"] == "Karel, Noor"
