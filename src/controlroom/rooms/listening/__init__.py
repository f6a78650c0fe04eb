"""The listening room: what a demo is, what is wrong with its sound, and what to do about it first.

`listen_to` opens a file and gives its report; `measure` does the same for a hearing that is there already.
"""

from controlroom.rooms.listening.measure import listen_to, measure
from controlroom.rooms.listening.report import Advice, DemoReport

ENGINE = 1

__all__ = ["ENGINE", "Advice", "DemoReport", "listen_to", "measure"]
