"""Exact money: amounts, shares, largest remainder. Integers and fractions, never a float."""
