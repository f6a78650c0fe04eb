"""Was a sound coded by a lossy codec before? Looked for in a few excerpts, however long it is."""

from __future__ import annotations

import msgspec
import numpy as np

from controlroom.sound.excerpts import Excerpts
from controlroom.sound.lossy.holes import LEAST_EXCERPTS, HoleCounter
from controlroom.sound.lossy.transforms import HYBRID_HOP, MDCT_HOP, Codec, transforms

EXCERPTS = 5  # for every codec; more for those that may have left something
ENOUGH = 15.0  # a surprise that ends the search
HOPE = 3.6  # deviations that are worth the second look
PROOF = 6.0  # deviations: sounds that were never coded stay below 4.5
LEAST_LINES = 6.0  # audible coefficients of those looked at: of fewer, a tone can be in step with the frames
OWN_HOPS = {"mp3": HYBRID_HOP, "aac": MDCT_HOP, "vorbis": MDCT_HOP}  # two windows of one length see each other's holes
CLIFFS_HZ = (10000.0, 20700.0)  # where encoders end the sound
CLIFF_CONFIDENCE = 0.3
RATES_KBPS = (32, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
HIGHEST_END_HZ = 20500.0
# log2 of the rate at no holes and no sound, by share of holes, by kHz: fitted to LAME, ffmpeg's AAC and libvorbis
RATE_FIT: dict[Codec, tuple[float, float, float]] = {
    "MP3": (5.02, -1.7, 0.163),
    "AAC": (4.16, -0.93, 0.178),
    "Vorbis": (4.16, -0.93, 0.178),
}


class Lossy(msgspec.Struct, frozen=True, kw_only=True):
    """What a sound shows of lossy coding before it came into the file it is in.

    `codec` is None where none is proven (`unsure_because`: why that means little), `confidence` (0 to 1) that there was
    one; `rate_kbps` is the range its rate probably lies in, `cutoff_hz` where its sound ends, if it ends before it
    must.
    """

    codec: Codec | None = None
    confidence: float = 0.0
    rate_kbps: tuple[int, int] | None = None
    cutoff_hz: float | None = None
    traces: tuple[str, ...] = ()
    unsure_because: str | None = None


class Trace(msgspec.Struct, frozen=True):
    """The place of a codec's frame with the most surprising number of holes: how surprising, which share of what is
    audible they are, and how many of the coefficients looked at were audible."""

    codec: Codec
    hop: int
    surprise: float
    share: float
    lines: float


def lossy_of(excerpts: Excerpts, end_hz: float | None = None, own: str = "") -> Lossy:
    """The lossy ancestry of a signal, from its rich excerpts.

    `end_hz`: where its sound ends (`bandwidth_hz`); `own`: the codec of the file itself ("mp3", "aac", ...), whose
    traces are no news.
    """
    cutoff_hz = end_hz if end_hz is not None and end_hz < 0.98 * excerpts.rate_hz / 2 else None
    found = strongest_trace(excerpts, own)
    if found is not None and found.surprise >= PROOF and found.lines >= LEAST_LINES:
        return Lossy(
            codec=found.codec,
            confidence=round(1 - 0.05 * float(np.exp((PROOF - found.surprise) / 4)), 3),
            rate_kbps=_rate_kbps(found, cutoff_hz),
            cutoff_hz=cutoff_hz,
            traces=_traces(found, cutoff_hz),
        )
    suspicious = not own and cutoff_hz is not None and CLIFFS_HZ[0] <= cutoff_hz <= CLIFFS_HZ[1]
    unsure = None
    if found is None or found.lines < LEAST_LINES:
        unsure = "too little sounds at high frequencies to show a codec"
    elif suspicious:
        unsure = "its sound ends as an encoder, a conversion of the rate or a filter ends it, and no frames are found"
    return Lossy(confidence=CLIFF_CONFIDENCE if suspicious else 0.0, cutoff_hz=cutoff_hz, unsure_because=unsure)


def _rate_kbps(found: Trace, cutoff_hz: float | None) -> tuple[int, int]:
    """The rates it may have had (for stereo): the fewer the holes and the higher the sound goes, the more bits.

    An octave where the cut-off is seen, more where the sound gives no hint of it.
    """
    octaves, per_share, per_khz = RATE_FIT[found.codec]
    middle = octaves + per_share * found.share + per_khz * min(cutoff_hz or HIGHEST_END_HZ, HIGHEST_END_HZ) / 1000
    lowest = middle - (0.5 if cutoff_hz else 1.0)
    low, high = (min(RATES_KBPS, key=lambda rate: abs(np.log2(rate) - at)) for at in (lowest, middle + 0.5))
    return low, high


def _traces(found: Trace, cutoff_hz: float | None) -> tuple[str, ...]:
    holes = f"{found.share:.0%} of its coefficients are zero where frames of {found.hop} samples begin"
    return (holes,) if cutoff_hz is None else (holes, f"its sound ends at {cutoff_hz / 1000:.1f} kHz")


def strongest_trace(excerpts: Excerpts, own: str = "") -> Trace | None:
    """The strongest trace of any codec but those with the frames of `own`; None without excerpts.

    A clear one ends the search.
    """
    hop = OWN_HOPS.get(own)
    counters = [HoleCounter(transform) for transform in transforms() if transform.hop != hop]
    best = None
    for number, (start, samples) in enumerate(zip(excerpts.starts, excerpts.samples, strict=True), start=1):
        for counter in counters:
            counter.add(samples, start)
        if number >= min(LEAST_EXCERPTS, len(excerpts.starts)):
            best = max(
                (_trace(counter) for counter in counters), key=lambda trace: (min(trace.surprise, ENOUGH), trace.share)
            )
            if best.surprise > ENOUGH:
                break
        if number == EXCERPTS:
            counters = [counter for counter in counters if counter.surprise.max() > HOPE]
            if not counters:
                break
    return best


def _trace(counter: HoleCounter) -> Trace:
    surprise = counter.surprise
    pair, place = (int(i) for i in np.unravel_index(np.argmax(surprise), surprise.shape))
    share, lines = counter.share(pair, place), counter.lines(pair)
    return Trace(counter.transform.codec, counter.transform.hop, float(surprise[pair, place]), share, lines)
