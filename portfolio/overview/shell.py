"""What every page has around it: navigation, who reads, the house rules, words for dates and money."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask, g, has_request_context, request, url_for

from portfolio.audit.sentences import Sentences
from portfolio.foundation import drawing
from portfolio.foundation.acting import came_from
from portfolio.foundation.languages import date_words, ended, locale, moment_words, number_words
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money
from portfolio.foundation.remembered import remembered
from portfolio.foundation.slots import Slots
from portfolio.organisation.change import FormOfChange
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.people import policy as people_policy
from portfolio.people.accounts import current_person
from portfolio.people.person import Person

# Label, endpoint, mark, and the blueprints that belong to it.
DESTINATIONS = (
    (_l("Home"), "overview.home", None, ()),
    (_l("Operations"), "hierarchy.list_initiatives", "ops", ("hierarchy", "measures")),
    (_l("Network"), "network.list_experiments", "net", ("network", "answers", "running", "deciding", "records")),
    (_l("Bridge"), "bridge.list_promotions", "bridge", ("bridge",)),
    (_l("Direction"), "strategy.show_direction", None, ("strategy",)),
    (_l("Money"), "budgets.list_envelopes", None, ("budgets",)),
    (_l("People"), "people.list_people", None, ("people", "organisation")),
    (_l("Review"), "reviews.list_reviews", None, ("reviews",)),
)


@dataclass(frozen=True)
class Destination:
    """One place the navigation leads to."""

    label: Any
    url: str
    mark: str | None
    current: bool


def put_around_every_page(app: Flask, *, slots: Slots, sentences: Sentences) -> None:
    """Give every template what the shell needs."""

    def around() -> dict[str, Any]:
        if not has_request_context() or "person_id" not in g or "broken" in g:
            return {"person": None, "nav": [], "language": locale().language}
        person, rules = current_person(), house_rules()
        return {
            "person": person,
            "rules": rules,
            "nav": _destinations(app, person) if person else [],
            "search_url": url_for("overview.search"),
            "language": locale().language,
            "when": lambda moment: _when(moment, rules),
            "may_administer": people_policy.may_administer(person),
            "may_read_trail": people_policy.may_read_trail(person),
        }

    app.context_processor(around)
    app.jinja_env.globals.update(
        slot=slots,
        drawing=drawing,
        remembered=remembered,
        sentence=sentences,
        money=Money,
        forms_of_change=list(FormOfChange),
        new_key=lambda: uuid.uuid4().hex,
        came_from=came_from,
    )
    app.jinja_env.filters.update(day=date_words, number=number_words, ended=ended)


def _destinations(app: Flask, person: Person) -> list[Destination]:
    """Where this person can go from here."""
    gate = app.extensions["gate"]
    here = "measures" if "measure" in (request.endpoint or "") else request.blueprint
    return [
        Destination(label, url_for(endpoint), mark, endpoint == request.endpoint or here in blueprints)
        for label, endpoint, mark, blueprints in DESTINATIONS
        if (policy := gate.policy_of(app, endpoint)) is not None and policy(person)
    ]


def _when(moment: datetime, rules: HouseRules) -> str:
    return moment_words(moment, rules.time_zone)
