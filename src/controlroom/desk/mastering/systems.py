"""A recording on every playback system: what the engine says of it, and its sound as the player takes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from controlroom.base.progress import Progress, scaled
from controlroom.desk.songs import listening, pcm
from controlroom.desk.songs.models import Recording
from controlroom.rooms.mastering.translation import PLACES, Place, played_on, translate
from controlroom.sound.files import Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.resample import Resampled
from controlroom.sound.signal import Signal

ENGINE = 2
TRANSLATION = "translation"
GOOD, POOR = 85.0, 60.0  # per cent of the loudness that survive
LESS_PERCENT = 5.0  # a section that keeps so much less than the whole song is named
KNOWN = frozenset(place.name for place in PLACES)


def kind_of(system: str) -> str:
    """The kind of the rendition that holds a recording on that system."""
    return f"on-{system}"


class Section(NamedTuple):
    """A part of the song, s."""

    start_s: float
    end_s: float
    label: str


def translated(
    signal: Signal, progress: Progress, *, vocal: Signal | None = None, sections: Sequence[Section] = ()
) -> dict[str, Any]:
    """What every system makes of a signal, as JSON; `vocal` and `sections` as `translate` takes them."""
    found = translate(signal, progress=progress, vocal=vocal, sections=sections).to_json()
    kept = ("name", "score", "findings", "sections")
    said = [{name: each[name] for name in kept} for each in found["systems"]]
    return {"engine": ENGINE, "systems": said, "voice_judged": found["voice_judged"]}


def translation_of(recording: Recording) -> dict[str, Any] | None:
    """What was measured; None before, or by an older engine."""
    path = listening.path_of(recording, TRANSLATION)
    said: dict[str, Any] = json.loads(path.read_bytes()) if path else {}
    return said if said.get("engine") == ENGINE else None


def context_of(recording: Recording) -> dict[str, Any]:
    """For `mastering/parts/systems.html`: every system with what was measured of it, if it was."""
    said = translation_of(recording)
    by_name = {each["name"]: each for each in said["systems"]} if said else {}
    return {
        "systems": [_row(place, by_name.get(place.name)) for place in PLACES],
        "measured": said is not None,
        "voice_judged": bool(said and said["voice_judged"]),
    }


def _row(place: Place, said: dict[str, Any] | None) -> dict[str, Any]:
    score = said["score"] if said else None
    tone = "" if score is None else "ok" if score >= GOOD else "warn" if score < POOR else ""
    shown = "silent" if score is None else f"{score:.0f} %"
    return {"place": place, "said": said, "tone": tone, "score": shown, "weakest": _weakest(said) if said else None}


def _weakest(said: dict[str, Any]) -> dict[str, Any] | None:
    """The section that loses most there, where that is clearly more than the whole song does."""
    scored = [each for each in said["sections"] if each["score"] is not None]
    worst = min(scored, key=lambda each: each["score"], default=None)
    if worst is None or said["score"] is None or worst["score"] > said["score"] - LESS_PERCENT:
        return None
    return {**worst, "shown": f"{worst['score']:.0f} %"}


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
