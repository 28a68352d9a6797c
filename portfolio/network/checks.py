"""Whether proposals say what was sealed, who had a part in them is party, and the kept counts are what is counted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload, raiseload, selectinload

from portfolio.budgets.party import Party
from portfolio.foundation.checking import Check, Problem
from portfolio.foundation.database import db
from portfolio.network.experiment import Experiment
from portfolio.network.picture import LearningPicture, PictureContent, PictureRemoval
from portfolio.network.state import State
from portfolio.network.tally import Tally
from portfolio.network.team import Member
from portfolio.network.version import Version

FROZEN = (State.PROPOSED, State.APPROVED, State.RUNNING, State.CLOSED, State.DECLINED)  # A draft may be written on.


def checks() -> list[Check]:
    """All of this room."""
    return [
        Check("Every version of a proposal has the hash of its text, and none is missing", versions),
        Check("Every proposal says what its newest version says", texts),
        Check("Whoever has a part in an experiment is party to its money", parties),
        Check("The kept counts are what is counted", counts),
        Check("Every picture looks as it did when it was added, unless it was taken away", pictures),
    ]


def versions() -> Iterator[Problem]:
    """Versions that are not what their hash is of, missing, or not what the experiment points at."""
    newest: dict[int, tuple[int, str]] = {}
    columns = (Version.id, Version.experiment_id, Version.number, Version.content, Version.hash)
    statement = select(*columns).order_by(Version.experiment_id, Version.number)
    for row in db.session.execute(statement, execution_options={"yield_per": 500}):
        before = newest.get(row.experiment_id, (0, ""))[0]
        if row.number != before + 1:
            yield Problem("experiment_version", f"{before + 1} of experiment {row.experiment_id}", "is missing")
        if hashlib.sha256(row.content.encode("utf-8", "surrogatepass")).hexdigest() != row.hash:
            yield Problem(
                "experiment_version", row.id, "does not have the hash of its text: one of the two was changed"
            )
        newest[row.experiment_id] = (row.number, row.hash)
    for number, version, hashed in db.session.execute(
        select(Experiment.id, Experiment.version, Experiment.version_hash).order_by(Experiment.id)
    ):
        if (version, hashed) != newest.get(number, (0, None)):
            yield Problem("experiment", number, f"does not point at its newest version, {newest.get(number, (0,))[0]}")


def pictures() -> Iterator[Problem]:
    """Pictures that are gone though nobody took them away, are back, or have another hash than the trail noted."""
    statement = (
        select(LearningPicture.id, LearningPicture.sha256, PictureContent.content, PictureRemoval.at)
        .join(PictureContent, PictureContent.picture_id == LearningPicture.id, isouter=True)
        .join(PictureRemoval, PictureRemoval.picture_id == LearningPicture.id, isouter=True)
        .order_by(LearningPicture.id)
    )
    for row in db.session.execute(statement, execution_options={"yield_per": 10}):
        if row.content is None and row.at is None:
            yield Problem("learning_picture", row.id, "is gone, and nobody took it away")
        elif row.content is not None and row.at is not None:
            yield Problem("learning_picture", row.id, "was taken away, and can be seen all the same")
        elif row.content is not None and hashlib.sha256(row.content).hexdigest() != row.sha256:
            yield Problem("learning_picture", row.id, "looks like another one: it was changed")


def texts() -> Iterator[Problem]:
    """Experiments that say something else than the version which was sealed."""
    parts = (Experiment.criteria, Experiment.guardrails, Experiment.milestones)
    statement = (
        select(Experiment)
        .where(Experiment.state.in_(FROZEN))
        .options(*map(selectinload, parts), joinedload(Experiment.grant), raiseload("*"))
        .order_by(Experiment.id)
    )
    for experiment in db.session.scalars(statement, execution_options={"yield_per": 200, "populate_existing": True}):
        if experiment.charter.hash != experiment.version_hash:
            yield Problem("experiment", experiment.id, f"does not say what its version {experiment.version} says")


def parties() -> Iterator[Problem]:
    """People with a part in an experiment who could decide on its money all the same."""
    parts = [("proposer", Experiment.proposer_id), ("lead", Experiment.lead_id), ("sponsor", Experiment.sponsor_id)]
    for what, person in [*parts, ("member", Member.person_id)]:
        is_party = select(Party.grant_id).where(Party.grant_id == Experiment.grant_id, Party.person_id == person)
        statement = select(Experiment.id, person).where(person.is_not(None), ~is_party.exists())
        if what == "member":
            statement = statement.join(Member, Member.experiment_id == Experiment.id)
        for number, who in db.session.execute(statement.order_by(Experiment.id)):
            yield Problem("experiment", number, f"has person {who} as its {what}, who is no party to its money")


def counts() -> Iterator[Problem]:
    """Kept counts that are not what is counted."""
    what = (Experiment.state, Experiment.restricted, Experiment.shared)
    counted = {tuple(row[:3]): row[3] for row in db.session.execute(select(*what, func.count()).group_by(*what))}
    kept = {(row.state, row.restricted, row.shared): row.number for row in db.session.execute(select(Tally.__table__))}
    for key in sorted({*counted, *kept}, key=str):
        if kept.get(key, 0) != counted.get(key, 0):
            state, restricted, shared = key
            which = f"{state.value}, restricted {restricted}, shared {shared}"
            yield Problem(
                "experiment_tally", f"({which})", f"says {kept.get(key, 0)}; counted are {counted.get(key, 0)}"
            )
