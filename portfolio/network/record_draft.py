"""From what a source says to a proposal: a draft that is then written, proposed and funded like any other."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money
from portfolio.foundation.rich_text import TYPED_LIMIT
from portfolio.network.charter import Charter, MilestoneText
from portfolio.network.record_text import AmountText, MilestoneWords, RecordText
from portfolio.organisation.change import FormOfChange

MOST_TITLE = 120  # As many letters as the question of a proposal may have.
MOST_MILESTONES = 12  # As many as a proposal may have.
MOST_WEEKS = 520


def draft_of(said: RecordText, currency: str) -> Charter:
    """What a proposal says that goes on from a record; what a record does not know stays open.

    Args:
        said: with amounts converted where a rate was given.
        currency: the organisation's; an amount that could not be converted is named in the text, and asks nothing.
    """
    return Charter(
        title=_cut(said.title, MOST_TITLE),
        form=FormOfChange.TRANSITION,  # The form a new proposal shows; the team chooses.
        problem=_problem(said),
        hypothesis=_cut(said.hypothesis, TYPED_LIMIT),
        weeks=_whole_weeks(said.weeks),
        budget=Money(said.budget.converted or 0, currency),
        horizon=FormOfChange.TRANSITION.default_horizon,
        milestones=_milestones(said.milestones),
    )


def written(amount: AmountText) -> str:
    """An amount as the source writes it, with its currency unless the words name it already."""
    if amount.currency and amount.currency.casefold() not in amount.words.casefold():
        return f"{amount.words} {amount.currency}"
    return amount.words


def _problem(said: RecordText) -> str:
    facts = "\n".join(f"- {line}" for line in _facts(said))
    heading = _("What the source says:")
    facts = f"{heading}\n\n{facts}"
    facts = _cut(facts, TYPED_LIMIT // 2)
    room = TYPED_LIMIT - len(facts) - 2
    return f"{_cut(said.summary, room)}\n\n{facts}".strip()


def _facts(said: RecordText) -> Iterator[str]:
    yield _("Title: %(title)s", title=said.title)
    yield _("Source: %(source)s", source=" ".join(filter(None, (said.source, said.external_id))))
    if said.state:
        yield _("State: %(state)s", state=said.state)
    if said.owner:
        yield _("Led by: %(owner)s", owner=said.owner)
    if said.duration:
        yield _("Duration in weeks, or as written: %(duration)s", duration=said.duration)
    if said.starts:
        yield _("Start: %(start)s", start=said.starts)
    if said.budget.words:
        yield _("Amount: %(amount)s", amount=written(said.budget))
    if said.success_criteria:
        yield _("What success is: %(criteria)s", criteria=" ".join(said.success_criteria.split()))


def _milestones(said: Sequence[MilestoneWords]) -> tuple[MilestoneText, ...]:
    found, week = [], Decimal(0)
    for number, milestone in enumerate(said[:MOST_MILESTONES], 1):
        weeks = _number(milestone.weeks)
        week = week + weeks if weeks is not None and week >= 0 else Decimal(-1)  # After one gap none is known.
        name = _cut(milestone.name or _("Milestone %(number)s", number=number), MOST_TITLE)
        found.append(MilestoneText(name, _whole_weeks(week), milestone.amount.converted or 0))
    return tuple(found)


def _whole_weeks(weeks: Decimal | None) -> int | None:
    return math.ceil(weeks) if weeks is not None and 0 < weeks <= MOST_WEEKS else None


def _number(words: str) -> Decimal | None:
    try:
        return Decimal(words)
    except InvalidOperation:
        return None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
