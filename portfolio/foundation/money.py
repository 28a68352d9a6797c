"""Money as whole minor units with its currency; never a float, never a guess."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale
from babel.core import get_global
from babel.numbers import format_currency, get_currency_precision

from portfolio.foundation.languages import locale, read_number

LARGEST = 10**15  # Minor units; far under 2^63 even when a thousand of them are added.


@dataclass(frozen=True, order=True)
class Money:
    """An amount of money.

    Args:
        minor: whole minor units, such as cents.
        currency: ISO 4217 code.
    """

    minor: int
    currency: str = "EUR"

    @classmethod
    def of(cls, amount: Decimal, currency: str) -> Money:
        """An amount from a decimal number.

        Raises:
            ValueError: more decimals than the currency has, or too large.
        """
        minor = amount.scaleb(decimals(currency))
        if minor != minor.to_integral_value() or abs(minor) > LARGEST:
            raise ValueError(f"{amount} is not an amount in {currency}.")
        return cls(int(minor), currency)

    @classmethod
    def read(cls, text: str, currency: str) -> Money:
        """An amount as the reader's language writes it.

        Raises:
            ValueError: it is no such amount; 1.000 may be a thousand to one reader and one to another, so it is none.
        """
        number = read_number(text)
        if -int(number.as_tuple().exponent) > decimals(currency):
            raise ValueError(text)
        return cls.of(number, currency)

    @property
    def amount(self) -> Decimal:
        """The amount in major units, exactly."""
        return Decimal(self.minor).scaleb(-decimals(self.currency))

    def __add__(self, other: Money) -> Money:
        return Money(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(self.minor - self._same(other), self.currency)

    def __bool__(self) -> bool:
        return self.minor != 0

    def __str__(self) -> str:
        """The amount in the reader's language; cents only where there are any."""
        return _words(self.minor, self.currency, locale())

    def _same(self, other: Money) -> int:
        if other.currency != self.currency:
            raise ValueError(f"{self.currency} and {other.currency} do not add up.")
        return other.minor


@lru_cache(maxsize=4096)  # A list has dozens of amounts, and many say the same.
def _words(minor: int, currency: str, reader: Locale) -> str:
    whole = minor % 10 ** decimals(currency) == 0
    pattern = reader.currency_formats["standard"].pattern
    if whole:
        pattern = pattern.replace(".00", "")
    return format_currency(
        Money(minor, currency).amount,
        currency,
        pattern,
        locale=reader,
        currency_digits=False,
        decimal_quantization=whole,
    )


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum, zero for none."""
    return sum(amounts, Money(0, currency))


def decimals(currency: str) -> int:
    """How many decimals a currency has: 2 for EUR, 0 for JPY."""
    return get_currency_precision(currency)


def is_currency(code: str) -> bool:
    """Whether ISO 4217 knows the code."""
    return code in get_global("all_currencies")
