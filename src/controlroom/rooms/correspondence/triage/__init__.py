"""What a message is: urgent, demo, note, scheduling, business, newsletter, junk or other, and why.

circumstances.py  what the desk knows        words.py    phrases found in any language
rules.toml        what counts how much       rules.py    reads it, and somebody's own text over it
scene.py          a message as rules see it   facts.py    what can be seen beside its words
urgency.py        what makes it urgent        weigh.py    evidence added up -> Verdict (verdict.py)
habits.py         what corrections taught     reasons.toml  the sentences of reasons
"""

from controlroom.rooms.correspondence.triage.circumstances import Circumstances, Letter, Person, Song, TodaySession
from controlroom.rooms.correspondence.triage.habits import Habits, learn
from controlroom.rooms.correspondence.triage.rules import Rules
from controlroom.rooms.correspondence.triage.verdict import KINDS, LABELS, Kind, Reason, Verdict
from controlroom.rooms.correspondence.triage.weigh import triage

__all__ = [
    "KINDS",
    "LABELS",
    "Circumstances",
    "Habits",
    "Kind",
    "Letter",
    "Person",
    "Reason",
    "Rules",
    "Song",
    "TodaySession",
    "Verdict",
    "learn",
    "triage",
]
