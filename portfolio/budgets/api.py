"""The quarter's money as JSON: envelopes, their ledger, and setting them."""

from __future__ import annotations

from typing import Any

from marshmallow.fields import Boolean, Integer, Nested, String

from portfolio.budgets import policy, queries
from portfolio.budgets.envelope import Envelope, envelope_for_change
from portfolio.budgets.ledger import Account, EntryKind, LedgerEntry
from portfolio.foundation.api.command import Command, commanding
from portfolio.foundation.api.fields import (
    Body,
    Day,
    Moment,
    MoneyField,
    MoneyShown,
    OneOf,
    Prose,
    Shown,
    day,
    moment,
    money,
)
from portfolio.foundation.api.resource import ListQuery, Resource, listed, page_of
from portfolio.foundation.authority import asks
from portfolio.foundation.errors import Missing
from portfolio.foundation.money import Money
from portfolio.organisation.api.fields import QuarterField
from portfolio.organisation.house_rules import HouseRules, house_rules
from portfolio.organisation.quarter import Quarter
from portfolio.people.accounts import somebody
from portfolio.people.person import Person

FUND = "fund"
api = Resource("envelopes", "The money leadership sets aside for the network in one quarter, and its ledger.")


class EnvelopeShown(Shown):
    """A quarter's envelope. Committed is what was granted and not returned, spent included; free is the rest."""

    quarter = String(required=True, metadata={"examples": ["2026-Q4"]})
    current = Boolean(required=True, metadata={"description": "Whether it is the quarter it is now."})
    first_day = Day(required=True)
    last_day = Day(required=True)
    total = Nested(MoneyShown, required=True, allow_none=True)
    committed = Nested(MoneyShown, required=True, allow_none=True)
    spent = Nested(MoneyShown, required=True, allow_none=True)
    free = Nested(MoneyShown, required=True, allow_none=True)
    reason = String(required=True, allow_none=True)
    set_at = Moment(required=True)


class LedgerEntryShown(Shown):
    """One movement, from the credited account to the debited one."""

    number = Integer(required=True)
    kind = OneOf(EntryKind, required=True)
    debit = OneOf(Account, required=True)
    credit = OneOf(Account, required=True)
    amount = Nested(MoneyShown, required=True)
    at = Moment(required=True)


class EnvelopeBody(Body):
    """A quarter's envelope, and why it holds so much."""

    quarter = QuarterField(required=True)
    total = MoneyField(required=True)
    reason = Prose(required=True)


class AdjustmentBody(Body):
    """More money, or with a minus sign less, and why."""

    amount = MoneyField(signed=True, required=True)
    reason = Prose(required=True)


def shown(envelope: Envelope, viewer: Person, rules: HouseRules) -> dict[str, Any]:
    """An envelope as its reader may see it."""
    sees = policy.sees_totals(viewer, rules)
    return {
        "quarter": envelope.quarter,
        "current": envelope.quarter == rules.quarter.name,
        "first_day": day(envelope.first_day),
        "last_day": day(envelope.last_day),
        "total": money(envelope.total_money) if sees else None,
        "committed": money(envelope.committed_money) if sees else None,
        "spent": money(envelope.spent_money) if sees else None,
        "free": money(envelope.free) if sees else None,
        "reason": envelope.reason if sees else None,
        "set_at": moment(envelope.set_at),
    }


def entry_shown(entry: LedgerEntry) -> dict[str, Any]:
    """A movement as JSON has it."""
    return {
        "number": entry.id,
        "kind": entry.kind.value,
        "debit": entry.debit.value,
        "credit": entry.credit.value,
        "amount": money(Money(entry.amount, entry.currency)),
        "at": moment(entry.at),
    }


# Reading ------------------------------------------------------------------------------------------------------------


@api.get("")
@asks(policy.may_read_envelopes)
@api.takes(ListQuery, "query")
@api.answers(listed(EnvelopeShown))
def list_envelopes(said: dict[str, Any]) -> Any:
    """Every envelope, the latest quarter first."""
    viewer, rules = somebody(), house_rules()
    page = queries.envelopes_by_quarter(said["after"], size=said["limit"])
    return page_of(page, lambda envelope: shown(envelope, viewer, rules))


@api.get("/<quarter>")
@asks(policy.may_read_envelopes)
@api.answers(EnvelopeShown)
def show_envelope(quarter: str) -> Any:
    """One quarter's envelope."""
    return shown(_envelope(quarter), somebody(), house_rules())


@api.get("/<quarter>/ledger")
@asks(policy.may_read_envelopes)
@api.takes(ListQuery, "query")
@api.answers(listed(LedgerEntryShown))
def list_ledger(said: dict[str, Any], quarter: str) -> Any:
    """The movements of its money, newest first; for whoever sees what the envelope holds."""
    if not policy.sees_totals(somebody(), house_rules()):
        raise Missing
    return page_of(queries.ledger(_envelope(quarter), said["after"], size=said["limit"]), entry_shown)


# Setting ------------------------------------------------------------------------------------------------------------


@api.post("")
@asks(policy.may_set_envelope, FUND)
@api.takes(EnvelopeBody)
@api.answers(EnvelopeShown, 201)
def create_envelope(said: dict[str, Any]) -> Any:
    """Set money aside for a quarter that has no envelope yet."""
    with commanding() as act:
        act.authorize(policy.may_set_envelope)
        envelope = Envelope.open(said["quarter"], by=act.person, at=act.at)
        _adjust(envelope, said["total"], said["reason"], act)
        return _answered(act, envelope, 201, Location=f"{api.url_prefix}/{envelope.quarter}")


@api.post("/<quarter>/adjustments")
@asks(policy.may_set_envelope, FUND)
@api.takes(AdjustmentBody)
@api.answers(EnvelopeShown)
def create_adjustment(said: dict[str, Any], quarter: str) -> Any:
    """Add to the envelope or take from it; never below what is committed."""
    with commanding() as act:
        envelope = envelope_for_change(_quarter(quarter))
        if envelope is None:
            raise Missing
        act.authorize(policy.may_set_envelope, envelope)
        _adjust(envelope, said["amount"], said["reason"], act)
        return _answered(act, envelope)


# Inside -------------------------------------------------------------------------------------------------------------


def _adjust(envelope: Envelope, change: Money, reason: str, act: Command) -> None:
    envelope.adjust(change, reason=reason, by=act.person, at=act.at, today=house_rules().today)


def _answered(act: Command, envelope: Envelope, status: int = 200, **headers: str) -> Any:
    return act.answer(shown(envelope, act.person, house_rules()), status, **headers)


def _envelope(name: str) -> Envelope:
    found = queries.envelope_of(_quarter(name))
    if found is None:
        raise Missing
    return found


def _quarter(name: str) -> Quarter:
    try:
        return Quarter.named(name, house_rules().fiscal_year_month)
    except ValueError as error:
        raise Missing from error
