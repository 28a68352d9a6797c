"""Importing: all of a file or nothing, the same row once, and nothing invented on the way."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from portfolio.audit import queries as audit
from portfolio.exchange.reader import MOST_ROW
from portfolio.foundation.database import db
from portfolio.foundation.rich_text import RichText, key_of
from portfolio.network import record_queries
from portfolio.network.experiment import Experiment
from portfolio.network.record import ImportedRecord, RecordEntry, RecordMilestone
from portfolio.network.state import State
from tests.exchange.files import Run, a_row, comma_file, json_lines, last_line, runner
from tests.factories import a_person, a_unit, an_administrator, an_observer, change_house_rules, reading

HEADER = "title,summary,owner,unit,budget_amount,budget_currency,duration_weeks,start_date,status\n"


@pytest.fixture
def tandem_import(app: Flask) -> Run:
    return runner(app)


def count(model: type = Experiment) -> int:
    with reading():
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def the_record(number: int = 0) -> tuple[Experiment, ImportedRecord]:
    """A record, in the order in which they came in."""
    with reading():
        experiment = db.session.scalars(select(Experiment).order_by(Experiment.id)).all()[number]
        return experiment, record_queries.record_of(experiment)


# Refusals


def test_a_row_that_cannot_be_read_stops_the_import_and_is_named(tandem_import: Run, tmp_path: Path) -> None:
    file = json_lines(tmp_path, a_row(1), a_row(2, budget={"amount": "a lot", "currency": "USD"}), a_row(3))

    result = tandem_import(file)

    assert result.exit_code == 1
    assert "line 2, budget.amount: “a lot” is not a number" in result.output
    assert last_line(result) == "0 added, 0 already there, 1 skipped"
    assert count() == 0


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"title": ""}, "title: is missing"),
        ({"title": "x" * 501}, "title: is longer than 500 characters"),
        ({"title": ["a list"]}, "title: “[\"a list\"]” is not a text or a number"),
        ({"budget": {"amount": -1, "currency": "USD"}}, "budget.amount: “-1” is below zero"),
        ({"budget": {"amount": True, "currency": "USD"}}, "budget.amount: “true” is not a text or a number"),
        ({"budget": {"amount": 1, "currency": "no money at all"}}, "budget.currency: “no money at all” is not a"),
        ({"duration_weeks": 0}, "duration_weeks: “0” is not a number of weeks"),
        ({"start_date": "31/02/2022"}, "start_date: “31/02/2022” is a day that does not exist"),
        ({"start_date": "05/07/2022"}, "start_date: “05/07/2022” can be 2022-07-05 or 2022-05-07; say which with"),
        ({"milestones": [{"amount": "1,5,0"}]}, "milestones[0].amount: “1,5,0” is not a number"),
        ({"milestones": "none"}, "milestones: “none” is not a list"),
        ({"milestones": [{}] * 101}, "has more than 100 entries"),
        ({"log": [{"date": "yesterday"}]}, "log[0].date: “yesterday” is not a date"),
        ({"summary": "twice"}, "summary: is given twice, under two names"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_line_field_and_reason(
    tandem_import: Run, tmp_path: Path, values: dict[str, object], named: str
) -> None:
    result = tandem_import(json_lines(tmp_path, a_row(1), a_row(2, **values)))

    assert result.exit_code == 1
    assert "line 2, " in result.output
    assert named in result.output
    assert count() == 0


def test_bad_rows_are_left_out_when_that_is_asked(tandem_import: Run, tmp_path: Path) -> None:
    result = tandem_import(json_lines(tmp_path, a_row(1), "{broken", a_row(3, title="")), "--skip-bad")

    assert result.exit_code == 0
    assert "line 2: is not JSON" in result.output
    assert last_line(result) == "1 added, 0 already there, 2 skipped"
    assert count() == 1


def test_a_bad_row_near_the_end_of_a_thousand_writes_nothing(tandem_import: Run, tmp_path: Path) -> None:
    rows = [a_row(number, summary_md="", log=[], milestones=[]) for number in range(1_000)]

    tandem_import(json_lines(tmp_path, *rows[:998], "oops", rows[999]))

    assert (count(), count(ImportedRecord), count(RichText)) == (0, 0, 0)


def test_a_row_nested_too_deep_is_named_and_not_followed(tandem_import: Run, tmp_path: Path) -> None:
    deep = '{"title": "Deep", "raw": {"a": ' + "[" * 10_000 + "]" * 10_000 + "}}"
    shallow = '{"title": "Less deep", "raw": {"a": ' + "[" * 900 + "]" * 900 + "}}"

    result = tandem_import(json_lines(tmp_path, deep, shallow))

    assert result.exit_code == 1
    assert result.output.count("is nested too deep") == 2


def test_an_unreadable_file_says_why(tandem_import: Run, tmp_path: Path) -> None:
    (tmp_path / "grants.xlsx").write_bytes(b"PK")

    result = tandem_import(tmp_path / "grants.xlsx")

    assert result.exit_code == 1
    assert "Give a .json, .jsonl or .csv file" in result.output


@pytest.mark.parametrize("rate", ["USD", "USD=0,92", "USD=0"])
def test_a_rate_that_is_none_is_refused(tandem_import: Run, tmp_path: Path, rate: str) -> None:
    result = tandem_import(json_lines(tmp_path, a_row()), "--rate", rate)

    assert result.exit_code == 2
    assert "write USD=0.92" in result.output


# The same again


def test_the_same_file_again_adds_nothing_and_says_so(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row(1), a_row(2)))

    result = tandem_import(json_lines(tmp_path, a_row(1), a_row(2)))

    assert result.exit_code == 0
    assert "This file adds nothing." in result.output
    assert last_line(result) == "0 added, 2 already there, 0 skipped"
    assert count() == 2


def test_the_same_rows_under_another_name_are_known(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row(1), name="grants.jsonl.gz"))

    assert last_line(tandem_import(json_lines(tmp_path, a_row(1), name="copy.jsonl"))).startswith("0 added, 1 already")


def test_a_row_that_changed_since_stays_as_it_is_here(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row(1)))

    result = tandem_import(json_lines(tmp_path, a_row(1, title="Another title")))

    assert "grants/1 is here already with other words, which stay" in result.output
    assert last_line(result) == "0 added, 1 already there, 0 skipped"
    assert the_record()[0].title == a_row()["title"]


def test_one_identifier_twice_in_a_file_is_named(tandem_import: Run, tmp_path: Path) -> None:
    result = tandem_import(json_lines(tmp_path, a_row(1), a_row(1, title="Another title"), a_row(1)), "--skip-bad")

    assert "line 2, external_id: “grants/1” stands on line 1 too, with other words" in result.output
    assert last_line(result) == "1 added, 1 already there, 1 skipped"


def test_a_dry_run_says_what_would_happen_and_writes_nothing(tandem_import: Run, tmp_path: Path) -> None:
    result = tandem_import(json_lines(tmp_path, a_row(1), a_row(2)), "--dry-run")

    assert result.exit_code == 0
    assert last_line(result) == "2 added, 0 already there, 0 skipped"
    assert (count(), count(RichText)) == (0, 0)


# Records


def test_a_record_is_what_its_source_says_and_no_more(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row()))

    experiment, record = the_record()
    with reading():
        milestones = record_queries.milestones_of(experiment)
        entry = record_queries.entry_of(experiment, 1)
    assert (experiment.state, experiment.title) == (State.RECORD, "A bridge for carts, number 1")
    for blank in ("form", "lead_id", "proposer_id", "sponsor_id", "weeks", "starts_on", "proposed_at", "closed_at"):
        assert getattr(experiment, blank) is None
    assert (record.state, record.outcome, record.owner) == ("Terminated", "terminated", "Carts & Co")
    assert (record.amount, record.currency, record.converted) == (Decimal(30000), "USD", None)
    assert (record.weeks, record.starts, record.starts_on) == (Decimal(52), "", None)
    assert record.team_names == ["person-1", "person-2"]
    assert [(m.name, m.weeks, m.amount_words) for m in milestones] == [
        ("Piers", "13", "12000"),
        ("Deck", "", "10k or so"),
    ]
    assert (entry.dated, entry.author, entry.kind, entry.body) == (date(2022, 5, 3), "person-1", "commit", "first plan")
    assert record.facts["accepted_date"] == "2022-05-01"


def test_every_record_leaves_a_line_on_the_trail(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row(1), a_row(2)))

    with reading():
        lines = audit.latest()
        broken = audit.first_broken_link()
    assert [line.action for line in lines] == ["experiment.recorded"] * 2
    assert broken is None


def test_a_rate_adds_the_organisations_money_and_the_original_stays(tandem_import: Run, tmp_path: Path) -> None:
    rows = [
        a_row(1),
        a_row(2, budget={"amount": "1.1", "currency": "BTC"}),
        a_row(3, budget={"amount": 5, "currency": None}),
    ]
    tandem_import(json_lines(tmp_path, *rows), "--rate", "USD=0.92")

    in_dollars, in_coins, in_nothing = (the_record(number)[1] for number in range(3))
    assert (in_dollars.amount, in_dollars.currency) == (Decimal(30000), "USD")
    assert (in_dollars.converted, in_dollars.converted_currency) == (27_600_00, "EUR")
    assert (in_coins.amount_words, in_coins.currency, in_coins.converted) == ("1.1", "BTC", None)
    assert (in_nothing.amount, in_nothing.currency, in_nothing.converted) == (Decimal(5), None, None)


def test_amounts_are_counted_to_the_cent(tandem_import: Run, tmp_path: Path) -> None:
    rows = [
        '{"title": "A", "amount": 0.1, "currency": "EUR"}',
        '{"title": "B", "amount": 90071992547409.93, "currency": "USD"}',
    ]
    tandem_import(json_lines(tmp_path, *rows))

    assert the_record(0)[1].converted == 10
    assert the_record(1)[1].amount == Decimal("90071992547409.93")


def test_a_messy_spreadsheet_comes_in_once_its_dates_are_explained(tandem_import: Run, tmp_path: Path) -> None:
    rows = (
        'One,"two\nlines 😍",,,"3,000",USD,8.7 weeks,18/09/2024,COMPLETED \n'
        "Two,,Some Team,Level 1,30'000,,Continuous,05/07/2022,\n"
        'Three,,,,"75,000.00",EUR,,,\n'
    )
    file = comma_file(tmp_path, HEADER + rows)

    asked = tandem_import(file)
    result = tandem_import(file, "--date-order", "dmy")

    assert "line 4, start_date: “05/07/2022” can be" in asked.output
    assert last_line(asked) == "0 added, 0 already there, 1 skipped"
    assert last_line(result) == "3 added, 0 already there, 0 skipped"
    one, two, three = (the_record(number)[1] for number in range(3))
    assert (one.summary, one.amount, one.weeks, one.state) == (
        "two\nlines 😍",
        Decimal(3000),
        Decimal("8.7"),
        "COMPLETED",
    )
    assert (two.starts, two.starts_on, two.duration, two.weeks) == ("05/07/2022", date(2022, 7, 5), "Continuous", None)
    assert (two.amount, two.currency, two.state) == (Decimal(30000), None, "")
    assert three.converted == 75_000_00
    assert last_line(tandem_import(file, "--date-order", "mdy")).startswith("0 added, 3 already there")


def test_texts_that_no_database_holds_are_mended(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, '{"title": "nul \\u0000 and half \\ud83d", "summary": "a\\r\\nb \\u001b[31m"}'))

    experiment, record = the_record()
    assert experiment.title == "nul � and half �"
    assert record.summary == "a\nb �[31m"


def test_the_longest_texts_are_kept_whole(tandem_import: Run, tmp_path: Path) -> None:
    body = "```\n" + "0x00 " * 100_000 + "\n\nno end of the fence"
    tandem_import(
        json_lines(tmp_path, a_row(log=[{"date": None, "author": None, "body_md": body, "kind": "evaluation"}]))
    )

    with reading():
        entry = record_queries.entry_of(the_record()[0], 1)
    assert entry.body == body
    assert len(body) < MOST_ROW


def test_texts_are_made_into_pages_when_they_come_in(tandem_import: Run, tmp_path: Path) -> None:
    tandem_import(json_lines(tmp_path, a_row()))

    with reading():
        kept = db.session.get(RichText, key_of("Two **piers**"))
    assert kept is not None
    assert kept.html == "<p>Two <strong>piers</strong></p>"


# Drafts


def test_drafts_need_somebody_to_lead_them(tandem_import: Run, tmp_path: Path) -> None:
    observer = an_observer()
    file = json_lines(tmp_path, a_row())

    for options in ([], ["--lead", "nobody@company.example"], ["--lead", observer.email]):
        assert tandem_import(file, *options, kind="drafts").exit_code == 2
    assert count() == 0


def test_drafts_of_which_nobody_is_named_go_to_the_first_administrator(tandem_import: Run, tmp_path: Path) -> None:
    first, _, _ = an_administrator(), an_administrator(), a_person()

    result = tandem_import(json_lines(tmp_path, a_row()), kind="drafts")

    assert f"{first.name} leads these drafts" in result.output
    with reading():
        assert db.session.scalars(select(Experiment.lead_id)).all() == [first.id]


def test_a_file_without_rows_says_so(tandem_import: Run, tmp_path: Path) -> None:
    result = tandem_import(comma_file(tmp_path, HEADER))

    assert "This file has no rows." in result.output
    assert last_line(result) == "0 added, 0 already there, 0 skipped"


def test_a_draft_says_what_the_row_says_and_names_what_is_missing(tandem_import: Run, tmp_path: Path) -> None:
    lead, unit = a_person(), a_unit("Level 2")
    file = json_lines(tmp_path, a_row())

    result = tandem_import(file, "--lead", lead.email, kind="drafts")

    assert last_line(result) == "1 added, 0 already there, 0 skipped"
    with reading():
        draft = db.session.scalars(select(Experiment)).one()
    assert (draft.state, draft.lead_id, draft.unit_id, draft.weeks) == (State.DRAFT, lead.id, unit.id, 52)
    assert "Carts cross the *river* by hand today." in draft.problem
    assert "Amount: 30000 USD" in draft.problem
    assert count(ImportedRecord) == count(RecordEntry) == count(RecordMilestone) == 0
    assert last_line(tandem_import(file, "--lead", lead.email, kind="drafts")).startswith("0 added, 1 already there")


def test_a_draft_asks_for_money_only_where_a_rate_says_how_much(tandem_import: Run, tmp_path: Path) -> None:
    lead = a_person()
    change_house_rules(currency="USD")
    rows = [a_row(1), a_row(2, budget={"amount": 20000, "currency": "EUR"})]

    tandem_import(json_lines(tmp_path, *rows), "--lead", lead.email, kind="drafts")

    with reading():
        asked = [
            e.grant.asked for e in db.session.scalars(select(Experiment).order_by(Experiment.id)) if _with_grant(e)
        ]
    assert asked == [30_000_00, 0]


def test_a_row_can_be_a_record_and_a_draft(tandem_import: Run, tmp_path: Path) -> None:
    lead = a_person()
    file = json_lines(tmp_path, a_row())

    tandem_import(file)
    result = tandem_import(file, "--lead", lead.email, kind="drafts")

    assert last_line(result) == "1 added, 0 already there, 0 skipped"
    assert count() == 2


def _with_grant(experiment: Experiment) -> bool:
    db.session.refresh(experiment, ["grant"])
    return True
