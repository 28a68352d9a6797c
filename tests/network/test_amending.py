"""A frozen charter changes in the open only: asked for by the team, answered by a leader who is no party."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from flask import Flask
from sqlalchemy import select

from portfolio.foundation.database import db
from portfolio.foundation.errors import RuleBroken
from portfolio.network.experiment import Experiment
from portfolio.network.version import Version
from portfolio.people.person import Person
from tests.factories import a_criterion, a_leader, a_person, last_action, money, reading, reloaded
from tests.network.test_running import LAST_DAY, MONDAY, on, running

DAY = MONDAY + timedelta(days=9)


def propose(experiment: Experiment, **changes: object) -> None:
    with on(DAY, experiment) as (found, told):
        found.propose_amendment(replace(found.charter, **changes), "The count was wrong.", **told)  # type: ignore[arg-type]


def approve(experiment: Experiment, by: Person | None = None) -> None:
    with on(DAY, experiment, by or a_leader()) as (found, told):
        found.approve_amendment(found.amendments[0], "Fair.", **told)


def test_the_text_of_a_running_experiment_is_not_written_over(app: Flask) -> None:
    experiment = running()

    with pytest.raises(RuleBroken, match="by an amendment only"), on(DAY, experiment) as (found, told):
        found.write(found.charter, revision=found.revision, by=told["by"], at=told["at"])


def test_an_amendment_that_changes_nothing_is_refused(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="says already"):
        propose(running())


def test_saying_the_same_criterion_again_changes_nothing(app: Flask) -> None:
    """A form does not say which way is better where baseline and target do."""
    with pytest.raises(RuleBroken, match="says already"):
        propose(running(), criteria=(a_criterion(),))


def test_an_amendment_asks_for_no_money(app: Flask) -> None:
    with pytest.raises(RuleBroken, match="says already"):
        propose(running(), budget=money("99000"))


def test_no_party_approves_it(app: Flask) -> None:
    sponsor = a_leader()
    experiment = running(by=sponsor)
    propose(experiment, weeks=6)

    for party in (sponsor, a_person()):
        with pytest.raises(RuleBroken, match="party to this"):
            approve(experiment, party)


def test_what_was_amended_holds_and_the_old_text_stays_readable(app: Flask) -> None:
    experiment = running()
    propose(experiment, criteria=(a_criterion(target=Decimal(3)),), weeks=6)
    assert reloaded(experiment).criteria[0].target == Decimal(4), "until somebody approves it"
    approve(experiment)

    amended = reloaded(experiment)
    with reading():
        versions = db.session.scalars(
            select(Version).where(Version.experiment_id == experiment.id).order_by(Version.number)
        ).all()
        targets = [version.charter.criteria[0].target for version in versions]
    assert amended.criteria[0].target == Decimal(3)
    assert amended.ends_on == LAST_DAY - timedelta(weeks=2)
    assert targets == [Decimal(4), Decimal(3)]
    assert last_action() == "experiment.amended"


def test_after_the_last_day_the_charter_stays_as_it_was(app: Flask) -> None:
    experiment = running()
    propose(experiment, weeks=6)

    with (
        pytest.raises(RuleBroken, match="judged by"),
        on(LAST_DAY + timedelta(days=1), experiment, a_leader()) as (found, told),
    ):
        found.approve_amendment(found.amendments[0], "Late.", **told)


def test_so_short_that_it_would_be_over_is_refused(app: Flask) -> None:
    experiment = running()
    propose(experiment, weeks=1, criteria=(a_criterion(due_week=1),))

    with pytest.raises(RuleBroken, match="over already"):
        approve(experiment)


def test_longer_than_the_house_allows_is_refused(app: Flask) -> None:
    experiment = running()
    propose(experiment, weeks=13)

    with pytest.raises(RuleBroken) as refused:
        approve(experiment)
    assert "13 weeks is more than 12" in str(refused.value)


def test_declined_it_leaves_the_charter_as_it_was(app: Flask) -> None:
    experiment = running()
    propose(experiment, weeks=6)
    with on(DAY, experiment, a_leader()) as (found, told):
        found.decline_amendment(found.amendments[0], "Keep to it.", **told)

    assert reloaded(experiment).weeks == 8
    assert reloaded(experiment).version == 1
