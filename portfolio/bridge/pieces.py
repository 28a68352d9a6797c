"""What the bridge puts on pages of lower rooms: the fate of learnings, barriers, and where initiatives come from.

Every provider answers for all things of a page at once, and shows nobody more than the promotion itself would.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from flask import get_template_attribute
from markupsafe import Markup

from portfolio.bridge import barrier_queries, challenge_queries, learning_queries, queries
from portfolio.bridge.barrier import Barrier
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.wait import Wait
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.numbering import ref
from portfolio.organisation.house_rules import house_rules
from portfolio.people.accounts import somebody


def fates_of_learnings(learning_ids: list[int]) -> dict[int, Markup]:
    """What operations did with each learning, or the way to promote it; fills the slot `learning.fate`."""
    person = somebody()
    if not person.is_volunteer:
        return {}
    found = learning_queries.promotions_of_learnings(learning_ids)
    promotions = list(found.values())
    crossings = queries.crossings(promotions, viewer=person)
    seen = queries.visible_ids(promotions, viewer=person)
    newer = learning_queries.newer_learnings(learning_ids)
    draw = _macro("learning_fate")
    pieces = {}
    for number in learning_ids:
        promotion = found.get(number)
        crossing = crossings[promotion.id] if promotion else None
        free = number not in newer and (crossing is None or not crossing.fate.stands)
        if promotion is not None or free:
            shown = promotion is not None and promotion.id in seen
            pieces[number] = draw(promotion, crossing, shown, ref("L", number) if free else None)
    return pieces


def needs_of_experiments(experiment_ids: list[int]) -> dict[int, Markup]:
    """What an experiment on the list still asks of the bridge; fills the slot `experiments.needs`."""
    if not somebody().is_volunteer:
        return {}
    draw = _macro("needs_promotion")
    return {number: draw() for number in queries.scaled_not_promoted(experiment_ids)}


def bridge_of_experiments(experiment_ids: list[int]) -> dict[int, Markup]:
    """What crossed from an experiment, what should, and the challenge it answers; fills `experiment.bridge`."""
    person, rules = somebody(), house_rules()
    if not person.is_volunteer:
        return {}
    promotions = queries.promotions_of_experiments(experiment_ids, viewer=person)
    crossings = queries.crossings(promotions, viewer=person)
    ages = {promotion.id: Wait.since(promotion.offered_at, rules) for promotion in promotions}
    of_experiment: dict[int, list[Promotion]] = defaultdict(list)
    for promotion in promotions:
        for number in promotion.experiment_ids:
            of_experiment[number].append(promotion)
    taken = _by(challenge_queries.challenges_of_experiments(experiment_ids), "experiment_id")
    wanting = queries.scaled_not_promoted(experiment_ids)
    draw = _macro("experiment_bridge")
    return {
        number: draw(ref("X", number), of_experiment[number], crossings, ages, taken[number], number in wanting)
        for number in experiment_ids
        if of_experiment[number] or taken[number] or number in wanting
    }


def barriers_of_experiments(experiment_ids: list[int]) -> dict[int, Markup]:
    """What stands in the way of an experiment, and the way to put more of it; fills `experiment.bridge` too."""
    person = somebody()
    if not person.is_volunteer:
        return {}
    found: dict[int, list[Barrier]] = defaultdict(list)
    for barrier in barrier_queries.barriers_of_experiments(experiment_ids, viewer=person):
        found[barrier.experiment_id].append(barrier)
    free = barrier_queries.put_by(person, experiment_ids)
    draw, today = _macro("experiment_barriers"), house_rules().today
    return {
        number: draw(ref("X", number), found[number], number in free, today)
        for number in experiment_ids
        if found[number] or number in free
    }


def origins_of_initiative(initiative_ids: list[int]) -> dict[int, Markup]:
    """From which learnings, experiments and people an initiative came; fills the slot `initiative.origin`."""
    return _origins(initiative_ids, "initiative_origin", with_challenges=True)


def promoters_of_initiatives(initiative_ids: list[int]) -> dict[int, Markup]:
    """Who promoted what an initiative was accepted from; fills the slot `initiative.promoter`."""
    names = queries.promoters_of_initiatives(initiative_ids, viewer=somebody())
    return {number: Markup.escape(name or _("restricted")) for number, name in names.items()}


def origins_of_initiatives(initiative_ids: list[int]) -> dict[int, Markup]:
    """The same in a few words for a list; fills the slot `initiatives.origin`."""
    return _origins(initiative_ids, "initiatives_origin", with_challenges=False)


def _origins(initiative_ids: list[int], macro: str, *, with_challenges: bool) -> dict[int, Markup]:
    person = somebody()
    promotions = {one.initiative_id: one for one in queries.promotions_of_initiatives(initiative_ids)}
    seen = queries.visible_ids(promotions.values(), viewer=person)
    experiments = queries.experiments_of(promotions.values(), viewer=person)
    taken = _by(challenge_queries.challenges_of_initiatives(initiative_ids) if with_challenges else [], "initiative_id")
    draw = _macro(macro)
    pieces = {}
    for number in initiative_ids:
        promotion = promotions.get(number)
        if promotion is not None or taken[number]:
            shown = promotion is not None and promotion.id in seen
            pieces[number] = draw(promotion, shown, experiments, taken[number])
    return pieces


def _by(challenges: Iterable[Challenge], key: str) -> dict[int, list[Challenge]]:
    found: dict[int, list[Challenge]] = defaultdict(list)
    for challenge in challenges:
        found[getattr(challenge, key)].append(challenge)
    return found


def _macro(name: str) -> Any:
    return get_template_attribute("bridge/pieces.html", name)
