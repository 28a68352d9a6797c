"""The house rules as JSON: the limits, rhythm, money and calendar in force now."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, Nested, String

from portfolio.foundation.api.command import Command, commanding, quoted, refuse_another_version
from portfolio.foundation.api.fields import (
    Body,
    Line,
    Moment,
    MoneyField,
    MoneyShown,
    OneOf,
    Shown,
    Whole,
    moment,
    money,
)
from portfolio.foundation.api.resource import Resource
from portfolio.foundation.authority import asks, signed_in
from portfolio.foundation.database import db
from portfolio.foundation.errors import Obstacle, RuleBroken
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.money import Money, decimals, is_currency
from portfolio.organisation import policy
from portfolio.organisation.api.units import ADMIN
from portfolio.organisation.house_rules import AmountsSeenBy, HouseRules, house_rules, house_rules_for_change

AMOUNTS = ("grant_from", "grant_to", "single_approver_limit")
NUMBERS = (
    *("timebox_weeks", "answer_days", "checkin_days", "silent_days", "volunteers_per_running", "led_at_once"),
    *("mix_1", "mix_2", "mix_3", "effect_weeks", "fiscal_year_month"),
)
api = Resource("house_rules", "The organisation's limits, rhythm, money and calendar.", path="house-rules")


class HouseRulesShown(Shown):
    """The rules in force."""

    organisation = String(required=True)
    timebox_weeks = Integer(required=True)
    grant_from = Nested(MoneyShown, required=True)
    grant_to = Nested(MoneyShown, required=True)
    single_approver_limit = Nested(MoneyShown, required=True)
    answer_days = Integer(required=True)
    checkin_days = Integer(required=True)
    silent_days = Integer(required=True)
    volunteers_per_running = Integer(required=True)
    led_at_once = Integer(required=True)
    mix_1 = Integer(required=True)
    mix_2 = Integer(required=True)
    mix_3 = Integer(required=True)
    effect_weeks = Integer(required=True)
    amounts_seen_by = OneOf(AmountsSeenBy, required=True)
    currency = String(required=True)
    time_zone = String(required=True)
    fiscal_year_month = Integer(required=True)
    since = Moment(required=True)
    two_steps_needed = Boolean(
        required=True, metadata={"description": "Of leaders and administrators, to sign in; changed on its page only."}
    )
    money_in_use = Boolean(required=True, metadata={"description": "Since then currency and fiscal year stay."})


class HouseRulesBody(Body):
    """What changes; what is left out stays. Amounts are in the currency of before."""

    organisation = Line(filled=True)
    timebox_weeks = Whole(1, 52)
    grant_from = MoneyField()
    grant_to = MoneyField()
    single_approver_limit = MoneyField()
    answer_days = Whole(1, 365)
    checkin_days = Whole(1, 365)
    silent_days = Whole(1, 365)
    volunteers_per_running = Whole(1, 1000)
    led_at_once = Whole(1, 50)
    mix_1 = Whole(0, 100)
    mix_2 = Whole(0, 100)
    mix_3 = Whole(0, 100)
    effect_weeks = Whole(1, 104)
    amounts_seen_by = OneOf(AmountsSeenBy)
    currency = Line(3, filled=True)
    time_zone = Line(60, filled=True)
    fiscal_year_month = Whole(1, 12)


def shown(rules: HouseRules) -> dict[str, Any]:
    """House rules as JSON has them."""
    plain = ("organisation", "currency", "time_zone", "two_steps_needed", "money_in_use", *NUMBERS)
    return (
        {name: getattr(rules, name) for name in plain}
        | {name: money(Money(getattr(rules, name), rules.currency)) for name in AMOUNTS}
        | {"amounts_seen_by": rules.amounts_seen_by.value, "since": moment(rules.since)}
    )


def _answered(act: Command, rules: HouseRules) -> Any:
    return act.answer(shown(rules), ETag=quoted(str(rules.id)))


@api.get("")
@asks(signed_in)
@api.answers(HouseRulesShown)
def show_house_rules() -> Any:
    """The rules in force, for everyone to read. Their `ETag` names the version."""
    rules = house_rules()
    return shown(rules), {"ETag": quoted(str(rules.id))}


@api.patch("")
@asks(policy.may_set_up, ADMIN)
@api.takes(HouseRulesBody)
@api.answers(HouseRulesShown)
def change_house_rules(said: dict[str, Any]) -> Any:
    """New rules from now on; proposals under way keep the rules they had."""
    with commanding() as act:
        act.authorize(policy.may_set_up)
        before = house_rules_for_change()
        refuse_another_version(str(before.id), lambda: shown(before))
        rules = before.changed(_changes(said, before), by=act.person, at=act.at)
        db.session.flush()
        return _answered(act, rules)


def _changes(said: dict[str, Any], before: HouseRules) -> dict[str, Any]:
    """What was said as columns; in another currency the same figures hold, as on the page."""
    changes = said | {name: said[name].minor for name in AMOUNTS if name in said}
    currency = said.get("currency", before.currency)
    if currency == before.currency:
        return changes
    if not is_currency(currency):
        words = _l("Give the currency's three letters, for example EUR.")
        raise RuleBroken(_l("These house rules do not fit together."), [Obstacle(words, "currency")])
    figures = {name: Money(changes.get(name, getattr(before, name)), before.currency).amount for name in AMOUNTS}
    return changes | {
        name: Money.of(round(figure, decimals(currency)), currency).minor for name, figure in figures.items()
    }
