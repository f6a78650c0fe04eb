"""Pictures of a comparison: tone, correction, and dynamics and width by band."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

from controlroom.rooms.mastering.reference.compare import OCTAVES_HZ, BandCompared, Comparison
from controlroom.rooms.mastering.reference.profile import Floats
from controlroom.sound.drawing import Curve, Frame, label, rect, svg

WIDTH, HEIGHT, LOW_HEIGHT = 860, 260, 200
NAMES = ("Mix", "Reference", "Result")
TONES = ("before", "third dashed", "after")
FAR_DB, MOST_DB = 1.5, 6.0
SPAN_DB = 48.0


def spectrum_picture(comparison: Comparison) -> Markup:
    """Mix, reference and result, octave-smoothed, their loudness matched."""
    rows = [_with_gaps(row) for row in comparison.curves_db[:3]]
    high = 6 * math.ceil((max(float(np.nanmax(row)) for row in rows) + 1) / 6)
    frame = _frame(HEIGHT, high - SPAN_DB, high)
    curves = _curves(comparison, rows)
    grid = frame.rows(range(int(high - SPAN_DB), high + 1, 12), "{:+.0f}") + _octaves(frame)
    says = (
        f"Spectrum of mix, reference and result in octaves at equal loudness. The result is "
        f"{comparison.mean_off_db:.1f} dB from the reference on average and {comparison.worst_off_db:.1f} dB at most; "
        f"the mix was {comparison.mean_before_db:.1f} and {comparison.worst_before_db:.1f} dB from it."
    )
    return svg(WIDTH, HEIGHT, grid + frame.lines(curves) + frame.legend(curves), says)


def correction_picture(comparison: Comparison) -> Markup:
    """The matching curve, and what is left between result and reference, with the 1.5 dB it should stay within."""
    frame = _frame(LOW_HEIGHT, -8, 8)
    x = np.log2(comparison.freqs_hz)
    rows = [_with_gaps(row) for row in comparison.curves_db[3:]]
    curves = [Curve("Correction", "after", x, rows[0]), Curve("Left", "third dashed", x, rows[1])]
    top, bottom = frame.y(FAR_DB), frame.y(-FAR_DB)
    band = rect("band", frame.left, top, frame.x(frame.x1) - frame.left, bottom - top)
    grid = frame.rows((-6, -3, 0, 3, 6), "{:+.0f}") + _octaves(frame)
    most_db = comparison.most_correction_db
    says = f"The correction, {most_db:.1f} dB at most, and what is left between result and reference."
    return svg(WIDTH, LOW_HEIGHT, band + grid + frame.lines(curves) + frame.legend(curves), says)


def bands_picture(comparison: Comparison) -> Markup:
    """Crest and width of each band: mix, reference, result."""
    body, half = "", WIDTH // 2
    for k, (title, pick) in enumerate((("Crest, dB", "crest_db"), ("Side less middle, dB", "width_db"))):
        body += label(title, 8 + k * half, 16, tone="strong")
        rows = [getattr(band, pick) for band in comparison.bands]
        body += _bars(comparison.bands, rows, 8 + k * half, half - 24)
    height = 28 + 66 * len(comparison.bands)
    says = "Crest and width by band of mix, reference and result: " + "; ".join(
        f"{_named(band)} crest {_said(band.crest_db)}, width {_said(band.width_db)}" for band in comparison.bands
    )
    return svg(WIDTH, height, body, says)


def _bars(bands: Sequence[BandCompared], rows: list[Sequence[float | None]], left: float, room: float) -> str:
    """One bar a figure, from the lowest figure of all (or 0) on."""
    figures = [figure for row in rows for figure in row if figure is not None]
    low, high = min([*figures, 0.0]) - 1, max([*figures, 0.0]) + 1
    begin, span = left + 190, room - 190 - 50
    body = ""
    for k, (band, row) in enumerate(zip(bands, rows, strict=True)):
        y = 28 + 66 * k
        body += label(_named(band), left, y + 32, tone="name")
        for j, (figure, tone) in enumerate(zip(row, ("edge", "voice", "used"), strict=True)):
            body += label(NAMES[j], begin - 6, y + 16 + 18 * j, anchor="end", tone="small")
            if figure is None:
                body += label("none", begin + 4, y + 16 + 18 * j, tone="small")
                continue
            wide = max((figure - low) / (high - low) * span, 1.0)
            body += rect(tone, begin, y + 6 + 18 * j, wide, 12, round=2)
            body += label(f"{figure:.1f}".replace("-", "−"), begin + wide + 6, y + 16 + 18 * j, tone="small")
    return body


def _named(band: BandCompared) -> str:
    if not band.low_hz:
        return f"below {band.high_hz:g} Hz"
    return f"{band.low_hz:g} to {band.high_hz:g} Hz" if band.high_hz else f"above {band.low_hz:g} Hz"


def _said(row: Sequence[float | None]) -> str:
    return ", ".join("none" if figure is None else f"{figure:.1f} dB" for figure in row)


def _with_gaps(row: Sequence[float | None]) -> Floats:
    return np.array([math.nan if db is None else db for db in row])


def _frame(height: int, low: float, high: float) -> Frame:
    return Frame(WIDTH, height, (math.log2(20), math.log2(20000)), (low, high))


def _octaves(frame: Frame) -> str:
    names = {math.log2(hz): f"{hz:g}" if hz < 1000 else f"{hz / 1000:g}k" for hz in OCTAVES_HZ}
    return frame.columns(list(names), names.__getitem__)


def _curves(comparison: Comparison, rows: Sequence[Floats]) -> list[Curve]:
    x = np.log2(comparison.freqs_hz)
    return [Curve(name, tone, x, row) for name, tone, row in zip(NAMES, TONES, rows, strict=True)]
