"""Numbers, amounts, dates and weeks are read exactly as they are meant, or asked about; none is guessed."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from portfolio.exchange.reading import (
    Answers,
    NotReadable,
    Unclear,
    read_amount,
    read_date,
    read_number,
    read_rate,
    read_weeks,
)

NOTHING_SAID = Answers()


@pytest.mark.parametrize("text", ["1,234", "1.234", "3,000", "30.000", "999,999"])
def test_a_number_that_can_be_two_is_asked_about(text: str) -> None:
    with pytest.raises(Unclear, match="--decimal point or --decimal comma"):
        read_number(text, NOTHING_SAID)


def test_the_question_about_a_number_is_answered_once_for_the_file() -> None:
    assert read_number("1,234", Answers(decimal="point")) == 1234
    assert read_number("1,234", Answers(decimal="comma")) == Decimal("1.234")
    assert read_number("1.234", Answers(decimal="comma")) == 1234


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0.1", "0.1"),
        ("1.35", "1.35"),
        ("1,35", "1.35"),
        ("0,123", "0.123"),
        ("1234,567", "1234.567"),
        ("1,234,567", "1234567"),
        ("1.234,50", "1234.50"),
        ("75,000.00", "75000.00"),
        ("66 000", "66000"),
        ("30'000", "30000"),
        ("9007199254740993", "9007199254740993"),
    ],
)
def test_a_number_that_can_be_one_only_is_read(text: str, number: str) -> None:
    assert read_number(text, NOTHING_SAID) == Decimal(number)


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-5", "−5", "1e400", "NaN", "Infinity", "٣٠", "1.2.3,4"],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        read_number(text, NOTHING_SAID)


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity"), Decimal("1e400"), Decimal(-1), 10**30])
def test_a_number_that_cannot_be_kept_is_refused(number: Decimal) -> None:
    with pytest.raises(NotReadable):
        read_amount(number, "USD", NOTHING_SAID)


def test_money_has_no_three_decimals_so_its_thousands_are_plain() -> None:
    assert read_amount("20,202", "USD", NOTHING_SAID).amount == 20202
    assert read_amount("$30,000", None, NOTHING_SAID).amount == 30000
    with pytest.raises(Unclear):
        read_amount("1,465", "BTC", NOTHING_SAID)
    with pytest.raises(Unclear):
        read_amount("3,000", None, NOTHING_SAID)


def test_an_amount_with_digits_in_the_wrong_place_is_refused() -> None:
    with pytest.raises(NotReadable, match="more decimals"):
        read_amount("$10,0000 USD", None, NOTHING_SAID)


def test_an_amount_names_its_currency_once() -> None:
    assert read_amount("30k USD", None, NOTHING_SAID).currency == "USD"
    assert read_amount("€ 12,50", None, NOTHING_SAID).currency == "EUR"
    assert read_amount("$10k", None, NOTHING_SAID).currency == "$"
    with pytest.raises(NotReadable, match="two currencies"):
        read_amount("5 USD", "EUR", NOTHING_SAID)


def test_an_amount_keeps_its_words_and_is_converted_only_at_a_given_rate() -> None:
    kept = read_amount("1.1 ETH", None, NOTHING_SAID)
    converted = read_amount("100.05", "USD", Answers(currency="EUR", rates={"USD": Decimal("0.92")}))
    own = read_amount("100.05", "EUR", NOTHING_SAID)

    assert (kept.words, kept.amount, kept.currency, kept.converted) == ("1.1 ETH", Decimal("1.1"), "ETH", None)
    assert (converted.amount, converted.currency, converted.converted) == (Decimal("100.05"), "USD", 92_05)
    assert own.converted == 100_05


@pytest.mark.parametrize("text", ["05/07/2022", "4.2.20", "11-02-2021"])
def test_a_date_that_can_be_two_is_asked_about(text: str) -> None:
    with pytest.raises(Unclear, match="--date-order dmy or --date-order mdy"):
        read_date(text, NOTHING_SAID)


def test_the_question_about_a_date_is_answered_once_for_the_file() -> None:
    assert read_date("05/07/2022", Answers(date_order="dmy")) == date(2022, 7, 5)
    assert read_date("05/07/2022", Answers(date_order="mdy")) == date(2022, 5, 7)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2022-10-23", "2022-10-23"),
        ("2022-10-23T09:30:00Z", "2022-10-23"),
        ("18/09/2024", "2024-09-18"),
        ("03/14/2023", "2023-03-14"),
        ("5.5.20", "2020-05-05"),
    ],
)
@pytest.mark.parametrize("order", [None, "dmy", "mdy"])
def test_a_date_that_can_be_one_only_is_that_one(text: str, day: str, order: str | None) -> None:
    assert read_date(text, Answers(date_order=order)) == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["31/02/2022", "2022-13-01", "31/31/2020", "soon", "1/2", "٠١/٠٢/٢٠٢٢"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(NotReadable):
        read_date(text, NOTHING_SAID)


def test_weeks_are_a_number_of_weeks_or_the_words_of_the_source() -> None:
    assert read_weeks("8.7 weeks", NOTHING_SAID) == Decimal("8.7")
    assert read_weeks(Decimal("104.0"), NOTHING_SAID) == 104
    assert read_weeks("3 Months, then a review", NOTHING_SAID) is None
    assert read_weeks("1,984 Person Hours", NOTHING_SAID) is None
    with pytest.raises(Unclear):
        read_weeks("1,984", NOTHING_SAID)
    with pytest.raises(NotReadable):
        read_weeks("0", NOTHING_SAID)


def test_a_rate_is_written_with_a_point_and_is_more_than_nothing() -> None:
    assert read_rate("USD=0.92") == ("USD", Decimal("0.92"))
    for text in ("USD", "USD=", "USD=0,92", "USD=0", "USD=-1", "USD=1e3", "=0.92", "u$d=1"):
        with pytest.raises(NotReadable):
            read_rate(text)
