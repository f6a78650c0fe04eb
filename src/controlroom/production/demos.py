"""Demos on disk: has this one been here before, and what changed since? Fingerprints are kept by the files' hashes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.base.files import sha256_of, write_bytes
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.shares import shared_out
from controlroom.rooms.listening.changes import Changes, changes_between
from controlroom.rooms.listening.told import told
from controlroom.song.folder import AUDIO_SUFFIXES
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import AudioFile
from controlroom.sound.versions import Fingerprint, Library, Recognition, acoustid, agreement, fingerprint, recognised
from controlroom.sound.versions.fingerprint import ENGINE
from controlroom.sound.versions.library import MOST


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier version that was found, in words; `acoustid_agreement`: the share of bits in which the AcoustID
    fingerprints agree (unrelated: near 0.6), None where one of them is not there."""

    path: Path
    says: str
    version: Recognition
    acoustid_agreement: float | None = None


class Before(msgspec.Struct, frozen=True, kw_only=True):
    """What a folder of demos holds of a new one: `seen`, the surest first; `searched` files were looked through,
    `unreadable` could not be. `acoustid` is the new demo's own; what is missing is among the `doubts`."""

    seen: tuple[Seen, ...] = ()
    searched: int = 0
    unreadable: tuple[Path, ...] = ()
    acoustid: str | None = None
    doubts: tuple[Doubt, ...] = ()


class Shelf(NamedTuple):
    """A folder of demos, ready to be searched: make it once for a morning. `unreadable` files are not in `library`."""

    library: Library
    unreadable: tuple[Path, ...] = ()


def shelf_of(folder: Path, progress: Progress = SILENT, cache: Path | None = None) -> Shelf:
    """Every audio file below `folder`, by its path. The first time each is heard; later only new ones are. Raises
    `InputRefused` where it is no folder."""
    if not folder.is_dir():
        raise InputRefused(folder, "it is no folder", "Name the folder that your demos lie in.")

    def heard(place: Path, share: Progress) -> Fingerprint | None:
        try:
            return kept_fingerprint(place, share, cache)
        except InputRefused:
            return None

    files = _audio_below(folder)
    prints = dict(zip(files, shared_out(heard, files, progress), strict=True))
    return Shelf(
        library=Library((str(place), found) for place, found in prints.items() if found is not None),
        unreadable=tuple(place for place, found in prints.items() if found is None),
    )


def find_on(shelf: Shelf, path: Path, progress: Progress = SILENT, cache: Path | None = None) -> Before:
    """Look for a demo on a shelf, itself left out. Raises `InputRefused` where the demo cannot be read."""
    own = kept_fingerprint(path, progress, cache)
    versions = shelf.library.versions_of(own, MOST + 1)  # one of them may be itself
    others = [each for each in versions if not _same_file(Path(each.name), path)]
    made = acoustid(path)
    own_id = made if isinstance(made, str) else None
    return Before(
        seen=tuple(_seen(each, own_id) for each in others),
        searched=sum(not _same_file(Path(name), path) for name in shelf.library.known),
        unreadable=shelf.unreadable,
        acoustid=own_id,
        doubts=() if isinstance(made, str) else (made,),
    )


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def changes_since(
    previous: Path,
    demo: Path,
    reports: tuple[Mapping[str, Any], Mapping[str, Any]],
    progress: Progress = SILENT,
    cache: Path | None = None,
) -> Changes:
    """What `demo` does otherwise than `previous`; `reports`: the JSON of the previous one's report, and of its own."""
    old = kept_fingerprint(previous, scaled(progress, 0.0, 0.5), cache)
    new = kept_fingerprint(demo, scaled(progress, 0.5, 1.0), cache)
    return changes_between(told(reports[0]), told(reports[1]), recognised(str(previous), old, new))


def kept_fingerprint(path: Path, progress: Progress = SILENT, cache: Path | None = None) -> Fingerprint:
    """The fingerprint of a file, from the cache where its bytes were heard before. A cache that cannot be written, or
    holds something else, is done without."""
    try:
        place = (cache or cache_folder()) / f"{sha256_of(path)}-{ENGINE}.json"
    except OSError as error:
        raise InputRefused(path, error.strerror or "it cannot be read", "Check the file's name and rights.") from error
    with suppress(OSError, msgspec.DecodeError):
        return from_json(place.read_bytes(), Fingerprint)
    with AudioFile(path) as signal:
        made = fingerprint(signal, progress)
    with suppress(SurroundingsFailed):
        write_bytes(place, to_json(made))
    return made


def cache_folder() -> Path:
    """Where fingerprints are kept between runs: the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "controlroom" / "fingerprints"


def _audio_below(folder: Path) -> list[Path]:
    found = (each for each in folder.rglob("*") if each.suffix.lower() in AUDIO_SUFFIXES)
    return sorted(each for each in found if each.is_file() and not each.name.startswith("."))


def _seen(version: Recognition, own_id: str | None) -> Seen:
    """Only a recording at its own speed and pitch has an AcoustID to agree with."""
    path = Path(version.name)
    unaltered = version.kind == "same recording" and not version.faster_percent and not version.semitones
    other = acoustid(path) if own_id is not None and unaltered else None
    agreed = agreement(own_id, other) if own_id is not None and isinstance(other, str) else None
    return Seen(
        path=path,
        says=version.says.replace(version.name, path.name),
        version=version,
        acoustid_agreement=None if agreed is None else round(agreed, 2),
    )
