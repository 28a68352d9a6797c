"""The two systems side by side, as home shows them: a few of each, and how many there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from portfolio.bridge import queries as bridge
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.challenge_queries import open_challenges
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import Crossing
from portfolio.hierarchy import queries as hierarchy
from portfolio.hierarchy.axis import Axis
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.status import InitiativeStatus
from portfolio.network import log_queries
from portfolio.network import queries as network
from portfolio.network.experiment import Experiment
from portfolio.organisation.house_rules import HouseRules
from portfolio.people.person import Person

SHOWN = 4
CROSSING = 3


@dataclass(frozen=True)
class Lanes:
    """What both systems are doing now."""

    initiatives: Sequence[Initiative]
    statuses: Mapping[int, InitiativeStatus]
    axis: Axis
    experiments: Sequence[Experiment]
    confidences: Mapping[int, list[tuple[int, int | None]]]
    promotions: Sequence[Promotion]
    crossings: Mapping[int, Crossing]
    challenges: Sequence[Challenge]
    in_flight: int
    ended: int
    commitments: int


def lanes(viewer: Person, rules: HouseRules) -> Lanes:
    """Look at both, and at the bridge between them."""
    waiting = bridge.waiting(viewer, CROSSING - 1)
    promotions = [*waiting, *bridge.PromotionSearch().page(viewer, None, size=CROSSING - len(waiting)).rows]
    counts = network.counts(viewer, rules.today)
    initiatives = hierarchy.InitiativeSearch(stage="open").page(viewer, None, size=SHOWN).rows
    experiments = network.in_flight(viewer, SHOWN)
    return Lanes(
        initiatives=initiatives,
        statuses=hierarchy.latest_statuses(initiatives),
        axis=Axis.of_two_quarters(rules),
        experiments=experiments,
        confidences=log_queries.confidences_of([experiment.id for experiment in experiments]),
        promotions=promotions,
        crossings=bridge.crossings(promotions, viewer=viewer),
        challenges=open_challenges(2) if viewer.is_volunteer else (),
        in_flight=counts.get("running", 0) + counts["ended"] + counts.get("approved", 0),
        ended=counts["ended"],
        commitments=hierarchy.count_open(viewer),
    )
