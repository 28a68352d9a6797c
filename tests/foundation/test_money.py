"""Money and numbers as people type them: read exactly in their language, or refused; never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portfolio.foundation.languages import force_locale, number_words, read_number
from portfolio.foundation.money import LARGEST, Money, total

NEVER = [
    *("", " ", "-", ".", ",", "abc", "12abc", "1e3", "1e400", "1E5", "NaN", "nan", "Infinity", "-inf", "0x1F"),
    *("١٢٣", "１２", "Ⅷ", "²", "½", "1_000", "1'000", "12 euro", "€ 12", "+5", "--5", "5-", "1..5", "1,,5"),
    *("1,00,000", "1.00.000", "1,000,00", "9" * 400, "0." + "1" * 30),
]
READ = {
    "en": [("1,000.50", "1000.50"), ("1000.50", "1000.50"), ("1,000", "1000"), ("15000", "15000"), ("0.5", "0.5")],
    "nl": [("1.000,50", "1000.50"), ("1000,50", "1000.50"), ("1.000", "1000"), ("15000", "15000"), ("0,5", "0.5")],
}


@pytest.mark.parametrize("language", ["en", "nl"])
@pytest.mark.parametrize("typed", NEVER)
def test_what_is_no_number_is_not_taken_for_one(app: Flask, language: str, typed: str) -> None:
    with speaking(language), refused():
        Money.read(typed, "EUR")


@pytest.mark.parametrize(
    ("language", "typed", "amount"), [(lang, *pair) for lang, pairs in READ.items() for pair in pairs]
)
def test_an_amount_is_read_as_its_reader_writes_it(app: Flask, language: str, typed: str, amount: str) -> None:
    with speaking(language):
        assert Money.read(typed, "EUR").amount == Decimal(amount)


@pytest.mark.parametrize(
    ("language", "typed"),
    [
        ("en", "1.000,50"),
        ("nl", "1,000.50"),
        ("en", "12,50"),
        ("nl", "12.50"),
        ("en", "1.000.000"),
        ("nl", "1,000,000"),
    ],
)
def test_an_amount_in_the_other_language_is_refused_rather_than_read_wrongly(
    app: Flask, language: str, typed: str
) -> None:
    with speaking(language), refused():
        Money.read(typed, "EUR")


@pytest.mark.parametrize(("language", "typed"), [("en", "1.000"), ("en", "2.500"), ("nl", "1,000"), ("nl", "2,500")])
def test_three_decimals_are_not_an_amount_and_not_thousands_either(app: Flask, language: str, typed: str) -> None:
    with speaking(language), refused():
        Money.read(typed, "EUR")


@pytest.mark.parametrize(
    ("typed", "currency"), [("0.005", "EUR"), ("10.001", "EUR"), ("10.5", "JPY"), ("1.0005", "KWD")]
)
def test_more_decimals_than_the_currency_has_are_refused(app: Flask, typed: str, currency: str) -> None:
    with refused():
        Money.read(typed, currency)


def test_a_currency_without_cents_has_none(app: Flask) -> None:
    assert Money.read("1500", "JPY").minor == 1500


def test_nothing_less_than_nothing_is_nothing(app: Flask) -> None:
    assert Money.read("-0", "EUR") == Money(0)
    assert str(Money.read("-0", "EUR")) == "€0"


def test_an_amount_beyond_all_bounds_is_refused(app: Flask) -> None:
    assert Money.read(str(LARGEST // 100), "EUR").minor == LARGEST
    with refused():
        Money.read(str(LARGEST), "EUR")


@pytest.mark.parametrize(
    ("language", "minor", "words"),
    [
        ("en", 1500000, "€15,000"),
        ("en", 1500050, "€15,000.50"),
        ("nl", 1500000, "€\N{NO-BREAK SPACE}15.000"),
        ("nl", 1500050, "€\N{NO-BREAK SPACE}15.000,50"),
        ("nl", -1500000, "€\N{NO-BREAK SPACE}-15.000"),
    ],
)
def test_an_amount_is_written_in_the_reader_s_language(app: Flask, language: str, minor: int, words: str) -> None:
    with speaking(language):
        assert str(Money(minor)) == words


def test_two_currencies_do_not_add_up(app: Flask) -> None:
    with pytest.raises(ValueError, match="EUR and JPY"):
        total([Money(1, "EUR"), Money(1, "JPY")], "EUR")


@given(minor=st.integers(-LARGEST, LARGEST), language=st.sampled_from(["en", "nl"]))
def test_what_is_written_is_read_back_exactly(the_app: Flask, minor: int, language: str) -> None:
    with the_app.app_context(), speaking(language):
        assert Money.read(number_words(Money(minor).amount), "EUR").minor == minor


@given(
    typed=st.text(alphabet="0123456789.,-e+ \N{NO-BREAK SPACE}", max_size=12), language=st.sampled_from(["en", "nl"])
)
def test_whatever_is_read_is_what_a_careful_reader_reads(the_app: Flask, typed: str, language: str) -> None:
    point, thousands = (".", ",") if language == "en" else (",", ".")
    with the_app.app_context(), speaking(language):
        try:
            number = read_number(typed)
        except ValueError:
            return
    plain = typed.replace("\N{NO-BREAK SPACE}", "").replace(" ", "")
    assert number == Decimal(plain.replace(thousands, "").replace(point, "."))
    groups = plain.lstrip("-").split(point)[0].split(thousands)
    assert len(groups) == 1 or (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:]))


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Read and write in a language."""
    with force_locale(language):
        yield


def refused() -> AbstractContextManager[object]:
    """It is not taken for a number."""
    return pytest.raises(ValueError)  # noqa: PT011 (the words are the form's)
