"""What an earlier review decided, agreed and chose, beside what became of it since; no part of any record."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload, raiseload

from portfolio.bridge import queries as bridge
from portfolio.bridge.fate import Fate
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.database import db
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.decision import Decision, DecisionKind
from portfolio.network.experiment import Experiment
from portfolio.network.queries import visible_to
from portfolio.people.person import Person
from portfolio.reviews import queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.outcome import ReviewChoice
from portfolio.reviews.review import Review
from portfolio.reviews.said import Worded

MOST = 100


@dataclass(frozen=True)
class Followed:
    """One decision, and what came after it.

    Args:
        address: the endpoint of its page, with its `ref`.
        decided: what was decided.
        became: what followed, in a few words each.
    """

    ref: str
    title: str
    address: str
    decided: Any
    who: str
    became: Sequence[Any]


@dataclass(frozen=True)
class Then:
    """What an earlier review decided, agreed and chose, as far as one person may see it."""

    decisions: Sequence[Followed]
    answers: Sequence[Followed]
    actions: Sequence[ReviewAction]
    choices: Sequence[ReviewChoice]
    again: dict[int, str]  # In which quarter a choice was made once more.

    @property
    def is_empty(self) -> bool:
        """Whether it left nothing behind."""
        return not (self.decisions or self.answers or self.actions or self.choices)

    @classmethod
    def of(cls, review: Review, *, viewer: Person) -> Then:
        """As it stands now; a constant number of queries."""
        choices = queries.choices_of(review)
        assert review.opened_at is not None
        assert review.closed_at is not None
        meanwhile = (review.opened_at, review.closed_at)
        answered = bridge.answered_between(*meanwhile, viewer=viewer)
        decided = _decided(meanwhile, viewer)
        promoted = bridge.promotions_of_experiments([experiment.id for experiment in decided], viewer=viewer)
        crossings = bridge.crossings({*answered, *promoted}, viewer=viewer)
        return cls(
            decisions=list(_decisions(decided, _follow_ups(decided, viewer), promoted, crossings)),
            answers=[_answer(promotion, meanwhile, crossings[promotion.id]) for promotion in answered],
            actions=queries.actions_of(review),
            choices=choices,
            again=queries.choices_made_again(choices) if choices else {},
        )


Between = tuple[datetime, datetime]  # When a review was opened and when it was closed.


def _decided(meanwhile: Between, viewer: Person) -> Sequence[Experiment]:
    return db.session.scalars(
        visible_to(viewer, select(Experiment))
        .join(Decision, Decision.experiment_id == Experiment.id)
        .where(Decision.at.between(*meanwhile))
        .options(joinedload(Experiment.decision).joinedload(Decision.by), raiseload("*"))
        .order_by(Decision.id)
        .limit(MOST)
    ).all()


def _follow_ups(decided: Iterable[Experiment], viewer: Person) -> dict[int, list[Experiment]]:
    found: dict[int, list[Experiment]] = {experiment.id: [] for experiment in decided}
    statement = visible_to(viewer, select(Experiment)).where(Experiment.follows_id.in_(found))
    for one in db.session.scalars(statement.options(raiseload("*")).order_by(Experiment.id)):
        found[one.follows_id or 0].append(one)
    return found


def _decisions(
    decided: Iterable[Experiment],
    follow_ups: dict[int, list[Experiment]],
    promoted: Iterable[Promotion],
    crossings: dict[int, bridge.Crossing],
) -> Iterator[Followed]:
    for experiment in decided:
        decision = experiment.decision
        assert decision is not None
        carried = [promotion for promotion in promoted if experiment.id in promotion.experiment_ids]
        became = [
            *(_l("Goes on as %(ref)s: %(state)s", ref=e.ref, state=e.state.label) for e in follow_ups[experiment.id]),
            *(_fate(promotion, crossings[promotion.id]) for promotion in carried),
        ]
        yield Followed(
            experiment.ref,
            experiment.title,
            "network.show_experiment",
            decision.kind.label,
            decision.by.name,
            became or [_nothing_after(decision.kind)],
        )


def _nothing_after(kind: DecisionKind) -> object:
    return _l("Stopped, and nothing of it goes on") if kind is DecisionKind.STOP else _l("Nothing followed yet")


def _answer(promotion: Promotion, meanwhile: Between, crossing: bridge.Crossing) -> Followed:
    opened, closed = meanwhile
    said = [answer for answer in promotion.answers if opened <= answer.at <= closed][-1]
    answered = Fate(said.state.value).label
    became = [_became(crossing)]
    return Followed(promotion.ref, promotion.title, "bridge.show_promotion", answered, promotion.owner.name, became)


def _fate(promotion: Promotion, crossing: bridge.Crossing) -> object:
    return _l("Promoted as %(ref)s: %(fate)s", ref=promotion.ref, fate=_became(crossing))


def _became(crossing: bridge.Crossing) -> object:
    effect = crossing.effect
    if effect is None or not effect.is_measured:
        return crossing.fate.label
    return _l("%(fate)s, %(change)s", fate=crossing.fate.label, change=Worded(lambda: effect.words))
