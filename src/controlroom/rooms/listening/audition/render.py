"""An audition, rendered: the original and the other version, equally loud.

Time and pitch by Rubber Band (through pedalboard), formants kept. Only the excerpt is ever in memory: about 24 s, at
most 90 where a cut is long.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait

import msgspec
import numpy as np

from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.listening.audition.check import check
from controlroom.rooms.listening.audition.excerpt import excerpt_of, faded, joined
from controlroom.rooms.listening.audition.plan import Audition, Tempo, Tone, Transpose
from controlroom.sound.filters import Band, Equalizer, response_db
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, Samples, Signal, blocks, duration_s

CEILING_DBTP = -1.0
FADE_IN_S, FADE_OUT_S, ENDING_S = 0.02, 0.4, 1.5
SHELF_BELOW_HZ, SHELF_ABOVE_HZ = 32.0, 15000.0  # a tone that reaches so far goes on to the end of the spectrum
MOST_STRONGER = 1.6  # a band's middle above what is wanted over the whole of its region
TICK_S = 0.2


class Tried(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """Both versions at one loudness (BS.1770), neither above -1 dBTP; `turned_db` is what that took (original,
    other version)."""

    original: Audio
    tried: Audio
    turned_db: tuple[float, float]


def render(signal: Signal, audition: Audition, progress: Progress = SILENT) -> Tried:
    """Both versions of the excerpt. The same signal and plan give the same samples.

    Raises `UsageError` for an audition that the file has no room for.
    """
    check(audition, duration_s(signal))
    rate_hz = signal.rate_hz
    excerpt = excerpt_of(audition, rate_hz, signal.frames)
    original = joined(signal, (excerpt.original,), scaled(progress, 0.0, 0.1, "reading"))
    tried = joined(signal, excerpt.pieces, scaled(progress, 0.1, 0.2, "reading"))
    tried = _stretched(tried, rate_hz, audition, scaled(progress, 0.2, 0.8, "trying"))
    tried = _toned(tried, rate_hz, audition, scaled(progress, 0.8, 0.85, "trying"))
    sides = (
        Audio(faded(original, rate_hz, FADE_IN_S, FADE_OUT_S), rate_hz),
        Audio(faded(tried, rate_hz, FADE_IN_S, ENDING_S if excerpt.ends else FADE_OUT_S), rate_hz),
    )
    return _matched(*sides, scaled(progress, 0.85, 1.0, "matching"))


def _stretched(samples: Samples, rate_hz: int, audition: Audition, progress: Progress) -> Samples:
    """At another tempo and pitch. Rubber Band needs the whole; meanwhile progress is told, and may stop the wait."""
    factor = float(np.prod([step.factor for step in audition.steps if isinstance(step, Tempo)]))
    semitones = float(sum(step.semitones for step in audition.steps if isinstance(step, Transpose)))
    if (factor == 1.0 and semitones == 0.0) or not samples.shape[1]:
        return samples
    from pedalboard import time_stretch  # a quarter of a second, only for those who try

    with ThreadPoolExecutor(1) as pool:
        work = pool.submit(
            time_stretch,
            np.ascontiguousarray(samples),
            float(rate_hz),
            stretch_factor=factor,
            pitch_shift_in_semitones=semitones,
        )
        waited = 0.0
        while wait([work], timeout=TICK_S).not_done:
            waited += TICK_S
            progress(1 - 0.5 ** (waited / 2), 1.0)
        made: Samples = work.result()
    frames = round(samples.shape[1] / factor)
    return np.pad(made, ((0, 0), (0, max(frames - made.shape[1], 0))))[:, :frames]


def _toned(samples: Samples, rate_hz: int, audition: Audition, progress: Progress) -> Samples:
    bands = [tone_band(step, rate_hz) for step in audition.steps if isinstance(step, Tone)]
    if not bands:
        return samples
    equalizer = Equalizer(rate_hz, samples.shape[0], bands)
    made, done = [samples[:, :0]], 0
    for block in blocks(Audio(samples, rate_hz)):
        made.append(equalizer.process(block))
        done += block.shape[1]
        progress(done, samples.shape[1])
    return np.concatenate(made, axis=1)


def tone_band(tone: Tone, rate_hz: int) -> Band:
    """One wide band that moves the region by `gain_db` on average (over its octaves)."""
    middle_hz = float(np.sqrt(tone.low_hz * tone.high_hz))
    if tone.low_hz <= SHELF_BELOW_HZ:
        band = Band("lowshelf", tone.high_hz, tone.gain_db)
    elif tone.high_hz >= SHELF_ABOVE_HZ:
        band = Band("highshelf", tone.low_hz, tone.gain_db)
    else:
        band = Band("bell", middle_hz, tone.gain_db, middle_hz / (tone.high_hz - tone.low_hz))
    inside_hz = np.geomspace(tone.low_hz, min(tone.high_hz, 0.45 * rate_hz), 48)
    reached_db = float(np.mean(response_db([band], rate_hz, inside_hz)))
    stronger = min(tone.gain_db / reached_db, MOST_STRONGER) if abs(reached_db) > 0.01 else 1.0
    return msgspec.structs.replace(band, gain_db=tone.gain_db * stronger)


def _matched(original: Audio, tried: Audio, progress: Progress) -> Tried:
    """The other version as loud as the original; both softer where one of them would pass the ceiling."""
    before = measure_loudness(original, scaled(progress, 0.0, 0.5))
    after = measure_loudness(tried, scaled(progress, 0.5, 1.0))
    gain_db = (
        0.0
        if before.integrated_lufs is None or after.integrated_lufs is None
        else before.integrated_lufs - after.integrated_lufs
    )
    peaks = [before.true_peak_dbtp, None if after.true_peak_dbtp is None else after.true_peak_dbtp + gain_db]
    over_db = max((peak - CEILING_DBTP + 0.02 for peak in peaks if peak is not None), default=0.0)
    down_db = -max(over_db, 0.0)
    return Tried(
        original=_turned(original, down_db),
        tried=_turned(tried, gain_db + down_db),
        turned_db=(round(down_db, 2), round(gain_db + down_db, 2)),
    )


def _turned(audio: Audio, gain_db: float) -> Audio:
    return Audio(audio.samples * np.float32(10 ** (gain_db / 20)), audio.rate_hz)
