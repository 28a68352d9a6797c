"""An experiment: a small, funded, timeboxed bet run by volunteers, from draft to decision."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.budgets.grant import Grant
from portfolio.budgets.party import Why
from portfolio.foundation import rich_text, search
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Conflict, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.network.amending import Amending
from portfolio.network.amendment import Amendment
from portfolio.network.answering import Answering
from portfolio.network.charter import Charter
from portfolio.network.criterion import Guardrail, SuccessCriterion
from portfolio.network.deciding import Deciding
from portfolio.network.decision import Decision
from portfolio.network.milestone import Milestone
from portfolio.network.proposing import Proposing
from portfolio.network.running import Running
from portfolio.network.state import State
from portfolio.network.team import Hand, Member
from portfolio.network.teamwork import Teamwork
from portfolio.network.version import VersionKind
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person
from portfolio.strategy.phase import Phase


class Experiment(Proposing, Teamwork, Answering, Running, Amending, Deciding, Base):
    """A hypothesis-driven, timeboxed, funded change in the network."""

    __tablename__ = "experiment"
    __table_args__ = (
        CheckConstraint("weeks IS NULL OR weeks > 0", name="weeks"),
        CheckConstraint("horizon BETWEEN 1 AND 3", name="horizon"),
        CheckConstraint("form IS NOT NULL OR state = 'record'", name="form_stated"),
        Index("ix_experiment_state_ends", "state", "ends_on"),
        Index("ix_experiment_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(choice(State), default=State.DRAFT)
    revision: Mapped[int] = mapped_column(default=0)  # Counts every change of the text, so that none is overwritten.

    # What it says.
    title: Mapped[str] = mapped_column(default="")
    form: Mapped[FormOfChange] = mapped_column(choice(FormOfChange), nullable=True)  # None in a record only.
    problem: Mapped[str] = mapped_column(default="")
    hypothesis: Mapped[str] = mapped_column(default="")
    riskiest_assumption: Mapped[str] = mapped_column(default="")
    standalone_value: Mapped[str] = mapped_column(default="")
    weeks: Mapped[int | None]
    horizon: Mapped[int] = mapped_column(default=2)
    hours_a_week: Mapped[int] = mapped_column(default=0)
    first_step: Mapped[str] = mapped_column(default="")
    confidence: Mapped[int | None]

    # Whose it is.
    proposer_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    next_lead_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    phase_id: Mapped[int | None] = mapped_column(ForeignKey("phase.id"), index=True)
    grant_id: Mapped[int] = mapped_column(ForeignKey("funding.id"), unique=True)
    rules_id: Mapped[int] = mapped_column(ForeignKey("house_rules.id"))
    follows_id: Mapped[int | None] = mapped_column(ForeignKey("experiment.id"), index=True)
    restricted: Mapped[bool] = mapped_column(default=False)
    shared: Mapped[bool] = mapped_column(default=False)

    # What happened.
    created_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(default=0)
    version_hash: Mapped[str | None]
    proposed_at: Mapped[datetime | None]
    answer_due_on: Mapped[date | None]
    return_reason: Mapped[str] = mapped_column(default="")
    answered_at: Mapped[datetime | None]
    answer_reason: Mapped[str] = mapped_column(default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    starts_on: Mapped[date | None]
    ends_on: Mapped[date | None]
    stopped_at: Mapped[datetime | None]
    stop_reason: Mapped[str] = mapped_column(default="")
    closed_at: Mapped[datetime | None]

    grant: Mapped[Grant] = relationship(lazy="raise")
    rules: Mapped[HouseRules] = relationship(lazy="raise")
    unit: Mapped[Unit | None] = relationship(lazy="raise")
    phase: Mapped[Phase | None] = relationship(lazy="raise")
    lead: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=lead_id)
    sponsor: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=sponsor_id)
    proposer: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=proposer_id)
    answered_by: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=answered_by_id)
    next_lead: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=next_lead_id)
    follows: Mapped[Experiment | None] = relationship(lazy="raise", remote_side="Experiment.id")
    members: Mapped[list[Member]] = relationship(lazy="raise", order_by=Member.id)
    hands: Mapped[list[Hand]] = relationship(lazy="raise", order_by=Hand.id)
    criteria: Mapped[list[SuccessCriterion]] = relationship(
        lazy="raise", order_by=SuccessCriterion.position, cascade="all, delete-orphan"
    )
    guardrails: Mapped[list[Guardrail]] = relationship(
        lazy="raise", order_by=Guardrail.position, cascade="all, delete-orphan"
    )
    amendments: Mapped[list[Amendment]] = relationship(lazy="raise", order_by=Amendment.number)
    decision: Mapped[Decision | None] = relationship(lazy="raise")
    milestones: Mapped[list[Milestone]] = relationship(
        lazy="raise", order_by=Milestone.position, cascade="all, delete-orphan"
    )

    # Reading it -----------------------------------------------------------------------------------------------------

    @property
    def ref(self) -> str:
        """Its identifier for life, such as X-014."""
        return ref("X", self.id)

    @property
    def currency(self) -> str:
        """The currency of its money."""
        return self.grant.currency

    @property
    def watched(self) -> list[SuccessCriterion | Guardrail]:
        """Everything that is tied to a measure."""
        return [*self.criteria, *self.guardrails]

    def has_ended(self, today: date) -> bool:
        """Whether its timebox is over, by the clock or because it was stopped early."""
        return self.state is State.RUNNING and (
            self.stopped_at is not None or (self.ends_on is not None and today > self.ends_on)
        )

    def week_on(self, day: date) -> int:
        """Which week of its timebox a day falls in, from 1 to its last."""
        if self.starts_on is None or self.weeks is None:
            return 0
        return min(max((day - self.starts_on).days // 7 + 1, 1), self.weeks)

    @property
    def charter(self) -> Charter:
        """What it says now."""
        return Charter(
            title=self.title,
            form=self.form,
            problem=self.problem,
            hypothesis=self.hypothesis,
            riskiest_assumption=self.riskiest_assumption,
            standalone_value=self.standalone_value,
            weeks=self.weeks,
            budget=self.grant.asked_money,
            horizon=self.horizon,
            hours_a_week=self.hours_a_week,
            first_step=self.first_step,
            criteria=tuple(criterion.text() for criterion in self.criteria),
            guardrails=tuple(guardrail.text() for guardrail in self.guardrails),
            milestones=tuple(milestone.text() for milestone in self.milestones),
        )

    # Writing the draft ----------------------------------------------------------------------------------------------

    @classmethod
    def draft(
        cls,
        charter: Charter,
        *,
        rules: HouseRules,
        unit: Unit | None,
        restricted: bool = False,
        shared: bool = False,
        confidence: int | None = None,
        follows: Experiment | None = None,
        by: Person,
        at: datetime,
    ) -> Experiment:
        """Begin a proposal; whoever begins it leads it.

        Raises:
            RuleBroken: the form of change belongs to the hierarchy.
        """
        grant = Grant(currency=charter.budget.currency, asked=0, amount=0, released=0, spent=0, returned=0)
        grant.parties, grant.signatures, grant.tranches, grant.sources = [], [], [], []
        experiment = cls(
            grant=grant,
            rules=rules,
            proposer_id=by.id,
            lead_id=by.id,
            unit_id=unit.id if unit else by.unit_id,
            restricted=restricted,
            shared=shared,
            confidence=confidence,
            follows_id=follows.id if follows else None,
            created_at=at,
            state=State.DRAFT,
            revision=0,
            version=0,
            form=charter.form,
        )
        experiment.members = [Member(person_id=by.id, since=at, hours_a_week=0)]
        experiment.hands, experiment.amendments = [], []
        experiment.criteria, experiment.guardrails, experiment.milestones = [], [], []
        grant.add_party(by.id, Why.PROPOSER, at=at)
        grant.add_party(by.id, Why.LEAD, at=at)
        db.session.add(experiment)
        experiment._write(charter, by=by, at=at)
        record("experiment.drafted", experiment, by=by)
        return experiment

    def follow_up(self, *, rules: HouseRules, lead: Person, at: datetime) -> Experiment:
        """Open a draft that goes on where this one ended; it is proposed and funded like any other."""
        return Experiment.draft(self.charter, rules=rules, unit=self.unit, follows=self, by=lead, at=at)

    def write(self, charter: Charter, *, revision: int, by: Person, at: datetime) -> None:
        """Change what it says, while draft or proposed. A revised proposal is a new version; earlier yeses are void.

        Args:
            revision: the revision that was shown; somebody may have saved another one since.

        Raises:
            Conflict: somebody saved since it was shown.
            RuleBroken: it is frozen, or as proposed it would break a rule of proposing.
        """
        if self.state not in (State.DRAFT, State.PROPOSED):
            raise RuleBroken(_l("What was approved is changed by an amendment only."))
        if revision != self.revision:
            raise Conflict(_l("Somebody saved this proposal after you opened it. Your text is still below."))
        self._write(charter, by=by, at=at)
        if self.state is State.DRAFT:
            record("experiment.changed", self, by=by)
            return
        if obstacles := self._missing_answers:
            raise RuleBroken(_l("A proposal under way keeps its answers complete."), obstacles)
        self._tie_measures()
        self._keep_version(VersionKind.REVISED, by=by, at=at)
        self.grant.void_signatures(at=at)
        record("experiment.revised", self, by=by, version=self.version, hash=self.version_hash)

    def tie_to(self, phase: Phase | None, *, by: Person) -> None:
        """Say which phase of the vision it serves; no part of the charter, so it can be said later too."""
        wanted = phase.id if phase else None
        if wanted != self.phase_id:
            self.phase_id = wanted
            record("experiment.tied", self, by=by, names={"phase": phase.name if phase else ""}, phase=wanted)

    def set_visibility(self, *, restricted: bool, shared: bool, by: Person) -> None:
        """Restrict it to team, sponsor, leaders and facilitators, or share it with observers.

        Raises:
            RuleBroken: both at once.
        """
        if restricted and shared:
            raise RuleBroken(_l("A restricted experiment is not shared with observers. Choose one of the two."))
        if (restricted, shared) != (self.restricted, self.shared):
            self.restricted, self.shared = restricted, shared
            if not restricted and self.version:
                self._tie_measures()  # Its measures are everyone's now.
            record("experiment.visibility_changed", self, by=by, restricted=restricted, shared=shared)

    def _write(self, charter: Charter, *, by: Person, at: datetime) -> None:
        if charter.form.mode is not Mode.NETWORK:
            raise RuleBroken(_l("Improve and renew belong to operations. Plan an initiative for it."))
        charter = charter.tidy()
        for name in ("title", "form", "problem", "hypothesis", "riskiest_assumption", "standalone_value"):
            setattr(self, name, getattr(charter, name))
        for name in ("weeks", "horizon", "hours_a_week", "first_step"):
            setattr(self, name, getattr(charter, name))
        if self.state is State.DRAFT:
            self.grant.currency = charter.budget.currency  # The house may have changed it since.
        if charter.budget.currency != self.grant.currency:
            raise RuleBroken(_l("The budget is in %(currency)s.", currency=self.grant.currency))
        self.grant.ask(charter.budget, by=by, at=at)
        self.criteria = [
            SuccessCriterion(position=n, not_measured_because="", **vars(text))
            for n, text in enumerate(charter.criteria)
        ]
        self.guardrails = [Guardrail(position=n, **vars(text)) for n, text in enumerate(charter.guardrails)]
        self.milestones = [Milestone(position=n, **vars(text)) for n, text in enumerate(charter.milestones)]
        self.revision += 1
        rich_text.keep(charter.problem, charter.hypothesis, charter.riskiest_assumption, charter.standalone_value)
        db.session.flush()  # A new row has no number before.
        search.index("experiment", self.id, f"{self.ref} {self.title}", self.hypothesis, self.problem)
