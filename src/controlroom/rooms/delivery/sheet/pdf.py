"""The master sheet as PDF: the same delivery gives the same bytes."""

from __future__ import annotations

from importlib.resources import files

from controlroom.rooms.delivery.sheet.page import MasterSheet
from controlroom.sound.drawing import standalone
from controlroom.sound.drawing.paper import pdf_of


def as_pdf(sheet: MasterSheet) -> bytes:
    """The sheet as PDF. It bears no date of its own, but the song's where that has one."""
    template = files("controlroom.rooms.delivery.sheet").joinpath("master.typ").read_text("utf-8")
    picture = sheet.picture()
    return pdf_of(template, sheet.page(), stamp=0, picture=standalone(picture) if picture else "")
