"""What a letter of ours promises, and until which day: "I'll send the mix by Friday", "du hörst morgen von mir".

Read by the words in promises.toml. A promise is a clause in which we commit ourselves and a day is named; what depends
on the reader ("if you send it by Friday"), is denied, asked or only waited for is none. In doubt there is none: a
reminder for something that was never promised does more harm than one that is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from controlroom.rooms.correspondence.due import Due, dues_in, words_of

OPENS = 12  # letters before a day that opens a clause ("bis spätestens ")
LANGUAGES = ("en", "de", "es", "fr", "ja")
_SENTENCE = re.compile(
    r"(?<=[^\d][.!?])\s+(?=[A-ZÄÖÜÀ-Þ¡¿])|(?<=[。！？])"  # a full stop
    r"|\n\s*\n|\n(?=\s*[-–•・*])|(?<=[:：])\s*\n|\n(?=\w[\w ]{0,20}[:：])"  # a paragraph, a point, a label
)
_CLAUSE = re.compile(
    r"[,;:、]|\s[–—-]\s|\b(?:but|aber|pero|mais|denn|weil|because|porque|parce que|so that|damit)\b"
    r"|\b(?:and|und|y|et)\b(?= (?:i|we|you|he|she|they|ich|wir|du|er|sie|yo|te|je|on|nous|tu|vous|il|elle)\b)"
    r"|\b(?:and|et)\b(?= [ij]['’])"
)
_QUESTION = re.compile(r"[?？]\W*$|ますか|でしょうか")


class Promise(msgspec.Struct, frozen=True, kw_only=True):
    """`says`: the sentence that promises; `until`: the day by whose end it is due; `sent_at`: when it was said."""

    says: str
    until: date
    sent_at: datetime


def promises_in(text: str, language: str, sent_at: datetime, time_zone: str = "UTC") -> tuple[Promise, ...]:
    """Promises with a day, in the order of the letter; none in a language that is not known.

    `text` is our own, quoted lines (">") are left out; "tomorrow" is counted from `sent_at` (aware) in `time_zone`. A
    "before Friday" is due when Friday is over.
    """
    if language not in LANGUAGES:
        return ()
    written = sent_at.astimezone(ZoneInfo(time_zone)).date()
    ours = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith(">"))
    return tuple(_promises(ours, language, written, sent_at))


def _promises(text: str, language: str, written: date, sent_at: datetime) -> Iterator[Promise]:
    words = words_of(language)
    for sentence in _SENTENCE.split(text):
        says = " ".join(sentence.split())
        due = None if _QUESTION.search(says) else _promised(says.lower(), language, written, words)
        if due is not None:
            yield Promise(says=says, until=due, sent_at=sent_at)


def _promised(sentence: str, language: str, written: date, words: Mapping[str, Any]) -> date | None:
    """The day that a sentence promises; a clause without its own subject goes on with the one before it."""
    commits, defers = re.compile("|".join(words["commits"])), re.compile("|".join(words["defers"]))
    dues = dues_in(sentence, language, written)
    committed_at: int | None = None
    named: list[Due] = []
    for start, end in _clauses(sentence):
        clause = sentence[start:end]
        own = commits.search(clause)
        if own:
            committed_at = start + own.start()
        elif re.search(words["someone"], clause):
            committed_at, named = None, []
        if defers.search(clause):
            return None
        inside = [due for due in dues if start <= due.start < end]
        if own is None and committed_at is None:  # "By Friday, I'll have it": a day that opens the sentence waits
            inside = [due for due in inside if due.start - start <= OPENS]
        named += inside
        if committed_at is not None and named:
            return _foremost(named, committed_at)
    return None


def _clauses(sentence: str) -> Iterator[tuple[int, int]]:
    """Where its clauses lie; a comma within a date parts nothing."""
    start = 0
    for cut in _CLAUSE.finditer(sentence):
        if not re.match(r"[,]\s*(?:den |dem )?\d|:\d", sentence[cut.start() :]):
            yield start, cut.start()
            start = cut.end()
    yield start, len(sentence)


def _foremost(dues: list[Due], committed_at: int) -> date:
    """A deadline before a mere day, what follows the commitment before what precedes it."""
    return min(dues, key=lambda due: (not due.deadline, due.start < committed_at, due.start)).day
