"""A promotion: what a team learned, put to the operations owner whose daily work it would change."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portfolio.audit.entry import record
from portfolio.bridge.answer import Answer, State
from portfolio.bridge.text import PromotionText, Standing
from portfolio.foundation import rich_text, search
from portfolio.foundation.columns import choice
from portfolio.foundation.database import Base, db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import ref
from portfolio.hierarchy.goal import Goal
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.organisation.unit import Unit
from portfolio.people.person import Person

promotion_learning = Table(
    "promotion_learning",
    Base.metadata,
    Column("promotion_id", ForeignKey("promotion.id"), primary_key=True),
    Column("learning_id", ForeignKey("learning.id"), primary_key=True, index=True),
)


class Promotion(Base):
    """A proposal to turn learnings into operational change."""

    __tablename__ = "promotion"
    __table_args__ = (
        CheckConstraint("form IN ('improve', 'renew')", name="of_the_hierarchy"),
        CheckConstraint("(state = 'accepted') = (initiative_id IS NOT NULL)", name="accepted"),
        Index("ix_promotion_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    state: Mapped[State] = mapped_column(choice(State), default=State.OFFERED)

    # What it says.
    title: Mapped[str]
    change: Mapped[str]  # What changes in daily work.
    form: Mapped[FormOfChange] = mapped_column(choice(FormOfChange))
    metric: Mapped[str]
    unit_of_measure: Mapped[str]
    baseline: Mapped[Decimal]
    target: Mapped[Decimal]

    # Whose it is.
    promoter_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), index=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))  # Whom it was put to; the unit's owners answer.

    # What happened.
    offered_at: Mapped[datetime]
    initiative_id: Mapped[int | None] = mapped_column(ForeignKey("initiative.id"), unique=True)

    promoter: Mapped[Person] = relationship(lazy="raise", foreign_keys=promoter_id)
    owner: Mapped[Person] = relationship(lazy="raise", foreign_keys=owner_id)
    unit: Mapped[Unit] = relationship(lazy="raise")
    initiative: Mapped[Initiative | None] = relationship(lazy="raise")
    learnings: Mapped[list[Learning]] = relationship(lazy="raise", secondary=promotion_learning, order_by=Learning.id)
    answers: Mapped[list[Answer]] = relationship(lazy="raise", order_by=Answer.id)

    @property
    def ref(self) -> str:
        """Its identifier for life, such as P-003."""
        return ref("P", self.id)

    @property
    def is_open(self) -> bool:
        """Whether it can be answered: for the first time, or again after it was put off."""
        return self.state in (State.OFFERED, State.DEFERRED)

    @property
    def last_answer(self) -> Answer | None:
        """What operations said last."""
        return self.answers[-1] if self.answers else None

    @property
    def authors(self) -> list[Person]:
        """Everyone who wrote one of its learnings."""
        return list({learning.by_id: learning.by for learning in self.learnings}.values())

    @property
    def experiment_ids(self) -> list[int]:
        """The experiments it was learned in."""
        return sorted({learning.experiment_id for learning in self.learnings})

    @property
    def promised(self) -> Goal:
        """What it should do to its measure, as it was put to operations."""
        return Goal(self.metric, self.unit_of_measure, self.baseline, self.target)

    @property
    def _is_restricted(self) -> bool:
        """Whether something of it was learned where not everybody looks."""
        learned_in = Experiment.id.in_(self.experiment_ids)
        return db.session.scalar(select(Experiment.id).where(learned_in, Experiment.restricted).limit(1)) is not None

    def is_answered_by(self, person: Person) -> bool:
        """Whether this person owns the operations it would change."""
        return person.active and self.unit_id in person.owned_unit_ids

    # Putting it to operations ---------------------------------------------------------------------------------------

    @classmethod
    def offer(
        cls,
        text: PromotionText,
        learnings: Sequence[Learning],
        *,
        standing: Standing,
        unit: Unit,
        owner: Person,
        by: Person,
        at: datetime,
    ) -> Promotion:
        """Put learnings to the operations owner of a unit.

        Args:
            learnings: locked, so that none is promoted twice at the same time.

        Raises:
            RuleBroken: something is missing, a learning is promoted or corrected already, or nobody can answer.
        """
        if text.form.mode is not Mode.HIERARCHY:
            raise RuleBroken(_l("Transition and innovation belong to the network. Propose an experiment for it."))
        none = [] if learnings else [Obstacle(_l("Choose at least one learning."), "learnings")]
        if obstacles := [*none, *standing.obstacles(learnings), *text.missing]:
            raise RuleBroken(_l("This cannot be put to operations yet."), obstacles)
        if not owner.active or unit.id not in owner.owned_unit_ids:
            raise RuleBroken(
                _l("%(name)s does not own the operations of %(unit)s.", name=owner.name, unit=unit.name),
                [Obstacle(_l("Choose the operations owner of the unit."), "put_to")],
            )
        promotion = cls(
            **vars(text), promoter_id=by.id, unit_id=unit.id, owner_id=owner.id, offered_at=at, state=State.OFFERED
        )
        promotion.unit, promotion.learnings, promotion.answers = unit, list(learnings), []
        db.session.add(promotion)
        rich_text.keep(text.change)
        db.session.flush()  # A new row has no number before.
        search.index("promotion", promotion.id, f"{promotion.ref} {text.title}", text.change, text.metric)
        record(
            "promotion.offered",
            promotion,
            by=by,
            names={"owner": owner.name, "unit": unit.name},
            owner_id=owner.id,
            unit_id=unit.id,
            learnings=sorted(learning.id for learning in learnings),
        )
        return promotion

    # Answering it ---------------------------------------------------------------------------------------------------

    def accept(
        self,
        *,
        accountable: Person,
        reason: str,
        starts_on: date | None = None,
        due_on: date | None = None,
        by: Person,
        at: datetime,
    ) -> Initiative:
        """Say yes, with a reason: it becomes an initiative of its unit, planned when both days are given, else a draft.

        Args:
            accountable: who answers for the initiative.

        Raises:
            RuleBroken: it is answered already, by somebody else than its owner, has no reason, or cannot be planned so.
        """
        self._refuse_unless_theirs(by)
        _refuse_without(reason, "why")
        if (starts_on is None) != (due_on is None):
            raise RuleBroken(_l("Give both days to plan it at once, or none."), [Obstacle(_l("Give both."), "due_on")])
        self.initiative = Initiative.take_over(
            self.title,
            self.form,
            self.change,
            self.unit,
            accountable,
            self.metric,
            self.unit_of_measure,
            self.baseline,
            self.target,
            by,
            at,
            starts_on=starts_on,
            due_on=due_on,
            promoter=None if self._is_restricted else self.promoter,
        )
        self.initiative_id = self.initiative.id
        self._answer(State.ACCEPTED, reason, by=by, at=at)
        record(
            "promotion.accepted",
            self,
            by=by,
            names={"member": accountable.name},
            member_id=accountable.id,
            initiative=self.initiative_id,
            ref=self.initiative.ref,
        )
        return self.initiative

    def defer(
        self,
        until: str,
        reason: str,
        *,
        review_id: int | None = None,
        begun: Collection[str] = (),
        by: Person,
        at: datetime,
    ) -> None:
        """Put it off to a named review, with a reason; it is answered again there, or earlier.

        Args:
            begun: the names of the reviews that are open or over.

        Raises:
            RuleBroken: it is answered already, by somebody else than its owner, the review has begun, or review or
                reason is missing.
        """
        self._refuse_unless_theirs(by)
        if not until.strip():
            raise RuleBroken(_l("Name the review it is put off to."), [Obstacle(_l("Name it."), "deferred_until")])
        if until.strip() in begun:
            later = _l("Choose a later review.")
            raise RuleBroken(
                _l("The review of %(quarter)s has begun. Put it off to a later one.", quarter=until.strip()),
                [Obstacle(later, "deferred_until")],
            )
        _refuse_without(reason, "why_later")
        self._answer(State.DEFERRED, reason, until=until.strip(), review_id=review_id, by=by, at=at)
        record("promotion.deferred", self, by=by, names={"review": until.strip()}, review_id=review_id)

    def decline(self, reason: str, *, by: Person, at: datetime) -> None:
        """Say no, with a reason; it stays readable.

        Raises:
            RuleBroken: it is answered already, by somebody else than its owner, or the reason is missing.
        """
        self._refuse_unless_theirs(by)
        _refuse_without(reason, "why_not")
        self._answer(State.DECLINED, reason, by=by, at=at)
        record("promotion.declined", self, by=by)

    def _refuse_unless_theirs(self, by: Person) -> None:
        if not self.is_open:
            raise RuleBroken(_l("This was answered already. The answer stands."))
        if not self.is_answered_by(by):
            raise RuleBroken(_l("Only the operations owner of %(unit)s answers this.", unit=self.unit.name))

    def _answer(
        self, state: State, reason: str, *, until: str = "", review_id: int | None = None, by: Person, at: datetime
    ) -> None:
        answer = Answer(state=state, reason=reason, deferred_until=until, review_id=review_id, by_id=by.id, at=at)
        self.answers.append(answer)
        self.state = state
        rich_text.keep(reason)


def _refuse_without(reason: str, field: str) -> None:
    if not reason.strip():
        raise RuleBroken(_l("An answer carries a reason."), [Obstacle(_l("Write the reason."), field)])
