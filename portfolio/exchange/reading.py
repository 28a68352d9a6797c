"""Reading a source's numbers, amounts, dates and durations: exactly, or not at all; never a guess."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from portfolio.foundation.money import LARGEST, decimals, is_currency
from portfolio.network.record_text import AmountText

BLANKS = " '\N{RIGHT SINGLE QUOTATION MARK}\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}"
MOST_DIGITS = 24
LARGEST_KEPT = 10**18  # As it is written; what is counted as money is smaller.
MOST_WEEKS = 5_200
SIGNS = {"€": "EUR"}  # Other signs stand for several currencies, so they stay as they are written.

NUMBER = re.compile(rf"[0-9][0-9.,{BLANKS}]*")
AMOUNT = re.compile(
    rf"([^0-9.,{BLANKS}+-]*)[{BLANKS}]*([0-9][0-9.,{BLANKS}]*?)[{BLANKS}]*(k?)[{BLANKS}]*([^0-9.,]*)", re.IGNORECASE
)
CURRENCY = re.compile(r"[A-Z]{2,10}|[$£¥₿Ξ]")
WEEKS = re.compile(rf"([0-9][0-9.,{BLANKS}]*?)\s*(?:w|wks?|weeks?|weken)?", re.IGNORECASE)
RANGE = re.compile(r"\d+ ?[-–] ?\d+")
YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ]\d.*)?", re.ASCII)
YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})", re.ASCII)


class NotReadable(ValueError):
    """It says nothing Tandem can use; the text says why, and what would do."""


class Unclear(NotReadable):
    """It can be read in two ways; the text says which, and what answers it."""


@dataclass(frozen=True)
class Answers:
    """What whoever imports says about a file.

    Args:
        currency: the organisation's.
        rates: the organisation's money for one unit of another currency.
        date_order: `dmy` or `mdy`, for dates that can be read both ways.
        decimal: `point` or `comma`, for numbers that can be read both ways.
    """

    currency: str = "EUR"
    rates: Mapping[str, Decimal] = field(default_factory=dict)
    date_order: str | None = None
    decimal: str | None = None


def read_number(text: str, answers: Answers, *, places: int | None = None) -> Decimal:
    """A number of 0 or more, with whatever separates its thousands and decimals.

    Args:
        places: how many decimals such a number can have, where that is known.

    Raises:
        Unclear: its one point or comma can be either.
        NotReadable: it is no such number.
    """
    text = text.strip()
    if text[:1] in ("-", "\N{MINUS SIGN}"):
        raise NotReadable("is below zero")
    if not NUMBER.fullmatch(text):
        raise NotReadable("is not a number; write 1234.50")
    whole, fraction = _divided(text, answers, places)
    if not re.fullmatch(r"\d+", fraction or "0", re.ASCII):
        raise NotReadable("is not a number; write 1234.50")
    if places is not None and len(fraction) > places:
        raise NotReadable("has more decimals than its currency")
    digits = _without_separators(whole)
    return exact(Decimal(f"{digits}.{fraction}" if fraction else digits))


def exact(number: Decimal | int) -> Decimal:
    """A number as it came, if it can be kept as it is.

    Raises:
        NotReadable: below zero, not finite, or too long.
    """
    kept = Decimal(number)
    if not kept.is_finite():
        raise NotReadable("is not a number")
    if kept < 0:
        raise NotReadable("is below zero")
    if kept > LARGEST_KEPT or len(kept.as_tuple().digits) > MOST_DIGITS or -int(kept.as_tuple().exponent) > MOST_DIGITS:
        raise NotReadable("has more digits than Tandem keeps")
    return kept


def read_currency(text: str) -> str | None:
    """A currency's code, or its sign where that stands for several.

    Raises:
        NotReadable: it is neither.
    """
    code = SIGNS.get(text.strip(), text.strip().upper())
    if not code:
        return None
    if not CURRENCY.fullmatch(code):
        raise NotReadable("is not a currency; write its code, such as USD")
    return code


def read_amount(said: str | Decimal | int, currency: str | None, answers: Answers) -> AmountText:
    """An amount, with its currency before or after it or beside it.

    Args:
        currency: what the source says beside it.

    Raises:
        NotReadable: it is no amount, or names another currency than the one beside it.
    """
    if not isinstance(said, str):
        return _converted(f"{exact(said):f}", exact(said), currency, answers)
    words = said.strip()
    found = AMOUNT.fullmatch(words)
    if found is None or words[:1] in ("-", "\N{MINUS SIGN}"):
        read_number(words, answers)  # Says what is wrong with it.
        raise NotReadable("is not an amount; write 1234.50 USD")
    before, number, thousands, after = found.groups()
    named = {code for code in (read_currency(before), read_currency(after), currency) if code}
    if "$" in named and len(named) == 2 and (currency or read_currency(after)) != "$":
        named.discard("$")
    if len(named) > 1:
        raise NotReadable(f"names two currencies, {' and '.join(sorted(named))}")
    code = next(iter(named), None)
    amount = read_number(number, answers, places=None if thousands else _places(code))
    return _converted(words, exact(amount * 1000 if thousands else amount), code, answers)


def read_date(text: str, answers: Answers) -> date:
    """A day.

    Raises:
        Unclear: day and month can be either way round.
        NotReadable: it is no day.
    """
    text = text.strip()
    if found := YEAR_FIRST.fullmatch(text):
        return _day(int(found[1]), int(found[3]), int(found[4]))
    found = YEAR_LAST.fullmatch(text)
    if found is None:
        raise NotReadable("is not a date; write 2024-09-18")
    first, second = int(found[1]), int(found[3])
    year = int(found[4]) if len(found[4]) == 4 else 2000 + int(found[4])
    if first <= 12 and second <= 12 and first != second and answers.date_order is None:
        ways = f"{_day(year, second, first)} or {_day(year, first, second)}"
        raise Unclear(f"can be {ways}; say which with --date-order dmy or --date-order mdy")
    day_first = second <= 12 if first > 12 or second > 12 else answers.date_order != "mdy"
    return _day(year, second, first) if day_first else _day(year, first, second)


def read_weeks(said: str | Decimal | int, answers: Answers) -> Decimal | None:
    """A number of weeks; None for other words, such as "3 months", which stay as they are written.

    Raises:
        Unclear: the number can be read in two ways.
        NotReadable: it is a number, but not one of weeks.
    """
    if isinstance(said, str):
        found = WEEKS.fullmatch(said.strip())
        if found is None and (any(letter.isalpha() for letter in said) or RANGE.fullmatch(said.strip())):
            return None
        weeks = read_number(found[1] if found else said, answers)
    else:
        weeks = exact(said)
    if not 0 < weeks <= MOST_WEEKS:
        raise NotReadable("is not a number of weeks")
    return weeks


def read_rate(text: str) -> tuple[str, Decimal]:
    """A rate such as USD=0.92: the organisation's money for one unit.

    Raises:
        NotReadable: it is not written like that.
    """
    name, _, number = text.partition("=")
    code = read_currency(name)
    if code is None or not re.fullmatch(r"\d{1,12}(\.\d{1,12})?", number, re.ASCII) or not Decimal(number):
        raise NotReadable("is not a rate; write USD=0.92, with a point")
    return code, Decimal(number)


def _divided(text: str, answers: Answers, places: int | None) -> tuple[str, str]:
    """What stands before its decimal mark, and after it."""
    marks = [letter for letter in text if letter in ".,"]
    if len(set(marks)) == 2:
        whole, fraction = text.rsplit(marks[-1], 1)
        return whole, fraction
    if len(marks) != 1:
        return text, ""
    whole, fraction = text.split(marks[0])
    if not (re.fullmatch(r"[1-9]\d{0,2}", whole, re.ASCII) and len(fraction) == 3):
        return whole, fraction
    if places is not None and places < 3:
        return text, ""  # Money with three decimals does not exist in this currency.
    if answers.decimal is None:
        ways = f"{whole}{fraction} or {whole}.{fraction}"
        raise Unclear(f"can be {ways}; say which with --decimal point or --decimal comma")
    return (whole, fraction) if marks[0] == {"point": ".", "comma": ","}[answers.decimal] else (text, "")


def _without_separators(whole: str) -> str:
    if re.fullmatch(r"\d+", whole, re.ASCII):
        return whole
    if not re.fullmatch(rf"\d{{1,3}}(?:([.,{BLANKS}])\d{{3}})(?:\1\d{{3}})*", whole, re.ASCII):
        raise NotReadable("is not a number: its groups of digits are not thousands")
    return "".join(digit for digit in whole if digit.isdigit())


def _places(currency: str | None) -> int | None:
    """How many decimals money of a currency has; not known of all that circulate."""
    if currency in ("$", "£"):
        return 2
    return decimals(currency) if currency and is_currency(currency) else None


def _converted(words: str, amount: Decimal, currency: str | None, answers: Answers) -> AmountText:
    """The amount in the organisation's money too, where that can be said."""
    rate = Decimal(1) if currency == answers.currency else answers.rates.get(currency or "")
    if rate is None:
        return AmountText(words, amount, currency)
    minor = (amount * rate).scaleb(decimals(answers.currency))
    if currency == answers.currency and minor != minor.to_integral_value():
        return AmountText(words, amount, currency)  # Kept as it is written; half a cent is not ours to round.
    whole = int(minor.to_integral_value(ROUND_HALF_UP))
    if whole > LARGEST:
        raise NotReadable("is more than Tandem can count in the organisation's money")
    return AmountText(words, amount, currency, rate, whole)


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NotReadable("is a day that does not exist") from None
