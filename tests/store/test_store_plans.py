"""A plan is known again whatever fields were added to its kind since."""

from __future__ import annotations

import msgspec

from controlroom.store.plans import fingerprint


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    ceiling_dbtp: float = -1.0


class Before(msgspec.Struct, frozen=True, kw_only=True):
    rate_hz: int
    limit: Limit = Limit()
    moves: tuple[Limit, ...] = ()


class After(msgspec.Struct, frozen=True, kw_only=True):
    rate_hz: int
    limit: Limit = Limit()
    moves: tuple[Limit, ...] = ()
    ride: Limit | None = None
    reasons: list[str] = msgspec.field(default_factory=list)


def test_a_new_field_makes_no_plan_look_edited() -> None:
    moves = (Limit(ceiling_dbtp=-2.0), Limit())
    assert fingerprint(Before(rate_hz=48000, moves=moves)) == fingerprint(After(rate_hz=48000, moves=moves))


def test_what_was_written_out_is_the_same_plan_and_what_was_changed_is_not() -> None:
    assert fingerprint(After(rate_hz=48000, limit=Limit(ceiling_dbtp=-1.0))) == fingerprint(After(rate_hz=48000))
    for other in (After(rate_hz=44100), After(rate_hz=48000, ride=Limit()), After(rate_hz=48000, reasons=["so"])):
        assert fingerprint(other) != fingerprint(After(rate_hz=48000))
