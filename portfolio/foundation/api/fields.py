"""Shapes of JSON: fields that take exactly what their description says, and nothing that has to be guessed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

import marshmallow as ma
from flask import current_app

from portfolio.foundation.columns import EPOCH
from portfolio.foundation.forms import clean, clean_line
from portfolio.foundation.languages import gettext as _
from portfolio.foundation.money import Money, decimals
from portfolio.foundation.numbering import LARGEST
from portfolio.foundation.rich_text import TYPED_LIMIT

SEEN = r"[!-~\u00a1-\u167f\u3001-\ud7ff]"  # A character that is neither blank nor invisible.
DAY = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}$"
MOMENT = r"^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$"
NUMBER = r"^-?[0-9]{1,15}(\.[0-9]{1,9})?$"
CURSOR = r"^[A-Za-z0-9_-]+$"
LONGEST_CURSOR = 1000


def amount_pattern(places: int, sign: str = "") -> str:
    """How an amount with so many decimals is written; a thousand million million of its smallest unit is too much."""
    return f"^{sign}[0-9]{{1,{min(12, 15 - places)}}}" + (rf"(\.[0-9]{{1,{places}}})?$" if places else "$")


AMOUNT, SIGNED_AMOUNT = amount_pattern(3), amount_pattern(3, "-?")


class Body(ma.Schema):
    """What a request says; a name it does not know is refused, for it may be a slip of the pen."""

    class Meta:
        unknown = ma.RAISE


class Shown(ma.Schema):
    """What an answer looks like, for the document; answers are made as plain values, so nothing is copied anew."""

    def dump(self, obj: Any, *, many: bool | None = None) -> Any:  # noqa: ARG002
        """The answer as it is."""
        return obj


def _described(options: dict[str, Any], **facts: Any) -> dict[str, Any]:
    """A field's options, with what the document says of it."""
    return options | {"metadata": facts | options.get("metadata", {})}


class Line(ma.fields.String):
    """One line of text, as a form takes it: without blanks around it and without characters nobody types.

    Args:
        filled: whether it says something wherever it is there; what has to be there always does.
    """

    def __init__(self, most: int = 120, *, filled: bool = False, **options: Any) -> None:
        self.most, self.filled = most, filled or bool(options.get("required"))
        needed = {"minLength": 1, "pattern": SEEN} if self.filled else {}
        super().__init__(**_described(options, maxLength=most, **needed))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = super()._deserialize(value, *rest, **more)
        if len(text) > self.most:
            raise ma.ValidationError(_("Keep this under %(most)s letters.", most=self.most))
        if self.filled and not re.search(SEEN, text):
            raise ma.ValidationError(_("Fill this in."))
        return self._tidy(text)

    def _tidy(self, text: str) -> str:
        return clean_line(text)


class Prose(Line):
    """Some paragraphs of Markdown."""

    def __init__(self, **options: Any) -> None:
        super().__init__(TYPED_LIMIT, **options)

    def _tidy(self, text: str) -> str:
        return clean(text)


class ReasonBody(Body):
    """Why."""

    reason = Prose(required=True)


class Whole(ma.fields.Integer):
    """A whole number between two bounds, both allowed; never a text, never true or false."""

    def __init__(self, lowest: int, highest: int, **options: Any) -> None:
        self.lowest, self.highest = lowest, highest
        super().__init__(strict=True, **_described(options, minimum=lowest, maximum=highest))

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:  # noqa: ARG002
        whole = type(value) is int or (isinstance(value, Decimal) and value.is_finite())
        # Asked before it is cut to a number: 1e999999 is one, of a million digits. 48.0 is whole, as JSON counts.
        if not whole or not self.lowest <= value <= self.highest or value != int(value):
            words = _("Give a whole number from %(lowest)s to %(highest)s.", lowest=self.lowest, highest=self.highest)
            raise ma.ValidationError(words)
        return int(value)


class Counted(Whole):
    """A whole number as an address writes it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> int:
        plain = isinstance(value, str) and re.fullmatch(r"-?[0-9]{1,19}", value)
        return super()._deserialize(int(value) if plain else value, attr, data, **more)


class Cursor(ma.fields.String):
    """Where a list goes on, as the page before said it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_described(options, maxLength=LONGEST_CURSOR, pattern=CURSOR))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> str:
        text = super()._deserialize(value, *rest, **more)
        if len(text) > LONGEST_CURSOR or not re.fullmatch(CURSOR, text):
            raise ma.ValidationError(_("Send back what the page before gave as next."))
        return text


class RowId(Whole):
    """The number of a row."""

    def __init__(self, **options: Any) -> None:
        super().__init__(1, LARGEST, **options)


class Flag(ma.fields.Boolean):
    """True or false, and no other word for it."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> bool:  # noqa: ARG002
        if not isinstance(value, bool):
            raise ma.ValidationError(_("Give true or false."))
        return value


class Exact(ma.fields.String):
    """A decimal number, exactly as its text says."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_described(options, pattern=NUMBER))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        text = super()._deserialize(value, *rest, **more)
        if not re.fullmatch(NUMBER, text):
            raise ma.ValidationError(_('Give the number as text with a decimal point, for example "29.5".'))
        return Decimal(text)


class Day(ma.fields.String):
    """A day."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_described(options, format="date", pattern=DAY))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        text = super()._deserialize(value, *rest, **more)
        try:
            if not re.fullmatch(DAY, text):
                raise ValueError
            return date.fromisoformat(text)
        except ValueError as error:
            words = _("Give the day as year, month and day, for example 2026-09-25.")
            raise ma.ValidationError(words) from error


class Moment(ma.fields.String):
    """A moment in UTC."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**_described(options, format="date-time", pattern=MOMENT))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        text = super()._deserialize(value, *rest, **more)
        try:
            if not re.fullmatch(MOMENT, text):
                raise ValueError
            return datetime.fromisoformat(text)
        except ValueError as error:
            words = _("Give the moment in UTC, for example 2026-09-25T12:00:00Z.")
            raise ma.ValidationError(words) from error


class OneOf(ma.fields.String):
    """One of the values of an enum, or one of some words."""

    def __init__(self, kind: type[Enum] | Iterable[str], only: Any = None, **options: Any) -> None:
        self.offered = {getattr(member, "value", member): member for member in (only or kind)}
        super().__init__(**_described(options, enum=list(self.offered)))

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        text = super()._deserialize(value, *rest, **more)
        if text not in self.offered:
            raise ma.ValidationError(_("Give one of: %(offered)s.", offered=", ".join(self.offered)))
        return self.offered[text]


class MoneyShown(Shown):
    """An amount of money: a text, so that no reader rounds it, with its currency."""

    amount = ma.fields.String(required=True, metadata={"pattern": SIGNED_AMOUNT, "examples": ["15000.00"]})
    currency = ma.fields.String(required=True, metadata={"pattern": "^[A-Z]{3}$", "examples": ["EUR"]})


class AmountBody(Body):
    """An amount of money, as a text that nobody rounds."""

    amount = ma.fields.String(required=True, metadata={"pattern": AMOUNT, "examples": ["15000.00"]})
    currency = ma.fields.String(required=True, metadata={"pattern": "^[A-Z]{3}$", "examples": ["EUR"]})


class SignedAmountBody(AmountBody):
    """The same; with a minus sign it is less."""

    amount = ma.fields.String(required=True, metadata={"pattern": SIGNED_AMOUNT, "examples": ["-2500.00"]})


class MoneyField(ma.fields.Nested):
    """An amount in the organisation's money; the rules ask whether it is enough or too much."""

    def __init__(self, *, signed: bool = False, **options: Any) -> None:
        self.sign = "-?" if signed else ""
        super().__init__(SignedAmountBody if signed else AmountBody, **options)

    def _deserialize(self, value: Any, *rest: Any, **more: Any) -> Any:
        said = super()._deserialize(value, *rest, **more)
        ours = current_app.extensions["currency"]()
        if said["currency"] != ours:
            raise ma.ValidationError({"currency": [_("This organisation’s money is in %(currency)s.", currency=ours)]})
        if re.fullmatch(amount_pattern(decimals(ours), self.sign), said["amount"]):
            return Money.of(Decimal(said["amount"]), ours)
        words = _('Give the amount as text with a decimal point, for example "15000.00".')
        if re.fullmatch(SIGNED_AMOUNT if self.sign else AMOUNT, said["amount"]):
            words = _("%(currency)s has %(decimals)s decimals.", currency=ours, decimals=decimals(ours))
        raise ma.ValidationError({"amount": [words]})


def amount_described(currency: str, sign: str = "") -> dict[str, Any]:
    """What the document says of an amount in a body, where this is the organisation's money.

    Args:
        currency: its code.
        sign: the pattern of a sign, if an amount may have one.
    """
    example = format(Money.of(Decimal(-2500 if sign else 15000), currency).amount, "f")
    return {
        "amount": {"type": "string", "pattern": amount_pattern(decimals(currency), sign), "examples": [example]},
        "currency": {"type": "string", "enum": [currency]},
    }


# How values are written ---------------------------------------------------------------------------------------------


def money(value: Money | None) -> dict[str, str] | None:
    """An amount as JSON has it."""
    return None if value is None else {"amount": format(value.amount, "f"), "currency": value.currency}


def moment(value: datetime | None) -> str | None:
    """A moment in UTC, to the microsecond where it has any."""
    if value is None:
        return None
    plain = (EPOCH + (value - EPOCH)).replace(tzinfo=None)
    return plain.isoformat() + "Z"


def day(value: date | None) -> str | None:
    """A day as ISO 8601 writes it."""
    return None if value is None else value.isoformat()


def number(value: Decimal | None) -> str | None:
    """A decimal number, exactly."""
    return None if value is None else format(value, "f")
