"""The experiments' resource: lists, one, drafting and proposing, and the answer of leadership."""

from __future__ import annotations

from typing import Any

from portfolio.foundation.api.command import (
    Command,
    both_versions,
    commanding,
    named,
    quoted,
    refuse_another_version,
    version_read,
)
from portfolio.foundation.api.fields import ReasonBody
from portfolio.foundation.api.resource import Resource, listed, page_of
from portfolio.foundation.authority import Permission, asks
from portfolio.foundation.database import db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.network import policy, queries, record_queries
from portfolio.network.api.bodies import (
    ApprovalBody,
    ChangeBody,
    ExperimentQuery,
    ProposalBody,
    charter_of,
    search_of,
)
from portfolio.network.api.shapes import ExperimentRow, ExperimentShown, row_of, tag_of, text_of, whole_of
from portfolio.network.charter import Charter
from portfolio.network.experiment import Experiment
from portfolio.network.record_draft import draft_of
from portfolio.network.state import State
from portfolio.organisation import queries as organisation
from portfolio.organisation.house_rules import house_rules
from portfolio.people import queries as people
from portfolio.people.accounts import somebody
from portfolio.people.person import Person
from portfolio.strategy import queries as strategy

FUND = "fund"
api = Resource("experiments", "Hypothesis-driven, timeboxed, funded changes in the network.", letter="X")


def shown(experiment: Experiment, viewer: Person) -> dict[str, Any]:
    """One experiment as its reader may see it."""
    rules = house_rules()
    return whole_of(experiment, rules.today, amounts=policy.sees_amounts(viewer, experiment, rules))


def changed(ref: str, act: Command, permission: Permission) -> Experiment:
    """One experiment, locked, which this person may do this to."""
    experiment = queries.experiment_for_change(ref, viewer=act.person)
    act.authorize(permission, experiment)
    return experiment


def answered(act: Command, experiment: Experiment, status: int = 200, **headers: str) -> Any:
    """The experiment as it is now, with the version of its text."""
    db.session.flush()
    db.session.expire(experiment)
    now = queries.experiment_changed(experiment)
    return act.answer(shown(now, act.person), status, ETag=quoted(tag_of(now)), **headers)


# Reading ------------------------------------------------------------------------------------------------------------


@api.get("")
@asks(policy.may_list)
@api.takes(ExperimentQuery, "query")
@api.answers(listed(ExperimentRow))
def list_experiments(said: dict[str, Any]) -> Any:
    """The portfolio, the newest first."""
    viewer, rules = somebody(), house_rules()
    unit_id = organisation.unit(said["unit"]).id if said["unit"] else None
    lead_id = people.person(said["lead"]).id if said["lead"] else None
    page = search_of(said, unit_id, lead_id).page(viewer, said["after"], rules.today, size=said["limit"])
    amounts = queries.amounts_seen_by(viewer, rules)
    return page_of(page, lambda row: row_of(row, rules.today, amounts=amounts(row)))


@api.get("/<ref>")
@asks(policy.may_list)
@api.answers(ExperimentShown)
def show_experiment(ref: str) -> Any:
    """One experiment, whole. Its `ETag` names the version of its text."""
    experiment = queries.experiment(ref, viewer=somebody())
    return shown(experiment, somebody()), {"ETag": quoted(tag_of(experiment))}


# Proposing ----------------------------------------------------------------------------------------------------------


@api.post("")
@asks(policy.may_draft)
@api.takes(ProposalBody)
@api.answers(ExperimentShown, 201)
def create_experiment(said: dict[str, Any]) -> Any:
    """Begin a draft; whoever begins it leads it."""
    with commanding() as act:
        act.authorize(policy.may_draft)
        rules = house_rules()
        experiment = Experiment.draft(
            charter_of({"horizon": 2} | said, Charter(budget=Money(0, rules.currency))),
            rules=rules,
            unit=named("unit", organisation.unit, said["unit"]) if said.get("unit") else None,
            restricted=said.get("restricted", False),
            shared=said.get("shared", False),
            confidence=said.get("confidence"),
            by=act.person,
            at=act.at,
        )
        experiment.set_visibility(restricted=experiment.restricted, shared=experiment.shared, by=act.person)
        _tie(experiment, said, act)
        for handle in dict.fromkeys(said.get("team", [])):
            experiment.add_member(named("team", people.person_for_change, handle), by=act.person, at=act.at)
        return answered(act, experiment, 201, Location=f"{api.url_prefix}/{experiment.ref}")


@api.patch("/<ref>")
@asks(policy.may_write)
@api.takes(ChangeBody)
@api.answers(ExperimentShown)
def change_experiment(said: dict[str, Any], ref: str) -> Any:
    """Change a draft; a proposal under way becomes a new version. `If-Match` refuses to overwrite a newer one."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_write)
        refuse_another_version(tag_of(experiment), lambda: shown(experiment, act.person))
        charter = charter_of(said, experiment.charter)
        experiment.write(charter, revision=experiment.revision, by=act.person, at=act.at)
        if said.get("unit"):
            experiment.unit_id = named("unit", organisation.unit, said["unit"]).id
        if "confidence" in said:
            experiment.confidence = said["confidence"]
        _tie(experiment, said, act)
        experiment.set_visibility(
            restricted=said.get("restricted", experiment.restricted),
            shared=said.get("shared", experiment.shared),
            by=act.person,
        )
        return answered(act, experiment)


@api.post("/<ref>/proposal")
@asks(policy.may_propose)
@api.answers(ExperimentShown)
def create_proposal(ref: str) -> Any:
    """Put a draft to leadership."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_propose)
        experiment.propose(rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/withdrawal")
@asks(policy.may_withdraw)
@api.answers(ExperimentShown)
def create_withdrawal(ref: str) -> Any:
    """Take it back, while draft, proposed or approved."""
    with commanding() as act:
        experiment = changed(ref, act, policy.may_withdraw)
        experiment.withdraw(rules=house_rules(), by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/copy")
@asks(policy.may_draft)
@api.answers(ExperimentShown, 201)
def copy_record(ref: str) -> Any:
    """Begin a draft with what an imported record says."""
    with commanding() as act:
        record = queries.experiment(ref, viewer=act.person)
        act.authorize(policy.may_draft, record)
        if record.state is not State.RECORD:
            raise RuleBroken(_l("Only an imported record is copied into a draft."))
        rules = house_rules()
        milestones = record_queries.milestones_of(record)
        said = record_queries.record_of(record).text(record.title, milestones, currency=rules.currency)
        charter = draft_of(said, rules.currency)
        draft = Experiment.draft(charter, rules=rules, unit=None, follows=record, by=act.person, at=act.at)
        return answered(act, draft, 201, Location=f"{api.url_prefix}/{draft.ref}")


# The answer of leadership -------------------------------------------------------------------------------------------


@api.post("/<ref>/approval")
@asks(policy.may_answer, FUND)
@api.binds
@api.takes(ApprovalBody)
@api.answers(ExperimentShown)
def create_approval(said: dict[str, Any], ref: str) -> Any:
    """Grant all or less of what it asks; above the limit the first of two leaders signs, which reserves nothing."""
    version = version_read()
    with commanding() as act:
        experiment = changed(ref, act, policy.may_answer)
        experiment.approve(
            said["amount"],
            version_hash=_hash_in(version, experiment, act),
            reason=said["reason"],
            conditions=said["conditions"],
            sponsor=_sponsor(said["sponsor"], act.person),
            confidence=said["confidence"],
            tranches=[part.minor for part in said["tranches"]],
            rules=house_rules(),
            by=act.person,
            at=act.at,
        )
        return answered(act, experiment)


@api.post("/<ref>/return")
@asks(policy.may_answer, FUND)
@api.binds
@api.takes(ReasonBody)
@api.answers(ExperimentShown)
def create_return(said: dict[str, Any], ref: str) -> Any:
    """Give it back to the team as a draft, with a reason."""
    version = version_read()
    with commanding() as act:
        experiment = changed(ref, act, policy.may_answer)
        read = _hash_in(version, experiment, act)
        experiment.give_back_to_team(said["reason"], version_hash=read, by=act.person, at=act.at)
        return answered(act, experiment)


@api.post("/<ref>/decline")
@asks(policy.may_answer, FUND)
@api.binds
@api.takes(ReasonBody)
@api.answers(ExperimentShown)
def create_decline(said: dict[str, Any], ref: str) -> Any:
    """Say no, with a reason; it stays readable."""
    version = version_read()
    with commanding() as act:
        experiment = changed(ref, act, policy.may_answer)
        experiment.decline(said["reason"], version_hash=_hash_in(version, experiment, act), by=act.person, at=act.at)
        return answered(act, experiment)


# Inside -------------------------------------------------------------------------------------------------------------


def _hash_in(version: str, experiment: Experiment, act: Command) -> str:
    """The fingerprint in an `ETag`; another revision is another version, whatever its fingerprint.

    Raises:
        Conflict: the team revised the proposal since; lays the text that was read beside the one there is.
    """
    fingerprint, now = version.partition(".")[2], tag_of(experiment)
    if version == now or experiment.state is not State.PROPOSED:
        return fingerprint
    amounts = policy.sees_amounts(act.person, experiment, house_rules())
    text = text_of(experiment.charter, amounts=amounts)
    read = next((kept for kept in queries.versions(experiment) if kept.hash == fingerprint), None)
    before = text_of(read.charter, amounts=amounts) if read else dict.fromkeys(text)
    raise Conflict(
        _l("The team revised this proposal after you read it. Read what differs, then decide on the version there is."),
        versions=both_versions(version, now, before, text),
    )


def _sponsor(handle: str | None, myself: Person) -> Person:
    return myself if not handle or handle == myself.handle else named("sponsor", people.person, handle)


def _tie(experiment: Experiment, said: dict[str, Any], act: Command) -> None:
    if "phase" not in said:
        return
    phase = named("phase", strategy.phase, said["phase"]) if said["phase"] else None
    db.session.flush()
    experiment.tie_to(phase, by=act.person)
