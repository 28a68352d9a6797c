"""What a line of an agenda is made from: the part of the portfolio that a review and a half hour both look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from portfolio.bridge.barrier import Barrier
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import HouseRules
from portfolio.reviews.experiment_queries import Bets
from portfolio.reviews.said import Readers


class Sight(Protocol):
    """The portfolio as one meeting finds it."""

    @property
    def rules(self) -> HouseRules:
        """What holds today."""

    @property
    def bets(self) -> Bets:
        """The experiments it looks at."""

    @property
    def barriers(self) -> Sequence[Barrier]:
        """What stands in the way."""

    def readers_of(self, experiment: Experiment) -> Readers | None:
        """Who reads a line about an experiment; None for everyone who reads the page."""
