"""Loudness over time and spectra of the versions, one over the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from django.utils.safestring import SafeString, mark_safe
from markupsafe import Markup

from controlroom.desk.review.sides import Side, sides_of
from controlroom.desk.songs.listening import survey_of
from controlroom.desk.songs.models import Recording
from controlroom.sound.drawing import Curve, loudness_over_time, spectra
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, third_octave_levels_db
from controlroom.sound.survey import Survey

MOST = 4
TONES = ("now", "second", "third", "fourth")
_DRAWN = {
    'class="grid"': 'class="axis"',
    'class="curve now"': 'class="line"',
    **{
        f'class="curve {tone}"': f'fill="none" stroke="currentColor" stroke-dasharray="{dashes}"'
        for tone, dashes in zip(TONES[1:], ("8 4", "2 3", "10 3 2 3"), strict=True)
    },
}
"""The report's classes as the desk draws them: this version in the strong colour, the others each with its dashes."""
SILENT_DB = -150.0


def pictures_of(recording: Recording, *, alone: bool = False) -> dict[str, Any]:
    """The context of both pictures: the version, and the newest of the others."""
    sides = sides_of(recording, alone=alone)
    others = [side for side in sides if side.recording != recording and side.recording.state == "heard"]
    chosen = [side for side in sides if side.recording == recording] + others[::-1][: MOST - 1]
    surveyed = [(side, survey) for side in chosen if (survey := survey_of(side.recording)) is not None]
    return {"recording": recording, "loudness": _loudness(surveyed), "spectrum": _spectrum(surveyed)}


def _loudness(sides: Sequence[tuple[Side, Survey]]) -> SafeString | None:
    curves = []
    for tone, (side, survey) in zip(TONES, sides, strict=False):
        series = survey.loudness_series
        ends_s = series.hop_s * np.arange(1, len(series.short_term_lufs) + 1)
        curves.append(Curve(side.recording.label, tone, _on_clock(side, ends_s), series.short_term_lufs))
    says = f"Short-term loudness over time: {_names(sides)}"
    return _as_drawn(loudness_over_time(curves, says)) if curves else None


def _on_clock(side: Side, times_s: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The times in the current version; as they are where the two do not line up."""
    if not side.map:
        return times_s
    here_s, there_s = np.array(side.map).T
    inside = np.interp(times_s, here_s, there_s)
    before, after = times_s < here_s[0], times_s > here_s[-1]
    inside[before] = there_s[0] + times_s[before] - here_s[0]
    inside[after] = there_s[-1] + times_s[after] - here_s[-1]
    return inside


def _spectrum(sides: Sequence[tuple[Side, Survey]]) -> SafeString | None:
    curves = []
    for tone, (side, survey) in zip(TONES, sides, strict=False):
        levels = third_octave_levels_db(survey.spectrum)
        heard = levels[levels > SILENT_DB]
        if len(heard):
            curves.append(Curve(side.recording.label, tone, THIRD_OCTAVES_HZ, levels - heard.max()))
    return _as_drawn(spectra(curves, f"Third-octave spectra: {_names(sides)}")) if curves else None


def _as_drawn(picture: Markup) -> SafeString:
    drawn = str(picture)
    for theirs, ours in _DRAWN.items():
        drawn = drawn.replace(theirs, ours)
    return mark_safe(drawn)


def _names(sides: Sequence[tuple[Side, Survey]]) -> str:
    return ", ".join(side.recording.label for side, _ in sides)
