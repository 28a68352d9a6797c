"""Running an experiment: the timebox, its tranches and expenses, the weekly pulse, the log, the readings."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy import delete

from portfolio.audit.entry import record
from portfolio.budgets.expense import Expense
from portfolio.budgets.signature import Terms
from portfolio.foundation import rich_text, search
from portfolio.foundation.database import db, overwrite_what_is_deleted
from portfolio.foundation.errors import RuleBroken
from portfolio.foundation.languages import Lazy, date_words
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.network.check_in import CheckIn
from portfolio.network.learning import Evidence, Kind, Learning
from portfolio.network.part import Part
from portfolio.network.picture import MOST_PICTURES, Illustration, LearningPicture, PictureContent, PictureRemoval
from portfolio.network.state import State
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Measure, Reading
from portfolio.people.person import Person


class Running(Part):
    """What happens between the start and the end of the timebox."""

    def start(self, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Begin today: sets the dates and releases what no milestone names.

        Raises:
            RuleBroken: it is not approved.
        """
        if self.state is not State.APPROVED or self.weeks is None:
            raise RuleBroken(_l("Only an approved experiment can start."))
        self.state, self.starts_on = State.RUNNING, rules.today
        self.ends_on = rules.today + timedelta(days=7 * self.weeks - 1)
        self.grant.release_start(by=by, at=at)
        record("experiment.started", self, by=by, starts=self.starts_on.isoformat(), ends=self.ends_on.isoformat())

    def stop_early(self, reason: str, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """End the timebox today; then it is decided like any other.

        Raises:
            RuleBroken: it is not running, or over already.
        """
        self._refuse_unless_running(rules.today)
        self.stopped_at, self.ends_on, self.stop_reason = at, rules.today, reason
        rich_text.keep(reason)
        record("experiment.stopped_early", self, by=by, on=rules.today.isoformat())

    # The weekly pulse and the log

    def check_in(
        self, *, confidence: int, hours: int, next_step: str, rules: HouseRules, by: Person, at: datetime
    ) -> CheckIn:
        """Say how sure the team is, what it cost in hours, and what comes next.

        Raises:
            RuleBroken: it is not running, or its timebox is over.
        """
        self._refuse_unless_running(rules.today)
        pulse = CheckIn(
            experiment_id=self.id,
            week=self.week_on(rules.today),
            confidence=confidence,
            hours=hours,
            next_step=next_step,
            by_id=by.id,
            at=at,
        )
        db.session.add(pulse)
        record("experiment.checked_in", self, by=by, confidence=confidence, week=pulse.week)
        return pulse

    def read(
        self,
        measure: Measure,
        value: Decimal,
        on: date,
        *,
        note: str = "",
        corrects: Reading | None = None,
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> Reading:
        """Read one of its measures, on a day inside the timebox.

        Raises:
            RuleBroken: it is not running, the measure is not one of its own, or the day lies outside the timebox.
        """
        if self.state is not State.RUNNING or self.starts_on is None or self.ends_on is None:
            raise RuleBroken(_l("Readings are taken between the start and the decision."))
        if measure.id not in {part.measure_id for part in self.watched}:
            raise RuleBroken(_l("This measure is not one of the experiment’s."))
        if not self.starts_on <= on <= min(self.ends_on, rules.today):
            raise RuleBroken(_l("Date the reading inside the timebox, today at the latest."))
        return measure.read(value, on, by=by, at=at, today=rules.today, source=self, note=note, corrects=corrects)

    def illustrate(self, learning: Learning, pictures: Sequence[Illustration], *, by: Person, at: datetime) -> None:
        """Put pictures beside a learning that is being written.

        Raises:
            RuleBroken: there are too many, it has some, or one does not say what it shows.
        """
        if len(pictures) > MOST_PICTURES:
            raise RuleBroken(_l("A learning has at most %(most)s pictures.", most=MOST_PICTURES))
        if not all(each.shows.strip() for each in pictures):
            raise RuleBroken(_l("Say of each picture what it shows, for whoever does not see it."))
        if learning.experiment_id != self.id or learning.at != at:
            raise RuleBroken(_l("Pictures come with a learning when it is written. Write a new one, or correct it."))
        if not pictures:
            return
        rows = [
            LearningPicture(
                learning_id=learning.id,
                position=position,
                shows=each.shows.strip(),
                width=each.picture.width,
                height=each.picture.height,
                size=len(each.picture.data),
                sha256=each.picture.sha256,
                by_id=by.id,
                at=at,
            )
            for position, each in enumerate(pictures, start=1)
        ]
        db.session.add_all(rows)
        db.session.flush()
        contents = zip(rows, pictures, strict=True)
        db.session.add_all(PictureContent(picture_id=row.id, content=each.picture.data) for row, each in contents)
        record("experiment.pictured", self, by=by, learning=learning.id, pictures=[row.id for row in rows])

    def take_away(
        self, picture: LearningPicture, reason: str, *, of: Learning, by: Person, at: datetime
    ) -> PictureRemoval:
        """Delete for good what a picture looks like, for somebody on it asked; what is known of it stays.

        Args:
            picture: with its removal, if any.
            of: the learning it is beside.

        Raises:
            RuleBroken: it was taken away before, no reason is given, or it is another experiment's.
        """
        if of.experiment_id != self.id or picture.learning_id != of.id:
            raise RuleBroken(_l("This picture is not one of the experiment’s."))
        if picture.removal is not None:
            raise RuleBroken(_l("This picture was taken away already."))
        if not reason.strip():
            raise RuleBroken(_l("Write the reason in one sentence."))
        removal = PictureRemoval(picture_id=picture.id, reason=reason.strip(), by_id=by.id, at=at)
        db.session.add(removal)
        db.session.flush()  # The seal lets go of nothing else.
        overwrite_what_is_deleted()
        db.session.execute(delete(PictureContent).where(PictureContent.picture_id == picture.id))
        record("learning.picture_removed", self, by=by, learning=of.id, picture=picture.id)
        return removal

    def learn(
        self,
        title: str,
        body: str,
        *,
        kind: Kind,
        evidence: Evidence,
        on: date,
        believed: str = "",
        therefore: str = "",
        exploratory: bool = False,
        corrects: Learning | None = None,
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> Learning:
        """Write a learning in the log.

        Raises:
            RuleBroken: nothing has started, it is dated ahead, or it corrects what is not there to correct.
        """
        if self.state not in (State.RUNNING, State.CLOSED) or self.starts_on is None:
            raise RuleBroken(_l("The log opens when the experiment starts."))
        if on > rules.today:
            raise RuleBroken(_l("A learning is dated today or earlier."))
        if on < self.starts_on:
            began = Lazy(date_words, self.starts_on, year=True)
            raise RuleBroken(_l("The experiment began on %(day)s. Give that day or a later one.", day=began))
        if corrects is not None and corrects.experiment_id != self.id:
            raise RuleBroken(_l("That learning belongs to another experiment."))
        learning = Learning(
            experiment_id=self.id,
            kind=kind,
            evidence=evidence,
            title=title,
            body=body,
            believed=believed,
            therefore=therefore,
            learned_on=on,
            exploratory=exploratory,
            corrects_id=corrects.id if corrects else None,
            by_id=by.id,
            at=at,
        )
        db.session.add(learning)
        rich_text.keep(body, believed, therefore)
        db.session.flush()
        search.index(
            "learning",
            learning.id,
            f"{learning.ref} {title}",
            believed,
            body,
            therefore,
            facets=[evidence.value],
        )
        if corrects is not None:
            search.forget("learning", corrects.id)
        record("experiment.learned", self, by=by, learning=learning.id, kind=kind.value, evidence=evidence.value)
        return learning

    # Money

    def give_evidence(self, number: int, evidence: str, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Say how a milestone was reached, so that a leader can release its money.

        Raises:
            RuleBroken: the timebox is over, or the tranche was released.
        """
        self._refuse_unless_running(rules.today)
        self.grant.give_evidence(number, evidence, by=by, at=at)
        rich_text.keep(evidence)
        record("experiment.evidence_given", self, by=by, tranche=number)

    def release(self, number: int, *, rules: HouseRules, by: Person, at: datetime) -> None:
        """Accept the evidence and release the tranche.

        Raises:
            RuleBroken: the timebox is over, no evidence was given, a party to it, or released already.
        """
        self._refuse_unless_running(rules.today)
        alone = self.grant.is_decided_alone_by(by)
        tranche = self.grant.release(number, by=by, at=at)
        record(
            "experiment.tranche_released",
            self,
            by=by,
            tranche=number,
            amount=tranche.amount,
            currency=self.currency,
            alone=alone,
        )

    def spend(
        self,
        amount: Money,
        on: date,
        what: str,
        *,
        corrects: Expense | None = None,
        rules: HouseRules,
        by: Person,
        at: datetime,
    ) -> Expense:
        """Book an expense made inside the timebox; until the decision.

        Raises:
            RuleBroken: it is not running, the day lies outside the timebox, or more than is released and left.
        """
        if self.state is not State.RUNNING or self.starts_on is None or self.ends_on is None:
            raise RuleBroken(_l("Expenses are booked between the start and the decision."))
        if not self.starts_on <= on <= min(self.ends_on, rules.today):
            raise RuleBroken(_l("Date the expense inside the timebox, today at the latest."))
        expense = self.grant.spend(amount, on, what, by=by, at=at, corrects=corrects)
        action = "experiment.expense_corrected" if corrects else "experiment.spent"
        record(action, self, by=by, expense=expense.id, amount=amount.minor, currency=self.currency)
        return expense

    def supplement(self, amount: Money, reason: str, *, rules: HouseRules, by: Person, at: datetime) -> bool:
        """Grant more while it runs.

        Returns:
            whether the money is there now; False when a second leader has to confirm.

        Raises:
            RuleBroken: the timebox is over, a party to it, or more than the envelope has free.
        """
        self._refuse_unless_running(rules.today)
        alone = self.grant.is_decided_alone_by(by)
        terms = Terms(amount, self.version_hash or "")
        now = self.grant.supplement(terms, reason=reason, rules=self.rules, today=rules.today, by=by, at=at)
        rich_text.keep(reason)
        action = "experiment.supplemented" if now else "experiment.supplement_signed"
        record(action, self, by=by, amount=amount.minor, currency=self.currency, alone=alone)
        return now

    def _refuse_unless_running(self, today: date) -> None:
        if self.state is not State.RUNNING:
            raise RuleBroken(_l("This experiment is not running."))
        if self.has_ended(today):
            raise RuleBroken(_l("Its timebox is over. What comes now is the decision."))
