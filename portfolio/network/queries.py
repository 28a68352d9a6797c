"""Every read behind the network's pages; nobody sees more than is theirs to see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Select, Text, and_, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import joinedload, lazyload, raiseload, selectinload

from portfolio.budgets.grant import Grant
from portfolio.foundation.database import db, for_change
from portfolio.foundation.errors import Missing
from portfolio.foundation.numbering import number_of
from portfolio.foundation.paging import Page
from portfolio.network.amendment import Amendment
from portfolio.network.decision import Decision
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.network.tally import Tally
from portfolio.network.team import Hand, Member
from portfolio.network.version import Version
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.people.person import Person

PAGE = 50
# What a row of a list names.
ROW = (
    joinedload(Experiment.lead).joinedload(Person.unit),
    joinedload(Experiment.grant),
    joinedload(Experiment.unit),
    joinedload(Experiment.decision),
    raiseload("*"),
)
S = TypeVar("S", bound="Select[*tuple[Any, ...]]")


def visible_to(viewer: Person, statement: S) -> S:
    """Only what this person may see: drafts to their team, restricted ones to those involved, shared to observers."""
    if not viewer.is_volunteer:
        return statement.where(Experiment.shared, Experiment.state != State.DRAFT)
    mine = select(Member.experiment_id).where(Member.person_id == viewer.id, Member.until.is_(None))
    involved = or_(Experiment.id.in_(mine), Experiment.sponsor_id == viewer.id)
    seen = or_(Experiment.state != State.DRAFT, Experiment.id.in_(mine))
    if viewer.has("leader") or viewer.has("facilitator"):
        return statement.where(seen)
    return statement.where(seen, or_(Experiment.restricted.is_(False), involved))


def experiment(ref: str, *, viewer: Person) -> Experiment:
    """One experiment with what its page shows.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    statement = _with_everything(visible_to(viewer, select(Experiment).where(Experiment.id == _number(ref))))
    return _one(statement.execution_options(populate_existing=True))  # A list may have loaded less of it.


def experiment_for_change(ref: str, *, viewer: Person) -> Experiment:
    """One experiment and its grant, locked, with what its rules ask about.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    number = _number(ref)
    found = _one(for_change(visible_to(viewer, select(Experiment).where(Experiment.id == number))))
    db.session.scalars(for_change(select(Grant).where(Grant.id == found.grant_id))).one()
    return _one(
        _with_everything(select(Experiment).where(Experiment.id == number)).execution_options(populate_existing=True)
    )


def experiment_changed(changed: Experiment) -> Experiment:
    """The same one, read anew for the answer to whoever changed it.

    Nobody's sight is asked: who left a draft's team, or gave a proposal back as a draft, has just lost theirs.
    """
    return _one(
        _with_everything(select(Experiment).where(Experiment.id == changed.id)).execution_options(
            populate_existing=True
        )
    )


def is_seen_by(viewer: Person, one: Experiment) -> bool:
    """Whether this person may see it, as it is now."""
    return db.session.scalar(visible_to(viewer, select(Experiment.id).where(Experiment.id == one.id))) is not None


def hand_for_change(of: Experiment, hand_id: int) -> tuple[Hand, Person]:
    """A raised hand and whose it is.

    Raises:
        Missing: there is none.
    """
    hand = next((hand for hand in of.hands if hand.id == hand_id), None)
    if hand is None:
        raise Missing
    return hand, db.session.get_one(Person, hand.person_id, options=[selectinload(Person.roles)])


@dataclass(frozen=True)
class ExperimentSearch:
    """What the list may ask for; a blank field means any."""

    stage: str = ""
    form: FormOfChange | None = None
    unit_id: int | None = None
    phase_id: int | None = None
    lead_id: int | None = None
    text: str = ""
    mine: bool = False

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return self != ExperimentSearch()

    def page(self, viewer: Person, after: str | None, today: date, *, size: int = PAGE) -> Page[Experiment]:
        """One page, the newest first."""
        statement = visible_to(viewer, select(Experiment)).options(*ROW).where(*self._conditions(viewer, today))
        return Page.of(statement, order=(Experiment.id,), after=after, size=size, descending=True)

    def _conditions(self, viewer: Person, today: date) -> list[Any]:
        conditions: list[Any] = []
        ended = or_(Experiment.stopped_at.is_not(None), Experiment.ends_on < today)
        stages: dict[str, Any] = {
            "running": and_(Experiment.state == State.RUNNING, ~ended),
            "ended": and_(Experiment.state == State.RUNNING, ended),
            "in-flight": Experiment.state.in_([State.APPROVED, State.RUNNING]),
        } | {state.value: Experiment.state == state for state in State if state is not State.RUNNING}
        if self.stage in stages:
            conditions.append(stages[self.stage])
        if self.form is not None:
            conditions.append(Experiment.form == self.form)
        if self.unit_id is not None:
            conditions.append(Experiment.unit_id == self.unit_id)
        if self.phase_id is not None:
            conditions.append(Experiment.phase_id == (self.phase_id or None))
        if self.lead_id is not None:
            conditions.append(Experiment.lead_id == self.lead_id)
        if self.mine:
            mine = select(Member.experiment_id).where(Member.person_id == viewer.id, Member.until.is_(None))
            conditions.append(Experiment.id.in_(mine))
        if self.text:
            stem = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
            conditions.append(Experiment.title.ilike(f"%{stem}%", escape="\\"))
        return conditions


def in_flight(viewer: Person, most: int) -> Sequence[Experiment]:
    """A few of those under way: what ends or ended first, then what has not begun."""
    some = [
        select(
            visible_to(viewer, select(Experiment.id))
            .where(Experiment.state == state)
            .order_by(Experiment.ends_on, Experiment.id)
            .limit(most)
            .subquery()
        )
        for state in (State.RUNNING, State.APPROVED)
    ]
    waits = Experiment.state == State.APPROVED
    return db.session.scalars(
        select(Experiment)
        .where(Experiment.id.in_(union_all(*some)))
        .options(*ROW)
        .order_by(waits, Experiment.ends_on, Experiment.id)
        .limit(most)
    ).all()


def counts(viewer: Person, today: date) -> dict[str, int]:
    """How many stand where, of those this person may see; "ended" apart from "running". One statement."""
    ended = or_(Experiment.stopped_at.is_not(None), Experiment.ends_on < today)
    over = visible_to(viewer, select(literal("ended"), func.count()).select_from(Experiment)).where(
        Experiment.state == State.RUNNING, ended
    )
    found: Counter[str] = Counter()
    for stage, number in db.session.execute(union_all(_tallied(viewer), *_hidden_but_mine(viewer), over)):
        found[stage] += int(number)
    found[State.RUNNING.value] -= found["ended"]
    return found


def _tallied(viewer: Person) -> Select[str, int]:
    """The numbers kept of what this person sees without being part of it."""
    seen = [Tally.state != State.DRAFT]
    if not viewer.is_volunteer:
        seen.append(Tally.shared.is_(True))
    elif not (viewer.has("leader") or viewer.has("facilitator")):
        seen.append(Tally.restricted.is_(False))
    return select(cast(Tally.state, Text), Tally.number).where(*seen)


def _hidden_but_mine(viewer: Person) -> list[Select[str, int]]:
    """What others do not see and this person does; few, so they are counted."""
    if not viewer.is_volunteer:
        return []
    mine = select(Member.experiment_id).where(Member.person_id == viewer.id, Member.until.is_(None))
    number = select(cast(Experiment.state, Text), func.count()).group_by(Experiment.state)
    drafts = number.where(Experiment.state == State.DRAFT, Experiment.id.in_(mine))
    if viewer.has("leader") or viewer.has("facilitator"):
        return [drafts]
    involved = or_(Experiment.id.in_(mine), Experiment.sponsor_id == viewer.id)
    return [drafts, number.where(Experiment.state != State.DRAFT, Experiment.restricted, involved)]


def amounts_seen_by(viewer: Person, rules: HouseRules) -> Callable[[Experiment], bool]:
    """Whose amounts this person sees, asked of every row of a list without a query a row."""
    if (rules.amounts_seen_by is AmountsSeenBy.EVERYONE and viewer.is_volunteer) or (
        viewer.has("leader") or viewer.has("facilitator")
    ):
        return lambda experiment: True  # noqa: ARG005
    on_team = select(Member.experiment_id).where(Member.person_id == viewer.id, Member.until.is_(None))
    mine = set(db.session.scalars(on_team))
    return lambda experiment: experiment.id in mine or experiment.sponsor_id == viewer.id


def proposals(viewer: Person) -> Sequence[Experiment]:
    """What waits for leadership, the longest first."""
    return (
        db.session.scalars(
            visible_to(viewer, select(Experiment))
            .where(Experiment.state == State.PROPOSED)
            .options(joinedload(Experiment.lead), joinedload(Experiment.grant), joinedload(Experiment.rules))
            .order_by(Experiment.proposed_at, Experiment.id)
            .limit(PAGE)
        )
        .unique()
        .all()
    )


def versions(of: Experiment) -> Sequence[Version]:
    """All versions of its text, the newest first."""
    return db.session.scalars(
        select(Version).where(Version.experiment_id == of.id).order_by(Version.number.desc())
    ).all()


def _with_everything(statement: Select[Any], *, many: Any = lazyload) -> Select[Any]:
    """What one experiment consists of.

    Args:
        many: how what it has several of is loaded: each when it is asked for, since a command asks for few of them;
            `selectinload` for one that outlives its session.
    """
    grant = joinedload(Experiment.grant)
    return statement.options(
        joinedload(Experiment.lead).options(joinedload(Person.unit), many(Person.roles)),
        joinedload(Experiment.sponsor).joinedload(Person.unit),
        joinedload(Experiment.answered_by),
        joinedload(Experiment.next_lead),
        joinedload(Experiment.unit),
        joinedload(Experiment.rules),
        joinedload(Experiment.follows),
        joinedload(Experiment.phase),
        many(Experiment.members).joinedload(Member.person).joinedload(Person.unit),
        many(Experiment.hands).joinedload(Hand.person).joinedload(Person.unit),
        many(Experiment.criteria),
        many(Experiment.guardrails),
        many(Experiment.milestones),
        many(Experiment.amendments).options(joinedload(Amendment.by), joinedload(Amendment.answered_by)),
        joinedload(Experiment.decision).joinedload(Decision.by),
        *(grant.options(many(part)) for part in (Grant.parties, Grant.tranches, Grant.signatures, Grant.sources)),
    )


def _one(statement: Select[Any]) -> Experiment:
    found: Experiment | None = db.session.scalars(statement).unique().first()
    if found is None:
        raise Missing
    return found


def _number(ref: str) -> int:
    number = number_of("X", ref)
    if number is None:
        raise Missing
    return number
