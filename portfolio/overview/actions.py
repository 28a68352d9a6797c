"""A person's next actions, from every room that has some: at most five, ordered by date, verb first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from flask import url_for

from portfolio.bridge.promotion import Promotion
from portfolio.bridge.queries import waiting_for
from portfolio.foundation.languages import date_words
from portfolio.foundation.languages import gettext as _
from portfolio.network.experiment import Experiment
from portfolio.network.todo import Task, Waiting, tasks_for
from portfolio.organisation.house_rules import HouseRules
from portfolio.organisation.quarter import after_working_days
from portfolio.people.person import Person

MOST = 5


@dataclass(frozen=True)
class Action:
    """One thing to do."""

    title: str
    text: str
    label: str
    url: str
    due: date


def next_actions(person: Person, rules: HouseRules) -> list[Action]:
    """What this person does next, soonest first; everything of one kind to answer is one action."""
    found = [_network_action(task) for task in tasks_for(person, rules)]
    if person.owned_unit_ids:
        found += [_promotion_action(promotion, rules) for promotion in waiting_for(person, MOST)]
    return sorted(found, key=lambda action: action.due)[:MOST]


def _promotion_action(promotion: Promotion, rules: HouseRules) -> Action:
    offered = promotion.offered_at.date()
    return Action(
        _("Answer “%(title)s”", title=promotion.title),
        _("Learned in the network, put to %(unit)s on %(day)s.", unit=promotion.unit.name, day=date_words(offered)),
        _("Answer"),
        url_for("bridge.show_promotion", ref=promotion.ref),
        after_working_days(offered, rules.answer_days),
    )


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
