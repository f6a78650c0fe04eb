"""A recording on every playback system: what the engine says of it, and its sound as the player takes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from controlroom.base.progress import Progress, scaled
from controlroom.desk.songs import listening, pcm
from controlroom.desk.songs.models import Recording
from controlroom.rooms.mastering.translation import PLACES, Place, played_on, translate
from controlroom.sound.files import Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal

ENGINE = 1
TRANSLATION = "translation"
GOOD, POOR = 85.0, 60.0  # per cent of the loudness that survive
KNOWN = frozenset(place.name for place in PLACES)


def kind_of(system: str) -> str:
    """The kind of the rendition that holds a recording on that system."""
    return f"on-{system}"


def translated(signal: Signal, progress: Progress) -> dict[str, Any]:
    """What every system makes of a signal, as JSON."""
    found = translate(signal, progress=progress)
    said = [
        {"name": each.name, "score": each.score, "findings": [finding.to_json() for finding in each.findings]}
        for each in found.systems
    ]
    return {"engine": ENGINE, "systems": said}


def translation_of(recording: Recording) -> dict[str, dict[str, Any]] | None:
    """What was measured, by system; None before, or by an older engine."""
    path = listening.path_of(recording, TRANSLATION)
    said = json.loads(path.read_bytes()) if path else {}
    return {each["name"]: each for each in said["systems"]} if said.get("engine") == ENGINE else None


def context_of(recording: Recording) -> dict[str, Any]:
    """For `mastering/parts/systems.html`: every system with what was measured of it, if it was."""
    said = translation_of(recording)
    return {"systems": [_row(place, (said or {}).get(place.name)) for place in PLACES], "measured": said is not None}


def _row(place: Place, said: dict[str, Any] | None) -> dict[str, Any]:
    score = said["score"] if said else None
    tone = "" if score is None else "ok" if score >= GOOD else "warn" if score < POOR else ""
    return {"place": place, "said": said, "tone": tone, "score": "silent" if score is None else f"{score:.0f} %"}


def render(
    signal: Signal, system: str, loudness_lufs: float | None, clock_hz: int, target: Path, progress: Progress
) -> dict[str, Any]:
    """Write the signal as that system plays it, at the song's clock, 16 bits; gives what the player needs to know.

    It keeps the level it has there: the player turns down whatever is louder. Sixteen bits are what such systems play,
    and half of what 32 would take on the disk.
    """
    played = played_on(
        signal, system, loudness_lufs=loudness_lufs, folder=target.parent, progress=scaled(progress, 0.0, 0.5)
    )
    if played.rate_hz != clock_hz:
        played = Resampled(played, clock_hz)
    write(target, played, Format("wav", 16), progress=scaled(progress, 0.5, 0.8))
    level = measure_loudness(played, scaled(progress, 0.8, 1.0)).integrated_lufs
    return {
        "offset": pcm.data_offset(target),
        "frames": played.frames,
        "sample": "s16",
        "channels": played.channels,
        "rate_hz": clock_hz,
        "level_lufs": level,
    }
