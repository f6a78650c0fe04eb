"""Demos on disk: has this one been here before, and what changed since? Fingerprints are kept by the files' hashes."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

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


def find_before(path: Path, folder: Path, progress: Progress = SILENT, cache: Path | None = None) -> Before:
    """Look for a demo among all audio files below `folder`, itself left out. Raises `InputRefused` where the demo or
    the folder cannot be read. The first time costs a hearing of every file; later only new files are heard."""
    if not folder.is_dir():
        raise InputRefused(folder, "it is no folder", "Name the folder that your demos lie in.")
    own = kept_fingerprint(path, scaled(progress, 0.0, 0.1), cache)
    others = [each for each in _audio_below(folder) if not each.samefile(path)]

    def heard(place: Path, share: Progress) -> Fingerprint | None:
        try:
            return kept_fingerprint(place, share, cache)
        except InputRefused:
            return None

    prints = dict(zip(others, shared_out(heard, others, scaled(progress, 0.1, 1.0)), strict=True))
    library = Library((str(place), found) for place, found in prints.items() if found is not None)
    id_or_doubt = acoustid(path)
    own_id = id_or_doubt if isinstance(id_or_doubt, str) else None
    return Before(
        seen=tuple(_seen(each, own_id) for each in library.versions_of(own)),
        searched=len(library),
        unreadable=tuple(place for place, found in prints.items() if found is None),
        acoustid=own_id,
        doubts=() if isinstance(id_or_doubt, str) else (id_or_doubt,),
    )


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
