"""What a source says of one experiment of the past, as a value: nothing added, blanks left blank."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

PART = 20_000  # Characters of a description shown at once.
LOG_PART = 60_000  # Characters of a log entry shown at once.
LINK = re.compile(r"!?\[([^\[\]\n]*)\]\([^()\n]*\)")
MARKS = re.compile(r"[*_`~#>|\\]+")
FENCES = ("```", "~~~")


@dataclass(frozen=True)
class AmountText:
    """An amount as the source writes it, and what it is in the organisation's money where a rate was given."""

    words: str = ""
    amount: Decimal | None = None
    currency: str | None = None
    rate: Decimal | None = None  # The organisation's money for one unit.
    converted: int | None = None  # Minor units of the organisation's money.


@dataclass(frozen=True)
class MilestoneWords:
    """A milestone as the source writes it."""

    name: str = ""
    weeks: str = ""
    amount: AmountText = field(default_factory=AmountText)
    deliverables: str = ""


@dataclass(frozen=True)
class EntryWords:
    """Something the source has on file about it: a commit, a delivery, an evaluation."""

    dated: date | None = None
    author: str = ""
    kind: str = ""
    body: str = ""


@dataclass(frozen=True)
class RecordText:
    """Everything a source says of one experiment."""

    title: str
    source: str
    external_id: str | None
    fingerprint: str  # SHA-256 of the row as the source has it.
    state: str = ""
    outcome: str = ""
    owner: str = ""
    team: tuple[str, ...] = ()
    approvers: tuple[str, ...] = ()
    unit: str = ""
    starts: str = ""
    starts_on: date | None = None
    duration: str = ""
    weeks: Decimal | None = None
    budget: AmountText = field(default_factory=AmountText)
    summary: str = ""
    hypothesis: str = ""
    success_criteria: str = ""
    milestones: tuple[MilestoneWords, ...] = ()
    log: tuple[EntryWords, ...] = ()
    raw: str = "{}"  # JSON of whatever else the source has.

    def texts(self) -> set[str]:
        """Every piece of Markdown that pages show of it."""
        long = [*parts(self.summary, PART), *parts(self.success_criteria, PART), *parts(self.hypothesis, PART)]
        long += [part for milestone in self.milestones for part in parts(milestone.deliverables, PART)]
        return {*long, *(part for entry in self.log for part in parts(entry.body, LOG_PART))} - {""}


def parts(text: str, most: int) -> list[str]:
    """A text in parts that each render well by themselves: cut between paragraphs, and code stays code.

    Args:
        most: about how many characters a part may have.
    """
    if len(text) <= most:
        return [text]
    found: list[str] = []
    lines: list[str] = []
    size, fence = 0, ""
    for line in _lines(text, most):
        full = size + len(line) > most
        if full or (size > most * 3 // 4 and not line.strip() and not fence):
            found.append("".join(lines) + (fence and f"\n{fence}\n"))
            lines, size = [fence and f"{fence}\n"], 0
        lines.append(line)
        size += len(line)
        fence = _fence_after(line, fence)
    return [*found, "".join(lines) + (fence and f"\n{fence}\n")]


def glimpse(text: str, most: int = 280) -> str:
    """The beginning of a Markdown text in plain words."""
    words = " ".join(MARKS.sub(" ", LINK.sub(r"\1", text)).split())
    return words if len(words) <= most else f"{words[:most].rstrip()}…"


def _lines(text: str, most: int) -> list[str]:
    """Its lines; the longest in pieces, so that a part can be filled."""
    step = most // 16
    return [
        line[start : start + step] for line in text.splitlines(keepends=True) for start in range(0, len(line), step)
    ]


def _fence_after(line: str, fence: str) -> str:
    """Which fence of code is open after a line."""
    begins = line.lstrip()[:3]
    if begins not in FENCES:
        return fence
    if not fence:
        return begins
    return "" if begins == fence and not line.strip().strip(begins[0]) else fence
