"""What a file's name says besides the instrument: take, side, track number, time stamp, punch-in.

Every DAW has its own habit (the tests list them): Pro Tools "Kick In_03", "LV.dup1_07-01.L"; Logic "Vox#02"; Ableton
"0001 3-Audio", "3-Audio 0002 [2024-01-05 120031]"; Reaper "01-Kick-240105_1200"; Cubase "01 - bass_03"; Studio One
"Vox(2)". Numbers that belong to the instrument ("Tom 1") look the same as weak take numbers; what they are is decided
beside the other files, in `numbers`.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Literal, NamedTuple

import msgspec

from controlroom.song.model import Side
from controlroom.song.roles import role_from_name
from controlroom.song.tables import entries, phrases, places_of
from controlroom.song.words import plain, words_of

Strength = Literal["", "loose", "padded", "said"]
"""How surely a number is a take: "Vox 2" loose, "Vox_02" padded, "Vox take 2" said."""

MOST_TAKES = 40


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """A name taken apart.

    `base` is the instrument as written, `whole` the same with the number that may belong to it ("Tom 1"); `mark` tells
    one take from another (number, playlist, clip, time stamp), `strength` how surely it does; `label` is how a person
    would call the take; `copy` says that a DAW duplicated the track ("LV.dup1"), `split` that the side is only the
    ending of one half of a stereo file ("OH_02.L").
    """

    base: str
    whole: str
    number: int | None = None
    strength: Strength = ""
    mark: tuple[str, ...] = ()
    label: str = ""
    side: Side | None = None
    split: bool = False
    punch: bool = False
    copy: bool = False


class _Take(NamedTuple):
    rest: str
    number: int | None = None
    strength: Strength = ""
    extra: tuple[str, ...] = ()


_GAP = r"[ _\-.]"
_TRIM = " _-.:"
_SIDE = re.compile(rf"(?:{_GAP}+|%)\(?(L|R|Left|Right|left|right|LEFT|RIGHT|l|r)\)?$|\((L|R|left|right)\)$")
_STAMPS = (
    re.compile(rf"{_GAP}*\[?(\d{{4}}-\d\d-\d\d[ _T-]\d\d[-.:h]?\d\d(?:[-.:m]?\d\d)?)\]?$"),
    re.compile(rf"(?:^|{_GAP})(\d{{6}}[_-]\d{{4,6}})$"),
    re.compile(rf"(?:^|{_GAP})(\d{{8}}[_-]\d{{4,6}})$"),
    re.compile(rf"{_GAP}*\(?(\d{{4}}-\d\d-\d\d)\)?$"),
)
_RECORDER = re.compile(r"^(ZOOM\d{4}|[A-Z]?\d{6}[-_]\d{3,6})[-_](.+)$")
_TRACK = re.compile(r"^(\d{1,3})(\s*[-_.)]\s*|\s+)(?=[^\d\s])")
_TRACK_JOINED = re.compile(r"^(0\d{1,2})(?=[A-Za-z])")
_ABLETON = re.compile(r"^(\d{4}) (?=\S)")
_PRO_TOOLS = re.compile(r"(?: ?\.(\d{1,2}|cm\d*))?_(\d{2,3})(?:-(\d{2}))?$")
_NUMBERS: tuple[tuple[re.Pattern[str], Strength], ...] = (
    (re.compile(r" *\((\d{1,2})\)$"), "padded"),
    (re.compile(r"-(\d{2})$"), "padded"),
    (re.compile(r" (\d{4})$"), "padded"),
    (re.compile(rf"(?<=\D){_GAP}?(\d{{1,2}})$"), "loose"),
    (re.compile(r"^(\d{1,3})$"), "loose"),
)
_HASH = re.compile(r"[ _]*#(\d{1,3})$")
_COMP = re.compile(rf"{_GAP}+\(?comp(?:[ _-]?([A-Za-z]|\d{{1,2}}))?\)?$", re.IGNORECASE)
_DUPLICATE = re.compile(r" ?\.(dup\d*|duplicate)(?=[ ._]|$)", re.IGNORECASE)


@cache
def _said() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """ "Vox take 2", "Take2_Vox" and "Vox-T2"."""
    words = "|".join(sorted(map(re.escape, entries("passes", "words")), key=len, reverse=True))
    return (
        re.compile(rf"(?:^|[ _\-.(:]|(?<=[a-z])(?=[A-Z]))+(?:{words})[ _\-.#]*(\d{{1,3}}|[A-Ha-h])\)?$", re.IGNORECASE),
        re.compile(rf"^(?:{words})[ _-]*(\d{{1,3}})(?:[ _\-:]+|$)", re.IGNORECASE),
        re.compile(rf"(?<=\S){_GAP}+T(\d{{1,2}})$"),
    )


@lru_cache(maxsize=8192)
def read_name(stem: str, *, numbered: bool = False) -> Reading:
    """Take a name (without suffix) apart; `numbered`: the files around it begin with track numbers."""
    rest, sides, stamps = _from_the_end(stem.strip())
    take, track = _leading_take(rest), ""
    rest, track = _without_track(take.rest, numbered or bool(stamps) or bool(take.strength))
    if recorder := _RECORDER.match(rest):
        stamps, rest = [recorder[1], *stamps], recorder[2]
    take = take._replace(rest=rest) if take.strength else _take(rest)
    if take.strength == "loose" and (stamps or (is_generic(take.rest) and take.rest.strip(_TRIM))):
        take = _Take(rest)  # "Tr1" is the first track; with a time stamp beside it a loose number is the instrument's
    whole = take.rest if take.strength == "said" else rest
    base, more_sides, more_stamps = _from_the_end(take.rest)
    stamps += more_stamps
    base, punched = _without_punch(base)
    copied = bool(_DUPLICATE.search(base))
    base, whole = (_DUPLICATE.sub("", text).strip(_TRIM) for text in (base, whole))
    if track and is_generic(base):
        base = whole = f"{base} {track}".strip()  # "3-Audio" is not "4-Audio"
    sides += more_sides
    said = role_from_name(base).side or next((side for side, dot in reversed(sides) if not dot), None)
    dotted = next((side for side, dot in reversed(sides) if dot), None)
    number = (str(take.number),) if take.number is not None else ()
    return Reading(
        base=base,
        whole=whole,
        number=take.number,
        strength="said" if stamps else take.strength,
        mark=(*stamps, *number, *take.extra),
        label=_label(take, stamps),
        side=said or dotted,
        split=said is None and dotted is not None,
        punch=punched,
        copy=copied,
    )


def is_generic(base: str) -> bool:
    """Whether a name says nothing of what plays: "", "Audio", "Track 2"."""
    words = tuple(word for word in words_of(base) if not word.isdecimal())
    return places_of(words, phrases("passes", "generic")) == set(range(len(words)))


def _from_the_end(rest: str) -> tuple[str, list[tuple[Side, bool]], list[str]]:
    """Peel sides (and whether a dot set them off) and time stamps off the end, in whatever order they stand there."""
    sides: list[tuple[Side, bool]] = []
    stamps: list[str] = []
    while True:
        if (found := _SIDE.search(rest)) and rest[: found.start()].strip(_TRIM):
            sides.append(("L" if (found[1] or found[2])[0] in "Ll" else "R", found[0] in (".L", ".R")))
        elif found := next(filter(None, (pattern.search(rest) for pattern in _STAMPS)), None):
            stamps.append(found[1])
        else:
            return rest, sides, stamps
        rest = rest[: found.start()]


def _without_track(rest: str, numbered: bool) -> tuple[str, str]:
    """ "03_KickIn" is "KickIn", "03"; "808 Bass" and "12 String" stay, unless the files around begin with numbers."""
    if joined := _TRACK_JOINED.match(rest):
        return rest[joined.end() :], joined[1]
    found = _TRACK.match(rest)
    if not found or int(found[1]) > 199:
        return rest, ""
    sure = numbered or found[1].startswith("0") or found[2].strip()
    return (rest[found.end() :], found[1]) if sure else (rest, "")


def _leading_take(rest: str) -> _Take:
    if found := _ABLETON.match(rest):
        return _Take(rest[found.end() :], int(found[1]), "padded")
    if found := _said()[1].match(rest):
        return _Take(rest[found.end() :], int(found[1]), "said")
    return _Take(rest)


def _take(rest: str) -> _Take:
    """The take number at the end of a name, and what is left before it."""
    if found := _COMP.search(rest):
        return _Take(rest[: found.start()], None, "said", ("comp", *([found[1].upper()] if found[1] else [])))
    for pattern in (_said()[0], _said()[2], _HASH):
        if found := pattern.search(rest):
            return _Take(rest[: found.start()], _as_number(found[1]), "said")
    if (found := _PRO_TOOLS.search(rest)) and _may_be_take(found[2]):
        extra = tuple(piece for piece in (found[1], found[3]) if piece)
        if said := _said()[0].search(rest[: found.start()]):  # "Vox Take 2.06_01"
            return _Take(rest[: said.start()], _as_number(said[1]), "said", (found[2], *extra))
        return _Take(rest[: found.start()], int(found[2]), "padded", extra)
    for pattern, strength in _NUMBERS:
        if (found := pattern.search(rest)) and _may_be_take(found[1]):
            return _Take(rest[: found.start()], int(found[1]), strength)
    return _Take(rest)


def _as_number(text: str) -> int:
    return int(text) if text.isdecimal() else ord(text.upper()) - ord("A") + 1


def _may_be_take(number: str) -> bool:
    """Nobody keeps take 57, but many keep a 57."""
    return int(number) <= MOST_TAKES or (len(number) == 4 and number.startswith("0"))


def _label(take: _Take, stamps: list[str]) -> str:
    if take.number is not None:
        return f"take {take.number}"
    return " ".join(take.extra) or " ".join(stamps)


def _without_punch(rest: str) -> tuple[str, bool]:
    words = words_of(rest)
    punched = places_of(words, phrases("passes", "punch"))
    if not punched:
        return rest, False
    kept = {word for at, word in enumerate(words) if at not in punched}
    return " ".join(piece for piece in re.split(rf"{_GAP}+", rest) if plain(piece) in kept), True
