"""The listening room: what a demo is, what works in it, and what would bring it to its potential.

listen_to : file -> DemoReport                  what is there, with what is not sure; what works; at most seven points
measure   : Hearing -> DemoReport               the same for a hearing that is there already
advised   : DemoReport, Around -> [Advice]      the points again, with references and the singer's other demos known
changes_between, told                           what changed since the last demo
need_of, ordered                                the morning's queue
"""

from controlroom.rooms.listening.advice import Around, advised
from controlroom.rooms.listening.measure import listen_to, measure
from controlroom.rooms.listening.report import ENGINE, Advice, DemoReport, Praise, What

__all__ = ["ENGINE", "Advice", "Around", "DemoReport", "Praise", "What", "advised", "listen_to", "measure"]
