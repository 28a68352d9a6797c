"""A learning of the library with what came of it, read in one statement however many are shown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import CTE, Select, Subquery, func, literal, select
from sqlalchemy.orm import aliased, joinedload, raiseload

from portfolio.bridge import queries
from portfolio.bridge.fate import AFTER, FATE, Fate
from portfolio.bridge.promotion import Promotion, promotion_learning
from portfolio.bridge.queries import Crossing
from portfolio.foundation import search
from portfolio.foundation.numbering import ref
from portfolio.foundation.search import Part
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.effect import Effect
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.readings import latest_reading, reading_at_embedding
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.organisation.measure import Reading
from portfolio.people.person import Person


@dataclass(frozen=True)
class Shelved:
    """One learning of the library.

    Args:
        question: its experiment's title.
        promotion: the latest it is in, itself or as it was before a correction; None for who sees no bridge.
        opens: whether the reader may open that promotion.
        excerpt: of its text, around what was asked for.
    """

    learning: Learning
    question: str
    promotion: Promotion | None
    crossing: Crossing | None
    opens: bool
    excerpt: tuple[Part, ...]

    @property
    def experiment_ref(self) -> str:
        """Where it was learned."""
        return ref("X", self.learning.experiment_id)

    @property
    def promotable(self) -> str | None:
        """Its identifier while no promotion that stands carries it."""
        return self.learning.ref if self.crossing is None or not self.crossing.fate.stands else None


def shelved(row: Any, words: Sequence[str] = ()) -> Shelved:
    """A row of `with_fates()`, with a piece of its text.

    Args:
        words: what was asked for.
    """
    learning, promotion = row.Learning, row.Promotion
    crossing = None
    if promotion is not None:
        crossing = Crossing(Fate(row.fate), _effect(row), row.sees_initiative is not None)
    texts = (learning.body, learning.believed, learning.therefore)
    said = next((text for text in texts if words and search.holds_one(text, list(words))), learning.body)
    excerpt = search.excerpt_of(said, list(words))
    return Shelved(learning, row.question, promotion, crossing, row.seen is not None, excerpt)


def _effect(row: Any) -> Effect | None:
    return Effect.of(row.Initiative, row.last_reading, row.first_reading) if row.Initiative is not None else None


def with_fates(chosen: CTE, viewer: Person) -> Select[Any]:
    """The chosen learnings with the latest promotion each is in, what became of it, and what of it may be opened.

    Args:
        chosen: their numbers as `id`, and `level` and `key` to order them by.
    """
    lineage = select(chosen.c.id.label("asked"), chosen.c.id.label("id")).cte("lineage", recursive=True)
    newer = aliased(Learning)
    lineage = lineage.union_all(
        select(lineage.c.asked, newer.corrects_id).join(newer, newer.id == lineage.c.id).where(newer.corrects_id > 0)
    )
    latest = (
        select(lineage.c.asked, func.max(promotion_learning.c.promotion_id).label("promotion_id"))
        .join(promotion_learning, promotion_learning.c.learning_id == lineage.c.id)
        .where(literal(viewer.is_volunteer))
        .group_by(lineage.c.asked)
        .cte("latest")
    )
    these = select(latest.c.promotion_id)
    seen = queries.visible_to(viewer, select(Promotion.id)).where(Promotion.id.in_(these)).subquery()
    become = select(Promotion.initiative_id).where(Promotion.id.in_(these))
    sees_initiative = hierarchy.visible_to(viewer, select(Initiative.id)).where(Initiative.id.in_(become)).subquery()
    last, first = aliased(Reading, name="last_reading"), aliased(Reading, name="first_reading")
    return (
        select(
            Learning,
            Experiment.title.label("question"),
            Promotion,
            Initiative,
            last,
            first,
            FATE.label("fate"),
            seen.c.id.label("seen"),
            sees_initiative.c.id.label("sees_initiative"),
            chosen.c.level,
            chosen.c.key,
        )
        .select_from(chosen)
        .join(Learning, Learning.id == chosen.c.id)
        .join(Experiment, Experiment.id == Learning.experiment_id)
        .outerjoin(latest, latest.c.asked == Learning.id)
        .outerjoin(Promotion, Promotion.id == latest.c.promotion_id)
        .outerjoin(*AFTER)
        .outerjoin(seen, seen.c.id == Promotion.id)
        .outerjoin(sees_initiative, sees_initiative.c.id == Initiative.id)
        .outerjoin(last, last.id == latest_reading())
        .outerjoin(first, first.id == reading_at_embedding())
        .options(joinedload(Learning.by).raiseload("*"), raiseload("*"))
        .order_by(chosen.c.level.desc(), chosen.c.key.desc())
    )


@cache
def promoted() -> CTE:
    """Every learning that was promoted, itself or as it was before a correction, with the promotion."""
    carried = select(promotion_learning.c.learning_id, promotion_learning.c.promotion_id).cte("carried", recursive=True)
    newer = aliased(Learning)
    return carried.union(
        select(newer.id, carried.c.promotion_id).join(carried, newer.corrects_id == carried.c.learning_id)
    )


def of_fate(fate: Fate) -> Select[Any]:
    """The learnings whose latest promotion met this fate."""
    carried = promoted()
    latest: Subquery = (
        select(carried.c.learning_id, func.max(carried.c.promotion_id).label("promotion_id"))
        .group_by(carried.c.learning_id)
        .subquery()
    )
    return (
        select(latest.c.learning_id)
        .join(Promotion, Promotion.id == latest.c.promotion_id)
        .outerjoin(*AFTER)
        .where(FATE == fate.value)  # noqa: SIM300
    )
