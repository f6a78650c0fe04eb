"""Listening to a mix before it is mastered."""

from __future__ import annotations

import math

import numpy as np

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.mastering.listen import Heard
from controlroom.rooms.mastering.report import MasterReport, Stereo
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.correlation import stereo_image
from controlroom.sound.filters import Band, response_db
from controlroom.sound.meter import Loudness, LoudnessSeries
from controlroom.sound.spectrum import Spectrum, band_levels_db
from controlroom.sound.tone import ANCHORS, RegionBalance, balance, tilt_db_per_octave

LOW_END_HZ = 120.0
SUBSONIC_HZ = 20.0
K_WEIGHTING = (Band("highpass", 38.0, q=0.5), Band("highshelf", 1680.0, 4.0))  # BS.1770-5, tables 1 and 2
FINISHED_LUFS, FINISHED_PLR_DB, FINISHED_CROWDING_DB = -16.0, 15.5, 1.7  # see `_is_finished`
LEAST_SOUND_S, STEADY_LU = 5.0, 0.5  # shorter, or as steady as hiss: no tone to judge
GONE_DB, GONE_LU = 60.0, 40.0  # a side that far under the other is silent; what loses that much is not there
FAINT_SHARE = 1e-12
LOW_END_SHARE = 1e-3  # less of the whole is no low end
WHOLE_DB, HOLLOW_DB = 15.0, 10.0  # further off: not the spectrum of a whole mix; nothing there to lift
WORTH_SAYING_DB = 1.0
WORST_FOLD_LOSS_LU = 3.5  # unrelated sides lose 3
WORST_LOW_END_CORRELATION = -0.2
WORST_BALANCE_DB = 1.5
EXCERPT_S = 8.0


def measure(hearing: Heard) -> MasterReport:
    """Measure a mix: its tone is compared to the curve of finished records."""
    loudness, spectrum = hearing.loudness, hearing.spectrum
    ends_hz = bandwidth_hz(spectrum)
    regions = balance(spectrum, ends_hz) if _sound_s(hearing) >= LEAST_SOUND_S else ()
    stereo = stereo_of(spectrum)
    steady = _is_steady(hearing)
    finished = bool(judged(regions)) and not steady and _is_finished(loudness, hearing.levels.crowding_db)
    loudest_s, softer_s = _loud_and_soft_s(hearing.loudness_series, loudness.integrated_lufs)
    return MasterReport(
        rate_hz=hearing.rate_hz,
        channels=hearing.channels,
        duration_s=hearing.duration_s,
        loudness=loudness,
        crest_db=max((crest for crest in hearing.levels.crest_db if crest is not None), default=None),
        tilt_db_per_octave=tilt_db_per_octave(spectrum, ends_hz),
        balance=regions,
        bandwidth_hz=ends_hz,
        stereo=stereo,
        subsonic_db=_subsonic_db(spectrum),
        dc=max((abs(dc) for dc in hearing.levels.dc), default=0.0),
        finished=finished,
        loudest_s=loudest_s,
        softer_s=softer_s,
        findings=(
            *_level_findings(hearing, finished),
            *(() if finished or steady else _tone_findings(regions)),
            *_stereo_findings(stereo),
        ),
    )


def _loud_and_soft_s(series: LoudnessSeries, integrated_lufs: float | None) -> tuple[float, float]:
    """Where the loudest eight seconds begin, and eight that are softer than three quarters of what counts (s)."""
    power, hop_s = 10 ** (series.momentary_lufs.astype(float) / 10), series.hop_s
    length = round(EXCERPT_S / hop_s)
    if len(power) <= length or integrated_lufs is None:
        return 0.0, 0.0
    sums = np.concatenate([[0.0], np.cumsum(power)])
    level = 10 * np.log10(np.maximum(sums[length:] - sums[:-length], 1e-12) / length)
    counted = np.flatnonzero(level > integrated_lufs - 10.0)
    if not len(counted):
        return float(np.argmax(level)) * hop_s, 0.0
    softer = counted[np.argsort(level[counted])[math.floor(len(counted) / 4)]]
    return float(np.argmax(level)) * hop_s, float(softer) * hop_s


def _is_finished(loudness: Loudness, crowding_db: float | None) -> bool:
    """Has somebody limited it already?

    It is loud, its peaks do not stand high, and they crowd under a ceiling: the highest quarter of them lies at most
    1.7 dB under the top in masters (MP3 and AAC of them too), 2.2 dB and more in mixes, where they have a long tail.
    (A loop of one drum is as even; it has not the spectrum of a whole record.)
    """
    integrated, plr = loudness.integrated_lufs, loudness.plr_db
    if integrated is None or plr is None or crowding_db is None:
        return False
    return integrated > FINISHED_LUFS and plr < FINISHED_PLR_DB and crowding_db < FINISHED_CROWDING_DB


def _sound_s(hearing: Heard) -> float:
    """How long there is sound."""
    return sum(end_s - start_s for start_s, end_s in hearing.levels.active)


def _is_steady(hearing: Heard) -> bool:
    """Does its loudness stand still, as that of hiss or a test tone? Music moves by 3 LU in ten seconds."""
    integrated, momentary = hearing.loudness.integrated_lufs, hearing.loudness_series.momentary_lufs
    if integrated is None:
        return True
    low, high = np.percentile(momentary[momentary > integrated - 10.0], [10, 90])
    return bool(high - low < STEADY_LU)


def _subsonic_db(spectrum: Spectrum) -> float | None:
    """What lies below 20 Hz, less everything."""
    below, rest = 10 ** (band_levels_db(spectrum, [0.0, SUBSONIC_HZ, spectrum.rate_hz / 2]) / 10)
    return 10 * math.log10(below / (below + rest)) if spectrum.counted else None


def stereo_of(spectrum: Spectrum) -> Stereo | None:
    """The image of a stereo recording from its spectrum; None for silence and for any other number of channels."""
    if spectrum.cross_power is None:
        return None
    left, right = spectrum.channel_power
    cross = spectrum.cross_power
    image = stereo_image(float(left.sum()), float(right.sum()), float(cross.sum()))
    if image is None:
        return None
    low = spectrum.freqs_hz < LOW_END_HZ
    together = math.sqrt(float(left[low].sum()) * float(right[low].sum()))
    whole = float(left.sum() + right.sum()) / 2
    heard = 10 ** (response_db(K_WEIGHTING, spectrum.rate_hz, spectrum.freqs_hz) / 10)
    stereo, folded = float(heard @ (left + right)), float(heard @ (left + right + 2 * cross)) / 2
    return Stereo(
        correlation=image.correlation,
        side_db=image.side_db,
        balance_db=image.balance_db,
        low_end_correlation=float(np.clip(cross[low].sum() / together, -1, 1))
        if together > LOW_END_SHARE * whole
        else None,
        fold_loss_lu=10 * math.log10(stereo / max(folded, FAINT_SHARE * stereo)) if stereo > 0 else None,
    )


def _found(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)


def _level_findings(hearing: Heard, finished: bool) -> list[Finding]:
    integrated, plr = hearing.loudness.integrated_lufs, hearing.loudness.plr_db
    if integrated is None or plr is None:
        return [_found("master_no_loudness", "warning")]
    found = []
    clipped = hearing.levels.clipped
    if (sound_s := _sound_s(hearing)) < LEAST_SOUND_S:
        found.append(_found("master_short", "info", sound_s=sound_s))
    if clipped:
        longest_ms = 1000 * max(span.end_s - span.start_s for span in clipped)
        found.append(_found("clipped", "warning", count=len(clipped), longest_ms=longest_ms))
    if finished:
        found.append(_found("master_finished", "info", integrated_lufs=integrated, plr_db=plr))
    return found


def judged(regions: tuple[RegionBalance, ...]) -> tuple[RegionBalance, ...]:
    """The regions whose balance means something: none where the middle of the spectrum has holes (a voice alone, a test
    tone); and an end of it only where there is sound to lift."""
    middle = [region.off_db for region in regions if region.name in ANCHORS]
    if any(off_db is None or abs(off_db) > WHOLE_DB for off_db in middle):
        return ()
    return tuple(region for region in regions if region.off_db is not None and region.off_db > -_hollow_db(region))


def _hollow_db(region: RegionBalance) -> float:
    return WHOLE_DB if region.name in ANCHORS else HOLLOW_DB


def _tone_findings(regions: tuple[RegionBalance, ...]) -> list[Finding]:
    found = []
    for region in judged(regions):
        if abs(region.excess_db) >= WORTH_SAYING_DB:
            code = "master_tone_over" if region.excess_db > 0 else "master_tone_under"
            off_db = abs(region.off_db or 0.0)
            found.append(_found(code, "advice", region=region.name, off_db=off_db, range_db=region.range_db))
    return found


def _stereo_findings(stereo: Stereo | None) -> list[Finding]:
    if stereo is None:
        return []
    found = []
    low, loss = stereo.low_end_correlation, stereo.fold_loss_lu
    if low is not None and low < WORST_LOW_END_CORRELATION:
        found.append(_found("master_low_end_phase", "warning", correlation=low))
    if loss is not None and loss > GONE_LU:
        found.append(_found("master_fold_gone", "warning"))
    elif loss is not None and loss > WORST_FOLD_LOSS_LU:
        found.append(_found("master_fold_loss", "warning", loss_lu=loss))
    side = "right" if stereo.balance_db > 0 else "left"
    if abs(stereo.balance_db) > GONE_DB:
        found.append(_found("master_one_sided", "warning", side=side))
    elif abs(stereo.balance_db) > WORST_BALANCE_DB:
        found.append(_found("master_off_centre", "advice", side=side, balance_db=abs(stereo.balance_db)))
    return found
