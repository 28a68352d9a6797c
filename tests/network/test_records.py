"""Records: history that is read, searched and copied, and that nothing in Tandem changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation import rich_text
from portfolio.foundation.database import db, write_tx
from portfolio.network.experiment import Experiment
from portfolio.network.record import OPENING
from portfolio.network.record_text import AmountText, EntryWords, MilestoneWords, RecordText, parts
from portfolio.network.recording import keep_records
from portfolio.network.state import State
from portfolio.organisation.house_rules import AmountsSeenBy, house_rules
from portfolio.people.person import Person
from tests.browser import Browser
from tests.factories import a_leader, a_person, an_observer, change_house_rules, reading, reloaded

SignIn = Callable[[Person], Browser]
HOSTILE = "<script>alert(1)</script> <img src=x onerror=alert(2)> [press](javascript:alert(3)) 😍"


def a_text(number: int = 1, **values: Any) -> RecordText:
    """What a source says, of a project that took a year."""
    usual = {
        "title": f"Carts across the river, {number}",
        "source": "grants.jsonl",
        "external_id": f"grants/{number}",
        "fingerprint": f"{number:064d}",
        "state": "Terminated",
        "owner": "Carts & Co",
        "weeks": Decimal(52),
        "duration": "52",
        "budget": AmountText("30000", Decimal(30000), "USD", Decimal("0.92"), 27_600_00),
        "summary": "Carts cross the *river* by hand.",
        "milestones": (MilestoneWords("Piers", "13", AmountText("12000"), "Two **piers**"),),
    }
    return RecordText(**{**usual, **values})  # type: ignore[arg-type]


def records(*texts: RecordText) -> list[Experiment]:
    """Records as an import writes them."""
    with write_tx() as at:
        rich_text.keep(*(part for text in texts for part in text.texts()))
        ids = keep_records(texts, rules=house_rules(), at=at)
    with reading():
        return [db.session.get_one(Experiment, number) for number in ids]


def a_record(**values: Any) -> Experiment:
    return records(a_text(**values))[0]


def page_of(client: Browser, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.text
    return answer.text


# Who reads it, and what nobody does


def test_an_observer_does_not_see_a_record(app: Flask, signed_in: SignIn) -> None:
    record = a_record(log=(EntryWords(body="x"),))
    observer = signed_in(an_observer())

    for address in ("", "/source/summary", "/source/milestones/1", "/source/log/1"):
        assert observer.get(f"/experiments/{record.ref}{address}").status_code == 404


def test_nobody_signed_out_reads_a_record(client: Browser) -> None:
    record = a_record()

    assert client.get(f"/experiments/{record.ref}").status_code == 302


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("proposal", {}, 403),
        ("withdrawal", {}, 403),
        ("start", {}, 403),
        ("text", {"title": "Another title", "revision": "0"}, 403),
        ("approval", {"answer": "all", "reason": "Because.", "version": ""}, 409),
        ("hands", {"hours_a_week": "4"}, 409),
    ],
)
def test_a_record_never_becomes_anything_else(
    app: Flask, signed_in: SignIn, path: str, data: dict[str, str], status: int
) -> None:
    record = a_record()

    answer = signed_in(a_leader()).post(f"/experiments/{record.ref}/{path}", data=data)

    assert answer.status_code == status
    assert reloaded(record).state is State.RECORD


@pytest.mark.parametrize("path", ["/source/nothing", "/source/log/9", "/source/milestones/9", "/source/summary?part=2"])
def test_what_a_record_does_not_have_is_not_there(app: Flask, signed_in: SignIn, path: str) -> None:
    record = a_record()

    assert signed_in(a_person()).get(f"/experiments/{record.ref}{path}").status_code == 404


def test_only_a_record_has_pages_of_its_source(app: Flask, signed_in: SignIn) -> None:
    volunteer = signed_in(a_person())
    volunteer.post(f"/experiments/{a_record().ref}/copies")
    with reading():
        draft = db.session.scalars(select(Experiment).where(Experiment.state == State.DRAFT)).one()

    assert volunteer.get(f"/experiments/{draft.ref}/source/summary").status_code == 404
    assert volunteer.post(f"/experiments/{draft.ref}/copies").status_code == 404


# What its page shows


def test_a_record_reads_as_its_source_has_it(app: Flask, signed_in: SignIn) -> None:
    record = a_record(starts="05/07/2022", starts_on=date(2022, 7, 5))

    page = page_of(signed_in(a_person()), f"/experiments/{record.ref}")

    for words in ("Terminated", "Carts &amp; Co", "52 weeks", "30,000 USD", "€27,600 at 0.92", "05/07/2022"):
        assert words in page
    assert "<em>river</em>" in page
    assert 'class="strip' not in page


def test_what_the_source_does_not_say_is_said_to_be_so(app: Flask, signed_in: SignIn) -> None:
    bare = a_record(state="", owner="", weeks=None, duration="", budget=AmountText(), summary="", milestones=())

    page = page_of(signed_in(a_person()), f"/experiments/{bare.ref}")

    assert page.count("not stated in the source") >= 10


def test_other_peoples_texts_run_nothing(app: Flask, signed_in: SignIn) -> None:
    entry = EntryWords(author=HOSTILE, kind=HOSTILE, body=HOSTILE)
    long = EntryWords(body=HOSTILE * 50)
    record = a_record(
        title=HOSTILE, summary=HOSTILE, owner=HOSTILE, state=HOSTILE, log=(entry, long), raw=f'{{"a": "{HOSTILE}"}}',
        milestones=(MilestoneWords(HOSTILE, HOSTILE, AmountText(HOSTILE), HOSTILE),),
    )  # fmt: skip
    volunteer = signed_in(a_person())

    for address in ("/experiments", f"/experiments/{record.ref}", f"/experiments/{record.ref}/source/log/2"):
        page = page_of(volunteer, address)
        assert "<script>alert" not in page
        assert "<img" not in page
        assert "javascript:alert" not in re.sub(r"\(javascript:alert\(3\)\)", "", page)
        assert "😍" in page


def test_a_long_entry_has_a_page_of_its_own_in_parts(app: Flask, signed_in: SignIn) -> None:
    record = a_record(log=(EntryWords(kind="evaluation", body="```\n" + "0x00 " * 95_000 + "\nno end"),))
    volunteer = signed_in(a_person())

    page = page_of(volunteer, f"/experiments/{record.ref}")
    first = page_of(volunteer, f"/experiments/{record.ref}/source/log/1")
    (count,) = re.findall(r"Part 1 of (\d+)</span>", first)[:1]
    last = page_of(volunteer, f"/experiments/{record.ref}/source/log/1?part={count}")

    assert "Read all 475,011 characters" in page
    assert len(page) < 30_000
    assert len(first) < 100_000
    assert int(count) < 10
    assert "no end" in last


def test_a_long_log_comes_in_pages(app: Flask, signed_in: SignIn) -> None:
    record = a_record(log=tuple(EntryWords(body=f"change number {n}.") for n in range(1, 26)))
    volunteer = signed_in(a_person())

    first = page_of(volunteer, f"/experiments/{record.ref}")
    (more,) = re.findall(r'href="(/experiments/X-\d+\?after=[^"#]+)', first)
    second = page_of(volunteer, more)

    assert "change number 20." in first
    assert "change number 21." not in first
    assert "change number 25." in second


def test_amounts_of_a_record_are_for_those_the_house_rules_name(app: Flask, signed_in: SignIn) -> None:
    record = a_record(raw='{"total_costs": "30,000 dollars"}')
    change_house_rules(amounts_seen_by=AmountsSeenBy.INVOLVED)

    for address in ("/experiments", f"/experiments/{record.ref}"):
        assert "30,000" not in page_of(signed_in(a_person()), address)
        assert "30,000" in page_of(signed_in(a_leader()), address)


def test_people_talk_about_a_record(app: Flask, signed_in: SignIn) -> None:
    record = a_record()
    volunteer = signed_in(a_person())

    answer = volunteer.post(f"/experiments/{record.ref}/comments", data={"body": "We tried this *before*."})
    refused = volunteer.post(f"/experiments/{record.ref}/comments", data={"body": ""})

    assert answer.status_code == 303
    assert "We tried this <em>before</em>." in page_of(volunteer, f"/experiments/{record.ref}")
    assert refused.status_code == 422
    assert "Carts across the river" in refused.text


# In lists and search


def test_a_list_shows_a_record_in_its_own_words(app: Flask, signed_in: SignIn) -> None:
    records(a_text(1), a_text(2, weeks=None, duration="3 months", budget=AmountText("1.1", Decimal("1.1"), "BTC")))

    page = page_of(signed_in(a_person()), "/experiments?stage=record")

    for words in ("Record", "Terminated", "52 weeks", "3 months", "30,000 USD", "1.1 BTC", "Carts &amp; Co"):
        assert words in page
    assert "form of change not stated in the source" in page


def test_a_list_of_records_costs_the_same_for_one_and_for_fifty(
    app: Flask, signed_in: SignIn, count_statements: Callable[[], AbstractContextManager[list[str]]]
) -> None:
    volunteer = signed_in(a_person())
    records(a_text(0))
    with count_statements() as for_one:
        page_of(volunteer, "/experiments")
    records(*(a_text(number) for number in range(1, 50)))

    with count_statements() as for_fifty:
        page_of(volunteer, "/experiments")

    assert len(for_fifty) == len(for_one)


def test_search_finds_a_record_by_what_its_milestones_deliver(app: Flask, signed_in: SignIn) -> None:
    a_record()

    assert "Carts across the river" in page_of(signed_in(a_person()), "/search?q=piers")


# A copy


def test_an_observer_copies_nothing(app: Flask, signed_in: SignIn) -> None:
    record = a_record()

    assert signed_in(an_observer()).post(f"/experiments/{record.ref}/copies").status_code == 403


def test_a_copy_is_a_draft_of_whoever_made_it_and_lands_where_it_is_written(app: Flask, signed_in: SignIn) -> None:
    record, volunteer = a_record(), a_person()
    client = signed_in(volunteer)

    answer = client.post(f"/experiments/{record.ref}/copies")

    with reading():
        draft = db.session.scalars(select(Experiment).where(Experiment.state == State.DRAFT)).one()
    assert answer.location == f"/experiments/{draft.ref}/text"
    assert (draft.lead_id, draft.proposer_id, draft.follows_id) == (volunteer.id, volunteer.id, record.id)
    editor = page_of(client, answer.location)
    assert "Before it can be proposed" in editor
    assert "52 weeks is more than 12. Cut it, or split it in two experiments." in editor
    assert "Write the riskiest assumption." in editor
    assert "27,600" in editor
    assert "Amount: 30000 USD" in editor


def test_a_copy_is_proposed_under_the_same_rules_as_any_draft(app: Flask, signed_in: SignIn) -> None:
    record, client = a_record(), signed_in(a_person())
    draft = client.post(f"/experiments/{record.ref}/copies").location.removesuffix("/text")

    assert client.post(f"{draft}/proposal").status_code == 409


# Parts of a long text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "short",
        "word " * 5_000,
        "x" * 30_000,
        "\n\n".join("a paragraph of some length" for _ in range(900)),
        "```\n" + "code\n" * 6_000,
    ],
)
def test_parts_hold_the_whole_text_and_none_is_too_long(text: str) -> None:
    found = parts(text, 5_000)

    assert all(len(part) < 5_000 + 20 for part in found)
    assert "".join(found).replace("```\n", "").replace("\n", "") == text.replace("```\n", "").replace("\n", "")


def test_code_that_is_cut_stays_code_in_every_part() -> None:
    for part in parts("```\n" + "*no emphasis*\n" * 2_000, 5_000):
        assert "<em>" not in rich_text.render(part)


def test_an_opening_is_shown_whole_where_it_is_all_there_is() -> None:
    assert OPENING < 1_000  # A log of twenty entries stays a page that loads at once.
