"""What waits for a person on the bridge."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select

from portfolio.bridge.challenge import Challenge, ChallengeState
from portfolio.foundation.database import db
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.network.experiment import Experiment
from portfolio.network.state import State as ExperimentState
from portfolio.people.person import Person


def challenges_to_answer(person: Person, most: int) -> Sequence[Challenge]:
    """What this person put to the network and what is of a unit they own, once the work on it is done."""
    decided = select(Experiment.id).where(Experiment.state == ExperimentState.CLOSED)
    embedded = select(Initiative.id).where(Initiative.state == InitiativeState.EMBEDDED)
    return db.session.scalars(
        select(Challenge)
        .where(
            Challenge.state == ChallengeState.TAKEN_UP,
            or_(Challenge.raised_by_id == person.id, Challenge.unit_id.in_(person.owned_unit_ids)),
            or_(Challenge.experiment_id.in_(decided), Challenge.initiative_id.in_(embedded)),
        )
        .order_by(Challenge.id)
        .limit(most)
    ).all()
