"""What a letter can say of a demo: the report's praise and advice in the letter's language, what is sure of them.

Read from a report's JSON as it is kept. A report of an earlier engine has no codes: its own sentences are English, so
an English letter says them and any other leaves them out, and tells which.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import jinja2
import msgspec

from controlroom.rooms.correspondence.letters.catalogue import Catalogue

LEAST_CONFIDENCE = 0.5  # the listening room's own: nothing below it is said


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """A point as sentences: what and where, why it matters, what to do about it ("" for praise)."""

    code: str
    says: str
    why: str = ""
    next: str = ""


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What can be said, in the report's own order; `left_out` tells in English what cannot."""

    works: tuple[Said, ...] = ()
    points: tuple[Said, ...] = ()
    left_out: tuple[str, ...] = ()


class _Told(msgspec.Struct, frozen=True):
    """A praise or an advice of a report's JSON."""

    says: str
    code: str = ""
    args: dict[str, Any] = {}
    confidence: float = 1.0
    at_s: float | None = None
    end_s: float | None = None
    reason: str = ""
    next: str = ""


class _Report(msgspec.Struct, frozen=True):
    works: tuple[_Told, ...] = ()
    advice: tuple[_Told, ...] = ()


def heard_in(report: Mapping[str, Any] | None, words: Catalogue) -> Heard:
    """Raises `msgspec.ValidationError` where it is no report."""
    told = msgspec.convert(report or {}, _Report)
    works, no_works = _of(told.works, "praise", words)
    points, no_points = _of(told.advice, "advice", words)
    return Heard(works=works, points=points, left_out=(*no_works, *no_points))


def _of(told: Sequence[_Told], what: str, words: Catalogue) -> tuple[tuple[Said, ...], tuple[str, ...]]:
    said, left_out = [], []
    for one in told:
        if one.confidence < LEAST_CONFIDENCE:
            continue
        sentences = _sentences(one, what, words)
        if sentences is None:
            left_out.append(f"{what} left out, it has no words in this language: {one.says}")
        else:
            said.append(sentences)
            if not one.code:
                left_out.append(
                    f"an earlier report's own words, which speak to a producer, stand in the letter: {one.says}"
                )
    return tuple(said), tuple(left_out)


def _sentences(one: _Told, what: str, words: Catalogue) -> Said | None:
    if not one.code and words.language == "en":
        return Said(code="", says=one.says, why=one.reason, next=one.next)
    templates = words.table[what].get(one.code)
    if templates is None:
        return None
    place = {"at_s": one.at_s, "end_s": one.end_s}
    try:
        return Said(
            code=one.code, **{name: words.fill(text, place | one.args).text for name, text in templates.items()}
        )
    except (jinja2.UndefinedError, TypeError, ValueError, KeyError):  # arguments of another engine
        return None
