"""Files are taken apart row by row; what cannot be is named by its line, and nothing makes the reader swell."""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from portfolio.exchange import reader
from portfolio.exchange.reader import Problem, SourceRow, Unreadable, rows_of
from tests.exchange.files import comma_file, json_lines


@pytest.fixture(autouse=True)
def own_limit() -> Iterator[None]:
    """How long a field may be is said for the whole process; what a test says of it ends with it."""
    before = csv.field_size_limit()
    yield
    csv.field_size_limit(before)


def read(path: Path) -> list[SourceRow | Problem]:
    return list(rows_of(path))


def values(path: Path) -> list[dict[str, Any]]:
    return [row.values for row in read(path) if isinstance(row, SourceRow)]


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "A.JSONL"])
def test_json_lines_are_read_packed_or_not(tmp_path: Path, name: str) -> None:
    assert values(json_lines(tmp_path, {"title": "One"}, "", {"title": "Two"}, name=name)) == [
        {"title": "One"},
        {"title": "Two"},
    ]


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    assert values(json_lines(tmp_path, '{"amount": 0.10}')) == [{"amount": Decimal("0.10")}]


def test_a_text_may_hold_line_ends_that_are_none_in_json(tmp_path: Path) -> None:
    row = {"title": "One\N{LINE SEPARATOR}and\N{NEXT LINE}more"}

    assert values(json_lines(tmp_path, row)) == [row]


def test_a_list_of_rows_is_read_with_the_line_of_each(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('[\n {"title": "One"},\n {"title":\n "Two"}, 3]')

    assert read(tmp_path / "a.json") == [
        SourceRow(2, {"title": "One"}),
        SourceRow(3, {"title": "Two"}),
        Problem(4, "", "is not an object with named fields"),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{oops", "is not JSON"),
        ('{"amount": NaN}', "NaN is not a number"),
        ('{"amount": -Infinity}', "-Infinity is not a number"),
        ("[" * 10_000 + "]" * 10_000, "is nested too deep"),
        ('{"amount": ' + "9" * 5_000 + "}", "has a number that is too long"),
        ('"a text"', "is not an object with named fields"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_the_next_one_is_read(tmp_path: Path, line: str, reason: str) -> None:
    bad, good = read(json_lines(tmp_path, line, {"title": "One"}))

    assert isinstance(bad, Problem)
    assert bad.line == 1
    assert reason in bad.reason
    assert good == SourceRow(2, {"title": "One"})


def test_a_line_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"title": "caf\xe9"}\n{"title": "caf\xc3\xa9"}\n')

    assert read(tmp_path / "a.jsonl") == [Problem(1, "", "is not UTF-8"), SourceRow(2, {"title": "café"})]


def test_a_row_that_is_too_long_is_named_and_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROW", 100)

    bad, good = read(json_lines(tmp_path, {"title": "long " * 100}, {"title": "short"}))

    assert isinstance(bad, Problem)
    assert good == SourceRow(2, {"title": "short"})


def test_what_unpacks_to_more_than_is_read_is_refused_while_it_unpacks(tmp_path: Path) -> None:
    (tmp_path / "bomb.jsonl.gz").write_bytes(gzip.compress(b"0" * 1024) * (reader.MOST_UNPACKED // 1024 + 2))

    with pytest.raises(Unreadable, match="larger than"):
        read(tmp_path / "bomb.jsonl.gz")


def test_more_rows_than_are_read_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROWS", 2)

    with pytest.raises(Unreadable, match="more than 2 rows"):
        read(json_lines(tmp_path, {}, {}, {}))


@pytest.mark.parametrize(
    "content",
    [b"\x1f\x8bnonsense", gzip.compress(b'{"title": "One"}' * 100, mtime=0)[:-20]],
    ids=["no archive", "cut off"],
)
def test_a_damaged_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(content)

    with pytest.raises(Unreadable, match="damaged"):
        read(tmp_path / "a.jsonl.gz")


@pytest.mark.parametrize("name", ["a.xlsx", "a.txt", "a.gz", "a"])
def test_another_kind_of_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("anything")

    with pytest.raises(Unreadable, match=r"\.jsonl or \.csv"):
        read(tmp_path / name)


@pytest.mark.parametrize("text", ['{"title": "One"}', "", "[1, 2", '[{"a": 1} {"b": 2}]', "[NaN]"])
def test_a_list_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text)

    with pytest.raises(Unreadable):
        read(tmp_path / "a.json")


@pytest.mark.parametrize("delimiter", [",", ";"])
def test_a_spreadsheets_export_is_read_whatever_separates_its_cells(tmp_path: Path, delimiter: str) -> None:
    text = 'title,summary,\n"One, or more","two\nlines",\n\n,,\nTwo,,7\n'.replace(",", delimiter)
    text = text.replace(f"One{delimiter}", "One,")

    assert read(comma_file(tmp_path, text)) == [
        SourceRow(2, {"title": "One, or more", "summary": "two\r\nlines"}),
        SourceRow(6, {"title": "Two", "column 3": "7"}),
    ]


def test_a_row_with_other_cells_than_its_header_is_named(tmp_path: Path) -> None:
    assert read(comma_file(tmp_path, "title,unit\nOne\nTwo,Sales\nThree,Sales,5\n")) == [
        Problem(2, "", "has 1 cells where the header has 2"),
        SourceRow(3, {"title": "Two", "unit": "Sales"}),
        Problem(4, "", "has 3 cells where the header has 2"),
    ]


def test_a_row_that_is_not_utf_8_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"title\ncaf\xe9\nTwo\n")

    assert read(tmp_path / "a.csv") == [Problem(2, "", "is not UTF-8"), SourceRow(3, {"title": "Two"})]


@pytest.mark.parametrize("text", ['title\n"One\nTwo\n', 'title\n"One" two\n'])
def test_a_quotation_mark_in_the_wrong_place_refuses_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(Unreadable, match="line 2: a quotation mark"):
        read(comma_file(tmp_path, text))


def test_two_columns_of_one_name_refuse_the_file(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match="Two columns are called title"):
        read(comma_file(tmp_path, "title,title\nOne,Two\n"))


def test_what_is_no_text_for_a_database_is_still_json(tmp_path: Path) -> None:
    assert values(json_lines(tmp_path, json.dumps({"title": "a\0b"}))) == [{"title": "a\0b"}]


def test_a_header_that_is_not_utf_8_says_so(tmp_path: Path) -> None:
    for encoding in ("utf-16", "latin-1"):
        (tmp_path / "a.csv").write_bytes("title,café\nOne,2\n".encode(encoding))
        with pytest.raises(Unreadable, match="not UTF-8"):
            read(tmp_path / "a.csv")


def test_a_header_without_a_title_is_said_once_and_not_for_every_row(tmp_path: Path) -> None:
    with pytest.raises(Unreadable, match=r"No column is called title or question.*The first line has: titel,geld"):
        read(comma_file(tmp_path, "titel,geld\nEen,1\nTwee,2\n"))


def test_cells_may_be_parted_by_tabs(tmp_path: Path) -> None:
    assert values(comma_file(tmp_path, "title\tamount\nOne, two\t3\n")) == [{"title": "One, two", "amount": "3"}]


def test_a_field_that_stands_in_a_row_twice_is_named(tmp_path: Path) -> None:
    rows = ['{"title": "One", "amount": 1, "amount": 2}', '{"title": "Two", "raw": {"a": 1, "a": 1}}']

    assert read(json_lines(tmp_path, *rows)) == [
        Problem(1, "", "gives “amount” twice"),
        Problem(2, "", "gives “a” twice"),
    ]


def test_a_line_that_is_too_long_is_named_by_its_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MOST_ROW", 100)

    with pytest.raises(Unreadable, match="line 3 is longer"):
        read(comma_file(tmp_path, "title\nOne\n" + "x" * 200 + "\n"))
