"""Who may do what on the bridge.

Promoting and raising are for every volunteer; a yes or no to a promotion is the operations owner's, and nobody else's.
A barrier is put by the team it is in the way of, and given to somebody by a leader.
"""

from __future__ import annotations

from collections.abc import Container

from portfolio.bridge.barrier import Barrier
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.promotion import Promotion
from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.people.person import Person


@permission("change.finding", _l("Starting a change is for everyone in the organisation but observers."))
def may_find_form(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer


@permission("bridge.reading", _l("The bridge is for everyone in the organisation."))
def may_read(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer; observers see none of it."""
    return actor.is_volunteer


@permission("promotion.offer", _l("Promoting a learning is for everyone in the organisation but observers."))
def may_promote(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer; which learnings, depends on what they can read."""
    return actor.is_volunteer


@permission("promotion.answer", _l("The operations owner of the unit answers. You can read it, comment and ask."))
def may_answer(actor: Person, promotion: Promotion | None) -> bool:
    """An operations owner of the unit whose daily work it would change."""
    if promotion is None:
        return actor.is_volunteer and bool(actor.owned_unit_ids)
    return actor.is_volunteer and promotion.is_answered_by(actor)


def reads_learning(actor: Person, promotion: Promotion, learning: Learning, seen: Container[int]) -> bool:
    """Whether a reader of the promotion reads this learning: restricted ones are for its owner and its author.

    Args:
        seen: the numbers of the experiments this person may see.
    """
    return learning.experiment_id in seen or learning.by_id == actor.id or may_answer(actor, promotion)


@permission("bridge.commenting", _l("Commenting is for everyone in the organisation but observers."))
def may_comment(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer who can see it."""
    return actor.is_volunteer


@permission("challenge.raising", _l("Raising a challenge is for everyone in the organisation but observers."))
def may_raise(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer


@permission("challenge.uptake", _l("You take it up with an experiment you lead or an initiative you own."))
def may_take_up(actor: Person, taker: Experiment | Initiative | None) -> bool:
    """Whoever leads the experiment, or owns the initiative, that is to work on it."""
    if taker is None:
        return actor.is_volunteer
    carrier = taker.lead_id if isinstance(taker, Experiment) else taker.owner_id
    return actor.is_volunteer and carrier == actor.id


@permission("challenge.ending", _l("This is for whoever raised it and for the operations owner of its unit."))
def may_end(actor: Person, challenge: Challenge | None) -> bool:
    """Whoever raised it, and the operations owner of its unit: they say what changed, or why it is let go."""
    if challenge is None:
        return actor.is_volunteer
    return actor.is_volunteer and (challenge.raised_by_id == actor.id or challenge.unit_id in actor.owned_unit_ids)


@permission("barrier.raising", _l("The lead and the team say what stands in their way."))
def may_put(actor: Person, experiment: Experiment | None) -> bool:
    """Lead and team of the experiment it is in the way of."""
    return actor.is_volunteer and (experiment is None or experiment.is_on_team(actor))


@permission("barrier.owner", _l("A leader takes it, or names who removes it and by when."))
def may_give(actor: Person, thing: Barrier | None) -> bool:  # noqa: ARG001
    """Leaders."""
    return actor.is_leader


@permission("barrier.ending", _l("Whoever was named to remove it says what came of it; a leader may too."))
def may_end_barrier(actor: Person, barrier: Barrier | None) -> bool:
    """Its owner, and leaders."""
    return actor.is_volunteer and (barrier is None or barrier.owner_id == actor.id or actor.is_leader)
