"""Dividing money: every unit goes to somebody, always the same way."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.errors import UsageError
from controlroom.money.amount import Amount
from controlroom.money.shares import divide, exact_part, largest_remainder, proportions

totals = st.integers(-(10**12), 10**12)
share_lists = st.lists(st.integers(0, 10_000), min_size=1, max_size=30).filter(any).map(proportions)


@settings(deadline=None)
@given(totals, share_lists)
def test_the_parts_add_up_to_the_total(total, shares):
    assert sum(largest_remainder(total, shares)) == total


@settings(deadline=None)
@given(totals, share_lists)
def test_no_part_is_a_whole_unit_from_its_exact_share(total, shares):
    for part, share in zip(largest_remainder(total, shares), shares, strict=True):
        assert abs(part - total * share) < 1


@settings(deadline=None)
@given(totals, share_lists)
def test_a_correction_undoes_exactly_what_it_corrects(total, shares):
    assert largest_remainder(-total, shares) == [-part for part in largest_remainder(total, shares)]


@settings(deadline=None)
@given(st.integers(0, 10**12), share_lists)
def test_nobody_with_a_larger_share_gets_less(total, shares):
    parts = largest_remainder(total, shares)
    for a, first in zip(shares, parts, strict=True):
        for b, second in zip(shares, parts, strict=True):
            assert not (a > b and first < second)


@settings(deadline=None)
@given(totals, share_lists)
def test_no_share_no_money(total, shares):
    parts = largest_remainder(total, [*shares, Fraction(0)])
    assert parts == [*largest_remainder(total, shares), 0]


@settings(deadline=None)
@given(st.integers(0, 10**6), st.lists(st.integers(1, 50), min_size=2, max_size=8, unique=True), st.randoms())
def test_the_order_of_different_shares_does_not_matter(total, weights, random):
    shares = proportions(weights)
    shuffled = list(shares)
    random.shuffle(shuffled)
    one = dict(zip(shares, largest_remainder(total, shares), strict=True))
    other = dict(zip(shuffled, largest_remainder(total, shuffled), strict=True))
    assert one == other


def test_of_equals_the_first_gets_the_odd_unit():
    third = Fraction(1, 3)
    assert largest_remainder(100, [third, third, third]) == [34, 33, 33]
    assert largest_remainder(-100, [third, third, third]) == [-34, -33, -33]
    assert largest_remainder(1, [Fraction(1, 2), Fraction(1, 2)]) == [1, 0]


def test_a_known_division():
    shares = [Fraction(5, 10), Fraction(3, 10), Fraction(2, 10)]
    assert largest_remainder(1001, shares) == [501, 300, 200]  # 500.5, 300.3, 200.2


@pytest.mark.parametrize("shares", [[Fraction(1, 2)], [Fraction(1, 2), Fraction(2, 3)], []])
def test_shares_that_do_not_add_up_are_refused(shares):
    with pytest.raises(UsageError, match="not to 1"):
        largest_remainder(100, shares)


def test_negative_shares_and_empty_weights_are_refused():
    with pytest.raises(UsageError, match="negative"):
        largest_remainder(100, [Fraction(3, 2), Fraction(-1, 2)])
    with pytest.raises(UsageError, match="not all of them 0"):
        proportions([0, 0])


@settings(deadline=None)
@given(st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_weights_become_shares_of_one(weights):
    assert sum(proportions(weights)) == 1


def test_an_amount_is_divided_among_names():
    shares = {"Ana": Fraction(1, 3), "Bo": Fraction(2, 3)}
    assert divide(Amount(100, "EUR"), shares) == {"Ana": Amount(33, "EUR"), "Bo": Amount(67, "EUR")}
    assert exact_part(Amount(100, "EUR"), Fraction(1, 3)) == Fraction(100, 3)
