"""What is amiss on a system, where, and who can mend it: the mix or the master."""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.mastering.translation.hearing import BANDS_HZ, LOW_END_BANDS, Floats, Sound, weighted_power
from controlroom.rooms.mastering.translation.report import Figures
from controlroom.rooms.mastering.translation.systems import Place
from controlroom.sound.signal import Samples

MUCH_LOW_END = 0.05  # of the loudness: less of it is no low end to miss
GONE_PERCENT = 65.0  # of the low end's loudness, carried by nothing
CANCELS_DB = 6.0  # below one loudspeaker of the two: more than half of it is out of phase
GONE_DB = 40.0  # where both are each other's opposite
WORTH_HEARING = 0.01  # of the loudness
LONG_S, SMOOTH_S = 2.0, 1.0
NEAR_MEAN_LU = 10.0
DROWNED = 0.5
DROWNED_S = 4.0
BURIED = 0.25  # the artists' own balances of three songs read 0.37 to 0.67


class Played(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A record on one system: loudness (frames, bands) of the `whole` and of what is `kept`.

    `sound` and `counts` (which frames are music) are the record's, `over_noise` (frames,) is the share of the system's
    sound that is heard over the noise of the place.
    """

    place: Place
    sound: Sound
    counts: npt.NDArray[np.bool_]
    whole: Samples
    kept: Samples
    over_noise: Floats
    figures: Figures


def findings_of(played: Played) -> tuple[Finding, ...]:
    """In the order of the record's way: bass, folding, noise, voice, codec."""
    made = (_bass(played), _cancels(played), _drowned(played), _buried(played), _over(played))
    return tuple(finding for finding in made if finding)


def _found(
    played: Played, code: str, severity: Severity, span: tuple[float, float] | None = None, **args: Value
) -> Finding:
    start_s, end_s = span or (None, None)
    args = {"system": played.place.title, **args}
    return Finding(code=code, severity=severity, start_s=start_s, end_s=end_s, args=args)


def _bass(played: Played) -> Finding | None:
    figures, whole = played.figures, played.whole[played.counts]
    kept, carried = figures.low_end_kept_percent, figures.low_end_carried_percent
    if kept is None or whole[:, :LOW_END_BANDS].sum() < MUCH_LOW_END * whole.sum():
        return None
    gone = (100.0 - kept) * (100.0 - (carried or 0.0)) / 100.0
    return _found(played, "translate_bass_gone", "advice", gone_percent=gone) if gone > GONE_PERCENT else None


def _cancels(played: Played) -> Finding | None:
    """What is out of phase between left and right, where the system folds: for the whole song, or for a part of it."""
    own, place, counts = played.sound, played.place, played.counts
    if own.cross is None or place.mono == "no":
        return None
    folds = np.ones(len(BANDS_HZ) - 1, bool) if place.mono == "all" else BANDS_HZ[1:] <= max(place.mono_below_hz, 100.0)
    power, folded = own.power[counts].sum(axis=0), (own.power + own.cross)[counts].sum(axis=0) / 2
    loss_db = _loss_db(power, folded)
    heard = played.whole[counts].sum(axis=0)
    bad = folds & (loss_db > CANCELS_DB) & (heard > WORTH_HEARING * heard.sum())
    if bad.any():
        first, last = _longest(bad)
        low_hz, high_hz = float(BANDS_HZ[first]), float(BANDS_HZ[last])
        worst_db = float(loss_db[first:last].max())
        if worst_db > GONE_DB:
            return _found(played, "translate_cancels_all", "warning", low_hz=low_hz, high_hz=high_hz)
        return _found(played, "translate_cancels", "warning", low_hz=low_hz, high_hz=high_hz, loss_db=worst_db)
    span = _cancels_for_a_while(played, folds)
    if span is None:
        return None
    return _found(played, "translate_cancels_here", "warning", span)


def _cancels_for_a_while(played: Played, folds: npt.NDArray[np.bool_]) -> tuple[float, float] | None:
    own = played.sound
    assert own.cross is not None
    length = max(round(SMOOTH_S / own.frame_s), 1)
    stereo = _smooth(weighted_power(own.power * folds), length)
    folded = _smooth(weighted_power((own.power + own.cross) / 2 * folds), length)
    mean = stereo[played.counts].mean()
    bad = (_loss_db(stereo, folded) > CANCELS_DB) & (stereo > mean * 10 ** (-NEAR_MEAN_LU / 10)) & played.counts
    return _span(bad, own.frame_s, LONG_S)


def _drowned(played: Played) -> Finding | None:
    if not played.place.noise_db:
        return None
    length = max(round(SMOOTH_S / played.sound.frame_s), 1)
    music = _smooth(played.counts.astype(float), length)  # short gaps are part of it
    bad = (music > 1e-6) & (_smooth(played.over_noise * played.counts, length) < DROWNED * music)
    span = _span(bad, played.sound.frame_s, DROWNED_S)
    if span is None:
        return None
    percent = 100.0 * float((bad & played.counts).sum() / played.counts.sum())
    return _found(played, "translate_drowned", "advice", span, percent=percent)


def _buried(played: Played) -> Finding | None:
    index = played.figures.voice_index
    if index is None or index >= BURIED:
        return None
    return _found(played, "translate_voice_buried", "warning", index=index)


def _over(played: Played) -> Finding | None:
    over_db, ceiling = played.figures.over_db, played.figures.safe_ceiling_dbtp
    if not over_db or ceiling is None:
        return None
    return _found(played, "translate_codec_over", "advice", over_db=over_db, safe_ceiling_dbtp=ceiling)


def _loss_db(stereo: npt.ArrayLike, folded: npt.ArrayLike) -> Floats:
    whole = np.maximum(np.asarray(stereo, float), 1e-30)
    result: Floats = -10 * np.log10(np.clip(np.asarray(folded, float) / whole, 1e-6, None))
    return result


def _smooth(values: Floats, length: int) -> Floats:
    result: Floats = np.convolve(values, np.ones(length) / length, "same")[: len(values)]
    return result


def _longest(flags: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Begin and end of the longest run; (0, 0) where there is none."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    begins, ends = edges[::2], edges[1::2]
    if not len(begins):
        return 0, 0
    k = int(np.argmax(ends - begins))
    return int(begins[k]), int(ends[k])


def _span(flags: npt.NDArray[np.bool_], frame_s: float, least_s: float) -> tuple[float, float] | None:
    """The longest run as seconds, where it lasts at least `least_s`."""
    first, last = _longest(flags)
    return (first * frame_s, last * frame_s) if (last - first) * frame_s >= least_s else None
