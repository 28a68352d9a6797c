"""The learning library: what was learned, the strongest evidence first, each with what operations did with it.

A page is one statement. Of each strength the newest are taken from the index in its own order until the page is full,
so that a common word costs little more than a rare one; only then is looked what came of the few that are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import CTE, Select, false, func, literal, null, select, union_all

from portfolio.bridge import barrier_queries, challenge_queries, queries
from portfolio.bridge.answer import State
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.shelved import Shelved, of_fate, promoted, shelved, with_fates
from portfolio.foundation import search
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.numbering import LARGEST, parts_of
from portfolio.foundation.search import SearchDocument
from portfolio.foundation.similar import similar_to
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person

SIZE = 20
SIMILAR = 4
COUNTED = 200  # Beyond so many it says "more than".
STRONGEST_FIRST = tuple(sorted(Evidence, key=lambda evidence: -evidence.level))
NAMED = frozenset("BCILPQX")  # The letters of all that has an identifier, whether learnings belong to it or not.
PLACE = re.compile(r"([1-4])-(\d{1,15})")


@dataclass(frozen=True)
class Shelf:
    """Some of the library, and where the next begin."""

    rows: Sequence[Shelved]
    next: str | None


@dataclass(frozen=True)
class Frame:
    """What stands around the list: how many are found, what is open on the bridge, and the units to choose from."""

    found: int
    counts_on: bool
    waiting: int
    open: int
    barriers: int
    units: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class Library:
    """What the library may be asked for; a blank field means any.

    Args:
        at_least: evidence of this strength or stronger.
        fate: what became of its latest promotion.
        unpromoted: only what was never put to operations.
    """

    text: str = ""
    kind: Kind | None = None
    at_least: Evidence | None = None
    fate: Fate | None = None
    unpromoted: bool = False
    unit_id: int | None = None
    form: FormOfChange | None = None
    author_id: int | None = None

    @cached_property
    def words(self) -> list[str]:
        """What is looked for; an identifier is none of it."""
        return [] if self.named else search.words_of(self.text)

    @cached_property
    def named(self) -> tuple[str, int] | None:
        """The letter and the number of what is asked for by its identifier."""
        found = parts_of(self.text)
        return found if found and found[0] in NAMED else None

    @property
    def says_nothing(self) -> bool:
        """Whether something was asked that holds no word to look for."""
        return bool(self.text) and not self.words and not self.named

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self != Library()

    @property
    def narrows(self) -> bool:
        """Whether more than words is asked for."""
        return self != Library(text=self.text)

    # Reading it -----------------------------------------------------------------------------------------------------

    def page(self, viewer: Person, after: str | None, *, size: int = SIZE) -> Shelf:
        """One page, the strongest evidence first and of one strength the newest; what was corrected is left out."""
        chosen = self._chosen(viewer, _place(after), size + 1)
        rows: Sequence[Any] = db.session.execute(with_fates(chosen, viewer)).unique().all()
        found = [shelved(row, self.words) for row in rows[:size]]
        last = rows[size - 1] if len(rows) > size else None
        return Shelf(found, f"{last.level}-{last.key}" if last else None)

    def frame(self, viewer: Person) -> Frame:
        """The rest of the page; one statement."""
        waiting = queries.visible_to(viewer, select(Promotion.id)).where(Promotion.state == State.OFFERED)
        counted = {
            "found": self._matching(viewer).limit(COUNTED + 1),
            "waiting": waiting,
            "open": challenge_queries.needing(),
            "barriers": barrier_queries.standing(viewer),
        }
        rows: Sequence[Any] = db.session.execute(
            union_all(
                *(
                    select(literal(what).label("what"), func.count().label("number"), null().label("name")).select_from(
                        these.subquery()
                    )
                    for what, these in counted.items()
                ),
                select(literal("unit"), Unit.id, Unit.name),
            )
        ).all()
        said = {what: int(number) for what, number, name in rows if name is None}
        units = sorted(((number, name) for _what, number, name in rows if name), key=lambda unit: unit[1].casefold())
        found = said.pop("found")
        return Frame(min(found, COUNTED), found > COUNTED, **said, units=units)

    # What is chosen -------------------------------------------------------------------------------------------------

    def _chosen(self, viewer: Person, place: tuple[int, int] | None, size: int) -> CTE:
        """The numbers of a page's learnings: of each strength so many as the stronger ones leave room for."""
        each: list[CTE] = []
        for evidence in self._strengths():
            if place is None or evidence.level <= place[0]:
                newest = self._newest(viewer, evidence, place).limit(_room(each, size))
                each.append(newest.cte(f"of_{evidence.value}"))
        none = self._newest(viewer, STRONGEST_FIRST[-1], None).limit(0).cte("of_none")
        some = union_all(*(select(one) for one in each or [none])).subquery()
        return select(some).order_by(some.c.level.desc(), some.c.key.desc()).limit(size).cte("chosen")

    def _newest(self, viewer: Person, evidence: Evidence, place: tuple[int, int] | None) -> Select[Any]:
        """The newest of one strength, in the order of the index that they are found by."""
        statement = self._matching(viewer, [evidence]).add_columns(literal(evidence.level).label("level"))
        key = statement.selected_columns.key
        if place and evidence.level == place[0]:
            statement = statement.where(key < place[1])
        return statement.order_by(key.desc())

    def _matching(self, viewer: Person, strengths: Sequence[Evidence] | None = None) -> Select[Any]:
        """What is asked for, of these strengths, with what it can be ordered by."""
        of = self._strengths() if strengths is None else strengths
        if self.words:
            number, matches = search.match(
                self.words, "learning", facets=[one.value for one in of] if len(of) < len(Evidence) else ()
            )
            statement = (
                select(Learning.id.label("id"), number.label("key"))
                .select_from(number.table)
                .join(SearchDocument, SearchDocument.id == number)
                .join(Learning, Learning.id == SearchDocument.subject_id)
                .where(matches)
            )
        else:
            statement = select(Learning.id.label("id"), Learning.id.label("key")).where(Learning.evidence.in_(of))
        statement = statement.join(Experiment, Experiment.id == Learning.experiment_id)
        return network.visible_to(viewer, statement).where(holds(Learning), *self._said(viewer), *self._conditions())

    def _strengths(self) -> list[Evidence]:
        return [one for one in STRONGEST_FIRST if self.at_least is None or one.level >= self.at_least.level]

    def _said(self, viewer: Person) -> list[Any]:
        """What an identifier asks for; what says nothing asks for nothing."""
        if self.says_nothing:
            return [false()]
        return [_belongs_to(*self.named, viewer)] if self.named else []

    def _conditions(self) -> list[Any]:
        conditions: list[Any] = []
        if self.kind is not None:
            conditions.append(Learning.kind == self.kind)
        if self.unit_id is not None:
            conditions.append(Experiment.unit_id == self.unit_id)
        if self.form is not None:
            conditions.append(Experiment.form == self.form)
        if self.author_id is not None:
            conditions.append(Learning.by_id == self.author_id)
        if self.unpromoted:
            conditions.append(Learning.id.not_in(select(promoted().c.learning_id)))
        elif self.fate is not None:
            conditions.append(Learning.id.in_(of_fate(self.fate)))
        return conditions


def _belongs_to(letter: str, number: int, viewer: Person) -> Any:
    """Whether it is this learning, or one of this experiment or promotion; nothing else has any."""
    if letter == "L":
        return Learning.id == number
    if letter == "X":
        return Learning.experiment_id == number
    if letter == "P":
        seen = queries.visible_to(viewer, select(Promotion.id)).where(Promotion.id == number)
        return Learning.id.in_(select(promoted().c.learning_id).where(promoted().c.promotion_id.in_(seen)))
    return false()


# A few of them --------------------------------------------------------------------------------------------------------


def these(ids: Sequence[int], *, viewer: Person) -> list[Shelved]:
    """Learnings by their numbers, in that order, as far as this person may see them; one statement."""
    if not ids:
        return []
    chosen = readable(viewer).where(Learning.id.in_(ids)).add_columns(literal(0).label("level"))
    rows = db.session.execute(with_fates(chosen.add_columns(Learning.id.label("key")).cte("chosen"), viewer))
    found = {row.Learning.id: shelved(row) for row in rows.unique()}
    return [found[number] for number in ids if number in found]


def newest_of(person: Person, most: int) -> list[Shelved]:
    """The newest learnings that this person wrote and may still read; two statements."""
    mine = readable(person).where(Learning.by_id == person.id, holds(Learning)).order_by(Learning.id.desc())
    return these(db.session.scalars(mine.limit(most)).all(), viewer=person)


def similar(learning: Learning, *, viewer: Person, most: int = SIMILAR) -> list[Shelved]:
    """The learnings that are most like this one; two statements."""
    texts = (learning.title, learning.therefore, learning.believed, learning.body)
    near = similar_to(
        *texts,
        kind="learning",
        visible=readable(viewer),
        apart_from={learning.id, learning.corrects_id or 0},
        most=most,
    )
    return these(near, viewer=viewer)


def readable(viewer: Person) -> Select[Any]:
    """The numbers of the learnings that this person may read."""
    statement = select(Learning.id.label("id")).join(Experiment, Experiment.id == Learning.experiment_id)
    return network.visible_to(viewer, statement)


def _room(stronger: Sequence[CTE], size: int) -> Any:
    """How many more a page takes; a database that has to give none leaves the index alone."""
    taken = [select(func.count()).select_from(one).scalar_subquery() for one in stronger]
    return size - sum(taken[1:], taken[0]) if taken else size


def _place(after: str | None) -> tuple[int, int] | None:
    """Where a page begins; what cannot be read begins at the start."""
    found = PLACE.fullmatch(after or "")
    return (int(found[1]), min(int(found[2]), LARGEST)) if found else None
