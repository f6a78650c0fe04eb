"""The files of a song as grouping sees them: where each lies, what its name says, what it seems to be."""

from __future__ import annotations

import fnmatch
from collections.abc import Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from controlroom.song.affixes import without_affixes
from controlroom.song.model import FileFacts, Guess, Sheet, Side
from controlroom.song.naming import Reading, is_generic, read_name
from controlroom.song.roles import family_of, role_from_name
from controlroom.song.tables import entries
from controlroom.song.words import natural, plain, words_of

KIT_ROLES = frozenset(
    {"kick in", "kick out", "kick", "snare top", "snare bottom", "snare", "tom", "hi-hat", "ride", "overhead", "room"}
)
_SURE = 0.6


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One file. `folder`: the part's folder ("" where there is none); `base` and `mark` are settled in `numbers`."""

    facts: FileFacts
    folder: str
    in_takes: bool
    pass_folder: str
    reading: Reading
    base: str
    mark: tuple[str, ...]
    guess: Guess

    @property
    def seconds(self) -> float:
        return self.facts.frames / self.facts.rate_hz

    @property
    def family(self) -> str:
        return family_of(self.guess.role)

    @property
    def side(self) -> Side | None:
        return self.reading.side

    @property
    def in_kit(self) -> bool:
        return self.guess.role in KIT_ROLES and self.guess.confidence >= _SURE


def items_of(files: Sequence[FileFacts], sheet: Sheet) -> list[Item]:
    """One item a file, in natural order of their paths."""
    ordered = sorted(files, key=lambda facts: natural(facts.path.as_posix()))
    numbered = _with_track_numbers(ordered)
    readings = [read_name(facts.path.stem, numbered=numbered) for facts in ordered]
    bases = without_affixes([reading.base for reading in readings], sheet.title)
    wholes = without_affixes([reading.whole for reading in readings], sheet.title)
    plainer = [
        replace(reading, base=base, whole=whole) for reading, base, whole in zip(readings, bases, wholes, strict=True)
    ]
    return [_item(facts, reading, sheet) for facts, reading in zip(ordered, _without_lone_sides(plainer), strict=True)]


def _without_lone_sides(readings: Sequence[Reading]) -> list[Reading]:
    """ "Snare_01.R" without a "Snare_01.L" is what an export left of a stereo name, not a side."""
    sides = {(reading.base, reading.mark, reading.side) for reading in readings}

    def alone(reading: Reading) -> bool:
        besides = {(reading.base, reading.mark, side) for side in ("L", "R", None) if side != reading.side}
        return reading.split and not besides & sides

    return [replace(reading, side=None) if alone(reading) else reading for reading in readings]


def settled(item: Item, base: str, mark: tuple[str, ...]) -> Item:
    """The item with its base and mark decided."""
    return replace(item, base=base, mark=mark)


def together(items: Sequence[Item], tolerance: float = 0.01) -> bool:
    """Whether files can have been recorded at once: as long as one another (1%) and stamped alike (50 ms)."""
    lengths = [item.seconds for item in items]
    stamps = [item.facts.time_reference_s for item in items if item.facts.time_reference_s is not None]
    near = not stamps or max(stamps) - min(stamps) <= 0.05
    return near and max(lengths) - min(lengths) <= max(tolerance * max(lengths), 0.05)


def _with_track_numbers(files: Sequence[FileFacts]) -> bool:
    """Whether most names begin with a number of their own: "1 Kick", "2 Snare", "12 Guitar"."""
    leading = [facts.path.stem.split(maxsplit=1)[0] for facts in files if facts.path.stem[:1].isdecimal()]
    numbers = ["".join(c for c in first if c.isdecimal()) for first in leading]
    return len(files) >= 3 and len(numbers) >= 0.6 * len(files) and len(set(numbers)) >= 0.8 * len(numbers)


def _item(facts: FileFacts, reading: Reading, sheet: Sheet) -> Item:
    parts = facts.path.parts
    in_takes = len(parts) > 1 and plain(parts[0]) in entries("folders", "takes")
    folders = [name for name in parts[in_takes:-1] if in_takes or plain(name) not in entries("folders", "plain")]
    folder, inner = (folders[0], folders[1:]) if in_takes and folders else ("", folders)
    passes = [name for name in inner if _is_pass(name, in_takes)]
    named = [name for name in inner if name not in passes]
    if not in_takes:
        folder, named = " ".join(named), []
    base, whole = (" ".join([*named, text]).strip() for text in (reading.base, reading.whole))
    return Item(
        facts=facts,
        folder=folder,
        in_takes=in_takes and bool(folder),
        pass_folder=" ".join(passes),
        reading=replace(reading, base=base, whole=whole),
        base=base,
        mark=(),
        guess=_guess(facts, folder, base, whole, sheet),
    )


def _is_pass(name: str, in_takes: bool) -> bool:
    """ "take 2", "02", "2024-01-05"; inside takes/<part>/ also any name that is no instrument ("monday")."""
    reading = read_name(name)
    if is_generic(reading.base) and reading.mark:
        return True
    return in_takes and role_from_name(name).confidence < _SURE and plain(name) not in entries("folders", "plain")


def _guess(facts: FileFacts, folder: str, base: str, whole: str, sheet: Sheet) -> Guess:
    """From the sheet, else the name, else what the recorder wrote into the file, else the folder's name."""
    named = max(role_from_name(whole), role_from_name(base), key=lambda guess: guess.confidence)
    if said := _said_by_sheet(facts.path, folder, base, sheet):
        return Guess(role=said, side=named.side, confidence=1.0)
    if named.confidence >= _SURE:
        return named
    tracks = {value for key, value in facts.ixml.items() if key.startswith("TRACK") and value.strip()}
    recorded = role_from_name(next(iter(tracks))) if len(tracks) == 1 else Guess()
    if recorded.confidence >= _SURE:
        return recorded
    if folder:
        both = role_from_name(f"{folder} {base}")
        if both.confidence >= _SURE and (both.role != "drums" or not base):
            return Guess(role=both.role, side=named.side, confidence=0.8)
    return named


def _said_by_sheet(path: Path, folder: str, base: str, sheet: Sheet) -> str | None:
    names = {plain(path.as_posix()), plain(path.name), plain(path.stem), plain(base), plain(folder)} - {""}
    for said, role in sheet.roles.items():
        if plain(said) in names or fnmatch.filter(names, plain(said)):
            return role
    return None


def same_words(name: str, other: str) -> bool:
    """Whether two names say the same: "Lead Vocal" and "lead_vocal"."""
    return words_of(name) == words_of(other)
