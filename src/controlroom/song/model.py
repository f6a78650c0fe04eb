"""What a recording is. Frozen values; change one with `msgspec.structs.replace`.

A *pass* is everything recorded together: eight drum microphones of one performance are one pass with eight mics.
A *part* (drums, lead vocal, bass) has one or more passes; a *take* is a pass of a part.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

import msgspec

Side = Literal["L", "R"]


class FileFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What grouping and role guessing need to know of one audio file, read from its header.

    `path` is relative to the song folder; `time_reference_s` is the BWF time reference in seconds since midnight
    (None: the file has none); `ixml` holds TAPE, SCENE, TAKE, TRACK names where the file has them.
    """

    path: Path
    rate_hz: int
    channels: int
    frames: int
    codec: str = "pcm"
    time_reference_s: float | None = None
    ixml: dict[str, str] = {}


class Guess(msgspec.Struct, frozen=True, kw_only=True):
    """What a file seems to be: a role, the side its name says, and how sure that is (0 to 1)."""

    role: str = "unknown"
    side: Side | None = None
    confidence: float = 0.0


class Mic(msgspec.Struct, frozen=True, kw_only=True):
    """One file of a pass: a microphone, a DI, an amp, or a printed stem. `role` as in `song.roles.ROLES`."""

    path: Path
    role: str
    side: Side | None = None


class Pass(msgspec.Struct, frozen=True, kw_only=True):
    """One performance: all its mics, and where it starts on the song's time line."""

    name: str
    mics: tuple[Mic, ...]
    start_s: float = 0.0
    punch_in: bool = False


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one player or singer contributes; `role` is the family it belongs to (`song.roles.FAMILIES`).

    `printed`: a finished stem, already treated and balanced by whoever made it; a mix keeps it at unity.
    """

    name: str
    role: str
    passes: tuple[Pass, ...]
    printed: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    roles: tuple[str, ...] = ()
    email: str | None = None
    ipi: str | None = None
    isni: str | None = None


class Split(msgspec.Struct, frozen=True, kw_only=True):
    """Who owns what share of the work or of the recording."""

    name: str
    share: Fraction
    of: Literal["work", "recording"] = "work"


Samples = Literal["none", "cleared", "open"]


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """What `song.toml` says; everything may be missing.

    `key` reads like "F# minor", `meter` like "6/8", `isrc` like "QZABC2400001". `roles` maps a file or part name
    (or a pattern like "Gtr*") to a role; `stems` says whether the material is finished stems (None: decide from it).
    What a release is told beside: `upc` like "036000291452", `language` of the words as ISO 639, `explicit` (None:
    nobody has said), `date` as ISO 8601; whether the splits are agreed, and what of the samples in it.
    """

    title: str = ""
    artist: str = ""
    tempo_bpm: float | None = None
    key: str | None = None
    meter: str | None = None
    isrc: str | None = None
    rate_hz: int | None = None
    people: tuple[Person, ...] = ()
    splits: tuple[Split, ...] = ()
    references: tuple[Path, ...] = ()
    roles: dict[str, str] = {}
    stems: bool | None = None
    iswc: str | None = None
    album: str = ""
    label: str = ""
    upc: str | None = None
    date: str = ""
    copyright: str = ""
    language: str = ""
    explicit: bool | None = None
    splits_agreed: bool | None = None
    samples: Samples | None = None


class Song(msgspec.Struct, frozen=True, kw_only=True):
    """A song with its material; paths are relative to `folder`. `alternates`: other versions that came with a mix."""

    folder: Path
    sheet: Sheet
    parts: tuple[Part, ...] = ()
    demos: tuple[Path, ...] = ()
    mixes: tuple[Path, ...] = ()
    alternates: tuple[Path, ...] = ()
