"""Over frequency: the spectrogram, and the spectrum against finished records."""

from __future__ import annotations

import base64
import hashlib
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from controlroom.rooms.listening.pictures.lanes import HEAD, section_bands
from controlroom.rooms.listening.pictures.names import listed
from controlroom.rooms.listening.pictures.shown import Shown
from controlroom.sound.drawing import Curve, Frame, clock, gray_png, label, rect, svg, time_marks
from controlroom.sound.spectrogram import HIGHEST_HZ, LOWEST_HZ, Spectrogram
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ, Spectrum, third_octave_levels_db
from controlroom.sound.tone import REGIONS, balance, curve_db

Floats = npt.NDArray[np.float64]

LEFT = 52
RANGE_DB, SHADES = 66.0, 32
MARKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10000)
OCTAVES_HZ = (31.5, 63, 125, 250, 500, 1000, 2000, 4000, 8000, 16000)
ANCHOR_HZ = (125.0, 6300.0)  # where levels are matched: every system plays it
SILENT_DB = -60.0
LEAST_FOR_UNITS = 560
TONES = ("third", "aside", "aside dashed")
MOST_REFERENCES = len(TONES)


def hz_name(hz: float) -> str:
    return f"{hz / 1000:g}k" if hz >= 1000 else f"{hz:g}"


def spectrogram(shown: Shown, width: int, height: int = 260) -> Markup | None:
    """Frequency over time, each 24th of an octave against the loudest; None for silence, or where it was not heard."""
    heard = shown.spectrogram
    if heard is None or not heard.levels_db.size or float(heard.levels_db.max()) <= -119:
        return None
    head = HEAD + 4 if shown.sections else 0
    frame = Frame(
        width,
        height + head,
        (0.0, max(shown.duration_s, 1e-3)),
        (math.log2(LOWEST_HZ), math.log2(HIGHEST_HZ)),
        top=head,
        bottom=24,
        left=LEFT,
    )
    body = section_bands(shown.sections, frame.x, HEAD)
    body += rect("screen", LEFT, frame.top, width - LEFT - frame.RIGHT, height - 24, round=4) + _raster(heard, frame)
    body += "".join(
        f'<path class="grid" stroke-opacity="0.5" d="M{LEFT} {frame.y(math.log2(hz)):.1f}H{width - frame.RIGHT}"/>'
        + label(hz_name(hz), LEFT - 6, frame.y(math.log2(hz)) + 4, anchor="end")
        for hz in MARKS_HZ
    )
    body += frame.columns(time_marks(shown.duration_s, width // 70), clock)
    end = f", with sound up to {shown.bandwidth_hz / 1000:.1f} kHz" if shown.bandwidth_hz else ""
    return svg(width, frame.height, body, f"Spectrogram of {shown.name}, 20 Hz to 20 kHz{end}")


def _raster(heard: Spectrogram, frame: Frame) -> str:
    """Shades as a mask over two colours: what sounds glows, and the loudest of it has a core."""
    levels = heard.levels_db.astype(np.float32)
    shares = np.clip((levels - levels.max() + RANGE_DB) / RANGE_DB, 0, 1)
    png = gray_png((np.round(shares[::-1] ** 1.4 * SHADES) * (255 / SHADES)).astype(np.uint8))
    name = f"s{hashlib.sha256(png).hexdigest()[:10]}"
    right = frame.x(min(levels.shape[1] * heard.column_s, frame.x1))
    box = (
        f'x="{frame.left:g}" y="{frame.top:g}" width="{right - frame.left:.1f}" '
        f'height="{frame.height - frame.top - frame.bottom:g}"'
    )
    image = f'<image {box} preserveAspectRatio="none" href="data:image/png;base64,{base64.b64encode(png).decode()}"/>'
    steps = "".join(f'<feFunc{channel} type="table" tableValues="0 0 0 0.25 1"/>' for channel in "RGB")
    return (
        f'<defs><g id="{name}">{image}</g><mask id="{name}g"><use href="#{name}"/></mask>'
        f'<filter id="{name}f" color-interpolation-filters="sRGB" x="0" y="0" width="1" height="1">'
        f"<feComponentTransfer>{steps}</feComponentTransfer></filter>"
        f'<mask id="{name}c"><use href="#{name}" filter="url(#{name}f)"/></mask></defs>'
        f'<rect class="glow" {box} mask="url(#{name}g)"/><rect class="core" {box} mask="url(#{name}c)"/>'
    )


def tonal_balance(shown: Shown, width: int, height: int = 270) -> Markup | None:
    """Third octaves against the curve of finished records, its spread and the references, levels matched in the
    middle; None for silence."""
    levels = _matched(shown.spectrum, shown.bandwidth_hz)
    if levels is None:
        return None
    references = [(name, _matched(spectrum, None)) for name, spectrum in shown.references[:MOST_REFERENCES]]
    curves = [Curve(shown.name, "", *_points(levels))]
    curves += [
        Curve(name, tone, *_points(one))
        for tone, (name, one) in zip(TONES, references, strict=False)
        if one is not None
    ]
    frame = Frame(width, height, (math.log2(20), math.log2(20000)), (-42.0, 12.0), top=62, bottom=24, left=LEFT)
    octaves = [math.log2(hz) for hz in OCTAVES_HZ]
    body = _regions(shown, frame) + frame.rows([-36.0, -24.0, -12.0, 0.0, 12.0], "{:+.0f}")
    body += frame.columns(octaves, lambda at: hz_name(float(f"{2**at:.4g}"))) + _spread(frame)
    body += frame.lines(curves[::-1]) + _legend([*curves, Curve("finished records", "area", [], [])], width)
    return svg(width, height, body, _balance_says(shown, [name for name, one in references if one is not None]))


def _matched(spectrum: Spectrum, bandwidth_hz: float | None) -> Floats | None:
    """Third-octave levels, shifted onto the records' curve in the middle of the range; NaN where there is no sound."""
    levels = third_octave_levels_db(spectrum)
    silent = levels < levels.max() + SILENT_DB
    silent |= (bandwidth_hz or math.inf) * 2 ** (1 / 6) < THIRD_OCTAVES_HZ
    silent |= spectrum.rate_hz / 2 < THIRD_OCTAVES_HZ
    anchors = ~silent & (ANCHOR_HZ[0] <= THIRD_OCTAVES_HZ) & (ANCHOR_HZ[1] >= THIRD_OCTAVES_HZ)
    if spectrum.counted == 0 or not anchors.any():
        return None
    shift = float(np.mean((levels - curve_db(THIRD_OCTAVES_HZ))[anchors]))
    return np.asarray(np.where(silent, np.nan, levels - shift))


def _points(levels: Floats) -> tuple[Floats, Floats]:
    return np.log2(THIRD_OCTAVES_HZ), levels


def _spread(frame: Frame) -> str:
    """The curve of finished records, as wide as genres and artists differ."""
    hz = np.geomspace(20, 20000, 120)
    middles_hz = [math.sqrt(region.low_hz * region.high_hz) for region in REGIONS]
    half = np.interp(np.log(hz), np.log(middles_hz), [region.range_db for region in REGIONS])
    middle = curve_db(hz)
    return f'<path class="area" d="{frame.between(np.log2(hz), middle - half, middle + half)}"/>'


def _regions(shown: Shown, frame: Frame) -> str:
    """The parts of the spectrum by name, and how far off each lies."""
    body = ""
    for region, found in zip(REGIONS, balance(shown.spectrum, shown.bandwidth_hz), strict=True):
        left, right = frame.x(math.log2(region.low_hz)), frame.x(math.log2(region.high_hz))
        body += f'<path class="grid" d="M{left:.1f} 28V{frame.height - frame.bottom:g}"/>'
        body += label(region.name, (left + right) / 2, 40, anchor="middle", tone="small")
        if found.off_db is not None:
            tone = "strong" if found.excess_db else "small"
            unit = " dB" if frame.width >= LEAST_FOR_UNITS else ""
            body += label(_signed(found.off_db) + unit, (left + right) / 2, 56, anchor="middle", tone=tone)
    return body


def _signed(value_db: float) -> str:
    return f"{'+' if value_db >= 0.05 else '−' if value_db <= -0.05 else ''}{abs(value_db):.1f}"


def _legend(curves: Sequence[Curve], width: int) -> str:
    """Each curve with its name, as far as there is room."""
    body, x = "", float(LEFT)
    for curve in curves:
        wide = 24 + 7.2 * len(curve.label) + 20
        if x + wide > width + 20:
            break
        body += (
            rect("area", x, 4, 18, 10)
            if curve.tone == "area"
            else f'<path class="curve {curve.tone}" d="M{x:g} 9h18"/>'
        )
        body += label(curve.label, x + 24, 13.5)
        x += wide
    return body


def _balance_says(shown: Shown, references: Sequence[str]) -> str:
    off = [one for one in balance(shown.spectrum, shown.bandwidth_hz) if one.excess_db and one.off_db is not None]
    says = f"Spectrum of {shown.name} against finished records"
    if references:
        says += f" and {listed(references)}"
    if off:
        said = [f"{one.name} {abs(one.off_db or 0):.0f} dB {'over' if one.excess_db > 0 else 'under'}" for one in off]
        return f"{says}: {listed(said)}"
    return f"{says}: within their range"
