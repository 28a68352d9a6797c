"""How the two systems stand beside each other: how much each has under way, and how far ahead the means are put."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from portfolio.budgets.grant import Grant
from portfolio.foundation.database import db
from portfolio.foundation.languages import lazy_gettext as _l
from portfolio.foundation.languages import ngettext
from portfolio.hierarchy.initiative import Initiative
from portfolio.hierarchy.state import State as InitiativeState
from portfolio.network.experiment import Experiment
from portfolio.network.state import State
from portfolio.organisation.change import FormOfChange, Mode
from portfolio.organisation.house_rules import HouseRules
from portfolio.people import queries as people
from portfolio.reviews.outcome import Part
from portfolio.reviews.said import Line, Said, Section, Worded, joined
from portfolio.reviews.situation import Situation

PLANNED = (InitiativeState.PLANNED, InitiativeState.ACTIVE)
IN_FLIGHT = (State.APPROVED, State.RUNNING)
HORIZONS = (1, 2, 3)


@dataclass(frozen=True)
class Balance:
    """What both systems have under way, counted over all of it, whoever looks.

    Args:
        under_way: initiatives and experiments, by form of change.
        money: minor units of the organisation's currency, by horizon.
        hours: a week, by horizon.
        running_limit: how many experiments can run at once before attention is spread too thin.
    """

    under_way: Counter[FormOfChange]
    money: Counter[int]
    hours: Counter[int]
    running_limit: int

    def number_in(self, mode: Mode) -> int:
        """How much one of the two systems has under way."""
        return sum(number for form, number in self.under_way.items() if form.mode is mode)


def balance_of(rules: HouseRules) -> Balance:
    """Count it; three queries."""
    given = Grant.amount - Grant.returned
    experiments = _by_form_and_horizon(Experiment, given).join(Grant, Grant.id == Experiment.grant_id)
    initiatives = _by_form_and_horizon(Initiative, Initiative.budget)
    rows = [
        *db.session.execute(experiments.where(Experiment.state.in_(IN_FLIGHT), Grant.currency == rules.currency)),
        *db.session.execute(initiatives.where(Initiative.state.in_(PLANNED), Initiative.currency == rules.currency)),
    ]
    found = Balance(Counter(), Counter(), Counter(), rules.running_limit(people.count_volunteers()))
    for form, horizon, number, money, hours in rows:
        found.under_way[form] += int(number)
        found.money[horizon] += int(money)
        found.hours[horizon] += int(hours)
    return found


def balance(now: Situation) -> Section:
    """The part of the agenda that shows it."""
    stands = balance_of(now.rules)
    lines = [
        Line(ref="", title=_l("Operations"), cells=((Said(_under_way(stands, Mode.HIERARCHY)),), ())),
        Line(
            ref="",
            title=_l("Network"),
            cells=(
                (Said(_under_way(stands, Mode.NETWORK)),),
                (Said(_l("at most %(limit)s running at once", limit=stands.running_limit)),),
            ),
        ),
        *_ahead(now.rules, stands),
    ]
    return Section(Part.BALANCE, (_l("Now"), _l("Wanted")), lines, "")


def _by_form_and_horizon(model: Any, money: Any) -> Any:
    by = (model.form, model.horizon)
    return select(*by, func.count(), func.sum(money), func.sum(model.hours_a_week)).select_from(model).group_by(*by)


def _under_way(stands: Balance, mode: Mode) -> Worded:
    def number() -> str:
        under_way = stands.number_in(mode)
        if mode is Mode.HIERARCHY:
            return ngettext("One initiative under way", "%(num)s initiatives under way", under_way)
        return ngettext("One experiment in flight", "%(num)s experiments in flight", under_way)

    forms = [form for form in FormOfChange if form.mode is mode and stands.under_way[form]]
    parts = [joined((stands.under_way[form], form.label)) for form in forms]
    return joined((Worded(number), joined(parts, ", ")), ": ") if parts else Worded(number)


def _ahead(rules: HouseRules, stands: Balance) -> Iterable[Line]:
    """One line for money and one for hours: the shares of today, tomorrow and the day after."""
    wanted = (rules.mix_1, rules.mix_2, rules.mix_3)
    for title, given in ((_l("Money, by horizon"), stands.money), (_l("Hours a week, by horizon"), stands.hours)):
        whole = sum(given.values())
        if whole > 0:
            shares = [round(100 * given[horizon] / whole) for horizon in HORIZONS]
            yield Line(ref="", title=title, cells=((Said(_shares(shares)),), (Said(_shares(wanted)),)))


def _shares(percents: Sequence[int]) -> object:
    first, second, third = percents
    return _l(
        "today %(first)s%%, tomorrow %(second)s%%, the day after %(third)s%%", first=first, second=second, third=third
    )
