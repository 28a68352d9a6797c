"""Reading files: JSON lines, JSON and CSV, packed with gzip or not, row by row and never more than fits.

What stands in a row is not looked at here; a row that cannot be taken apart becomes a problem that names its line.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from portfolio.exchange.fields import NAMES, field_of

MOST_UNPACKED = 100 * 1024 * 1024  # Bytes of a whole file.
MOST_ROW = 4 * 1024 * 1024  # Bytes of one row; the longest known application has half a million.
MOST_ROWS = 100_000
GZIP = b"\x1f\x8b"
DELIMITERS = ",;\t"


class Unreadable(Exception):
    """The file as a whole cannot be read; the text says why."""


@dataclass(frozen=True)
class Problem:
    """Something in a row that cannot be read."""

    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.field}: {self.reason}" if self.field else f"line {self.line}: {self.reason}"


@dataclass(frozen=True)
class SourceRow:
    """A row as the file has it: what it calls its fields, and what stands there."""

    line: int
    values: dict[str, Any]


def rows_of(path: Path) -> Iterator[SourceRow | Problem]:
    """The rows of a file.

    Raises:
        Unreadable: another kind of file, damaged, too large, or cut in a way that hides where rows begin.
    """
    name = path.name.lower().removesuffix(".gz")
    kinds: dict[str, Callable[[IO[bytes]], Iterator[SourceRow | Problem]]] = {
        ".jsonl": _json_lines,
        ".json": _json_list,
        ".csv": _csv_rows,
    }
    read = next((read for ending, read in kinds.items() if name.endswith(ending)), None)
    if read is None:
        raise Unreadable("Give a .json, .jsonl or .csv file; each may be packed as .gz.")
    try:
        with path.open("rb") as packed:
            is_packed = packed.read(2) == GZIP
            packed.seek(0)
            with gzip.open(packed) if is_packed else packed as plain:
                yield from _at_most(MOST_ROWS, read(io.BufferedReader(_Capped(plain))))
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise Unreadable("This .gz file is damaged or not complete.") from error


class _Capped(io.RawIOBase):
    """A stream that ends in a refusal when more comes out of it than Tandem reads, however small the file was."""

    def __init__(self, plain: Any) -> None:
        self._plain = plain
        self._left = MOST_UNPACKED

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._plain.read(len(buffer))
        self._left -= len(chunk)
        if self._left < 0:
            raise Unreadable(f"This file is larger than {MOST_UNPACKED // 1024**2} MB unpacked. Split it.")
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _at_most(most: int, rows: Iterator[SourceRow | Problem]) -> Iterator[SourceRow | Problem]:
    for number, row in enumerate(rows, 1):
        if number > most:
            raise Unreadable(f"This file has more than {most} rows. Split it.")
        yield row


# JSON ---------------------------------------------------------------------------------------------------------------


def _json_lines(stream: IO[bytes]) -> Iterator[SourceRow | Problem]:
    number = 0
    while line := stream.readline(MOST_ROW + 1):
        number += 1
        if len(line) > MOST_ROW:
            while line and not line.endswith(b"\n"):
                line = stream.readline(MOST_ROW)
            yield Problem(number, "", f"is longer than {MOST_ROW // 1024**2} MB")
        elif line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield _json_row(number, line)


def _json_row(number: int, line: bytes) -> SourceRow | Problem:
    try:
        return _object(number, _DECODER.decode(line.decode("utf-8-sig").strip(" \t\r\n")))
    except UnicodeDecodeError:
        return Problem(number, "", "is not UTF-8")
    except (ValueError, InvalidOperation, RecursionError) as error:
        return Problem(number, "", _what_is_wrong(error))


def _json_list(stream: IO[bytes]) -> Iterator[SourceRow | Problem]:
    try:
        text = stream.read().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable("This file is not UTF-8.") from error
    place, line, seen = _past(text, 0, "["), 1, 0
    while True:
        place = _past(text, place, "")
        if text[place : place + 1] == "]":
            break
        line, seen = line + text.count("\n", seen, place), place
        try:
            value, place = _DECODER.raw_decode(text, place)
        except (ValueError, InvalidOperation, RecursionError) as error:
            raise Unreadable(f"line {line}: {_what_is_wrong(error)}") from error
        yield _object(line, value)
        place = _past(text, place, "")
        if text[place : place + 1] == ",":
            place += 1
        elif text[place : place + 1] != "]":
            raise Unreadable(f"line {line}: a comma or the end of the list is missing after this row.")


def _past(text: str, place: int, wanted: str) -> int:
    """Where the next thing that is no blank stands, after what has to be there."""
    while text[place : place + 1] in (" ", "\t", "\r", "\n"):
        place += 1
    if not text[place : place + 1]:
        raise Unreadable("This file ends too early: a .json file is one list of rows.")
    if wanted and text[place] != wanted:
        raise Unreadable("A .json file is one list of rows; for one row a line, call it .jsonl.")
    return place + len(wanted)


def _object(line: int, value: Any) -> SourceRow | Problem:
    if not isinstance(value, dict):
        return Problem(line, "", "is not an object with named fields")
    return SourceRow(line, value)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


def _what_is_wrong(error: Exception) -> str:
    if isinstance(error, RecursionError):
        return "is nested too deep"
    if isinstance(error, _GivenTwice):
        return str(error)
    if isinstance(error, json.JSONDecodeError):
        return f"is not JSON: {error.msg.lower()} at character {error.colno}"
    return str(error) if str(error).endswith("is not a number") else "has a number that is too long"


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of an object; JSON lets a name stand there twice, and then one of the two would be lost."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _GivenTwice(f"gives “{twice[:60]}” twice")
    return found


class _GivenTwice(ValueError):
    """An object has two fields of one name."""


_DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant, object_pairs_hook=_once_each)


# CSV ----------------------------------------------------------------------------------------------------------------


def _csv_rows(stream: IO[bytes]) -> Iterator[SourceRow | Problem]:
    csv.field_size_limit(MOST_ROW)
    # What is not UTF-8 is marked, so that the row it stands in can be named.
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="surrogateescape", newline="")
    first = text.readline(MOST_ROW)
    if _is_marked(first):
        raise Unreadable("The header is not UTF-8. Save the file as CSV in UTF-8.")
    delimiter = max(DELIMITERS, key=first.count)
    reader = csv.reader(_lines(first, text), delimiter=delimiter, strict=True)
    line = 1
    try:
        header = [name.strip() for name in next(reader, [])]
        twice = {name for name in header if name and header.count(name) > 1}
        if twice:
            raise Unreadable(f"Two columns are called {', '.join(sorted(twice))}. Give each its own name.")
        if header and not any(field_of(name) == "title" for name in header):
            raise Unreadable(
                f"No column is called {' or '.join(NAMES['title'])}. The first line has: {first.strip()[:200]}"
            )
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _csv_row(line, header, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise Unreadable(f"line {line}: a quotation mark is opened or closed in the wrong place ({error}).") from error


def _lines(first: str, text: IO[str]) -> Iterator[str]:
    number, line = 1, first
    while line:
        if len(line) >= MOST_ROW:
            raise Unreadable(f"line {number} is longer than {MOST_ROW // 1024**2} MB.")
        yield line
        number, line = number + 1, text.readline(MOST_ROW)


def _csv_row(line: int, header: list[str], cells: list[str]) -> SourceRow | Problem:
    if len(cells) != len(header):
        return Problem(line, "", f"has {len(cells)} cells where the header has {len(header)}")
    if any(_is_marked(cell) for cell in cells):
        return Problem(line, "", "is not UTF-8")
    named = {name or f"column {number}": cell for number, (name, cell) in enumerate(zip(header, cells, strict=True), 1)}
    return SourceRow(line, {name: cell for name, cell in named.items() if cell.strip()})


def _is_marked(text: str) -> bool:
    """Whether bytes stand in it that are not UTF-8."""
    return not text.isascii() and any("\udc80" <= letter <= "\udcff" for letter in text)
