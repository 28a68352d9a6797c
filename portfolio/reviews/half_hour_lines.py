"""The parts of a half hour: what is off track, the latest check-ins, what stands in the way, and what is stuck."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portfolio.foundation import clock
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.organisation.quarter import working_days_between
from portfolio.reviews.barrier_lines import barriers
from portfolio.reviews.experiment_lines import checked_in, off_track, to_read, waits
from portfolio.reviews.half_hour_queries import Now
from portfolio.reviews.said import Line, Said, Section, Way, Worded, day

SHOWN = 25  # Of each part: half an hour is no place for more.


@dataclass(frozen=True)
class Piece:
    """One part of the half hour."""

    key: str
    title: Any
    columns: tuple[Any, ...]
    lines: Sequence[Line]
    empty: Any
    all_in_all: int | None = None  # How many there are, where not all of them were read.

    @property
    def shown(self) -> Sequence[Line]:
        """What the page shows of it."""
        return self.lines[:SHOWN]

    @property
    def more(self) -> int:
        """How many it does not show."""
        return (len(self.lines) if self.all_in_all is None else self.all_in_all) - len(self.shown)

    @classmethod
    def of(cls, section: Section, title: Any) -> Piece:
        """A part of the review's agenda, under a title of its own."""
        return cls(section.part.value, title, section.columns, section.lines, section.empty)


def pieces_of(now: Now) -> list[Piece]:
    """All of it, in the order of the meeting."""
    return [
        Piece.of(off_track(now), _l("Off track")),
        Piece.of(barriers(now), _l("Barriers")),
        _stuck(now),
        _check_ins(now),
    ]


def _check_ins(now: Now) -> Piece:
    lines = [
        Line(
            ref=experiment.ref,
            title=experiment.title,
            sub=(
                Said(
                    _l(
                        "Week %(week)s of %(weeks)s",
                        week=experiment.week_on(now.rules.today),
                        weeks=experiment.weeks,
                    )
                ),
            ),
            cells=(checked_in(now, check_in),),
            ways=(to_read(experiment),),
        )
        for check_in, experiment in now.check_ins
    ]
    title, columns, empty = _l("The latest check-ins"), (_l("Check-in"),), _l("Nobody has checked in yet.")
    return Piece("check_ins", title, columns, lines, empty, all_in_all=now.heard_of)


def _stuck(now: Now) -> Piece:
    columns = (_l("Stuck because"), _l("Whose move it is"))
    lines = [*_undecided(now), *_unanswered_proposals(now), *_unanswered_promotions(now)]
    return Piece("stuck", _l("Stuck"), columns, lines, _l("Nothing waits for longer than was promised."))


def _undecided(now: Now) -> Iterator[Line]:
    for experiment in now.bets.ended:
        yield Line(
            ref=experiment.ref,
            title=experiment.title,
            cells=((Said(waits(experiment, now.rules)),), (Said(_l("Leadership decides")),)),
            ways=(to_read(experiment),),
        )


def _unanswered_proposals(now: Now) -> Iterator[Line]:
    for experiment in now.proposals:
        if experiment.answer_due_on is not None:
            promised = _l("A proposal; an answer was promised by %(day)s", day=day(experiment.answer_due_on))
            yield Line(
                ref=experiment.ref,
                title=experiment.title,
                cells=((Said(promised),), (Said(_l("Leadership answers")),)),
                ways=(to_read(experiment),),
            )


def _unanswered_promotions(now: Now) -> Iterator[Line]:
    for promotion in now.promotions:
        offered = clock.day_of(promotion.offered_at, now.rules.time_zone)
        waited = _working_days(working_days_between(offered, now.rules.today))
        because = _l("A promotion without an answer for %(waited)s", waited=waited)
        whose = _l("%(name)s, %(unit)s", name=promotion.owner.name, unit=promotion.unit.name)
        yield Line(
            ref=promotion.ref,
            title=promotion.title,
            cells=((Said(because),), (Said(whose),)),
            ways=(Way(_l("Open it"), "bridge.show_promotion", {"ref": promotion.ref}, acts=False),),
        )


def _working_days(days: int) -> Worded:
    return Worded(lambda: ngettext("one working day", "%(num)s working days", days))
