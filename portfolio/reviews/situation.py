"""All that an agenda is assembled from, read once, in a constant number of queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from portfolio.bridge import barrier_queries
from portfolio.bridge.barrier import Barrier
from portfolio.budgets import queries as budgets
from portfolio.budgets.envelope import Envelope
from portfolio.network.experiment import Experiment
from portfolio.network.learning import Learning
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules
from portfolio.organisation.quarter import Quarter
from portfolio.reviews import experiment_queries, programme_queries, promotion_queries, queries
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.experiment_queries import Bets, Underway
from portfolio.reviews.outcome import ReviewChoice, ReviewKeep
from portfolio.reviews.programme import ReviewTopic
from portfolio.reviews.promotion_queries import Crossings
from portfolio.reviews.reopening import ReviewReopening
from portfolio.reviews.review import Review
from portfolio.reviews.said import Readers, involved


@dataclass(frozen=True)
class Situation:
    """The portfolio as a review finds it.

    Args:
        returned: the experiments whose money returned when this review closed.
    """

    review: Review
    rules: HouseRules
    before: Review | None
    since: datetime
    bets: Bets
    underway: Underway
    crossings: Crossings
    barriers: Sequence[Barrier]  # Those in the way, and those that ended since.
    quick_wins: Sequence[tuple[Learning, Experiment]]
    earlier_actions: Sequence[ReviewAction]
    actions: Sequence[ReviewAction]
    topics: Sequence[ReviewTopic]
    choices: Sequence[ReviewChoice]
    choices_standing: Sequence[tuple[ReviewChoice, str, ReviewReopening | None]]
    keeps: dict[int, ReviewKeep]
    envelopes: dict[str, Envelope | None]
    paid_by: dict[int, Envelope]
    returned: frozenset[int] = field(default=frozenset())

    @property
    def quarter(self) -> Quarter:
        """The quarter it looks back on."""
        return Quarter.named(self.review.quarter, self.rules.fiscal_year_month)

    @property
    def unstarted(self) -> list[Experiment]:
        """What was granted in a quarter that is over and has not started: its money returns unless it is kept."""
        return [
            experiment
            for experiment in self.bets.waiting_to_start
            if experiment.grant_id in self.paid_by and self.paid_by[experiment.grant_id].is_over(self.rules.today)
        ]

    def readers_of(self, experiment: Experiment) -> Readers | None:
        """Who reads a line about an experiment; None for everyone."""
        return involved(experiment) if experiment.restricted else None

    def amounts_of(self, experiment: Experiment) -> Readers | None:
        """Who sees its amounts; None for everyone."""
        return None if self._shows_amounts_to_all else involved(experiment)

    @property
    def totals(self) -> Readers | None:
        """Who sees what an envelope holds; None for everyone."""
        return None if self._shows_amounts_to_all else Readers(frozenset())

    @property
    def _shows_amounts_to_all(self) -> bool:
        return self.rules.amounts_seen_by is AmountsSeenBy.EVERYONE


def situation_of(review: Review, *, rules: HouseRules, returned: frozenset[int] = frozenset()) -> Situation:
    """Read all of it, whoever may see it: each line made of it says for whom it is."""
    before = queries.review_before(review)
    since = queries.since_when(review, before, rules)
    bets = experiment_queries.bets_since(since, rules=rules)
    quarter = Quarter.named(review.quarter, rules.fiscal_year_month)
    return Situation(
        review=review,
        rules=rules,
        before=before,
        since=since,
        bets=bets,
        underway=experiment_queries.underway(rules.currency),
        crossings=promotion_queries.crossings_since(since),
        barriers=barrier_queries.standing_or_ended_since(since),
        quick_wins=experiment_queries.quick_wins(since),
        earlier_actions=queries.actions_before(review, before, since),
        actions=queries.actions_of(review),
        topics=programme_queries.topics_of(review),
        choices=queries.choices_of(review),
        choices_standing=queries.choices_standing(rules.quarter),
        keeps=queries.keeps_of(review),
        envelopes={named.name: budgets.envelope_of(named) for named in (quarter, quarter.next)},
        paid_by=experiment_queries.envelopes_of([e.grant_id for e in (*bets.waiting_to_start, *bets.over)]),
        returned=returned,
    )
