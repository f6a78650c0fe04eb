"""What a note asks for, as far as that can be said for sure: subject, axis, direction.

The words stand in `wording.toml`. A note is taken apart into clauses; a clause is understood only when every word in
it is known, for one unknown word can turn the meaning. "Don't make the vocal louder" is a wish to leave it: the
opposite of "louder", and not the same as "quieter".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from controlroom.song.words import plain

_AMOUNT = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:db|%)?")
_WORD = re.compile(r"[+-]?\d+(?:[.,:]\d+)*%?|[^\W_]+|[.,;!?\n]")
_ENDS = frozenset(".,;!\n")
LONGEST_TEXT = 2000  # longer ones are letters, not requests


class Wish(msgspec.Struct, frozen=True, order=True):
    """`direction` 1: more of the axis (louder, wetter, brighter, wider, longer, faster), -1: less of it.

    `leave`: asked not to go the other way, rather than to go this one.
    """

    subject: str
    axis: str
    direction: int
    leave: bool = False

    def opposes(self, other: Wish) -> bool:
        """Both cannot be done: the same subject and axis, the other way."""
        same = (self.subject, self.axis) == (other.subject, other.axis)
        return same and self.direction != other.direction and not (self.leave and other.leave)


class Said(msgspec.Struct, frozen=True):
    """`wishes` that were understood; `whole`: nothing else was said. `praise`: it says what works, and asks nothing.
    `sections`: the parts of the song it names."""

    wishes: tuple[Wish, ...] = ()
    whole: bool = False
    praise: bool = False
    sections: tuple[str, ...] = ()


class _Tag(NamedTuple):
    kind: str
    name: str = ""
    direction: int = 0


class _Axis(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"is_": "is"}):
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()
    is_: tuple[str, ...] = ()
    is_not: tuple[str, ...] = ()
    of: tuple[str, ...] = ()


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    subjects: dict[str, tuple[str, ...]]
    axes: dict[str, _Axis]
    small: dict[str, tuple[str, ...]]


@cache
def words() -> _Words:
    """The lexicon as it stands in `wording.toml`."""
    text = files("controlroom.rooms.review").joinpath("wording.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), _Words)


@cache
def _tags() -> dict[tuple[str, ...], _Tag]:
    """Every phrase and what it means; subjects win over axes, axes over small words."""
    found: dict[tuple[str, ...], _Tag] = {}
    for phrase, tag in _rows():
        found.setdefault(tuple(phrase.split()), tag)
    return found


def _rows() -> Iterator[tuple[str, _Tag]]:
    lexicon = words()
    for name, phrases in lexicon.subjects.items():
        yield from ((phrase, _Tag("subject", name)) for phrase in phrases)
    for name, axis in lexicon.axes.items():
        for kind, direction, phrases in (
            ("wish", 1, axis.more),
            ("wish", -1, axis.less),
            ("state", 1, axis.is_),
            ("state", -1, axis.is_not),
            ("thing", 1, axis.of),
        ):
            yield from ((phrase, _Tag(kind, name, direction)) for phrase in phrases)
    for kind, phrases in lexicon.small.items():
        yield from ((phrase, _Tag(kind, phrase)) for phrase in phrases)


@lru_cache(maxsize=4096)
def understood(text: str) -> Said:
    """What a note asks for and what it praises."""
    if len(text) > LONGEST_TEXT:
        return Said()
    clauses = list(_clauses(text))
    wishes, whole = _wishes(clauses)
    flat = [tag for clause in clauses for tag in clause]
    sections = tuple(sorted({tag.name for tag in flat if tag.kind == "section"}))
    praise = not wishes and "?" not in text and _praises(clauses)
    return Said(wishes, whole, praise, sections)


def _clauses(text: str) -> Iterator[list[_Tag]]:
    """Tags of each clause; a conjunction begins the next one and stays in it."""
    clause: list[_Tag] = []
    for tag in _tagged(_WORD.findall(plain(text.replace("’", "'")))):
        if tag.kind in ("end", "and", "but") and clause:
            yield clause
            clause = []
        if tag.kind != "end":
            clause.append(tag)
    if clause:
        yield clause


def _tagged(tokens: list[str]) -> Iterator[_Tag]:
    longest = max(map(len, _tags()))
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            tag = _tags().get(tuple(tokens[at : at + length]))
            if tag is not None:
                break
        else:
            length, tag = 1, _single(tokens[at])
        yield tag
        at += length


def _single(token: str) -> _Tag:
    if token in _ENDS:
        return _Tag("end")
    if _AMOUNT.fullmatch(token):
        return _Tag("filler", token)
    return _Tag("unknown", token)


def _wishes(clauses: list[list[_Tag]]) -> tuple[tuple[Wish, ...], bool]:
    """All wishes, and whether every clause was one; a clause without a subject speaks of the one before."""
    found: list[Wish] = []
    whole = bool(clauses)
    subjects: list[str] = []
    waiting: list[str] = []  # "vocal and guitar up": subjects that wait for their direction
    for clause in clauses:
        named = [tag.name for tag in clause if tag.kind == "subject"]
        if named and all(tag.kind in ("subject", "filler", "and", "please") for tag in clause):
            waiting += named
            continue
        direction = _direction(clause)
        if direction is None:
            whole = whole and all(tag.kind in ("filler", "please", "section", "and") for tag in clause)
            waiting = []
            continue
        subjects, waiting = [*waiting, *named] or subjects or ["mix"], []
        axis, way, leave = direction
        found += [Wish(subject, axis, way, leave) for subject in subjects]
        whole = whole and not any(tag.kind == "than" for tag in clause)
    return tuple(sorted(set(found))), whole and not waiting and bool(found)


def _direction(clause: list[_Tag]) -> tuple[str, int, bool] | None:
    """(axis, direction, leave) of a clause; None when it is not understood."""
    cut = next((place for place, tag in enumerate(clause) if tag.kind == "than"), len(clause))
    kinds = [tag.kind for tag in clause[:cut]]
    if {"unknown", "unclear", "praise"} & {tag.kind for tag in clause}:
        return None
    if kinds.count("not") > 1 or ("more" in kinds and "less" in kinds):
        return None
    one = {kind: [tag for tag in clause[:cut] if tag.kind == kind] for kind in ("wish", "state", "thing", "subject")}
    if len({(tag.name, tag.direction) for tag in one["wish"] + one["state"]}) > 1:
        return None
    if one["wish"]:
        return _asked(one["wish"][0], one["thing"], kinds)
    way = _amount(kinds)
    if one["state"]:
        state = one["state"][0]
        if way is None or one["thing"] or ("not" in kinds and not {"so", "enough"} & set(kinds)):
            return None
        return state.name, way * state.direction, False
    if one["thing"]:
        axis = one["thing"][0].name
        if way is None and "not" in kinds:
            return axis, -1, False
        return _flipped(axis, way, kinds)
    return _flipped("level", way, kinds) if len(one["subject"]) == 1 else None


def _asked(wish: _Tag, things: list[_Tag], kinds: list[str]) -> tuple[str, int, bool] | None:
    """ "Louder", "reverb down", "don't raise": a wish stands alone, and "not" asks to leave it."""
    if "less" in kinds or "enough" in kinds or len(things) > 1 or (things and wish.name != "level"):
        return None
    axis = things[0].name if things else wish.name
    return (axis, -wish.direction, True) if "not" in kinds else (axis, wish.direction, False)


def _amount(kinds: list[str]) -> int | None:
    """Which way a quantity points: more 1; less, too much, not so much -1; not enough 1."""
    said = set(kinds) & {"more", "less", "too", "enough", "so"}
    if said == {"more"}:
        return 1
    if said in ({"less"}, {"too"}):
        return -1
    if "not" in kinds and said in ({"enough"}, {"so", "enough"}):
        return 1
    return -1 if "not" in kinds and said == {"so"} else None


def _flipped(axis: str, way: int | None, kinds: list[str]) -> tuple[str, int, bool] | None:
    """ "No more reverb" asks to leave it; "not too much" may mean either."""
    if way is None or ("too" in kinds and "not" in kinds):
        return None
    asks = "not" in kinds and ("more" in kinds or "less" in kinds)
    return (axis, -way, True) if asks else (axis, way, False)


def _praises(clauses: list[list[_Tag]]) -> bool:
    """Somebody likes something, and nothing hints at a request or a but."""
    against = {"not", "but", "please", "too", "unclear", "less", "more", "wish", "enough"}
    flat = [tag.kind for clause in clauses for tag in clause]
    if "praise" not in flat or against & set(flat):
        return False
    return all("praise" in kinds or "subject" not in kinds for kinds in ([tag.kind for tag in one] for one in clauses))
