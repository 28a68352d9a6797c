"""Imported history: records, which keep the state their source gives them and never become anything else.

A record is a row of the portfolio, so that lists and search know it. It has no criteria, decisions, accounts or money.
"""

from __future__ import annotations

import enum
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ForeignKey, Index, func, literal_column
from sqlalchemy.orm import Mapped, column_property, mapped_column

from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base
from portfolio.foundation.money import Money
from portfolio.network.record_text import AmountText, MilestoneWords, RecordText

OPENING = 600  # Characters of a log entry shown in the log itself; a longer one has a page of its own.


class ImportedAs(enum.Enum):
    """What became of an imported row."""

    RECORD = "record"
    DRAFT = "draft"


class Origin(Base):
    """Which row of which source an experiment came from, so that the same row is not imported twice."""

    __tablename__ = "origin"
    __table_args__ = (
        Index("uq_origin_fingerprint", "imported_as", "fingerprint", unique=True),
        Index("uq_origin_external_id", "imported_as", "source", "external_id", unique=True),
    )

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), primary_key=True)
    imported_as: Mapped[ImportedAs] = mapped_column(choice(ImportedAs))
    source: Mapped[str]
    external_id: Mapped[str | None]
    fingerprint: Mapped[str]


class ImportedRecord(Base):
    """What the source says of one experiment, in its own words; an empty text or None is not stated there."""

    __tablename__ = "imported_record"

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), primary_key=True)
    source: Mapped[str]
    external_id: Mapped[str | None]
    state: Mapped[str]
    outcome: Mapped[str]
    owner: Mapped[str]
    team: Mapped[str]  # Names, one a line.
    approvers: Mapped[str]
    unit: Mapped[str]
    starts: Mapped[str]
    starts_on: Mapped[date | None]
    duration: Mapped[str]
    weeks: Mapped[Decimal | None]
    amount_words: Mapped[str]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    rate: Mapped[Decimal | None]
    converted: Mapped[int | None]
    converted_currency: Mapped[str | None]
    # Long texts are for the record's own page; lists do not load them.
    summary: Mapped[str] = mapped_column(deferred=True, deferred_group="texts", deferred_raiseload=True)
    hypothesis: Mapped[str] = mapped_column(deferred=True, deferred_group="texts", deferred_raiseload=True)
    success_criteria: Mapped[str] = mapped_column(deferred=True, deferred_group="texts", deferred_raiseload=True)
    raw: Mapped[str] = mapped_column(deferred=True, deferred_group="texts", deferred_raiseload=True)

    @property
    def team_names(self) -> list[str]:
        """Who took part, as the source names them."""
        return self.team.splitlines()

    @property
    def converted_money(self) -> Money | None:
        """What the amount is in the organisation's money, at the rate given when it was imported."""
        if self.converted is None or self.converted_currency is None:
            return None
        return Money(self.converted, self.converted_currency)

    @property
    def budget(self) -> AmountText:
        """Its amount, as the source writes it."""
        return AmountText(self.amount_words, self.amount, self.currency, self.rate, self.converted)

    @property
    def facts(self) -> dict[str, Any]:
        """Whatever else the source has."""
        facts: dict[str, Any] = json.loads(self.raw)
        return facts

    def text(self, title: str, milestones: Sequence[RecordMilestone], *, currency: str) -> RecordText:
        """What it says, as a value; without the log.

        Args:
            currency: the organisation's now; what was converted into another one counts as not converted.
        """
        same = self.converted_currency == currency
        return RecordText(
            title=title,
            source=self.source,
            external_id=self.external_id,
            fingerprint="",
            state=self.state,
            owner=self.owner,
            starts=self.starts,
            starts_on=self.starts_on,
            duration=self.duration,
            weeks=self.weeks,
            budget=self.budget if same else replace(self.budget, converted=None),
            summary=self.summary,
            hypothesis=self.hypothesis,
            success_criteria=self.success_criteria,
            milestones=tuple(milestone.words(converted=same) for milestone in milestones),
        )


class RecordMilestone(Base):
    """A milestone as the source writes it."""

    __tablename__ = "record_milestone"

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    weeks: Mapped[str]
    amount_words: Mapped[str]
    amount: Mapped[Decimal | None]
    currency: Mapped[str | None]
    converted: Mapped[int | None]
    deliverables: Mapped[str]

    @property
    def budget(self) -> AmountText:
        """Its amount, as the source writes it."""
        return AmountText(self.amount_words, self.amount, self.currency, None, self.converted)

    def words(self, *, converted: bool) -> MilestoneWords:
        """What it says, as a value.

        Args:
            converted: with its amount in the organisation's money, where it is known.
        """
        amount = self.budget if converted else replace(self.budget, converted=None)
        return MilestoneWords(self.name, self.weeks, amount, self.deliverables)


class RecordEntry(Base):
    """Something the source has on file about it, in Markdown."""

    __tablename__ = "record_entry"

    experiment_id: Mapped[int] = mapped_column(ForeignKey("experiment.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    dated: Mapped[date | None]
    author: Mapped[str]
    kind: Mapped[str]
    body: Mapped[str] = mapped_column(deferred=True, deferred_raiseload=True)
    opening: Mapped[str] = column_property(func.substr(literal_column("record_entry.body"), 1, OPENING))
    length: Mapped[int] = column_property(func.length(literal_column("record_entry.body")))

    @property
    def is_long(self) -> bool:
        """Whether it has a page of its own."""
        return self.length > OPENING
