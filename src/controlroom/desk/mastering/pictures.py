"""Loudness over time before and after, the spectra beside the references', and what the equaliser does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from django.utils.safestring import SafeString, mark_safe

from controlroom.rooms.listening.pictures.lanes import HEAD, section_bands
from controlroom.rooms.listening.pictures.shown import Stretch
from controlroom.rooms.mastering import MasterPlan
from controlroom.sound.drawing import Curve, Frame, clock, label, svg, time_marks
from controlroom.sound.filters import response_db
from controlroom.sound.linear_phase import through
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, third_octave_levels_db
from controlroom.sound.survey import Survey

WIDE, NARROW = 1040, 360
"""Widths, in units of their text: for a page and for a phone."""
LETTER, LINE, DASH = 7.4, 20, 30
HALF_A_TIME = 16  # a name of a time stands on its mark: closer to the edge it would be cut
SILENT_DB, DEEP_DB = -150.0, 48
ANCHOR_HZ = (125.0, 6300.0)
"""Where the level of a spectrum is read: every system plays this."""
LOWEST_LUFS, HEIGHT = -60.0, 240
OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
BEFORE, AFTER = "before", "line"
REFERENCES = ("third", "third dashed", "aside", "aside dashed")

Floats = npt.NDArray[np.float64]


class Heard(NamedTuple):
    """A recording in a picture: what it is called there, and what was measured."""

    label: str
    survey: Survey


class Drawn(NamedTuple):
    """One picture, as wide as a page and as a phone."""

    title: str
    wide: SafeString
    narrow: SafeString


def pictures_of(
    versions: Sequence[Heard], references: Sequence[Heard], sections: Sequence[dict[str, Any]], plan: MasterPlan | None
) -> list[Drawn]:
    """`versions`: before, and after where there is one. What there is nothing to draw of is left out."""
    names = {"section": ""}  # a place, but no name for it
    stretches = [Stretch(s["start_s"], s["end_s"], names.get(s["label"], s["label"])) for s in sections]
    drawn = []
    if any(len(heard.survey.loudness_series.short_term_lufs) for heard in versions):
        drawn.append(_drawn("Loudness over time", lambda width: _loudness(versions, stretches, width)))
    toned = [*zip(versions, _tones(versions), strict=True), *zip(references, REFERENCES, strict=False)]
    if spectra := [curve for heard, tone in toned if (curve := _spectrum(heard, tone)) is not None]:
        drawn.append(_drawn("Spectrum, matched in level", lambda width: _spectra(spectra, width)))
    if plan is not None and (curve := _correction(plan)) is not None:
        drawn.append(_drawn("What the equaliser does", lambda width: _equaliser(curve, width)))
    return drawn


def _tones(versions: Sequence[Heard]) -> tuple[str, ...]:
    """What is newest is drawn strong."""
    return (BEFORE, AFTER)[-len(versions) :]


def _drawn(title: str, draw: Any) -> Drawn:
    return Drawn(title, mark_safe(draw(WIDE)), mark_safe(draw(NARROW)))


def _loudness(versions: Sequence[Heard], sections: Sequence[Stretch], width: int) -> str:
    """Momentary thin, short-term strong, integrated as a line across; sections behind them."""
    curves, whole = [], []
    for tone, heard in zip(_tones(versions), versions, strict=True):
        series = heard.survey.loudness_series
        for levels, thin in ((series.momentary_lufs, True), (series.short_term_lufs, False)):
            if thin and heard is not versions[-1]:
                continue
            ends_s = series.hop_s * np.arange(1, len(levels) + 1)
            name = "momentary" if thin else f"{heard.label}: {_lufs(heard)}"
            curves.append(Curve(name, f"{tone}{' thin' * thin}", ends_s, levels))
        if (level := heard.survey.loudness.integrated_lufs) is not None:
            whole.append((tone, level))
    span_s = max((float(curve.x[-1]) for curve in curves if len(curve.x)), default=1.0)
    low, high = _bounds([level for curve in curves if "thin" not in curve.tone for level in curve.y])
    head = HEAD if sections else 0
    legend, rows = _legend(curves, width)
    frame = Frame(width, HEIGHT + rows + head, (0.0, span_s), (low, high), top=rows + head + 6)
    marks = [mark for mark in _marks(span_s, width) if frame.x(mark) < width - HALF_A_TIME]
    body = section_bands(sections, frame.x, frame.height - frame.bottom, top=rows + 4)
    body += frame.rows(range(low, high + 1, 6), "{:.0f}") + frame.columns(marks, clock)
    body += frame.lines(curves) + legend
    for tone, level in whole:
        body += f'<path class="curve {tone} dashed" d="M{frame.left:g} {frame.y(level):.1f}H{width - frame.RIGHT}"/>'
    says = ", ".join(f"{heard.label} {_lufs(heard)} integrated" for heard in versions)
    return svg(width, frame.height, body, f"Loudness over time: {says}")


def _lufs(heard: Heard) -> str:
    level = heard.survey.loudness.integrated_lufs
    return "silent" if level is None else f"{level:.1f} LUFS".replace("-", "−")


def _bounds(levels: Sequence[float]) -> tuple[int, int]:
    heard = [float(level) for level in levels if math.isfinite(level) and level > LOWEST_LUFS]
    high = math.ceil((max(heard, default=-14.0) + 2) / 6) * 6
    return max(math.floor((min(heard, default=-40.0) - 1) / 6) * 6, high - 36), high


def _marks(span_s: float, width: int) -> list[float]:
    return time_marks(span_s, max(width // 90, 3))


def _spectrum(heard: Heard, tone: str) -> Curve | None:
    """Third-octave levels, 0 dB where every system plays; None for silence."""
    levels_db = third_octave_levels_db(heard.survey.spectrum)
    freqs_hz = np.asarray(THIRD_OCTAVES_HZ)
    anchor = levels_db[(freqs_hz >= ANCHOR_HZ[0]) & (freqs_hz <= ANCHOR_HZ[1]) & (levels_db > SILENT_DB)]
    if not len(anchor):
        return None
    return Curve(heard.label, tone, freqs_hz, np.where(levels_db > SILENT_DB, levels_db - anchor.mean(), -np.inf))


def _spectra(curves: Sequence[Curve], width: int) -> str:
    levels = np.concatenate([np.asarray(curve.y) for curve in curves])
    high = math.ceil((float(levels[np.isfinite(levels)].max(initial=0.0)) + 1) / 6) * 6
    shown = [curve._replace(y=np.where(np.asarray(curve.y) < high - DEEP_DB, -np.inf, curve.y)) for curve in curves]
    names = ", ".join(curve.label for curve in curves)
    return _over_octaves(shown, (high - DEEP_DB, high), 12, width, f"Third-octave spectra, matched in level: {names}")


def _correction(plan: MasterPlan) -> Curve | None:
    """What tone and match do to both channels together; None where that is nothing."""
    freqs_hz = np.geomspace(20.0, 20000.0, 240)
    bands = ([plan.high_pass.band] if plan.high_pass else []) + [m.band for m in plan.tone if m.place != "side"]
    gain_db: Floats = response_db(bands, plan.rate_hz, freqs_hz) if bands else np.zeros(len(freqs_hz))
    for match in plan.match:
        if match.place != "side":
            gain_db = gain_db + through(match.freq_hz, match.gain_db)(freqs_hz)
    if np.abs(gain_db[freqs_hz > 40.0]).max() < 0.1:
        return None
    return Curve("The plan's tone", "line", freqs_hz, gain_db)


def _equaliser(curve: Curve, width: int) -> str:
    most = max(6, math.ceil(float(np.abs(np.clip(curve.y, -9, 9)).max()) / 3) * 3)
    says = f"The equaliser's curve: {float(np.min(curve.y)):.1f} to {float(np.max(curve.y)):+.1f} dB"
    return _over_octaves([curve], (-most, most), 3, width, says)


def _over_octaves(curves: Sequence[Curve], bounds: tuple[int, int], step: int, width: int, says: str) -> str:
    drawn = [curve._replace(x=np.log2(np.asarray(curve.x, float))) for curve in curves]
    legend, rows = _legend(drawn, width)
    frame = Frame(width, HEIGHT + rows, (math.log2(20), math.log2(20000)), bounds, top=rows + 6)
    shown = OCTAVES_HZ if width > 600 else OCTAVES_HZ[1::2]
    names = {math.log2(hz): f"{hz:g}" if hz < 1000 else f"{hz / 1000:g}k" for hz in shown}
    grid = frame.rows(range(bounds[0], bounds[1] + 1, step), "{:+.0f}") + frame.columns(list(names), names.__getitem__)
    return svg(width, frame.height, grid + frame.lines(drawn) + legend, says)


def _legend(curves: Sequence[Curve], width: int) -> tuple[str, int]:
    """The names of the curves over the diagram, in as many lines as they take, and the height of these."""
    x, y, body = 40.0, 13.0, ""
    for curve in curves:
        wide = DASH + LETTER * len(curve.label)
        if x > 40 and x + wide > width:
            x, y = 40.0, y + LINE
        body += f'<path class="curve {curve.tone}" d="M{x:.1f} {y - 4:.1f}h18"/>' + label(curve.label, x + 24, y)
        x += wide + 12
    return body, round(y) + 6
