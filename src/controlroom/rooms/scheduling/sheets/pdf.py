"""A sheet as PDF."""

from __future__ import annotations

from datetime import UTC
from importlib.resources import files
from typing import Literal

from controlroom.rooms.scheduling.sheets.call import CallSheet
from controlroom.rooms.scheduling.sheets.session import SessionSheet
from controlroom.sound.drawing.paper import pdf_of

Paper = Literal["a4", "us-letter"]
Sheet = CallSheet | SessionSheet


def as_pdf(sheet: Sheet, paper: Paper = "a4") -> bytes:
    """The sheet as PDF, dated by its stamp."""
    words = {**sheet.page(), "paper": paper}
    template = files("controlroom.rooms.scheduling.sheets").joinpath(f"{words['kind']}.typ").read_text("utf-8")
    return pdf_of(template, words, stamp=int(sheet.stamp.astimezone(UTC).timestamp()))
