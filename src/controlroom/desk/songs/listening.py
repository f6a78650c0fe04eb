"""What is known of a recording by listening to it: its renditions, kept as files, and what they say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from controlroom.base.errors import InputRefused
from controlroom.desk.songs import blobs
from controlroom.desk.songs.models import VERSION_KINDS, Recording, Rendition, Song

if TYPE_CHECKING:
    from controlroom.sound.survey import Survey
    from controlroom.sound.versions.fingerprint import Fingerprint

CLOCKS_HZ = (44100, 48000, 88200, 96000)
"""Rates at which versions are played against each other."""


class _Made(msgspec.Struct):
    """Of something kept, which engine made it: the shape of what older ones made may be another."""

    engine: int = 0


def rendition(recording: Recording, kind: str) -> Rendition | None:
    """What was made of the recording ("survey", "peaks", "pcm-48000", "light", ...), where its file is still there."""
    made = recording.renditions.select_related("blob").filter(kind=kind).first()
    return made if made and blobs.is_kept(made.blob) else None


def _bytes_of(recording: Recording, kind: str) -> bytes | None:
    path = path_of(recording, kind)
    return path.read_bytes() if path else None


def survey_of(recording: Recording) -> Survey | None:
    """All cheap features of its sound; None before it was listened to (or by an older engine)."""
    from controlroom.base.canonical import from_json
    from controlroom.sound.survey import ENGINE, Survey

    data = _bytes_of(recording, "survey")
    if data is None or from_json(data, _Made).engine != ENGINE:
        return None
    return from_json(data, Survey)


def fingerprint_of(recording: Recording) -> Fingerprint | None:
    """What review aligns versions by; None before it was listened to."""
    from controlroom.base.canonical import from_json
    from controlroom.sound.versions.fingerprint import Fingerprint

    data = _bytes_of(recording, "fingerprint")
    return from_json(data, Fingerprint) if data else None


def report_of(recording: Recording) -> dict[str, Any] | None:
    """The demo report as `controlroom listen --json` prints it; None where there is none (or an older engine's)."""
    from controlroom.rooms.listening.report import ENGINE

    data = _bytes_of(recording, "listening")
    report = json.loads(data) if data else {}
    return report if report.get("engine") == ENGINE else None


def clock_hz(song: Song) -> int:
    """The rate at which the song's versions are played against each other: its newest version's."""
    newest = (
        song.recordings.filter(kind__in=VERSION_KINDS, archived_at=None, state="heard").order_by("-created_at", "-pk")
    ).first()
    return own_clock_hz(newest) if newest else 48000


def own_clock_hz(recording: Recording) -> int:
    """The rate at which a recording is played alone: its own, or the next one of `CLOCKS_HZ`."""
    rate_hz = recording.rate_hz or 48000
    return next((each for each in CLOCKS_HZ if each >= rate_hz), CLOCKS_HZ[-1])


def pcm_of(recording: Recording, rate_hz: int) -> dict[str, Any] | None:
    """Where the samples lie in the WAV of that rate: offset (bytes), frames, sample ("s16", "s24", "f32"), channels."""
    made = rendition(recording, f"pcm-{rate_hz}")
    return made.facts if made else None


def path_of(recording: Recording, kind: str) -> Path | None:
    """The file of a rendition, None where there is none."""
    made = rendition(recording, kind)
    try:
        return blobs.path_of(made.blob) if made else None
    except InputRefused:
        return None
