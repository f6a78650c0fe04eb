"""A poll as a table: times as rows, people as columns, what each said."""

from __future__ import annotations

from typing import Any

from controlroom.desk.calendar.models import PollAnswer, Session

MARKS = {"likes": ("good", "ok"), "can": ("possible", "warn"), "cannot": ("not possible", "bad")}


def poll_of(session: Session) -> dict[str, Any] | None:
    """The times that are asked about, with every answer, the best first among the rows; None without a poll."""
    slots = list(session.slots.all())
    if not slots:
        return None
    seats = list(session.seats.all())
    said = {(row.slot_id, row.seat_id): row.says for row in PollAnswer.objects.filter(slot__session=session)}
    rows = [
        {"slot": slot, "cells": [MARKS.get(said.get((slot.pk, seat.pk), ""), ("", "")) for seat in seats]}
        for slot in slots
    ]
    return {"seats": seats, "rows": rows, "answered": len({seat for _, seat in said}), "asked": len(seats)}
