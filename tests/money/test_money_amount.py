"""Amounts: exact, one currency at a time, read and written without guessing."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.errors import UsageError
from controlroom.money.amount import Amount, format_number, parse_amount, parse_number, total, zero
from controlroom.money.currencies import exponent_of

minors = st.integers(-(10**15), 10**15)
currencies = st.sampled_from(["EUR", "USD", "JPY", "KWD", "CLF", "BRL", "INR"])


@settings(deadline=None)
@given(minors, minors, currencies)
def test_adding_and_taking_away_are_exact(a, b, currency):
    first, second = Amount(a, currency), Amount(b, currency)
    assert (first + second - second) == first
    assert (first - first) == zero(currency)
    assert (first < second) == (a < b)
    assert (first >= second) == (a >= b)
    assert zero(currency) - (-first) == first


@settings(deadline=None)
@given(st.lists(minors), currencies)
def test_a_total_is_the_sum_of_its_parts(parts, currency):
    assert total([Amount(part, currency) for part in parts], currency).minor == sum(parts)


@pytest.mark.parametrize(
    "mix",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: a < b,
        lambda a, b: a >= b,
        lambda a, b: total([a, b], "EUR"),
    ],
)
def test_two_currencies_are_never_counted_together(mix):
    with pytest.raises(UsageError, match=r"EUR and USD.*stated rate"):
        mix(Amount(100, "EUR"), Amount(100, "USD"))


def test_an_amount_is_multiplied_by_whole_numbers_only():
    assert Amount(250, "EUR") * 3 == 3 * Amount(250, "EUR") == Amount(750, "EUR")
    with pytest.raises(TypeError):
        Amount(250, "EUR") * 0.5


@pytest.mark.parametrize(
    ("code", "exponent"), [("JPY", 0), ("ISK", 0), ("EUR", 2), ("HUF", 2), ("KWD", 3), ("TND", 3), ("CLF", 4)]
)
def test_smallest_units_are_those_of_iso_4217(code, exponent):
    assert exponent_of(code) == exponent


@pytest.mark.parametrize("code", ["", "EURO", "eur", "XYZ"])
def test_what_is_no_currency_is_refused(code):
    with pytest.raises(UsageError, match="no currency code"):
        Amount(1, code)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Amount(123456, "EUR"), "EUR 1,234.56"),
        (Amount(-5, "EUR"), "EUR -0.05"),
        (Amount(1234567, "JPY"), "JPY 1,234,567"),
        (Amount(1, "KWD"), "KWD 0.001"),
        (Amount(0, "USD"), "USD 0.00"),
    ],
)
def test_amounts_are_written_with_their_decimals(amount, text):
    assert str(amount) == text


@pytest.mark.parametrize(
    ("text", "minor", "currency"),
    [
        ("1,234.56 USD", 123456, "USD"),
        ("1.234,56 €", 123456, "EUR"),
        ("€1.234.567,89", 123456789, "EUR"),
        ("£12", 1200, "GBP"),
        ("US$ 3.50", 350, "USD"),
        ("1 234,50 EUR", 123450, "EUR"),
        ("1\u202f234,50 EUR", 123450, "EUR"),
        ("CHF 1'234.50", 123450, "CHF"),
        ("INR 12,34,567.50", 123456750, "INR"),
        ("(12.00) EUR", -1200, "EUR"),
        ("-12 EUR", -1200, "EUR"),
        ("12,00- EUR", -1200, "EUR"),
        ("−0.01 EUR", -1, "EUR"),
        ("+7 EUR", 700, "EUR"),
        ("JPY 1,234,567", 1234567, "JPY"),
        ("0.125 KWD", 125, "KWD"),
        (".5 EUR", 50, "EUR"),
        ("12.3 EUR", 1230, "EUR"),
    ],
)
def test_amounts_are_read_as_people_write_them(text, minor, currency):
    assert parse_amount(text) == Amount(minor, currency)


@pytest.mark.parametrize("text", ["1,234 EUR", "1.234 EUR", "12,345 KWD"])
def test_what_could_be_read_in_two_ways_is_asked_for(text):
    with pytest.raises(UsageError, match="thousands or decimals"):
        parse_amount(text)


def test_the_asked_for_mark_decides():
    assert parse_amount("1,234 EUR", decimal=".") == Amount(123400, "EUR")
    assert parse_amount("1,234 KWD", decimal=",") == Amount(1234, "KWD")
    assert parse_number("0,00345", decimal=",") == Fraction(345, 100000)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("12.50", "which currency"),
        ("$12.50", "which currency"),
        ("¥1200", "which currency"),
        ("12 EUR or 13 USD", "names EUR, USD"),
        ("0.005 EUR", "finer than the smallest unit"),
        ("1.5 JPY", "finer"),
        ("EUR", "no amount"),
        ("1.2.3 EUR", "no amount"),
        ("1,23,4.5 EUR", "no amount"),
        ("twelve EUR", "no amount"),
        ("1 2 EUR", "no amount"),
        ("--5 EUR", "no amount"),
        ("٣ EUR", "no amount"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_reason(text, why):
    with pytest.raises(UsageError, match=why):
        parse_amount(text)


def test_a_dollar_is_the_dollar_that_was_said():
    assert parse_amount("$12.50", currency="CAD") == Amount(1250, "CAD")
    with pytest.raises(UsageError, match="names EUR"):
        parse_amount("12.50 EUR", currency="USD")


@settings(deadline=None)
@given(minors, currencies, st.sampled_from([(".", ","), (",", "."), (",", " "), (".", "'"), (",", "\u202f")]))
def test_what_is_written_is_read_back(minor, currency, marks):
    decimal, group = marks
    amount = Amount(minor, currency)
    text = f"{format_number(amount, decimal=decimal, group=group)} {currency}"
    assert parse_amount(text, decimal=decimal) == amount
