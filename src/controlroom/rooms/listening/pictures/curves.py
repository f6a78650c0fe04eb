"""Over the time of a song: its tempo, its loudness."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from markupsafe import Markup

from controlroom.rooms.listening.pictures.lanes import HEAD, section_bands, tone_of
from controlroom.rooms.listening.pictures.shown import Shown
from controlroom.sound.drawing import Curve, Frame, clock, label, svg, time_marks

LEFT = 52
LEAST_PERCENT = 3.0  # of the tempo, up and down: a click is a straight line, not a mountain range
MOST_DOTS = 800
WINDOW_S = 3.0  # of short-term loudness: before, it holds silence that was never there
SILENT_LUFS = -70.0


def tempo_curve(shown: Shown, width: int, height: int = 190) -> Markup | None:
    """The tempo along the song, and of each beat by itself; None without one."""
    if shown.tempo_bpm is None or (len(shown.beats_s) < 3 and len(shown.tempo) < 2):
        return None
    beats_s = np.asarray(shown.beats_s, float)
    middles_s, each_bpm = (beats_s[1:] + beats_s[:-1]) / 2, 60 / np.maximum(np.diff(beats_s), 0.05)
    places_s, along_bpm = np.array(shown.tempo, float).reshape(-1, 2).T if shown.tempo else (middles_s, each_bpm)
    low, high = _around(along_bpm, shown.tempo_bpm)
    head = HEAD if shown.sections else 0
    frame = Frame(width, height + head, (0.0, shown.duration_s), (low, high), top=head + 10, bottom=24, left=LEFT)
    step = next((step for step in (0.5, 1, 2, 5, 10, 20) if (high - low) / step <= 6), 50)
    body = section_bands(shown.sections, frame.x, height + head - 22)
    body += frame.rows([float(v) for v in np.arange(np.ceil(low / step) * step, high, step)], "{:g}")
    body += frame.columns(time_marks(shown.duration_s, width // 70), clock)
    body += "".join(
        f'<circle class="outer" cx="{frame.x(at):.1f}" cy="{frame.y(bpm):.1f}" r="1.6"/>'
        for at, bpm in list(zip(middles_s, each_bpm, strict=True))[:: len(each_bpm) // MOST_DOTS + 1]
        if low <= bpm <= high
    )
    body += "".join(
        f'<path class="change" d="M{frame.x(at):.1f} {frame.top:g}V{frame.height - frame.bottom:g}"/>'
        for at in shown.tempo_changes_s
    )
    body += frame.lines([Curve("tempo", "", places_s, along_bpm)])
    body += label(f"{shown.tempo_bpm:.1f} BPM", width - frame.RIGHT - 6, frame.top + 10, anchor="end", tone="strong")
    return svg(width, frame.height, body, _tempo_says(shown, along_bpm))


def _around(bpm: npt.NDArray[np.float64], middle_bpm: float) -> tuple[float, float]:
    """The range of a diagram: what the tempo does, and at least 3 % to each side of it."""
    low, high = float(np.min(bpm, initial=middle_bpm)), float(np.max(bpm, initial=middle_bpm))
    room = LEAST_PERCENT / 100 * middle_bpm
    return min(low - room / 3, middle_bpm - room), max(high + room / 3, middle_bpm + room)


def _tempo_says(shown: Shown, along_bpm: npt.NDArray[np.float64]) -> str:
    says = f"Tempo of {shown.name}: {shown.tempo_bpm:.1f} BPM"
    if len(along_bpm):
        says += f", between {np.min(along_bpm):.1f} and {np.max(along_bpm):.1f}"
    return says + "".join(f", changed at {clock(at)}" for at in shown.tempo_changes_s)


def energy(shown: Shown, width: int, height: int = 190) -> Markup | None:
    """Short-term loudness along the song, and the mean of each section; None for silence."""
    series = shown.loudness
    levels = np.asarray(series.short_term_lufs, float)
    at_s = series.hop_s * np.arange(1, len(levels) + 1)
    heard = (at_s >= min(WINDOW_S, shown.duration_s * 0.5)) & (levels > SILENT_LUFS)
    if not heard.any():
        return None
    high = float(np.ceil((levels[heard].max() + 1) / 3) * 3)
    low = float(max(np.floor((np.percentile(levels[heard], 2) - 4) / 3) * 3, high - 36))
    head = HEAD if shown.sections else 0
    frame = Frame(width, height + head, (0.0, shown.duration_s), (low, high), top=head + 8, bottom=24, left=LEFT)
    middles_s = at_s - WINDOW_S / 2
    drawn = np.where(heard, levels, np.nan)
    body = section_bands(shown.sections, frame.x, height + head - 22)
    body += frame.rows([float(v) for v in np.arange(low, high + 1, 6 if high - low > 15 else 3)], "{:.0f}")
    body += frame.columns(time_marks(shown.duration_s, width // 70), clock)
    body += frame.lines([Curve("short-term", "", middles_s, drawn)]) + _means(shown, frame)
    return svg(width, frame.height, body, _energy_says(shown, levels[heard]))


def _means(shown: Shown, frame: Frame) -> str:
    """A line for each section at the mean of its loudness (of powers), its figure below."""
    body = ""
    for start_s, end_s, _ in shown.sections:
        mean_lufs = mean_loudness(shown, start_s, end_s)
        if mean_lufs is None:
            continue
        left, right, y = frame.x(start_s) + 5, frame.x(end_s) - 4, frame.y(mean_lufs)
        body += f'<path class="curve aside dashed" d="M{left:.1f} {y:.1f}H{right:.1f}"/>'
        if right - left > 28:
            bottom = frame.height - frame.bottom - 6
            body += label(f"−{abs(mean_lufs):.1f}", (left + right) / 2, bottom, anchor="middle", tone="name small")
    return body


def mean_loudness(shown: Shown, start_s: float, end_s: float) -> float | None:
    """Mean of the momentary loudness between two places (LUFS, of powers); None where it is silent."""
    hop_s = shown.loudness.hop_s
    inside = np.asarray(shown.loudness.momentary_lufs[int(start_s / hop_s) + 4 : int(end_s / hop_s)], float)
    inside = inside[inside > SILENT_LUFS]
    return float(10 * np.log10(np.mean(10 ** (inside / 10)))) if len(inside) else None


def _energy_says(shown: Shown, levels: npt.NDArray[np.float64]) -> str:
    low, high = np.percentile(levels, (5, 95))
    says = f"Loudness of {shown.name} over time, mostly from {low:.0f} to {high:.0f} LUFS"
    means = [(mean_loudness(shown, one.start_s, one.end_s), one) for one in shown.sections]
    known = [(mean, one) for mean, one in means if mean is not None]
    if known:
        section = max(known, key=lambda pair: pair[0])[1]
        says += f"; the loudest section is the {tone_of(section.name) or section.name} at {clock(section.start_s)}"
    return says
