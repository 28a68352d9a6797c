"""Reading what a running experiment leaves behind: pulses, learnings, expenses, recommendations."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from portfolio.budgets.expense import Expense
from portfolio.foundation.correction import holds
from portfolio.foundation.database import db
from portfolio.foundation.errors import Missing, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.numbering import number_in, number_of
from portfolio.foundation.paging import Page
from portfolio.network.check_in import CheckIn
from portfolio.network.decision import Recommendation
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Kind, Learning
from portfolio.network.queries import visible_to
from portfolio.network.version import Version
from portfolio.organisation.measure import Measure
from portfolio.people.person import Person

LEARNINGS_SHOWN = 20
AUTHOR = joinedload(Learning.by).joinedload(Person.unit)


def check_ins_of(experiment: Experiment) -> Sequence[CheckIn]:
    """Every pulse, oldest first; a timebox has few."""
    return db.session.scalars(
        select(CheckIn)
        .where(CheckIn.experiment_id == experiment.id)
        .options(joinedload(CheckIn.by))
        .order_by(CheckIn.id)
        .limit(200)
    ).all()


def last_check_in(experiment: Experiment) -> CheckIn | None:
    """The latest pulse, if any."""
    return db.session.scalars(
        select(CheckIn).where(CheckIn.experiment_id == experiment.id).order_by(CheckIn.id.desc()).limit(1)
    ).first()


def confidences(pulses: Sequence[CheckIn], weeks_gone: int) -> list[tuple[int, int | None]]:
    """The last confidence of every week gone; None where no check-in came."""
    by_week: dict[int, int | None] = {pulse.week: pulse.confidence for pulse in pulses}
    return [(week, by_week.get(week)) for week in range(1, max([weeks_gone, *by_week]) + 1)]


def confidences_of(ids: Sequence[int]) -> dict[int, list[tuple[int, int | None]]]:
    """The confidence per week of every experiment on a list; one query."""
    rows = db.session.execute(
        select(CheckIn.experiment_id, CheckIn.week, CheckIn.confidence)
        .where(CheckIn.experiment_id.in_(ids))
        .order_by(CheckIn.id)
    )
    found: dict[int, dict[int, int | None]] = {}
    for experiment_id, week, confidence in rows:
        found.setdefault(experiment_id, {})[week] = confidence
    return {number: [(w, weeks.get(w)) for w in range(1, max(weeks) + 1)] for number, weeks in found.items()}


def learnings_of(experiment: Experiment, after: str | None, *, size: int = LEARNINGS_SHOWN) -> Page[Learning]:
    """The log, newest first; what was corrected gives way to its correction."""
    return Page.of(
        select(Learning).where(Learning.experiment_id == experiment.id, holds(Learning)).options(AUTHOR),
        order=(Learning.id,),
        after=after,
        size=size,
        descending=True,
    )


def count_learnings(experiment: Experiment) -> int:
    """How many stand in the log."""
    counted = select(func.count(Learning.id)).where(Learning.experiment_id == experiment.id, holds(Learning))
    return db.session.scalar(counted) or 0


def latest_quick_win(*, viewer: Person) -> Learning | None:
    """The newest quick win this person may see."""
    return db.session.scalars(
        visible_to(viewer, select(Learning).join(Experiment, Experiment.id == Learning.experiment_id))
        .where(Learning.kind == Kind.QUICK_WIN, holds(Learning))
        .options(AUTHOR)
        .order_by(Learning.id.desc())
        .limit(1)
    ).first()


def learning(ref: str, *, viewer: Person) -> Learning:
    """One learning.

    Raises:
        Missing: it is not there, or not theirs to see.
    """
    seen = visible_to(viewer, select(Experiment.id))
    found = db.session.scalars(
        select(Learning)
        .where(Learning.id == (number_of("L", ref) or 0), Learning.experiment_id.in_(seen))
        .options(AUTHOR)
    ).first()
    if found is None:
        raise Missing
    return found


def corrected_by(learning: Learning) -> list[Learning]:
    """What this one took the place of, the latest first; its pictures are still those of what happened."""
    found, before = [], learning.corrects_id
    while before is not None:
        found.append(db.session.get_one(Learning, before))
        before = found[-1].corrects_id
    return found


def correction_of(learning: Learning) -> Learning | None:
    """The newer learning that takes this one's place, if any."""
    return db.session.scalars(select(Learning).where(Learning.corrects_id == learning.id)).first()


def measure(experiment: Experiment, measure_id: int | str) -> Measure:
    """One of its measures, as a form or a program names it.

    Raises:
        RuleBroken: it is not one of its own; whether it is anybody's is not told.
    """
    number = number_in(str(measure_id))
    if number is None or number not in {part.measure_id for part in experiment.watched}:
        raise RuleBroken(_l("This measure is not one of the experiment’s."))
    return db.session.get_one(Measure, number)


def expense(experiment: Experiment, expense_id: str) -> Expense | None:
    """One of its expenses, as a form gives it.

    Raises:
        Missing: it is another experiment's.
    """
    if not expense_id:
        return None
    number = number_in(expense_id)
    found = db.session.get(Expense, number) if number is not None else None
    if found is None or found.grant_id != experiment.grant_id:
        raise Missing
    return found


def last_recommendation(experiment: Experiment) -> Recommendation | None:
    """The team's latest proposal for the next step, if any."""
    return db.session.scalars(
        select(Recommendation)
        .where(Recommendation.experiment_id == experiment.id)
        .options(joinedload(Recommendation.by))
        .order_by(Recommendation.id.desc())
        .limit(1)
    ).first()


def version_numbered(experiment: Experiment, number: int) -> Version:
    """One version of the text."""
    return db.session.scalars(
        select(Version).where(Version.experiment_id == experiment.id, Version.number == number)
    ).one()


def follow_ups_of(experiment: Experiment, *, viewer: Person) -> Sequence[Experiment]:
    """What came after it."""
    return db.session.scalars(
        visible_to(viewer, select(Experiment)).where(Experiment.follows_id == experiment.id).order_by(Experiment.id)
    ).all()
