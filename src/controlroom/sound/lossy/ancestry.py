"""Was a sound coded by a lossy codec before? Looked for in a few excerpts, however long the file is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec
import numpy as np
import scipy.fft

from controlroom.sound.doubt import Doubt
from controlroom.sound.lossy.holes import HoleCounter
from controlroom.sound.lossy.transforms import EXCERPT, HIGHEST, LOWEST, Codec, transforms
from controlroom.sound.signal import Samples, Signal

Excerpts: TypeAlias = Sequence[tuple[int, Samples]]

EXCERPTS = 5
LEAST_EXCERPTS, ENOUGH = 3, 15.0  # so many with such a surprise are enough
PLACES = 15  # looked at for the excerpts
PROOF = 6.0  # deviations: sounds that were never coded stay below 4.5
LEAST_HEARD = 150.0  # audible coefficients at each place of the frame, without which nothing can be said
CLIFFS_HZ = (10000.0, 20700.0)  # where encoders end the sound
CLIFF_CONFIDENCE = 0.3


class Lossy(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound shows of lossy coding before it came into the file it is in.

    `codec` is None where none is proven; `confidence` (0 to 1) says how sure it is that there was one. `rate_kbps` is
    the range the rate probably lies in. `cutoff_hz`: where its sound ends, if it ends before it must.
    """

    codec: Codec | None = None
    confidence: float = 0.0
    rate_kbps: tuple[int, int] | None = None
    cutoff_hz: float | None = None
    traces: tuple[str, ...] = ()
    doubts: tuple[Doubt, ...] = ()


class Trace(msgspec.Struct, frozen=True):
    """The place of a codec's frame with the most surprising number of holes: how surprising, which share of what is
    audible they are, and how many coefficients were audible there."""

    codec: Codec
    hop: int
    surprise: float
    share: float
    heard: float


def lossy_of(signal: Signal, end_hz: float | None = None, own: str = "") -> Lossy:
    """The lossy ancestry of a signal.

    `end_hz`: where its sound ends (`bandwidth_hz`); `own`: the codec of the file itself ("mp3", "aac", ...), whose
    traces are no news.
    """
    cutoff_hz = end_hz if end_hz is not None and end_hz < 0.98 * signal.rate_hz / 2 else None
    found = strongest_trace(rich_excerpts(signal), own)
    if found is not None and found.surprise >= PROOF and found.heard >= LEAST_HEARD:
        return Lossy(
            codec=found.codec,
            confidence=round(1 - 0.05 * float(np.exp((PROOF - found.surprise) / 4)), 3),
            rate_kbps=None,
            cutoff_hz=cutoff_hz,
            traces=_traces(found, cutoff_hz),
        )
    suspicious = cutoff_hz is not None and CLIFFS_HZ[0] <= cutoff_hz <= CLIFFS_HZ[1]
    doubts = []
    if found is None or found.heard < LEAST_HEARD:
        doubts.append(Doubt(about="lossy ancestry", because="too little sounds at high frequencies to show a codec"))
    elif suspicious:
        because = "its sound ends as an encoder, a conversion of the rate or a filter ends it, and no frames are found"
        doubts.append(Doubt(about="lossy ancestry", because=because))
    return Lossy(
        confidence=CLIFF_CONFIDENCE if suspicious else 0.0, cutoff_hz=cutoff_hz, traces=(), doubts=tuple(doubts)
    )


def _traces(found: Trace, cutoff_hz: float | None) -> tuple[str, ...]:
    holes = f"{found.share:.0%} of its coefficients are zero where frames of {found.hop} samples begin"
    return (holes,) if cutoff_hz is None else (holes, f"its sound ends at {cutoff_hz / 1000:.1f} kHz")


def strongest_trace(excerpts: Excerpts, own: str = "") -> Trace | None:
    """The strongest trace of any codec but `own`; None without excerpts. A clear one ends the search."""
    counters = [HoleCounter(transform) for transform in transforms() if transform.codec.lower() != own]
    best = None
    for number, (start, excerpt) in enumerate(excerpts, start=1):
        for counter in counters:
            counter.add(excerpt, start)
        if number >= min(LEAST_EXCERPTS, len(excerpts)):
            best = max((_trace(counter) for counter in counters), key=lambda trace: trace.surprise)
            if best.surprise > ENOUGH:
                break
    return best


def _trace(counter: HoleCounter) -> Trace:
    surprise = counter.surprise
    pair, place = (int(i) for i in np.unravel_index(np.argmax(surprise), surprise.shape))
    share, heard = counter.share(pair, place), counter.heard(pair)
    return Trace(counter.transform.codec, counter.transform.hop, float(surprise[pair, place]), share, heard)


def rich_excerpts(signal: Signal) -> Excerpts:
    """(first frame, samples) of the places with most sound at high frequencies, between noise and loud hits."""
    places = min(PLACES, signal.frames // EXCERPT)
    window = np.hanning(EXCERPT).astype(np.float32)
    inside = slice(int((LOWEST + HIGHEST) / 4 * EXCERPT), int(HIGHEST / 2 * EXCERPT))
    found = []
    for start in (np.arange(places) + 0.5) * signal.frames / max(places, 1) - EXCERPT / 2:
        excerpt = signal.read(int(start), EXCERPT)[:2]
        bins = np.abs(scipy.fft.rfft(excerpt.mean(axis=0) * window))[inside]
        found.append((float(np.median(bins)), int(start), excerpt))
    return [(start, excerpt) for _, start, excerpt in sorted(found, key=lambda one: -one[0])[:EXCERPTS]]
