"""Who may do what with experiments; the rules about money behind it are asked of the grant."""

from __future__ import annotations

from portfolio.foundation.authority import permission
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.network.state import State
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.people.person import Person

_LEAD_AND_TEAM = _l("This belongs to the lead and the team.")
_OTHER_LEADER = _l(
    "Deciding on money is for a leader who is no party to the experiment. You can read it, comment and ask."
)


def _writes(actor: Person, experiment: Experiment | None) -> bool:
    return actor.is_volunteer and (experiment is None or experiment.is_on_team(actor))


@permission("experiment.proposing", _l("Proposing is for everyone in the organisation but observers."))
def may_draft(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer


@permission("experiment.listing", _l("Sign in to read this."))
def may_list(actor: Person, thing: object) -> bool:  # noqa: ARG001
    """Everyone; what the list shows depends on who reads it."""
    return actor.active


@permission("experiment.writing", _LEAD_AND_TEAM)
def may_write(actor: Person, experiment: Experiment | None) -> bool:
    """Lead and team, while draft or proposed."""
    return _writes(actor, experiment)


@permission("experiment.proposal", _l("The lead puts it to leadership."))
def may_propose(actor: Person, experiment: Experiment | None) -> bool:
    """The lead."""
    return actor.is_volunteer and (experiment is None or experiment.lead_id == actor.id)


@permission("experiment.withdrawal", _l("The lead takes it back."))
def may_withdraw(actor: Person, experiment: Experiment | None) -> bool:
    """The lead."""
    return actor.is_volunteer and (experiment is None or experiment.lead_id == actor.id)


@permission("experiment.approval", _OTHER_LEADER)
def may_answer(actor: Person, experiment: Experiment | None) -> bool:
    """A leader who is no party to it."""
    return actor.is_leader and (experiment is None or experiment.grant.may_be_decided_by(actor))


@permission("experiment.start", _LEAD_AND_TEAM)
def may_start(actor: Person, experiment: Experiment | None) -> bool:
    """Lead and team."""
    return _writes(actor, experiment)


@permission("experiment.commenting", _l("Commenting is for everyone in the organisation but observers."))
def may_comment(actor: Person, experiment: Experiment | None) -> bool:
    """Every volunteer who can see it; a draft is talked about by its team."""
    return actor.is_volunteer and (
        experiment is None or experiment.state is not State.DRAFT or experiment.is_on_team(actor)
    )


@permission("experiment.joining", _l("Joining is for everyone in the organisation but observers."))
def may_join(actor: Person, experiment: Experiment | None) -> bool:  # noqa: ARG001
    """Every volunteer."""
    return actor.is_volunteer


@permission("experiment.team", _l("The lead decides who joins."))
def may_lead(actor: Person, experiment: Experiment | None) -> bool:
    """The lead."""
    return actor.is_volunteer and (experiment is None or experiment.lead_id == actor.id)


@permission("experiment.log", _l("The log belongs to the lead, the team and the sponsor."))
def may_log(actor: Person, experiment: Experiment | None) -> bool:
    """Lead, team and sponsor: check-ins, readings, learnings, expenses, evidence."""
    return _writes(actor, experiment) or (
        experiment is not None and actor.is_volunteer and experiment.sponsor_id == actor.id
    )


@permission(
    "picture.removal",
    _l("A picture is taken away by whoever wrote the learning, the experiment’s lead, or a leader. Ask one of them."),
)
def may_take_away(actor: Person, learning: Learning | None) -> bool:
    """Whoever wrote the learning that it is beside, the lead of its experiment, and leaders."""
    if learning is None:
        return actor.is_volunteer
    return actor.is_leader or (actor.is_volunteer and actor.id in (learning.by_id, learning.experiment.lead_id))


@permission("experiment.following", _OTHER_LEADER)
def may_follow(actor: Person, experiment: Experiment | None) -> bool:
    """Tranches, supplements, amendments, the decision: a leader who is no party; a sponsor where there is no other."""
    return actor.is_leader and (experiment is None or experiment.grant.may_be_followed_by(actor))


@permission("experiment.stop", _l("Stopping early is for the lead, the sponsor or a leader."))
def may_stop(actor: Person, experiment: Experiment | None) -> bool:
    """Lead, sponsor or a leader."""
    if experiment is None:
        return actor.is_volunteer
    return actor.is_leader or actor.id in (experiment.lead_id, experiment.sponsor_id)


@permission("experiment.handing_over", _l("The lead, the sponsor or a leader asks somebody else to lead."))
def may_hand_over(actor: Person, experiment: Experiment | None) -> bool:
    """Lead, sponsor or a leader."""
    if experiment is None:
        return actor.is_volunteer
    return actor.is_leader or actor.id in (experiment.lead_id, experiment.sponsor_id)


def sees_amounts(actor: Person | None, experiment: Experiment, rules: HouseRules) -> bool:
    """Whether the house rules show this person what it costs."""
    if actor is None:
        return False
    if rules.amounts_seen_by is AmountsSeenBy.EVERYONE and actor.is_volunteer:
        return True
    return (
        actor.has("leader")
        or actor.has("facilitator")
        or experiment.sponsor_id == actor.id
        or experiment.is_on_team(actor)
    )
