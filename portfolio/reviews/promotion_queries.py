"""What a review reads of the bridge: what waits for operations or was answered, and what became of each yes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import joinedload, selectinload

from portfolio.bridge.answer import Answer, State
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import Crossing, crossings, operations_owners
from portfolio.foundation.database import db
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.reviews import experiment_queries
from portfolio.reviews.said import Readers, involved

LOOKED_BACK = timedelta(weeks=26)  # How long what was embedded or called off is still looked at.


@dataclass(frozen=True)
class Crossings:
    """The promotions a review looks at, and what is known of them."""

    asked: Sequence[Promotion]  # What waits for an answer, and what was answered since.
    adopted: Sequence[Promotion]  # Earlier yeses.
    became: dict[int, Crossing]
    experiments: dict[int, Experiment]
    owners: dict[int, set[int]]  # Who owns the operations of a unit.

    def readers_of(self, promotion: Promotion) -> Readers | None:
        """Who reads a line about a promotion; None for everyone.

        One that carries a learning of a restricted experiment is for who reads all of those, for the owner it is put
        to, and for who promoted, wrote or answered it.
        """
        carried = [self.experiments[number] for number in promotion.experiment_ids if number in self.experiments]
        restricted = [involved(experiment).people for experiment in carried if experiment.restricted]
        if not restricted:
            return None
        everywhere = frozenset.intersection(*restricted)
        concerned = {promotion.promoter_id, promotion.owner_id, *self.owners.get(promotion.unit_id, set())}
        concerned |= {learning.by_id for learning in promotion.learnings}
        concerned |= {answer.by_id for answer in promotion.answers}
        return Readers(everywhere | concerned)


def crossings_since(since: datetime) -> Crossings:
    """All that waits, was answered or was adopted; a constant number of queries."""
    answered = select(Answer.promotion_id).where(Answer.at > since)
    still_told = or_(Initiative.ended_at.is_(None), Initiative.ended_at > since - LOOKED_BACK)
    found = (
        db.session.scalars(
            select(Promotion)
            .outerjoin(Initiative, Initiative.id == Promotion.initiative_id)
            .where(
                or_(
                    Promotion.state.in_((State.OFFERED, State.DEFERRED)),
                    Promotion.id.in_(answered),
                    and_(Promotion.state == State.ACCEPTED, still_told),
                )
            )
            .options(
                joinedload(Promotion.owner),
                joinedload(Promotion.promoter),
                joinedload(Promotion.unit),
                joinedload(Promotion.initiative).joinedload(Initiative.owner),
                selectinload(Promotion.learnings).joinedload(Learning.by),
                selectinload(Promotion.answers).joinedload(Answer.by),
            )
            .order_by(Promotion.id)
        )
        .unique()
        .all()
    )
    owners: dict[int, set[int]] = {}
    for unit, person in operations_owners():
        owners.setdefault(unit.id, set()).add(person.id)
    return Crossings(
        asked=[promotion for promotion in found if promotion.is_open or _answered_after(promotion, since)],
        adopted=[p for p in found if p.state is State.ACCEPTED and not _answered_after(p, since)],
        became=crossings(found, viewer=None),
        experiments=experiment_queries.with_teams(n for promotion in found for n in promotion.experiment_ids),
        owners=owners,
    )


def _answered_after(promotion: Promotion, since: datetime) -> bool:
    return promotion.last_answer is not None and promotion.last_answer.at > since
