"""What an audio file is and says of itself, and what we write into one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

MAX_CHANNELS = 64


class Cue(msgspec.Struct, frozen=True):
    """A marker in a file: `at_frame` counts from its first frame."""

    at_frame: int
    label: str = ""


class AudioInfo(msgspec.Struct, frozen=True, kw_only=True):
    """What opening a file tells.

    `container` is "wav", "rf64", "bw64", "aiff", "aifc", "flac", "mp3", "mp4", "ogg", "adts", ...; `codec` is
    "pcm_s16", "pcm_s24", "pcm_f32", "flac", "alac", "mp3", "aac", "vorbis", "opus", ...; `bits` is the word length of
    a file that keeps every bit, and None otherwise. `frames` is exact: encoder delay and padding are not counted.
    `truncated`: the header promises more than there is. `time_reference` is the BWF time stamp (samples since
    midnight); `ixml` holds the iXML fields by name ("PROJECT", "SCENE", "TAKE", "TAPE", "TRACK_1", ...); `tags` have
    lower-case names ("title", "artist", "album", "isrc", "date", "comment", ...).
    """

    path: Path
    container: str
    codec: str
    rate_hz: int
    channels: int
    frames: int
    bits: int | None = None
    lossy: bool = False
    truncated: bool = False
    time_reference: int | None = None
    ixml: dict[str, str] = {}
    cues: tuple[Cue, ...] = ()
    tags: dict[str, str] = {}

    @property
    def duration_s(self) -> float:
        return self.frames / self.rate_hz


Kind = Literal["wav", "flac", "alac", "mp3", "aac", "opus", "vorbis"]

Dither = Literal["tpdf", "shaped"]

_SUFFIXES: dict[Kind, str] = {
    "wav": ".wav",
    "flac": ".flac",
    "alac": ".m4a",
    "mp3": ".mp3",
    "aac": ".m4a",
    "opus": ".opus",
    "vorbis": ".ogg",
}


class Format(msgspec.Struct, frozen=True):
    """How to write a file. `bits`: 16 or 24, and 32 (floating point) in WAV; only for wav, flac and alac.

    `bitrate_kbps`: constant for mp3 (320 unless said) and aac (256); the target of opus (160) and vorbis (192).
    `vbr_quality`: for mp3, a variable bit rate instead, LAME's V0 (best) to V9. `dither`: where bits are dropped;
    "shaped" for 16 bits at 44.1 and 48 kHz only.
    """

    kind: Kind = "wav"
    bits: Literal[16, 24, 32] = 24
    bitrate_kbps: int | None = None
    vbr_quality: int | None = None
    dither: Dither = "tpdf"

    def __post_init__(self) -> None:
        if self.bits == 32 and self.kind != "wav":
            raise ValueError(f"32 bits (floating point) are written as wav only, not as {self.kind}")
        if self.vbr_quality is not None and (self.kind != "mp3" or self.bitrate_kbps is not None):
            raise ValueError("a quality of variable bit rate is for mp3 alone, and without a bit rate")
        if self.vbr_quality is not None and not 0 <= self.vbr_quality <= 9:
            raise ValueError(f"the quality of an mp3 lies between 0 (best) and 9, not at {self.vbr_quality}")
        if self.dither == "shaped" and (self.bits != 16 or self.lossy):
            raise ValueError("shaped dither is for 16 bits only")

    @property
    def lossy(self) -> bool:
        return self.kind in ("mp3", "aac", "opus", "vorbis")

    @property
    def suffix(self) -> str:
        return _SUFFIXES[self.kind]


class Credit(msgspec.Struct, frozen=True):
    """Who did what: `role` as a person says it ("producer", "bass guitar")."""

    name: str
    role: str


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What is written into a file besides its sound; each container takes what it has a place for.

    `artists`: the artists one by one, where `artist` names several. `date` as ISO 8601 ("2026", "2026-11-05");
    `language` of the words as ISO 639 ("en", "eng"); `explicit` None: not said. `cover`: a JPEG or PNG image.
    `time_reference` in samples since midnight; the loudness fields go into the bext chunk (EBU Tech 3285 v2), and as
    ReplayGain or R128 gain into tags, those of the album beside the track's; `ixml` by field name as `AudioInfo.ixml`
    gives it.
    """

    title: str = ""
    artist: str = ""
    album: str = ""
    album_artist: str = ""
    composer: str = ""
    genre: str = ""
    track_number: int | None = None
    date: str = ""
    isrc: str = ""
    copyright: str = ""
    comment: str = ""
    software: str = ""
    artists: tuple[str, ...] = ()
    credits: tuple[Credit, ...] = ()
    upc: str = ""
    label: str = ""
    language: str = ""
    explicit: bool | None = None
    lyrics: str = ""
    cover: bytes = b""
    album_lufs: float | None = None
    album_true_peak_dbtp: float | None = None
    time_reference: int | None = None
    integrated_lufs: float | None = None
    range_lu: float | None = None
    true_peak_dbtp: float | None = None
    max_momentary_lufs: float | None = None
    max_short_term_lufs: float | None = None
    ixml: dict[str, str] = {}
    cues: tuple[Cue, ...] = ()
