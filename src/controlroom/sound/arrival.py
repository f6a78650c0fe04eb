"""When, and which way up, one microphone hears what another heard: by the first arrival of the attacks.

A drum rings for a long time at a few frequencies, where half a period late looks the same as turned over. Its attack is
short and wide. So only the first 20 ms of each hit are compared, above 300 Hz, half whitened (as `sound.correlation`
does); over many hits the attacks add up and everything else does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
import scipy.fft

from controlroom.sound.correlation import delay_between
from controlroom.sound.signal import Signal
from controlroom.sound.waveform import Waveform

Floats: TypeAlias = npt.NDArray[np.float64]

HITS = 12
HIT_SHARE = 0.5
"""A mic's own hits reach at least half of its highest peak: the bleed of others does not."""
APART_S = 0.15
BEFORE_S, AFTER_S, FADE_S = 0.004, 0.02, 0.006
SEARCH_S = 0.06
ATTACK_SHARE = 0.25
LOWEST_HZ, HIGHEST_HZ = 300.0, 8000.0
EARLIEST_S = 0.001
LEAST_CORRELATION = 0.05
SURE = 1.7
"""So much higher the match in one polarity than in the other; less does not tell which way up."""


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """`delay_s` later than in the first mic; `polarity` -1 when turned over; `sure`: how many times higher the match
    is than the best one of the other polarity; `correlation` of the attacks (0..1)."""

    delay_s: float
    polarity: int
    sure: float
    correlation: float


def attacks_of(wave: Waveform, signal: Signal) -> list[int]:
    """First frames of a mic's own loudest hits, well apart, in order; `wave` is the waveform of `signal`."""
    peaks = np.maximum(wave.highest, -wave.lowest).max(axis=0, initial=0.0)
    if not len(peaks) or peaks.max() <= 0:
        return []
    chosen: list[float] = []
    for place in np.argsort(-peaks, kind="stable"):
        at_s = float(place) * wave.bin_s
        if len(chosen) == HITS or peaks[place] < HIT_SHARE * peaks.max():
            break
        if all(abs(at_s - other) >= APART_S + wave.bin_s for other in chosen):
            chosen.append(at_s)
    return [_attack(signal, at_s, wave.bin_s) for at_s in sorted(chosen)]


def _attack(signal: Signal, bin_start_s: float, bin_s: float) -> int:
    """The first frame of a hit whose peak lies in a bin of the waveform."""
    first = max(round((bin_start_s - SEARCH_S) * signal.rate_hz), 0)
    last = round((bin_start_s + bin_s) * signal.rate_hz)
    height = np.abs(signal.read(first, last - first)).max(axis=0, initial=0.0)
    return first + int(np.argmax(height >= ATTACK_SHARE * height.max(initial=0.0))) if len(height) else first


def arrival(close: Signal, far: Signal, attacks: Sequence[int], latest_s: float) -> Arrival | None:
    """How `far` hears the attacks of `close`: searched from 1 ms earlier to `latest_s` later; None when it does not, or
    when it is not sure which way up."""
    rate_hz = close.rate_hz
    if far.rate_hz != rate_hz or not attacks:
        return None
    before, after, later = (round(time_s * rate_hz) for time_s in (BEFORE_S, AFTER_S, latest_s))
    size = scipy.fft.next_fast_len(2 * (before + after + later), real=True)
    freqs_hz = np.fft.rfftfreq(size, 1 / rate_hz)
    inside = (freqs_hz >= LOWEST_HZ) & (freqs_hz <= min(HIGHEST_HZ, 0.45 * rate_hz))
    cross, power_close, power_far = np.zeros(len(freqs_hz), complex), 0.0, 0.0
    for at in attacks:
        one = scipy.fft.rfft(_faded(close, at - before, before + after, rate_hz), size) * inside
        two = scipy.fft.rfft(_faded(far, at - before, before + after + later, rate_hz), size) * inside
        cross += np.conj(one) * two
        power_close += float(np.vdot(one, one).real)
        power_far += float(np.vdot(two, two).real)
    together = np.sqrt(power_close * power_far)
    return _peak(cross, size, together, round(EARLIEST_S * rate_hz), later, rate_hz) if together > 1e-9 else None


def together(close: Signal, far: Signal, attacks: Sequence[int]) -> float:
    """The correlation of both at the hits of `close` when they are added as they are, -1 to 1: below 0 they cancel."""
    where = [(at / close.rate_hz, at / close.rate_hz + APART_S) for at in attacks]
    return delay_between(close, far, 0.0, where).correlation


def agreed(laters: Sequence[float]) -> float:
    """How much later one of a pair hears what stands in the middle, by all that was heard of it: the least, so that a
    kick off the middle is no fault; 0 where they do not agree."""
    if not laters or min(laters) < 0 < max(laters):
        return 0.0
    return min(laters, key=abs)


def _peak(
    cross: npt.NDArray[np.complex128], size: int, together: float, early: int, later: int, rate_hz: int
) -> Arrival | None:
    magnitude = np.abs(cross)
    white = cross / np.sqrt(np.maximum(magnitude, 1e-9 * magnitude.max() + 1e-300))
    lags = np.arange(-early, later + 1)
    curve = scipy.fft.irfft(white, size)[lags]
    top = int(np.argmax(np.abs(curve)))
    polarity = 1 if curve[top] > 0 else -1
    correlation = polarity * float(scipy.fft.irfft(cross, size)[lags[top]]) * size / together / 2
    sure = float(np.abs(curve[top]) / max((-polarity * curve).max(), 1e-12))
    if correlation < LEAST_CORRELATION or sure < SURE:
        return None
    return Arrival(
        delay_s=(int(lags[top]) + _beside(polarity * curve, top)) / rate_hz,
        polarity=polarity,
        sure=sure,
        correlation=min(correlation, 1.0),
    )


def _beside(curve: Floats, top: int) -> float:
    """The place of a maximum between its neighbours, by a parabola."""
    if not 0 < top < len(curve) - 1:
        return 0.0
    left, middle, right = curve[top - 1 : top + 2]
    bend = left - 2 * middle + right
    return float(0.5 * (left - right) / bend) if bend < 0 else 0.0


def _faded(signal: Signal, first: int, frames: int, rate_hz: int) -> Floats:
    """Mono samples with soft ends; silence beyond the file."""
    out = np.zeros(frames)
    start = max(first, 0)
    block = signal.read(start, first + frames - start).mean(axis=0, dtype=np.float64)
    out[start - first : start - first + len(block)] = block
    fade = min(round(FADE_S * rate_hz), frames // 2)
    out[frames - fade :] *= np.linspace(1, 0, fade)
    head = min(round(BEFORE_S * rate_hz / 2), frames // 2)
    out[:head] *= np.linspace(0, 1, head)
    return out
