"""Facts -> a letter that somebody reads, changes and sends."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.letters.catalogue import Catalogue, catalogue
from controlroom.rooms.correspondence.letters.facts import (
    FACTS_OF,
    DemoFacts,
    Facts,
    InvoiceFacts,
    Kind,
    Language,
    RevisionFacts,
    SessionFacts,
    Tone,
)
from controlroom.rooms.correspondence.letters.points import Heard, heard_in

TONES: tuple[Tone, ...] = get_args(Tone)
LANGUAGES: tuple[Language, ...] = get_args(Language)
_UNSAID: dict[str, str] = {
    "to": "whom it is addressed to",
    "sender": "who signs it",
    "place": "where the session is",
    "songs": "which parts of which songs are recorded",
    "answer_by": "until when an answer is needed",
    "link": "the link where it is heard",
    "changes": "what changed since the version before",
    "notes": "the notes that it answers",
    "until": "until when the answer is needed",
    "pay_by": "by when it should be paid now",
}
"""What a letter of its kind usually says, where the facts leave it open; `bring` and `address` may well be nothing."""


_OWN_WORDS = ("reason", "notes", "changes", "bring")
_HONORIFIC = re.compile(r"\s*(様|さま|さん|先生|氏)$")


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A letter as plain text, for somebody to read before it goes.

    `used`: names of the facts that it states ("until", "advice late_chorus"). `missing`: in English, what a person
    should fill in or check.
    """

    subject: str
    body: str
    language: Language
    tone: Tone
    used: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def draft(kind: Kind, facts: Facts, *, tone: Tone = "warm", language: Language = "en") -> Draft:
    """The letter of a kind; raises `UsageError` where it cannot be written of these facts."""
    _check(kind, facts, tone, language)
    words = catalogue(language)
    heard = _heard(kind, facts, words)
    said = _said(facts, heard, language)
    letter = words.table[_name(kind, facts)][tone]
    subject = words.fill(letter["subject"], said)
    parts = (words.table["greeting"][tone], letter["body"], words.table["closing"][tone])
    body = [words.fill(template, said) for template in parts]
    asked = subject.asked.union(*(part.asked for part in body))
    return Draft(
        subject=subject.text,
        body="\n\n".join(part.text for part in body if part.text) + "\n",
        language=language,
        tone=tone,
        used=tuple(_used(asked, facts, heard)),
        missing=tuple(_missing(kind, facts, said, heard)),
    )


def _name(kind: Kind, facts: Facts) -> str:
    return f"{kind}_{facts.degree}" if isinstance(facts, InvoiceFacts) else kind


def _check(kind: Kind, facts: Facts, tone: Tone, language: Language) -> None:
    if kind not in FACTS_OF or tone not in TONES or language not in LANGUAGES:
        known = f"{', '.join(FACTS_OF)}; {', '.join(TONES)}; {', '.join(LANGUAGES)}"
        raise UsageError(f"{kind}, {tone}, {language}", "there is no such letter", f"Choose among {known}.")
    if not isinstance(facts, FACTS_OF[kind]):
        raise UsageError(kind, f"it is not written of {type(facts).__name__}", f"Give {FACTS_OF[kind].__name__}.")
    for name in ("title", "about", "version", "number"):
        if not one_line(getattr(facts, name, "-")):
            raise UsageError(kind, f"it needs the {name}", "Name it, so that the reader knows what is meant.")
    if isinstance(facts, SessionFacts) and (not facts.start.tzinfo or not facts.end.tzinfo):
        raise UsageError(kind, "its times have no time zone", "Give them in the zone of whoever reads them.")
    if isinstance(facts, SessionFacts) and facts.end <= facts.start:
        raise UsageError(kind, "the session ends before it begins", "Correct its times.")
    if isinstance(facts, InvoiceFacts) and (facts.days_overdue < 1 or facts.amount_minor < 1):
        raise UsageError(kind, f"nothing is overdue on {facts.number}", "Remind when the day has passed.")


_SAYS_OF_DEMO: dict[Kind, tuple[int, int]] = {"feedback": (3, 3), "encouragement": (2, 0), "decline": (1, 1)}
"""How much of what works and of what to change each letter says at most."""


def _heard(kind: Kind, facts: Facts, words: Catalogue) -> Heard:
    if not isinstance(facts, DemoFacts):
        return Heard()
    praises, points = _SAYS_OF_DEMO[kind]
    try:
        heard = heard_in(facts.report, words)
    except msgspec.ValidationError as error:
        raise UsageError("the demo report", str(error), "Listen to the demo again.") from error
    return msgspec.structs.replace(heard, works=heard.works[:praises], points=heard.points[:points])


def _said(facts: Facts, heard: Heard, language: Language) -> dict[str, Any]:
    """What the templates see: every word of a person on one line, addresses only where they are some."""
    said: dict[str, Any] = _clean(msgspec.structs.asdict(facts))
    said.pop("report", None)
    said |= {"works": heard.works, "points": heard.points}
    if language == "ja":
        said |= {name: _HONORIFIC.sub("", said[name]) for name in ("to", "called")}
    said["called"] = said["called"] or said["to"]
    if "link" in said and not is_link(said["link"]):
        said["link"] = ""
    if isinstance(facts, InvoiceFacts):
        said["days_overdue"] = facts.days_overdue
    if isinstance(facts, RevisionFacts):
        said["done"] = [note for note in said["notes"] if note.done]
        said["not_done"] = [note for note in said["notes"] if not note.done]
    return said


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return one_line(value)
    if isinstance(value, dict):
        return {name: _clean(each) for name, each in value.items() if name != "report"}
    if isinstance(value, tuple):
        return tuple(_clean(each) for each in value)
    if isinstance(value, msgspec.Struct):
        return type(value)(**_clean(msgspec.structs.asdict(value)))
    return value


def one_line(text: str) -> str:
    """Words on one line, without control, bidirectional or other invisible characters."""
    return " ".join("".join(" " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text).split())


def is_link(text: str) -> bool:
    """Whether it is an address of the web that may stand in a letter."""
    try:
        address = urlsplit(text)
    except ValueError:
        return False
    return address.scheme in ("http", "https") and bool(address.netloc) and " " not in text


def _used(asked: frozenset[str], facts: Facts, heard: Heard) -> Iterator[str]:
    yield from (name for name in facts.__struct_fields__ if name in asked)
    if "days_overdue" in asked:
        yield "days_overdue"
    if {"done", "not_done"} & asked:
        yield "notes"
    if "works" in asked:
        yield from (f"praise {one.code}" for one in heard.works if one.code)
    if "points" in asked:
        yield from (f"advice {one.code}" for one in heard.points if one.code)


def _missing(kind: Kind, facts: Facts, said: dict[str, Any], heard: Heard) -> Iterator[str]:
    usual = ("to", "sender") if kind == "session_off" else tuple(_UNSAID)
    yield from (_UNSAID[name] for name in usual if name in said and not said[name])
    if isinstance(facts, DemoFacts):
        yield from _missing_of_demo(kind, facts, heard)
    if isinstance(facts, RevisionFacts):
        yield from (f"why this was not done: {note.note}" for note in said["not_done"] if not note.says)
    own = [name for name in _OWN_WORDS if said.get(name)]
    if own:
        yield f"the words of a person in it ({', '.join(own)}) stand as they were written: in the reader's language?"


def _missing_of_demo(kind: Kind, facts: DemoFacts, heard: Heard) -> Iterator[str]:
    if facts.report is None:
        yield "everything about the sound: there is no report on this demo"
        return
    praises, points = _SAYS_OF_DEMO[kind]
    if praises and not heard.works:
        yield "what works: the report names nothing that can be said in this language"
    if points and not heard.points:
        yield "what to change: the report names nothing that can be said in this language"
    yield from heard.left_out
