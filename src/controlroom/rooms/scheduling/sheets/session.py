"""The session sheet: what was, for sign-off. Its lines are exact and become an invoice's. Frozen values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from controlroom.base.errors import UsageError
from controlroom.money.amount import Amount, format_number, total
from controlroom.rooms.scheduling.sheets.clock import clock, clock_beside, day, length, short_day


class Worked(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's hours, aware, in the studio's zone: `break_min` within them are not paid, `rate_minor` is for an hour.

    UsageError where they end before they start, or rest longer than they were there.
    """

    name: str
    start: datetime
    end: datetime
    part: str = ""
    break_min: int = 0
    rate_minor: int = 0

    def __post_init__(self) -> None:
        if self.minutes < 0 or self.end.astimezone(UTC) < self.start.astimezone(UTC):
            raise UsageError(self.name, "these hours end before they start, or are all break", "Check the times.")
        if self.break_min < 0 or self.rate_minor < 0:
            raise UsageError(self.name, "a break or a rate below nought", "Check them.")

    @property
    def minutes(self) -> int:
        """Whole minutes worked, without the break; on the night of a clock change the real ones."""
        there = self.end.astimezone(UTC) - self.start.astimezone(UTC)
        return int(there.total_seconds() // 60) - self.break_min

    @property
    def amount_minor(self) -> int:
        """`minutes` at `rate_minor` for an hour, halves rounded up: this is the line that is invoiced."""
        return (2 * self.minutes * self.rate_minor + 60) // 120


class Takes(msgspec.Struct, frozen=True, kw_only=True):
    """What was recorded of a part: how many takes, which is the keeper, a word on it."""

    song: str
    part: str
    count: int
    keeper: str = ""
    remark: str = ""


class SignOff(msgspec.Struct, frozen=True, kw_only=True):
    """Who signs; `at` None: a line to sign on."""

    name: str
    role: str = ""
    at: datetime | None = None
    remark: str = ""


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """What becomes a line of an invoice: somebody's minutes, their rate for an hour, and what that comes to."""

    name: str
    part: str
    minutes: int
    rate_minor: int
    amount: Amount


class SessionSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A session as it was. `start` and `end` aware, in the studio's zone; `stamp` is printed, and dates the PDF."""

    title: str
    studio: str
    place: str
    start: datetime
    end: datetime
    stamp: datetime
    currency: str
    worked: tuple[Worked, ...] = ()
    takes: tuple[Takes, ...] = ()
    remarks: str = ""
    signatures: tuple[SignOff, ...] = ()

    @property
    def minutes(self) -> int:
        """Of all people together."""
        return sum(one.minutes for one in self.worked)

    @property
    def total(self) -> Amount:
        """The sum of the lines, each rounded for itself, so that an invoice adds up."""
        return total([line.amount for line in self.lines()], self.currency)

    def lines(self) -> tuple[Line, ...]:
        """The lines of an invoice, in the order of the sheet."""
        return tuple(
            Line(
                name=one.name,
                part=one.part,
                minutes=one.minutes,
                rate_minor=one.rate_minor,
                amount=Amount(one.amount_minor, self.currency),
            )
            for one in self.worked
        )

    def page(self) -> dict[str, Any]:
        """What the page and the PDF show: finished strings only. `paid` False: nobody has a rate, no money is shown."""
        stamp = self.stamp.astimezone(self.start.tzinfo)
        return {
            "kind": "session",
            "label": "Session sheet",
            "title": self.title,
            "studio": self.studio,
            "day": day(self.start),
            "hours": f"{clock(self.start)} to {clock_beside(self.end, self.start)}",
            "place": self.place,
            "as_of": f"As of {short_day(stamp)} {stamp.year}, {clock(stamp)}",
            "paid": any(one.rate_minor for one in self.worked),
            "worked": [self._worked(one) for one in self.worked],
            "total_time": length(self.minutes),
            "total_money": str(self.total),
            "takes": [{**msgspec.structs.asdict(one), "count": str(one.count)} for one in self.takes],
            "total_takes": str(sum(one.count for one in self.takes)),
            "remarks": self.remarks.splitlines(),
            "signatures": [self._signature(one) for one in self.signatures],
        }

    def _worked(self, one: Worked) -> dict[str, str]:
        return {
            "name": one.name,
            "part": one.part,
            "from": clock_beside(one.start, self.start),
            "to": clock_beside(one.end, self.start),
            "break": length(one.break_min) if one.break_min else "",
            "time": length(one.minutes),
            "rate": format_number(Amount(one.rate_minor, self.currency)) if one.rate_minor else "",
            "money": format_number(Amount(one.amount_minor, self.currency)) if one.rate_minor else "",
        }

    def _signature(self, one: SignOff) -> dict[str, str]:
        at = one.at.astimezone(self.start.tzinfo) if one.at else None
        signed = f"Signed {short_day(at)} {at.year}, {clock(at)}" if at else ""
        return {"name": one.name, "role": one.role, "signed": signed, "remark": one.remark}
