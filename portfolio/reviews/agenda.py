"""The agenda of a review: its parts in their order, each assembled from the state of the portfolio."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from portfolio.audit.queries import Line as TrailLine
from portfolio.foundation import clock
from portfolio.foundation.numbering import ref
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person
from portfolio.reviews import experiment_queries, programme_queries, queries
from portfolio.reviews.balance import balance
from portfolio.reviews.barrier_lines import barriers, readers_of_barrier
from portfolio.reviews.bridge_lines import adoption, promotions
from portfolio.reviews.experiment_lines import decided, ended, off_track
from portfolio.reviews.money_lines import money, not_doing
from portfolio.reviews.outcome import Part
from portfolio.reviews.people_lines import actions, agreed, own, wins
from portfolio.reviews.review import Review
from portfolio.reviews.said import Readers, Said, Section, Worded
from portfolio.reviews.situation import Situation, situation_of
from portfolio.reviews.thing import in_order

Say = Callable[[TrailLine, bool], str]

# In the order of the meeting.
PARTS: tuple[Callable[[Situation], Section], ...] = (
    actions,
    balance,
    ended,
    off_track,
    barriers,
    decided,
    promotions,
    adoption,
    money,
    not_doing,
    wins,
    own,
    agreed,
)


LETTERS = {"experiment": "X", "promotion": "P", "barrier": "B"}  # Of the identifiers of what comes up one by one.

# The part that tells of what was recorded, where one does.
TOLD_IN = {
    "experiment.decided": Part.DECIDED,
    "experiment.stopped_early": Part.ENDED,
    "experiment.declined": Part.NOT_DOING,
    "experiment.withdrawn": Part.NOT_DOING,
    "envelope.set": Part.MONEY,
    "review.experiment_kept": Part.MONEY,
    "promotion.accepted": Part.PROMOTIONS,
    "promotion.deferred": Part.PROMOTIONS,
    "promotion.declined": Part.PROMOTIONS,
    "barrier.taken": Part.BARRIERS,
    "barrier.removed": Part.BARRIERS,
    "barrier.closed": Part.BARRIERS,
}


@dataclass(frozen=True)
class Noted:
    """One thing that was recorded while the review was open.

    Args:
        part: tells of it, and therefore is gone through whatever was planned; none where no part does.
    """

    at: datetime
    time: str  # Of the organisation's clock, such as 14:05.
    ref: str
    title: str
    said: Said
    readers: Readers | None
    part: Part | None = None

    def is_for(self, person: Person) -> bool:
        """Whether this person may read it."""
        return self.readers is None or self.readers.include(person)


def parts_of(noted: Iterable[Noted]) -> frozenset[Part]:
    """The parts that tell of what was recorded."""
    return frozenset(entry.part for entry in noted if entry.part is not None)


@dataclass(frozen=True)
class Agenda:
    """What a review goes through, and what it brought about so far: all of it, or as one person reads it."""

    now: Situation
    sections: Sequence[Section]

    @property
    def undecided(self) -> list[Section]:
        """The parts in which something still waits."""
        return [section for section in self.sections if section.waiting]

    def read_by(self, person: Person) -> Agenda:
        """What this person may read of it."""
        return replace(self, sections=[section.read_by(person) for section in self.sections])


def agenda_of(review: Review, *, rules: HouseRules, returned: frozenset[int] = frozenset()) -> Agenda:
    """Assemble all of it, each line with who may read it; a constant number of queries.

    Within each part its things stand as the facilitator put them.

    Args:
        returned: the experiments whose money returned when this review closed.
    """
    now = situation_of(review, rules=rules, returned=returned)
    things = programme_queries.things_of(review)
    recorded = _recorded(review)
    sections = [in_order(section, things.get(section.part, ()), recorded) for section in (part(now) for part in PARTS)]
    by_part = {section.part: section for section in sections}
    for note in queries.notes_of(review):
        if note.part in by_part:
            by_part[note.part].notes.append(note)
    return Agenda(now, sections)


def noted_on(review: Review, *, say: Say, now: Situation) -> list[Noted]:
    """What was recorded while the review was open, oldest first, each with who may read it.

    Args:
        say: the sentence of a line of the trail, with its amounts or without.
    """
    lines = queries.outcomes_of(review)
    bets = experiment_queries.with_teams(line.subject_id for line in lines if line.subject_type == "experiment")
    carried = {promotion.id: promotion for promotion in now.crossings.asked}
    in_the_way = {barrier.id: barrier for barrier in now.barriers}
    noted = []
    for line in lines:
        title, ref, readers, amounts = "", "", None, now.totals
        if line.subject_type == "experiment" and line.subject_id in bets:
            experiment = bets[line.subject_id]
            readers, amounts = now.readers_of(experiment), now.amounts_of(experiment)
            title, ref = line.names.get("subject", ""), experiment.ref
        elif line.subject_type == "promotion":
            if line.subject_id not in carried:
                continue  # Not theirs to see.
            promotion = carried[line.subject_id]
            readers, title, ref = now.crossings.readers_of(promotion), promotion.title, promotion.ref
        elif line.subject_type == "barrier":
            if line.subject_id not in in_the_way:
                continue  # Not theirs to see.
            barrier = in_the_way[line.subject_id]
            readers, title, ref = readers_of_barrier(now, barrier), barrier.title, barrier.ref
        time = clock.time_of(line.at, now.rules.time_zone)
        told_in = TOLD_IN.get(line.action)
        noted.append(Noted(line.at, time, ref, title, _said(line, say, amounts), readers, told_in))
    return noted


def _recorded(review: Review) -> set[str]:
    """The identifiers of what something was recorded about while the review is open."""
    lines = queries.outcomes_of(review) if review.is_open else ()
    return {
        ref(LETTERS[line.subject_type], line.subject_id)
        for line in lines
        if line.subject_type in LETTERS and line.subject_id
    }


def _said(line: TrailLine, say: Say, amounts: Readers | None) -> Said:
    words = Worded(lambda: say(line, True))
    if amounts is None or "currency" not in line.details:
        return Said(words)
    return Said(words, amounts, without=Worded(lambda: say(line, False)))
