"""Checks: a figure of what was made, held against its bounds. A finding says what to do; a check says what is so."""

from __future__ import annotations

from typing import Any

import msgspec


class Check(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One figure and its bounds, both inclusive; `value` None: the figure does not exist (the loudness of silence).

    A check without bounds is a figure worth showing and passes; one with bounds and no figure does not apply
    and passes too.
    """

    name: str
    value: float | None
    unit: str = ""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def passed(self) -> bool:
        if self.value is None:
            return True
        low_enough = self.at_most is None or self.value <= self.at_most
        return low_enough and (self.at_least is None or self.value >= self.at_least)

    def to_json(self) -> dict[str, Any]:
        """The check as the command line prints it."""
        return {
            "name": self.name,
            "passed": self.passed,
            "value": self.value,
            "unit": self.unit,
            "at_least": self.at_least,
            "at_most": self.at_most,
        }
