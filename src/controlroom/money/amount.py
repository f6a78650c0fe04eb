"""Amounts of money: whole minor units of one currency. Exact, and never two currencies in one sum."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Literal

import msgspec

from controlroom.base.errors import UsageError
from controlroom.money.currencies import SYMBOLS, exponent_of

Mark = Literal[".", ","]

_GAPS = " \u00a0\u202f'’"
_MINUS = "-−–"


class Amount(msgspec.Struct, frozen=True, order=False):
    """`minor` units of `currency` (ISO 4217): Amount(1050, "EUR") is 10.50 euros."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        exponent_of(self.currency)

    def __add__(self, other: Amount) -> Amount:
        return Amount(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: Amount) -> Amount:
        return Amount(self.minor - self._same(other).minor, self.currency)

    def __neg__(self) -> Amount:
        return Amount(-self.minor, self.currency)

    def __abs__(self) -> Amount:
        return Amount(abs(self.minor), self.currency)

    def __mul__(self, times: int) -> Amount:
        if isinstance(times, bool) or not isinstance(times, int):
            return NotImplemented
        return Amount(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __bool__(self) -> bool:
        return self.minor != 0

    def __lt__(self, other: Amount) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Amount) -> bool:
        return self.minor <= self._same(other).minor

    def __gt__(self, other: Amount) -> bool:
        return self.minor > self._same(other).minor

    def __ge__(self, other: Amount) -> bool:
        return self.minor >= self._same(other).minor

    def __str__(self) -> str:
        return f"{self.currency} {format_number(self)}"

    def _same(self, other: Amount) -> Amount:
        if self.currency != other.currency:
            what = f"{self.currency} and {other.currency}"
            raise UsageError(what, "two currencies cannot be counted together", "Convert one at a stated rate first.")
        return other


def zero(currency: str) -> Amount:
    """Nothing, in a currency."""
    return Amount(0, currency)


def total(amounts: list[Amount], currency: str) -> Amount:
    """The sum of `amounts`, all in `currency`; nothing of it when there are none."""
    return sum(amounts, zero(currency))


def format_number(amount: Amount, *, decimal: Mark = ".", group: str = ",") -> str:
    """The number alone: "1,234.50", or "1.234,50" with decimal="," and group="."."""
    places = exponent_of(amount.currency)
    digits = f"{abs(amount.minor):0{places + 1}d}"
    whole, rest = (digits[:-places], digits[-places:]) if places else (digits, "")
    grouped = f"{int(whole):,}".replace(",", group)
    return ("-" if amount.minor < 0 else "") + grouped + (f"{decimal}{rest}" if places else "")


def parse_amount(text: str, *, currency: str | None = None, decimal: Mark | None = None) -> Amount:
    """ "1,234.56 EUR", "1.234,56 €", "(12.00)", "-5" as an amount.

    `currency` where the text names none (or only "$" or "¥"); `decimal` says which mark parts the decimals. Raises
    `UsageError` where it could be read in two ways ("1,234" without `decimal`), where it is no number, and where it is
    finer than the currency's smallest unit.
    """
    number, named = _without_currency(text, currency)
    places = exponent_of(named)
    exact = parse_number(number, decimal=decimal)
    minor = exact * 10**places
    if minor.denominator != 1:
        what = f"{text.strip()} is finer than the smallest unit of {named}"
        raise UsageError(what, f"{named} has {places} decimals", "Keep it as an exact share, and round the total.")
    return Amount(int(minor), named)


def parse_number(text: str, *, decimal: Mark | None = None) -> Fraction:
    """A number as people and statements write it, exactly; see `parse_amount` for what is refused."""
    body, negative = _without_sign(text)
    for gap in _GAPS:
        body = re.sub(rf"(?<=\d){re.escape(gap)}(?=\d{{3}}(?!\d))", "", body)
    mark = decimal or _decimal_mark(body, text)
    group = "," if mark == "." else "."
    whole, _, rest = body.partition(mark)
    groups = rf"[0-9]+|[0-9]{{1,3}}(?:\{group}[0-9]{{2,3}})*\{group}[0-9]{{3}}"
    if not (whole or rest) or not re.fullmatch(groups, whole or "0") or not re.fullmatch("[0-9]*", rest):
        raise _no_number(text)
    exact = Fraction(f"{(whole or '0').replace(group, '')}.{rest or '0'}")
    return -exact if negative else exact


def _decimal_mark(body: str, text: str) -> Mark:
    """Which of "." and "," parts the decimals: the last of two, or the one that cannot group thousands."""
    points, commas = body.count("."), body.count(",")
    if points and commas:
        return "." if body.rindex(".") > body.rindex(",") else ","
    if points + commas == 0:
        return "."
    mark: Mark = "." if points else ","
    other: Mark = "," if points else "."
    if points + commas > 1:
        return other  # 1.234.567: it groups
    before, after = body.split(mark)
    if len(after) == 3 and 1 <= len(before) <= 3 and before.strip("0"):
        why = f'"{mark}" may part thousands or decimals here'
        raise UsageError(text.strip(), why, "Say which mark parts the decimals.")
    return mark


def _without_sign(text: str) -> tuple[str, bool]:
    body = text.strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    if body[:1] in _MINUS and body:
        body, negative = body[1:].strip(), True
    elif body[-1:] in _MINUS and body:
        body, negative = body[:-1].strip(), True
    return body.removeprefix("+").strip(), negative


def _without_currency(text: str, currency: str | None) -> tuple[str, str]:
    codes = re.findall(r"(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])", text)
    signs = [sign for sign in SYMBOLS if sign in text]
    found = set(codes) | {SYMBOLS[sign] for sign in signs}
    bare = text
    for named in (*codes, *signs, "$", "¥"):
        bare = bare.replace(named, "")
    if len(found) > 1 or (currency and found and found != {currency}):
        named = ", ".join(sorted(found))
        raise UsageError(text.strip(), f"it names {named}", f"Expected {currency or 'one currency'}.")
    meant = next(iter(found), currency)
    if meant is None:
        raise UsageError(text.strip(), "it does not say in which currency", "Add a code, like EUR or USD.")
    return bare, meant


def _no_number(text: str) -> UsageError:
    return UsageError(text.strip() or '""', "this is no amount", 'Write it like "1,234.56 EUR".')
