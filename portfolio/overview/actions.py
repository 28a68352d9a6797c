"""What waits for a person, from every room that has something: ordered by date, verb first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from flask import url_for

from portfolio.bridge.barrier import Barrier
from portfolio.bridge.barrier_queries import waiting_for as barriers_waiting_for
from portfolio.bridge.challenge import Challenge
from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import to_promote, waiting_for
from portfolio.bridge.todo import challenges_to_answer
from portfolio.foundation import clock
from portfolio.foundation.drawing import quantity
from portfolio.foundation.languages import date_words, moment_words
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.paging import First
from portfolio.hierarchy import todo as hierarchy
from portfolio.hierarchy.initiative import Initiative
from portfolio.network.experiment import Experiment
from portfolio.network.todo import Task, Waiting, tasks_for
from portfolio.network.watching import Breach, breaches_for
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.measure import Direction
from portfolio.organisation.quarter import after_working_days
from portfolio.people.person import Person
from portfolio.reviews.action import ReviewAction
from portfolio.reviews.queries import actions_waiting_for
from portfolio.reviews.review import Review

Found = TypeVar("Found")

MOST = 20  # Of one kind that are looked up at once.
FEW = 5  # Where they are one thing among others.
LOOK_AHEAD = timedelta(days=7)  # Whoever facilitates a review sees it coming by so much.


@dataclass(frozen=True)
class Action:
    """One thing to do."""

    title: str
    text: str
    label: str
    url: str
    due: date


@dataclass(frozen=True)
class Waits:
    """What waits for a person, soonest first.

    Args:
        is_all: False where there are more of one kind than are looked up at once.
    """

    actions: Sequence[Action]
    is_all: bool
    most: int = MOST

    @property
    def first(self) -> Sequence[Action]:
        """What comes first."""
        return self.actions[:FEW]

    @property
    def others(self) -> int:
        """How many come after those."""
        return max(0, len(self.actions) - FEW)


def what_waits(person: Person, rules: HouseRules, coming: Review | None) -> Waits:
    """What this person has to do, soonest first.

    Args:
        coming: the review that is open, or the one that comes first.
    """
    if not person.is_volunteer:
        return Waits([], is_all=True)
    kinds = [
        _each(_network_action, tasks_for(person, rules)),
        _each(_initiative_action, hierarchy.tasks_for(person, rules)),
        _each(_scaled_action, First.of(to_promote(person, MOST + 1), MOST)),
        _each(_agreed_action, _agreed(person)),
        _each(_breach_action, breaches_for(person, rules)),
        _each(lambda one: _challenge_action(one, rules), First.of(challenges_to_answer(person, MOST + 1), MOST)),
        _each(lambda one: _barrier_action(one, rules), First.of(barriers_waiting_for(person, MOST + 1), MOST)),
    ]
    if person.owned_unit_ids:
        offered = First.of(waiting_for(person, MOST + 1), MOST)
        kinds.append(_each(lambda one: _promotion_action(one, rules), offered))
    found = [action for kind in kinds for action in kind.rows]
    if coming is not None and coming.facilitator_id == person.id:
        found += _review_actions(coming, rules)
    return Waits(sorted(found, key=lambda action: action.due), is_all=not any(kind.more for kind in kinds))


def _each(said: Callable[[Found], Action], found: First[Found]) -> First[Action]:
    return First([said(one) for one in found.rows], found.more)


def _agreed(person: Person) -> First[ReviewAction]:
    """What was agreed; as many as are ever given may be all, or not."""
    agreed = actions_waiting_for(person)
    return First(agreed, len(agreed) >= MOST)


def _scaled_action(experiment: Experiment) -> Action:
    assert experiment.decision is not None
    return Action(
        _("Promote what was learned in “%(title)s”", title=experiment.title),
        _("Leadership scales it. It becomes daily work only when an operations owner takes it on."),
        _("Promote it"),
        url_for("bridge.new_promotion", experiment=experiment.ref),
        experiment.decision.at.date(),
    )


def _agreed_action(agreed: ReviewAction) -> Action:
    due = date_words(agreed.due_on)
    return Action(
        agreed.what,
        _("%(agreed)s, due %(due)s.", agreed=agreed.agreed_in, due=due),
        _("Open it"),
        url_for("reviews.list_reviews", _anchor="a-h"),
        agreed.due_on,
    )


def _review_actions(review: Review, rules: HouseRules) -> list[Action]:
    day = review.scheduled_for.astimezone(ZoneInfo(rules.time_zone)).date()
    if not review.is_open and day > rules.today + LOOK_AHEAD:
        return []
    return [
        Action(
            _("Close the review of %(quarter)s", quarter=review.quarter)
            if review.is_open
            else _("Hold the review of %(quarter)s", quarter=review.quarter),
            _("Planned for %(moment)s.", moment=moment_words(review.scheduled_for, rules.time_zone)),
            _("See the agenda"),
            url_for("reviews.show_review", ref=review.ref),
            day,
        )
    ]


def _breach_action(breach: Breach) -> Action:
    guardrail, latest, experiment = breach.guardrail, breach.latest, breach.experiment
    limit = quantity(guardrail.limit or 0, guardrail.unit)
    said = {
        "value": quantity(latest.value, guardrail.unit),
        "day": date_words(latest.read_on),
        "limit": _("at least %(limit)s", limit=limit)
        if guardrail.direction is Direction.AT_LEAST
        else _("at most %(limit)s", limit=limit),
    }
    seen = breach.is_seen
    return Action(
        _("Look at a guardrail that broke: %(metric)s", metric=guardrail.metric),
        _("%(value)s on %(day)s, the limit is %(limit)s. It guards “%(title)s”.", title=experiment.title, **said)
        if seen
        else _("%(value)s on %(day)s, the limit is %(limit)s. It guards a restricted experiment.", **said),
        _("Open it"),
        url_for("network.show_experiment", ref=experiment.ref)
        if seen
        else url_for("organisation.show_measure", number=guardrail.measure_id),
        latest.read_on,
    )


def _challenge_action(challenge: Challenge, rules: HouseRules) -> Action:
    return Action(
        _("Say what changed: “%(title)s”", title=challenge.title),
        _("What took up this challenge is done. Those who worked on it read your answer."),
        _("Say it"),
        url_for("bridge.show_challenge", ref=challenge.ref),
        clock.day_of(challenge.taken_up_at or challenge.raised_at, rules.time_zone),
    )


def _barrier_action(barrier: Barrier, rules: HouseRules) -> Action:
    return _open_barrier_action(barrier, rules) if barrier.needs_owner else _own_barrier_action(barrier, rules)


def _open_barrier_action(barrier: Barrier, rules: HouseRules) -> Action:
    raised = clock.day_of(barrier.raised_at, rules.time_zone)
    said = {"ref": barrier.experiment.ref, "title": barrier.experiment.title, "day": date_words(raised)}
    return Action(
        _("Take a barrier, or name who does: “%(title)s”", title=barrier.title),
        _("In the way of %(ref)s, “%(title)s”, since %(day)s.", **said),
        _("Open it"),
        url_for("bridge.show_barrier", ref=barrier.ref),
        raised,
    )


def _own_barrier_action(barrier: Barrier, rules: HouseRules) -> Action:
    due = barrier.due_on or rules.today
    said = date_words(due)
    return Action(
        _("Remove a barrier: “%(title)s”", title=barrier.title),
        _("It was to be out of the way by %(due)s. The team still waits.", due=said)
        if barrier.is_late(rules.today)
        else _("You have it until %(due)s.", due=said),
        _("Open it"),
        url_for("bridge.show_barrier", ref=barrier.ref),
        due,
    )


def _promotion_action(promotion: Promotion, rules: HouseRules) -> Action:
    offered = promotion.offered_at.date()
    return Action(
        _("Answer “%(title)s”", title=promotion.title),
        _("Learned in the network, put to %(unit)s on %(day)s.", unit=promotion.unit.name, day=date_words(offered)),
        _("Answer"),
        url_for("bridge.show_promotion", ref=promotion.ref),
        after_working_days(offered, rules.answer_days),
    )


def _initiative_action(task: hierarchy.Task) -> Action:
    initiative, due = task.initiative, date_words(task.due)
    title, text, label, endpoint = INITIATIVE_WORDS[task.waiting](initiative, due)
    return Action(title, text, label, url_for(endpoint, ref=initiative.ref), task.due)


def _network_action(task: Task) -> Action:
    experiment, due = task.experiment, date_words(task.due)
    title, text, label, endpoint = WORDS[task.waiting](experiment, due)
    url = (
        url_for("answers.list_proposals", proposal=experiment.ref)
        if task.waiting is Waiting.ANSWER
        else url_for(endpoint, ref=experiment.ref)
    )
    return Action(title, text, label, url, task.due)


Words = Callable[[Experiment, str], tuple[str, str, str, str]]
SHOW = "network.show_experiment"
WORDS: dict[Waiting, Words] = {
    Waiting.ANSWER: lambda x, due: (
        _("Answer “%(title)s”", title=x.title),
        _("A proposal. We promised an answer by %(due)s.", due=due),
        _("Answer"),
        "",
    ),
    Waiting.DECIDE: lambda x, due: (
        _("Decide on “%(title)s”", title=x.title),
        _("Its timebox ended on %(due)s.", due=due),
        _("Decide"),
        "deciding.new_decision",
    ),
    Waiting.RELEASE: lambda x, due: (  # noqa: ARG005
        _("Read the evidence of “%(title)s”", title=x.title),
        _("A milestone is reached; its money waits for you."),
        _("Read it"),
        SHOW,
    ),
    Waiting.AMENDMENT: lambda x, due: (  # noqa: ARG005
        _("Answer an amendment of “%(title)s”", title=x.title),
        _("The team wants to change its charter."),
        _("Read it"),
        SHOW,
    ),
    Waiting.TAKE_LEAD: lambda x, due: (  # noqa: ARG005
        _("Take over “%(title)s”", title=x.title),
        _("You are asked to lead it."),
        _("Open it"),
        SHOW,
    ),
    Waiting.WELCOME: lambda x, due: (  # noqa: ARG005
        _("Welcome somebody to “%(title)s”", title=x.title),
        _("A hand is up."),
        _("Open it"),
        SHOW,
    ),
    Waiting.CHECK_IN: lambda x, due: (
        _("Check in on “%(title)s”", title=x.title),
        _("Due %(due)s. It takes a minute.", due=due),
        _("Check in"),
        "running.new_check_in",
    ),
    Waiting.RECOMMEND: lambda x, due: (
        _("Propose the next step of “%(title)s”", title=x.title),
        _("Its timebox ended on %(due)s. Leadership decides sooner when you say what you would do.", due=due),
        _("Propose it"),
        "deciding.new_recommendation",
    ),
    Waiting.START: lambda x, due: (  # noqa: ARG005
        _("Start “%(title)s”", title=x.title),
        _("Approved. Its weeks run from the day you start."),
        _("Open it"),
        SHOW,
    ),
    Waiting.FINISH: lambda x, due: (  # noqa: ARG005
        _("Finish “%(title)s”", title=x.title),
        _("Your draft. One page is enough."),
        _("Go on writing"),
        "network.edit_experiment",
    ),
}
INITIATIVE_WORDS: dict[hierarchy.Waiting, Callable[[Initiative, str], tuple[str, str, str, str]]] = {
    hierarchy.Waiting.PLAN: lambda i, due: (  # noqa: ARG005
        _("Plan “%(title)s”", title=i.title),
        _("Suggested for %(unit)s. Complete it and plan it, or call it off.", unit=i.unit.name if i.unit else ""),
        _("Open it"),
        "hierarchy.show_initiative",
    ),
    hierarchy.Waiting.START: lambda i, due: (
        _("Start “%(title)s”", title=i.title),
        _("Planned to start on %(due)s.", due=due),
        _("Open it"),
        "hierarchy.show_initiative",
    ),
    hierarchy.Waiting.STATUS: lambda i, due: (
        _("Report how “%(title)s” goes", title=i.title),
        _("Due %(due)s. One sentence is enough.", due=due),
        _("Report it"),
        "hierarchy.new_status",
    ),
    hierarchy.Waiting.READ_AGAIN: lambda i, due: (
        _("Read the measure of “%(title)s” again", title=i.title),
        _("Due %(due)s. Did the effect last?", due=due),
        _("Read its measure"),
        "hierarchy.new_reading",
    ),
}
