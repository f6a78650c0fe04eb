"""What a rewording of a letter must not have done: add a fact, drop one, or turn one round.

A rewording may change words within a line, nothing else. Whatever is found here means that it is thrown away: in doubt
it is, since the draft is as good as it was. What cannot be seen by marks (a new claim in plain words) is left to the
person who reads every letter before it goes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import msgspec

from controlroom.rooms.correspondence.due import words_of
from controlroom.rooms.correspondence.letters.draft import Draft, one_line
from controlroom.rooms.correspondence.letters.facts import Facts, Language
from controlroom.rooms.correspondence.letters.marks import marks_of, names_in, plain

SLACK, SLACK_SHARE = 40, 0.4  # characters by which a line may grow or shrink: more, and something was said or left out
OPPOSITES = (
    ("up", "down"),
    ("more", "less"),
    ("faster", "slower"),
    ("earlier", "later"),
    ("louder", "quieter"),
    ("major", "minor"),
)
KEPT = ("up", "down", "faster", "slower")
_WRAPPED = re.compile(r"(?<=[^\n]{60})\n(?![-•・*\d\n])")  # where a paragraph was broken to fit a width
_SENTENCE = re.compile(r"(?<=[.!?。！？])\s*|\n")


def unknown_facts(draft: Draft, polished: str, facts: Facts) -> tuple[str, ...]:
    """What keeps `polished`, a rewording of the body of `draft`, from being used, in English; empty where it may be.

    Each line must state the same figures, times, days, amounts, units, keys and addresses in the same order, deny as
    often, depend on as much, point the same ways and stay about as long; every word of the facts that the draft repeats
    must still stand there; no name may be new that is neither in the draft nor in the facts, and no further promise may
    be made.
    """
    before, after = plain(draft.body), plain(polished)
    return tuple(
        dict.fromkeys(
            [
                *_lines_differ(before, after, draft.language),
                *_own_words_gone(before, after, facts),
                *_new_names(before, after, draft.language, facts),
                *_new_promises(before, after, draft.language),
            ]
        )
    )


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line.strip()]


def _lines_differ(before: str, after: str, language: Language) -> Iterator[str]:
    old, new = _lines(before), _lines(after)
    if len(new) > len(old):
        new = _lines(_WRAPPED.sub(" ", after))
    if len(old) != len(new):
        yield f"{len(old)} lines became {len(new)}"
        yield from _counted("the letter", marks_of(before, language).facts, marks_of(after, language).facts)
        return
    for number, (was, now) in enumerate(zip(old, new, strict=True), start=1):
        place = f"line {number}"
        one, other = marks_of(was, language), marks_of(now, language)
        yield from _counted(place, one.facts, other.facts)
        if one.facts != other.facts and Counter(one.facts) == Counter(other.facts):
            yield f"{place}: in another order: {', '.join(other.facts)}"
        if abs(len(now) - len(was)) > max(SLACK, SLACK_SHARE * len(was)):
            yield f"{place}: {len(was)} characters became {len(now)}"
        yield from _turned(place, one.turns, other.turns)


def _turned(place: str, was: Counter[str], now: Counter[str]) -> Iterator[str]:
    """Denials and conditions are as many as before; no direction was reversed, none of pitch or tempo went."""
    for name in ("not", "if"):
        if was[name] != now[name]:
            yield f"{place}: “{name}” {was[name]} times became {now[name]}"
    for one, other in OPPOSITES:
        if any(now[lost] < was[lost] and now[won] > was[won] for lost, won in ((one, other), (other, one))):
            yield f"{place}: {one} and {other} were exchanged"
    for name in KEPT:
        if was[name] and not now[name]:
            yield f"{place}: gone: {name}"


def _counted(place: str, was: tuple[str, ...], now: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{place}: new: {fact}" for fact in Counter(now) - Counter(was))
    yield from (f"{place}: gone: {fact}" for fact in Counter(was) - Counter(now))


def _said_by(facts: Facts) -> set[str]:
    """Every text of the facts, on one line; the report speaks through the draft alone."""
    return {plain(one_line(text)) for text in _texts(msgspec.to_builtins(facts)) if text.strip()}


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for name, each in value.items() if name != "report" for text in _texts(each))
    elif isinstance(value, list | tuple):
        yield from (text for each in value for text in _texts(each))


def _own_words_gone(before: str, after: str, facts: Facts) -> Iterator[str]:
    for text in sorted(_said_by(facts)):
        if before.count(text) > after.count(text):
            yield f"gone: {text}"


def _new_names(before: str, after: str, language: Language, facts: Facts) -> Iterator[str]:
    known = " ".join([before, *_said_by(facts)])
    for line in _lines(after):
        yield from (f"new: {name}" for name in names_in(line, language) if name not in known)


def _new_promises(before: str, after: str, language: Language) -> Iterator[str]:
    commits = re.compile("|".join(words_of(language)["commits"]))
    was, now = (sum(bool(commits.search(one)) for one in _SENTENCE.split(text.lower())) for text in (before, after))
    if now > was:
        yield "a new promise"
