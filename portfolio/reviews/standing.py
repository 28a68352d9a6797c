"""A review that is not closed as it stands, assembled once for everybody who follows it.

Whatever changes leaves an entry on the trail, and each entry's hash holds the one before. So the hash of the last names
the state of the whole organisation: while it and the day are the same, so is every review's agenda. With twelve people
in the room, what something changed is read once for all of them.
"""

from __future__ import annotations

import textwrap
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from operator import attrgetter

from flask import Flask, current_app
from markupsafe import Markup
from sqlalchemy import select

from portfolio.audit.entry import AuditEntry, TrailHead
from portfolio.audit.queries import Line as TrailLine
from portfolio.foundation import clock, rich_text
from portfolio.foundation.database import db
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import locale
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.person import Person
from portfolio.reviews import programme_queries, queries
from portfolio.reviews.agenda import Agenda, Noted, Say, agenda_of, noted_on
from portfolio.reviews.forms import Owners
from portfolio.reviews.outcome import Part
from portfolio.reviews.programme import ReviewPlace, ReviewTurn
from portfolio.reviews.said import Readers, Said

EXTENSION = "agendas"
MOST = 8  # Reviews that are kept at once; few come at the same time.
MOST_PIECES = 2000

Sight = frozenset[int]

# What happens and leaves every agenda as it is; but the room looks elsewhere after a turn.
CHANGES_NOTHING = ("review.turn_taken", "person.signed_in", "person.signed_out")
REFUSED = "_refused"
FEW = 50  # Entries of the trail that are looked through before everything is read anew.


@dataclass(frozen=True)
class Moment:
    """How far the organisation is: the trail's last entry, and the day."""

    seq: int
    hash: str
    today: date

    @classmethod
    def now(cls) -> Moment:
        """As the database has it."""
        seq, hashed = db.session.execute(select(TrailHead.seq, TrailHead.hash)).first() or (0, "")
        return cls(seq, hashed, house_rules().today)

    def differs_from(self, other: Moment) -> bool:
        """Whether an agenda that stood at the other one may not stand any more; one statement."""
        if self.today != other.today or self.seq < other.seq:
            return True
        entry = select(AuditEntry.seq, AuditEntry.hash, AuditEntry.action).where(AuditEntry.seq >= other.seq)
        since = db.session.execute(entry.order_by(AuditEntry.seq).limit(FEW)).all()
        if not since or (since[0].seq, since[0].hash) != (other.seq, other.hash) or len(since) == FEW:
            return True
        return any(each.action not in CHANGES_NOTHING and not each.action.endswith(REFUSED) for each in since[1:])


@dataclass(frozen=True)
class Standing:
    """All that pages of one review are made of, as everybody may read it or one person does. Nothing of it changes.

    Args:
        noted: what was recorded so far, the latest first.
        owners: who can take something on.
        news: grows whenever something happens that the room should see.
        rich: turns the Markdown on it into HTML.
        readers: all that single lines and amounts are for.
        sight: which of these whoever reads it is one of.
        readings: it as people of one sight read it.
        drawn: pieces of pages, made once for all of one sight and language.
    """

    agenda: Agenda
    noted: Sequence[Noted]
    places: Sequence[ReviewPlace]
    turn: ReviewTurn | None
    participants: Sequence[Person]
    owners: Owners
    news: int
    rich: Callable[[str | None], Markup]
    readers: tuple[Readers, ...]
    sight: Sight = frozenset()
    readings: dict[Sight, Standing] = field(default_factory=dict)
    drawn: dict[tuple[object, ...], Markup] = field(default_factory=dict)

    def read_by(self, person: Person) -> Standing:
        """What this person may read of it."""
        sight = self._sight_of(person)
        if sight not in self.readings:
            noted = [entry for entry in self.noted if entry.is_for(person)]
            self.readings[sight] = replace(self, sight=sight, agenda=self.agenda.read_by(person), noted=noted)
        return self.readings[sight]

    def piece(self, draw: Callable[..., Markup], key: Sequence[object], *said: object) -> Markup:
        """A piece of a page that everybody reads alike who has the same sight and language; drawn once.

        Args:
            draw: makes it, of what is said and of nothing that belongs to one person or one request.
            key: what else it differs by.
        """
        whole = (locale().language, self.sight, *key)
        if whole not in self.drawn:
            if len(self.drawn) >= MOST_PIECES:
                self.drawn.clear()
            self.drawn[whole] = draw(*said)
        return self.drawn[whole]

    @cached_property
    def _roles(self) -> frozenset[str]:
        return frozenset(role for readers in self.readers for role in readers.roles)

    def _sight_of(self, person: Person) -> Sight:
        held = {role for role in self._roles if person.has(role)}
        return frozenset(
            number
            for number, readers in enumerate(self.readers)
            if person.id in readers.people or not held.isdisjoint(readers.roles)
        )


class Agendas:
    """What stands, kept until something changes; one for each process."""

    def __init__(self, app: Flask) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[Moment, Standing]] = {}
        app.extensions[EXTENSION] = self

    def standing(self, ref: str) -> Standing:
        """One review as it stands; one statement while nothing happened.

        Raises:
            Missing: there is none.
        """
        moment = Moment.now()
        with self._lock:  # Whoever asks meanwhile waits for the one who reads it.
            if (kept := self._kept.get(ref)) and kept[0] == moment:
                return kept[1]
            with current_app.app_context():  # A session of its own, so that what is kept belongs to no request.
                moment = Moment.now()
                found = _looked_at(kept[1]) if kept and not moment.differs_from(kept[0]) else _read(ref)
            if len(self._kept) >= MOST:
                self._kept.clear()
            self._kept[ref] = (moment, found)
            return found


def standing(ref: str) -> Standing:
    """One review as it stands.

    Raises:
        Missing: there is none.
    """
    agendas: Agendas = current_app.extensions[EXTENSION]
    return agendas.standing(ref)


def say() -> Say:
    """How a line of the trail reads, with its amounts or without; in the language it is read in."""

    def sentence(line: TrailLine, amounts: bool) -> str:
        return str(current_app.jinja_env.globals["sentence"](line, amounts))  # type: ignore[operator]

    return sentence


def texts_of(agenda: Agenda) -> list[str]:
    """Everything on it that is Markdown."""
    said = [said for section in agenda.sections for line in section.lines for cell in line.cells for said in cell]
    notes = [note.body for section in agenda.sections for note in section.notes]
    return [agenda.now.review.notes, *notes, *(text.words for text in said if text.markdown)]


# Inside -------------------------------------------------------------------------------------------------------------


def _looked_at(known: Standing) -> Standing:
    """The same agenda, with what the room looks at now."""
    review = known.agenda.now.review
    turn, news = programme_queries.turn_of(review), programme_queries.news_of(review)
    return replace(known, turn=turn, news=news, readings={})


def _read(ref: str) -> Standing:
    review = queries.review(ref)
    participants = queries.participants_of(review)
    agenda = agenda_of(review, rules=house_rules())
    rich = rich_text.shown(texts_of(agenda))
    noted = [*noted_on(review, say=say(), now=agenda.now), *_said_in(agenda, rich)]
    return Standing(
        readers=tuple(_readers_in(agenda, noted)),
        agenda=agenda,
        noted=sorted(noted, key=attrgetter("at"), reverse=True),
        places=programme_queries.places_of(review),
        turn=programme_queries.turn_of(review),
        participants=participants,
        owners=Owners(people.active_volunteers(), here=participants),
        news=programme_queries.news_of(review),
        rich=rich,
    )


def _readers_in(agenda: Agenda, noted: Iterable[Noted]) -> set[Readers]:
    """All that something on it is for, where it is not for everyone."""
    lines = [line for section in agenda.sections for line in section.lines]
    said = [said for line in lines for cell in (line.sub, *line.cells) for said in cell]
    found = {line.readers for line in lines} | {each.readers for each in said}
    found |= {entry.readers for entry in noted} | {entry.said.readers for entry in noted}
    return {readers for readers in found if readers is not None}


def _said_in(agenda: Agenda, rich: Callable[[str | None], Markup]) -> list[Noted]:
    """What was written down in the room itself: notes, what people took on, what we will not do."""
    notes = [note for section in agenda.sections for note in section.notes]
    said = [
        *(
            (note.at, note.part, _l("%(name)s noted: %(words)s", name=note.by.name, words=_in_short(rich(note.body))))
            for note in notes
        ),
        *(
            (a.at, Part.AGREED, _l("%(name)s takes on: %(what)s", name=a.owner.name, what=a.what))
            for a in agenda.now.actions
        ),
        *(
            (c.at, Part.NOT_DOING, _l("%(name)s chose that we will not: %(what)s", name=c.by.name, what=c.what))
            for c in agenda.now.choices
        ),
    ]
    zone = agenda.now.rules.time_zone
    return [Noted(at, clock.time_of(at, zone), "", "", Said(words), None, part) for at, part, words in said]


def _in_short(body: Markup) -> str:
    """A text's words on one line, without its marks."""
    return textwrap.shorten(body.striptags(), 100, placeholder=" …")
