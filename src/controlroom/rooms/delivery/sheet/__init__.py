"""The master sheet: what was mastered, who made it, and every file with its figures, on paper."""

from controlroom.rooms.delivery.sheet.page import MasterSheet
from controlroom.rooms.delivery.sheet.pdf import as_pdf

__all__ = ["MasterSheet", "as_pdf"]
