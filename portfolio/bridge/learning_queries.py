"""Every read about learnings on their way to operations: where they stand, and which can be promoted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, bindparam, select
from sqlalchemy.orm import aliased, joinedload

from portfolio.bridge.fate import fates_of
from portfolio.bridge.promotion import Promotion, promotion_learning
from portfolio.bridge.text import Standing
from portfolio.foundation import search
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.people.person import Person


def promotions_of_learnings(ids: Iterable[int]) -> dict[int, Promotion]:
    """The latest promotion each learning is in, itself or as it was before a correction; with its initiative."""
    rows = db.session.execute(_promotions(), {"learnings": sorted(set(ids))})
    return {asked: found for asked, found in rows}  # The latest wins.


def newer_learnings(ids: Iterable[int]) -> dict[int, Learning]:
    """Of these learnings the corrected ones, each with the one that took its place."""
    rows = db.session.scalars(select(Learning).where(Learning.corrects_id.in_(set(ids))))
    return {row.corrects_id: row for row in rows if row.corrects_id is not None}


def standing_of(learnings: Iterable[Learning]) -> Standing:
    """Where learnings stand already."""
    ids = {learning.id for learning in learnings}
    found = promotions_of_learnings(ids)
    fates = fates_of(found.values())
    stand = {number: promotion for number, promotion in found.items() if fates[promotion.id].stands}
    return Standing(stand, newer_learnings(ids))


def learnings_for_change(ids: Iterable[int], *, viewer: Person) -> Sequence[Learning]:
    """Learnings this person may read, locked, so that none is promoted twice at the same time."""
    statement = _readable(viewer).where(Learning.id.in_(set(ids))).order_by(Learning.id)
    return db.session.scalars(for_change(statement)).all()


@dataclass(frozen=True)
class LearningSearch:
    """What the library may be asked for; a blank field means any."""

    kind: Kind | None = None
    evidence: Evidence | None = None
    experiment: str = ""
    text: str = ""

    def page(self, viewer: Person, after: str | None, *, size: int = 50) -> Page[Learning]:
        """One page, the newest first; what was corrected gives way to its correction."""
        statement = _readable(viewer).where(holds(Learning), *self._conditions()).options(joinedload(Learning.by))
        return Page.of(statement, order=(Learning.id,), after=after, size=size, descending=True)

    def _conditions(self) -> list[Any]:
        conditions: list[Any] = []
        if self.kind is not None:
            conditions.append(Learning.kind == self.kind)
        if self.evidence is not None:
            conditions.append(Learning.evidence == self.evidence)
        if self.experiment:
            conditions.append(Learning.experiment_id == (number_of("X", self.experiment) or 0))
        if self.text:
            conditions.append(Learning.id.in_(search.matching(self.text, "learning")))
        return conditions


@dataclass(frozen=True)
class Candidates:
    """The learnings that a promotion can be made of, the strongest first."""

    learnings: Sequence[Learning]
    experiments: dict[int, Experiment]
    standing: Standing

    @property
    def free(self) -> list[Learning]:
        """Those that are in no promotion that stands."""
        return [learning for learning in self.learnings if learning.id not in self.standing.promotions]

    def is_restricted(self, learning: Learning) -> bool:
        """Whether it is of an experiment that only those involved may read."""
        experiment = self.experiments.get(learning.experiment_id)
        return experiment is None or experiment.restricted


def candidates(learning_refs: Iterable[str], experiment_refs: Iterable[str], *, viewer: Person) -> Candidates:
    """The learnings of the experiments that are named, or that the named learnings belong to.

    Raises:
        Missing: one that is named is not there, or not theirs to see.
    """
    learnings = {number_of("L", ref) or 0 for ref in learning_refs}
    named = {number_of("X", ref) or 0 for ref in experiment_refs}
    found = db.session.execute(
        _readable(viewer).with_only_columns(Learning.id, Learning.experiment_id).where(Learning.id.in_(learnings))
    ).all()
    wanted = named | {row.experiment_id for row in found}
    statement = network.visible_to(viewer, select(Experiment)).where(Experiment.id.in_(wanted))
    experiments = {experiment.id: experiment for experiment in db.session.scalars(statement)}
    if {row.id for row in found} != learnings or not named <= set(experiments):
        raise Missing
    rows = db.session.scalars(
        select(Learning)
        .where(Learning.experiment_id.in_(experiments), holds(Learning))
        .options(joinedload(Learning.by))
        .order_by(Learning.id.desc())
        .limit(200)
    ).all()
    strongest = sorted(rows, key=lambda learning: -learning.evidence.level)
    return Candidates(strongest, experiments, standing_of(rows))


def _readable(viewer: Person) -> Select[Any]:
    return select(Learning).where(Learning.experiment_id.in_(network.visible_to(viewer, select(Experiment.id))))


@cache
def _promotions() -> Select[Any]:
    """The promotions of any `learnings`, the same statement for all."""
    lineage = _lineage()
    return (
        select(lineage.c.asked, Promotion)
        .join(promotion_learning, promotion_learning.c.learning_id == lineage.c.id)
        .join(Promotion, Promotion.id == promotion_learning.c.promotion_id)
        .options(joinedload(Promotion.initiative))
        .order_by(Promotion.id)
    )


def _lineage() -> CTE:
    """Each of the `learnings` with all that it took the place of."""
    start = (
        select(Learning.id.label("asked"), Learning.id.label("id"), Learning.corrects_id.label("before"))
        .where(Learning.id.in_(bindparam("learnings", expanding=True)))
        .cte("lineage", recursive=True)
    )
    older = aliased(Learning)
    return start.union_all(select(start.c.asked, older.id, older.corrects_id).join(older, older.id == start.c.before))
