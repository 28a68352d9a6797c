"""The stage on which the demonstration is told: its days, its people, and one door to writing per act."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from portfolio.foundation import clock
from portfolio.foundation.database import db, write_tx
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people import queries as people
from portfolio.people.person import Person

Story = Iterator[tuple[int, int]]  # Says before each step on which day, from today, and at which hour it happens.


@dataclass
class Act:
    """One person doing one thing on one day."""

    person: Person
    at: datetime
    rules: HouseRules

    def experiment(self, ref: str) -> Experiment:
        """An experiment, locked, as this person finds it."""
        return network.experiment_for_change(ref, viewer=self.person)

    def somebody(self, email: str) -> Person:
        """Another person, by the first part of their address."""
        return _person(email)


@dataclass
class Stage:
    """Where everything happens; day 0 is today, working backwards.

    Args:
        today: the day on which the demonstration is told.
    """

    today: date
    zone: str = "Europe/Amsterdam"
    refs: dict[str, str] = field(default_factory=dict)  # What the story calls a thing, to its identifier.
    _minute: int = 0

    def play(self, *stories: Story) -> None:
        """Tell stories side by side, each step on its day, so that the trail reads as it would have been written."""
        waiting: list[tuple[tuple[int, int], int, Story]] = []
        for number, story in enumerate(stories):
            _wait_for_next(waiting, number, story)
        while waiting:
            _, number, story = heapq.heappop(waiting)
            _wait_for_next(waiting, number, story)

    @contextmanager
    def act(self, email: str, days: int, hour: int = 10) -> Iterator[Act]:
        """One act of a person, so many days from today; never later than now."""
        self._minute = (self._minute + 7) % 60
        day = self.today + timedelta(days=days)
        moment = datetime(day.year, day.month, day.day, hour, self._minute, tzinfo=ZoneInfo(self.zone))
        with clock.set_to(min(moment, clock.now())), write_tx() as at:
            yield Act(_person(email), at, house_rules())

    def remember(self, name: str, thing: Any) -> None:
        """Keep a new thing's identifier under a name of the story."""
        db.session.flush()
        self.refs[name] = thing.ref


def _wait_for_next(waiting: list[tuple[tuple[int, int], int, Story]], number: int, story: Story) -> None:
    """Let a story take its step, up to where it says when the next one happens."""
    when = next(story, None)
    if when is not None:
        heapq.heappush(waiting, (when, number, story))


def _person(email: str) -> Person:
    found = people.person_by_email(f"{email}@tandem.example")
    assert found is not None, email
    return found
