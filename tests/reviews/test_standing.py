"""Many follow one review: it is assembled once for all of them, for each as they may read it, and never out of date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask import Flask

from portfolio.organisation.house_rules import AmountsSeenBy
from portfolio.reviews import standing
from tests.bridge.crossings import a_barrier, a_promotion
from tests.factories import a_facilitator, a_leader, a_person, at, change_house_rules, changing, reading
from tests.reviews.meetings import HELD, SignedIn, an_ended_experiment, an_open_review

Counting = Callable[[], AbstractContextManager[list[str]]]
MOST = 10  # Statements of the room's page.


@pytest.fixture(autouse=True)
def held(app: Flask) -> Iterator[None]:
    """An afternoon at the end of June."""
    with at(HELD):
        yield


def test_a_kept_line_is_not_handed_to_who_may_not_read_it(signed_in: SignedIn) -> None:
    review, secret = an_open_review(), an_ended_experiment(restricted=True)
    page = f"/reviews/{review.ref}?part=ended"
    karel, noor, lead = (signed_in(one) for one in (a_facilitator(), a_person(), secret.lead))  # type: ignore[arg-type]

    assert secret.title in karel.get(page).text
    assert secret.title not in noor.get(page).text
    assert secret.title in lead.get(page).text


def test_control_what_is_kept_for_everybody_alike_is_handed_to_who_may_not_read_it(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing.Standing, "_sight_of", lambda _self, _person: frozenset())
    review, secret = an_open_review(), an_ended_experiment(restricted=True)
    page, karel, noor = f"/reviews/{review.ref}?part=ended", signed_in(a_facilitator()), signed_in(a_person())

    assert secret.title in karel.get(page).text
    assert secret.title in noor.get(page).text


def test_each_is_led_to_what_they_may_do_whoever_looked_first(signed_in: SignedIn) -> None:
    review, ended = an_open_review(), an_ended_experiment()
    page, decide = f"/reviews/{review.ref}?part=ended", f"/experiments/{ended.ref}/decision"

    noor, hilde, lead = (signed_in(one) for one in (a_person(), a_leader(), ended.lead))  # type: ignore[arg-type]

    assert decide not in noor.get(page).text
    assert decide in hilde.get(page).text
    assert decide not in lead.get(page).text


def test_an_amount_is_not_handed_to_who_may_not_see_it(signed_in: SignedIn) -> None:
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)
    review, ended, other = an_open_review(), an_ended_experiment(budget="12345"), an_ended_experiment(budget="54321")
    page = f"/reviews/{review.ref}?part=ended&thing={ended.ref}"

    people = a_leader(), other.lead, ended.lead, a_person()
    hilde, elsewhere, lead, noor = (signed_in(one) for one in people)  # type: ignore[arg-type]

    assert "12,345" in hilde.get(page).text
    assert "12,345" not in elsewhere.get(page).text
    assert "12,345" in lead.get(page).text
    assert "12,345" not in noor.get(page).text


def test_each_reads_their_own_language_whoever_looked_first(signed_in: SignedIn) -> None:
    review = an_open_review()
    an_ended_experiment()
    page = f"/reviews/{review.ref}?part=ended"

    english, dutch, other = (signed_in(a_leader(language=language)) for language in ("en", "nl", "en"))

    assert "By its criteria" in english.get(page).text
    assert "Volgens de criteria" in dutch.get(page).text
    assert "By its criteria" in other.get(page).text


def test_what_is_kept_belongs_to_nobodys_visit(signed_in: SignedIn, app: Flask) -> None:
    review, browser = an_open_review(), signed_in(a_leader())
    an_ended_experiment()
    for path in ("", "?part=ended", "?part=money", "?part=actions"):
        browser.get(f"/reviews/{review.ref}{path}")

    with app.app_context():
        pieces = list(standing.standing(review.ref).drawn.values())

    assert len(pieces) > 5
    assert not any("csrf_token" in piece or "request_key" in piece for piece in pieces)


def test_nothing_is_out_of_date_that_somebody_changed_elsewhere(signed_in: SignedIn) -> None:
    assert _renamed(signed_in)


def test_control_what_is_kept_without_asking_the_trail_is_out_of_date(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    always = standing.Moment(0, "", date(2026, 6, 26))
    monkeypatch.setattr(standing.Moment, "now", lambda: always)

    assert not _renamed(signed_in)


def _renamed(signed_in: SignedIn) -> bool:
    """Whether the room shows somebody's new name, after it showed the old one."""
    review, barrier = an_open_review(), a_barrier()
    karel, page = signed_in(a_facilitator()), f"/reviews/{review.ref}?part=barriers"
    assert f"put by {barrier.raised_by.name}" in karel.get(page).text
    with changing(barrier.raised_by, by=a_leader()) as (vera, leader, _moment):
        vera.change_details(name="Vera de Boer", unit=None, language=None, theme=None, hours_a_week=4, by=leader)
    return "put by Vera de Boer" in karel.get(page).text


def test_control_what_takes_a_change_for_nothing_is_out_of_date(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "CHANGES_NOTHING", ("person.changed", "person.added"))

    assert not _renamed(signed_in)


def test_a_turn_reads_the_agenda_no_second_time(signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    review, karel = an_open_review(), signed_in(a_facilitator())
    a_barrier()
    room = f"/reviews/{review.ref}"
    karel.get(room)
    monkeypatch.delattr(standing, "_read")

    karel.post(f"{room}/turns", data={"part": "barriers"})

    assert "In the way of" in karel.get(room).text


def test_another_database_with_as_many_entries_is_not_taken_for_this_one() -> None:
    a_person()
    with reading():
        here = standing.Moment.now()
        assert not here.differs_from(here)
        assert here.differs_from(replace(here, hash="another"))
        assert here.differs_from(replace(here, seq=here.seq + 1))
        assert here.differs_from(replace(here, seq=here.seq - 1))
        assert here.differs_from(replace(here, today=here.today + timedelta(days=1)))


def test_who_follows_pays_little_and_the_second_of_them_no_more(
    signed_in: SignedIn, count_statements: Counting
) -> None:
    review = an_open_review()
    for _ in range(3):
        an_ended_experiment()
        a_promotion()
        a_barrier()
    page = f"/reviews/{review.ref}"
    karel, noor = signed_in(a_facilitator()), signed_in(a_leader())
    karel.get(page)  # Assembled now, in a process that is warm.

    for browser in (karel, noor):
        with count_statements() as statements:
            browser.get(page)
        assert len(statements) <= MOST, "\n\n".join(statements)
