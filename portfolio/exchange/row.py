"""From a row of a file to what a record says: every value read exactly, or named as one that cannot be read."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, TypeVar

from portfolio.exchange.fields import sorted_out
from portfolio.exchange.reader import Problem, SourceRow
from portfolio.exchange.reading import (
    Answers,
    NotReadable,
    exact,
    read_amount,
    read_currency,
    read_date,
    read_weeks,
)
from portfolio.network.record_text import AmountText, EntryWords, MilestoneWords, RecordText

T = TypeVar("T")
MOST_TITLE = 500  # Characters.
MOST_MILESTONES = 100
MOST_ENTRIES = 5_000
# What no text needs and some place cannot hold: control characters, and halves of characters.
UNSPEAKABLE = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
LISTED = re.compile(r"[;\n]")  # A cell that lists names has them on lines, or between semicolons.


def read_row(row: SourceRow, source: str, answers: Answers) -> RecordText | list[Problem]:
    """What a row says, or everything in it that cannot be read."""
    try:
        reading = _Reading(row, answers)
        text = reading.text(source)
    except RecursionError:
        return [Problem(row.line, "", "is nested too deep")]
    return reading.problems or text


class _Reading:
    """One row while it is read; collects what is wrong with it."""

    def __init__(self, row: SourceRow, answers: Answers) -> None:
        self.line = row.line
        self.answers = answers
        self.values = _clean(row.values)
        self.known, self.others, twice = sorted_out(self.values)
        self.problems = [Problem(row.line, name, "is given twice, under two names") for name in twice]

    def text(self, source: str) -> RecordText:
        raw = self.raw()
        budget, duration = self.budget(), self.value("duration")
        weeks = self.read("duration", lambda said: read_weeks(_scalar(said), self.answers))
        start = self.line_of("start")
        return RecordText(
            title=self.title(),
            source=source,
            external_id=self.line_of("external_id")[:MOST_TITLE] or None,
            fingerprint=hashlib.sha256(_json(self.values).encode()).hexdigest(),
            state=self.line_of("state"),
            outcome=self.line_of("outcome"),
            owner=self.line_of("owner"),
            team=self.names("team"),
            approvers=self.names("approvers"),
            unit=self.line_of("unit"),
            starts=start or _words(raw.get("start_date")),
            starts_on=self.read("start", lambda said: read_date(_scalar_text(said), self.answers)),
            duration=_words(duration) or _words(raw.get("total_duration")),
            weeks=weeks,
            budget=budget if budget.words else replace(budget, words=_words(raw.get("total_costs"))),
            summary=self.long("summary"),
            hypothesis=self.long("hypothesis"),
            success_criteria=self.long("success_criteria"),
            milestones=self.milestones(budget, raw),
            log=self.log(),
            raw=_json({**raw, **self.others}),
        )

    # One field

    def value(self, field: str) -> Any:
        """What stands in a field; None when it is blank."""
        value = self.known.get(field, ("", None))[1]
        return None if value in ("", [], {}) else value

    def name(self, field: str) -> str:
        """What the file calls it."""
        return self.known.get(field, (field, None))[0]

    def read(self, field: str, how: Callable[[Any], T]) -> T | None:
        """Read a field that may be blank."""
        value = self.value(field)
        return None if value is None else self.attempt(self.name(field), value, how)

    def attempt(self, name: str, value: Any, how: Callable[[Any], T]) -> T | None:
        """Read a value, or note what is wrong with it."""
        try:
            return how(value)
        except NotReadable as reason:
            shown = _json(value) if isinstance(value, dict | list | bool) else str(value)
            self.problems.append(Problem(self.line, name, f"“{_short(shown)}” {reason}"))
            return None

    def line_of(self, field: str) -> str:
        return " ".join((self.read(field, _scalar_text) or "").split())

    def long(self, field: str) -> str:
        return self.read(field, _scalar_text) or ""

    def names(self, field: str) -> tuple[str, ...]:
        return self.read(field, _names) or ()

    def title(self) -> str:
        title = self.line_of("title")
        if not title and not any(problem.field == self.name("title") for problem in self.problems):
            self.problems.append(Problem(self.line, self.name("title"), "is missing; every row needs one"))
        if len(title) > MOST_TITLE:
            self.problems.append(Problem(self.line, self.name("title"), f"is longer than {MOST_TITLE} characters"))
        return title

    def raw(self) -> dict[str, Any]:
        return self.read("raw", lambda said: _of_kind(said, dict, "is not an object with named fields")) or {}

    # Money

    def budget(self) -> AmountText:
        currency = self.read("currency", lambda said: read_currency(_scalar_text(said)))
        said = self.value("budget")
        if isinstance(said, dict):
            nested = self.attempt(f"{self.name('budget')}.currency", said.get("currency"), _currency)
            currency = nested or currency
            said = said.get("amount")
            return self.amount(f"{self.name('budget')}.amount", said, currency)
        return self.amount(self.name("budget"), said, currency)

    def amount(self, name: str, said: Any, currency: str | None) -> AmountText:
        if said in (None, ""):
            return AmountText(currency=currency)
        return self.attempt(name, said, lambda v: read_amount(_scalar(v), currency, self.answers)) or AmountText()

    # What happened

    def milestones(self, budget: AmountText, raw: Mapping[str, Any]) -> tuple[MilestoneWords, ...]:
        beside = raw.get("milestones")
        found = []
        for number, said in enumerate(self.objects("milestones", MOST_MILESTONES)):
            own = beside.get(str(number)) if isinstance(beside, dict) else None
            found.append(self.milestone(f"milestones[{number}]", said, own if isinstance(own, dict) else {}, budget))
        return tuple(found)

    def milestone(
        self, name: str, said: Mapping[str, Any], raw: Mapping[str, Any], budget: AmountText
    ) -> MilestoneWords:
        currency = self.attempt(f"{name}.currency", said.get("currency") or raw.get("currency"), _currency)
        amount = self.amount(f"{name}.amount", said.get("amount"), currency or budget.currency)
        weeks = self.attempt(f"{name}.weeks", said.get("weeks"), _words_or_number)
        return MilestoneWords(
            name=self.attempt(f"{name}.name", said.get("name"), _text) or "",
            weeks=weeks or _words(raw.get("duration")),
            amount=amount if amount.words else replace(amount, words=_words(raw.get("costs"))),
            deliverables=self.attempt(f"{name}.deliverables_md", said.get("deliverables_md"), _text) or "",
        )

    def log(self) -> tuple[EntryWords, ...]:
        return tuple(
            EntryWords(
                dated=self.attempt(
                    f"log[{number}].date",
                    said.get("date"),
                    lambda v: read_date(_scalar_text(v), self.answers) if v else None,
                ),
                author=self.attempt(f"log[{number}].author", said.get("author"), _text) or "",
                kind=self.attempt(f"log[{number}].kind", said.get("kind"), _text) or "",
                body=self.attempt(f"log[{number}].body_md", said.get("body_md"), _text) or "",
            )
            for number, said in enumerate(self.objects("log", MOST_ENTRIES))
        )

    def objects(self, field: str, most: int) -> list[dict[str, Any]]:
        """A list of objects; a row with a longer one is named instead of cut."""

        def read(said: Any) -> list[dict[str, Any]]:
            listed: list[Any] = _of_kind(said, list, "is not a list")
            if len(listed) > most:
                raise NotReadable(f"has more than {most} entries")
            return [_of_kind(entry, dict, "is not an object with named fields") for entry in listed]

        return self.read(field, read) or []


def _of_kind(value: Any, kind: type[T], reason: str) -> T:
    if not isinstance(value, kind):
        raise NotReadable(reason)
    return value


def _scalar(value: Any) -> str | int | Decimal:
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        raise NotReadable("is not a text or a number")
    return value


def _scalar_text(value: Any) -> str:
    said = _scalar(value)
    return said if isinstance(said, str) else str(said)


def _text(value: Any) -> str:
    return "" if value is None else _scalar_text(value)


def _currency(value: Any) -> str | None:
    return read_currency(_text(value))


def _words_or_number(value: Any) -> str:
    return f"{exact(value):f}" if isinstance(value, int | Decimal) and not isinstance(value, bool) else _text(value)


def _names(value: Any) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else LISTED.split(_scalar_text(value))
    return tuple(filter(None, (" ".join(_text(name).split()) for name in listed)))


def _words(value: Any) -> str:
    """A value beside the fields, in words; what is no word is left to the raw facts."""
    if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
        return ""
    return " ".join(_scalar_text(value).split())


def _clean(value: Any) -> Any:
    """The same values, with texts that every database can hold and one kind of line end."""
    if isinstance(value, str):
        lines = value.replace("\r\n", "\n").replace("\r", "\n")
        return UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", lines).strip("\n").rstrip()
    if isinstance(value, dict):
        return {_clean(name): _clean(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
    return value


def _json(value: Any) -> str:
    """Canonical JSON; numbers keep their digits."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:60]}…"
