"""Exact shares, and dividing an amount by them so that every cent goes to somebody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from controlroom.base.errors import UsageError
from controlroom.money.amount import Amount


def proportions(weights: Sequence[Fraction | int]) -> list[Fraction]:
    """Weights (points, plays, minutes) as shares that add up to exactly 1; raises `UsageError` when all are 0."""
    whole = sum(weights, Fraction(0))
    if whole == 0 or any(weight < 0 for weight in weights):
        raise UsageError("These weights", "they must not be negative, and not all of them 0", "Check the figures.")
    return [Fraction(weight) / whole for weight in weights]


def largest_remainder(total_minor: int, shares: Sequence[Fraction]) -> list[int]:
    """Divide `total_minor` by `shares`, which add up to exactly 1; the parts add up to exactly the total.

    The method of largest remainders (Hamilton): each gets the whole units of its exact part, and the units left over go
    one each to the largest remainders; of equal remainders first to the larger share, then to the earlier. A negative
    total is divided like its positive and negated, so that a correction undoes exactly what it corrects.

    Raises `UsageError` when a share is negative or they do not add up to 1.
    """
    if any(share < 0 for share in shares):
        raise UsageError("These shares", "one of them is negative", "Check the splits.")
    if sum(shares, Fraction(0)) != 1:
        added = sum(shares, Fraction(0))
        raise UsageError("These shares", f"they add up to {added}, not to 1", "Check the splits.")
    if total_minor < 0:
        return [-part for part in largest_remainder(-total_minor, shares)]
    exact = [total_minor * share for share in shares]
    parts = [part.numerator // part.denominator for part in exact]
    left = total_minor - sum(parts)
    ranked = sorted(range(len(shares)), key=lambda at: (parts[at] - exact[at], -shares[at], at))
    for at in ranked[:left]:
        parts[at] += 1
    return parts


def divide(amount: Amount, shares: Mapping[str, Fraction]) -> dict[str, Amount]:
    """An amount among named shares, exactly; see `largest_remainder`."""
    parts = largest_remainder(amount.minor, list(shares.values()))
    return {name: Amount(part, amount.currency) for name, part in zip(shares, parts, strict=True)}


def exact_part(amount: Amount, share: Fraction) -> Fraction:
    """A share of an amount in minor units, unrounded, for adding up before the one rounding at the end."""
    return amount.minor * share
