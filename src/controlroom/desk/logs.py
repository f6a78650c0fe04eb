"""How the desk's log is written."""

from __future__ import annotations

import logging
import re


class Line(logging.Formatter):
    """One line a record. A guest's link is as good as a password: its token does not go into the log."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(name)s: %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return re.sub(r"(?<=/g/)[^/\s?'\"]+", "...", super().format(record))
