"""The song folder on disk: making one, and finding what lies in it. Nothing here opens an audio file.

    My Song/
      song.toml            title, artist, tempo and key when known, people, splits, references
      demo/                what arrived
      takes/<part>/        raw recordings, grouped into passes
      mixes/               an engineer's mix or rough mix, when there is one; its instrumental and other versions
      cover.jpg            the cover (or cover.png), and lyrics.txt
      references/          released songs to compare with
      out/                 made by the house

A folder without takes/ works too: every audio file in it is a recording, unless its name says that it is a mix or a
master.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from controlroom.base.errors import InputRefused, UsageError, surroundings
from controlroom.base.files import write_text
from controlroom.base.finding import Finding
from controlroom.song.naming import read_name
from controlroom.song.roles import family_of, role_from_name
from controlroom.song.sheet import SHEET_NAME, read_sheet, sheet_findings, template, write_sheet
from controlroom.song.tables import entries
from controlroom.song.whole import Kind, kind_of, sums_of_others
from controlroom.song.words import natural, plain

__all__ = [
    "AUDIO_SUFFIXES",
    "FoundFiles",
    "cover_in",
    "create",
    "find_audio",
    "lyrics_in",
    "read_sheet",
    "sheet_findings",
    "write_sheet",
]

AUDIO_SUFFIXES = frozenset(
    {".wav", ".wave", ".bwf", ".rf64", ".bw64", ".w64", ".aif", ".aiff", ".aifc", ".caf", ".flac", ".m4a", ".mp4"}
    | {".aac", ".alac", ".mp3", ".mp2", ".ogg", ".oga", ".opus", ".wma", ".wv", ".ape", ".mka"}
)
_ZONES = ("takes", "demos", "mixes", "masters", "references")
_MANY_OTHERS = 4
MOST_LYRICS_BYTES = 100_000


class FoundFiles(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in a song folder: relative paths in natural order, and what to know about those left aside.

    `masters` and `set_aside` (click tracks, talkback, sums of microphones that are there too, other versions of the
    mix) are not mixed.
    """

    takes: tuple[Path, ...] = ()
    demos: tuple[Path, ...] = ()
    mixes: tuple[Path, ...] = ()
    references: tuple[Path, ...] = ()
    masters: tuple[Path, ...] = ()
    set_aside: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()


def create(folder: Path, title: str, artist: str = "") -> tuple[Path, ...]:
    """Make a song folder with a `song.toml` to fill in; returns what was made.

    Raises `UsageError` when there is a `song.toml` already or `folder` is a file.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(str(folder), "there is a file of this name", "Choose another name for the folder.")
    sheet = folder / SHEET_NAME
    if sheet.exists():
        raise UsageError(str(sheet), "it is there already", "Edit it, or choose another folder.")
    rooms = tuple(folder / name for name in ("demo", "takes", "mixes"))
    with surroundings(folder):
        for room in rooms:
            room.mkdir(parents=True, exist_ok=True)
    write_text(sheet, template(title or folder.name, artist), force=False)
    return (sheet, *rooms)


def find_audio(folder: Path, *, title: str = "") -> FoundFiles:
    """Everything in `folder` that is an audio file by its suffix, sorted by what it is for.

    `title` helps to tell "My Song Mix" from a part; the folder's own name always does. Raises `InputRefused` when
    `folder` is not a folder or may not be read.
    """
    if not folder.is_dir():
        raise InputRefused(folder, "this is not a folder", "Name the folder that holds the song.")
    zones: dict[str, list[Path]] = {zone: [] for zone in (*_ZONES, "")}
    for path in sorted(_audio_files(folder), key=lambda path: natural(path.as_posix())):
        zone = _zone_of(path)
        if zone != "out":
            zones[zone].append(path)
    loose = zones.pop("")
    in_takes = bool(zones["takes"])
    kinds = {path: kind_of(path.stem, title, folder.resolve().name) for path in loose}
    findings: list[Finding] = []
    aside = [path for path in zones["takes"] if kind_of(path.stem) == "guide" and not _in_part_that_sounds(path)]
    takes = [path for path in zones["takes"] if path not in aside]
    if in_takes:
        findings += _outside_takes([path for path in loose if kinds[path] in (None, "sum", "guide", "alternate")])
    else:
        takes = [path for path in loose if kinds[path] in (None, "sum", "guide", "alternate")]
        aside = _aside(takes, kinds)
        takes = [path for path in takes if path not in aside]
    findings += [_set_aside(path, kinds.get(path, "guide")) for path in aside]
    of_kind = {kind: [path for path in loose if kinds[path] == kind] for kind in ("mix", "master", "reference")}
    halves = _halves(of_kind["mix"] + zones["mixes"])
    findings += [Finding(code="mix_in_halves", severity="advice", path=path.as_posix()) for path in halves]
    aside += halves
    of_kind["mix"] = [path for path in of_kind["mix"] if path not in halves]
    zones["mixes"] = [path for path in zones["mixes"] if path not in halves]
    mixes = [path for path in zones["mixes"] if kind_of(path.stem) != "master"]
    masters = [path for path in zones["mixes"] if path not in mixes]
    return FoundFiles(
        takes=tuple(takes),
        demos=tuple(zones["demos"]),
        mixes=(*mixes, *of_kind["mix"]),
        references=(*zones["references"], *of_kind["reference"]),
        masters=(*zones["masters"], *masters, *of_kind["master"]),
        set_aside=tuple(aside),
        findings=tuple(findings),
    )


def cover_in(folder: Path) -> Path | None:
    """The cover that lies beside the song: cover.jpg, cover.jpeg or cover.png, in any case."""
    return _beside(folder, "cover.jpg", "cover.jpeg", "cover.png")


def lyrics_in(folder: Path) -> str:
    """The words of the song, from lyrics.txt beside it; "" where there are none that can be read."""
    path = _beside(folder, "lyrics.txt")
    if path is None or path.stat().st_size > MOST_LYRICS_BYTES:
        return ""
    return path.read_bytes().decode("utf-8-sig", "replace").strip()


def _beside(folder: Path, *names: str) -> Path | None:
    found = {path.name.lower(): path for path in sorted(folder.iterdir()) if path.is_file()}
    return next((found[name] for name in names if name in found), None)


def _zone_of(path: Path) -> str:
    """Which of the song's own folders a file lies in; "" for none of them."""
    first = plain(path.parts[0]) if len(path.parts) > 1 else ""
    return next((zone for zone in (*_ZONES, "out") if first in entries("folders", zone)), "")


def _audio_files(folder: Path) -> Iterator[Path]:
    """Relative paths of audio files below `folder`; each real folder is entered once, so that links cannot loop."""
    seen: set[tuple[int, int]] = set()

    def refuse(error: OSError) -> None:
        raise InputRefused(error.filename or folder, "it may not be opened", "Check who may read it.") from error

    for place, below, names in os.walk(folder, followlinks=True, onerror=refuse):
        state = Path(place).stat()
        here = (state.st_dev, state.st_ino)
        if here in seen:
            below.clear()
            continue
        seen.add(here)
        below[:] = sorted(
            name for name in below if not name.startswith(".") and plain(name) not in entries("folders", "skipped")
        )
        for name in names:
            path = Path(place, name)
            if not name.startswith(".") and path.suffix.lower() in AUDIO_SUFFIXES and path.is_file():
                yield path.relative_to(folder)


def _aside(takes: list[Path], kinds: dict[Path, Kind | None]) -> list[Path]:
    """What lies among the recordings of a flat folder and must not be mixed with them."""
    sums = set(sums_of_others([path.stem for path in takes]))
    sung = [path for path in takes if kinds[path] is None and _family(path) == "lead vocal"]
    others = [path for path in takes if kinds[path] is None]
    aside = []
    for path in takes:
        kind = kinds[path]
        guiding_voice = kind == "guide" and _family(path) == "lead vocal"
        if (
            (kind == "sum" and path.stem in sums)
            or (kind == "guide" and (sung or not guiding_voice))
            or (kind == "alternate" and len(others) >= _MANY_OTHERS)
        ):
            aside.append(path)
    return aside


def _halves(mixes: list[Path]) -> list[Path]:
    """Mixes that came as two files, left and right: neither is the song."""
    readings = {path: read_name(path.stem) for path in mixes}
    sides = {(path.parent, reading.base, reading.mark, reading.side) for path, reading in readings.items()}
    return [
        path
        for path, reading in readings.items()
        if reading.side and (path.parent, reading.base, reading.mark, "R" if reading.side == "L" else "L") in sides
    ]


def _family(path: Path) -> str:
    return family_of(role_from_name(path.stem).role)


def _in_part_that_sounds(path: Path) -> bool:
    """takes/lead vocal/scratch.wav is a take: the folder says what it is."""
    return len(path.parts) > 2 and kind_of(path.parts[1]) != "guide"


def _set_aside(path: Path, kind: Kind | None) -> Finding:
    codes = {"sum": "sum_set_aside", "alternate": "version_set_aside"}
    code = codes.get(kind or "", "guide_set_aside")
    return Finding(code=code, severity="info", path=path.as_posix(), args={"name": path.name})


def _outside_takes(paths: list[Path]) -> list[Finding]:
    if not paths:
        return []
    args: dict[str, str | int | float | bool] = {"count": len(paths), "first": paths[0].as_posix()}
    return [Finding(code="outside_takes", severity="advice", args=args)]
