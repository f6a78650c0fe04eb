"""Waveform, loudness over time and spectrum of a recording as pictures of the desk; drawn once, when it is heard."""

from __future__ import annotations

from controlroom.sound.drawing import Curve, loudness_over_time, spectra, waveform
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, third_octave_levels_db
from controlroom.sound.survey import Survey

WIDTH = 480
"""Of the diagrams, in units of their text: they stand in the narrow column."""


def pictures_of(survey: Survey, label: str) -> dict[str, str]:
    """SVG by name: waveform, loudness, spectrum; what there is nothing to draw of is left out."""
    drawn = {"waveform": waveform(survey.waveform, f"Waveform of {label}")}
    series = survey.loudness_series
    levels = series.short_term_lufs
    if len(levels):
        times_s = [series.hop_s * (at + 1) for at in range(len(levels))]
        drawn["loudness"] = loudness_over_time(
            [Curve(label, "line", times_s, levels)], f"Loudness of {label} over time", width=WIDTH
        )
    bands_db = third_octave_levels_db(survey.spectrum)
    sounding = bands_db[bands_db > -150]
    if len(sounding):
        curve = Curve(label, "line", THIRD_OCTAVES_HZ, bands_db - sounding.max())
        drawn["spectrum"] = spectra([curve], f"Third-octave spectrum of {label}", width=WIDTH)
    return {name: str(svg) for name, svg in drawn.items()}
