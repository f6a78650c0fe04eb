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
from controlroom.sound.meter import Loudness
from controlroom.sound.spectrum import Spectrum, band_levels_db
from controlroom.sound.tone import RegionBalance, balance, tilt_db_per_octave

LOW_END_HZ = 120.0
SUBSONIC_HZ = 20.0
BASS_FROM_HZ, BASS_TO_HZ = 40.0, 125.0
K_WEIGHTING = (Band("highpass", 38.0, q=0.5), Band("highshelf", 1680.0, 4.0))  # BS.1770-5, tables 1 and 2
FINISHED_LUFS, FINISHED_PLR_DB = -15.0, 14.0  # louder and denser than this, somebody has limited it
FAINT_POWER = 1e-12
WORST_FOLD_LOSS_LU = 3.0
WORST_LOW_END_CORRELATION = 0.0
WORST_BALANCE_DB = 1.5


def measure(hearing: Heard, reference: Heard | None = None) -> MasterReport:
    """Measure a mix; with a `reference`, its tone is compared to that recording instead of to the records' curve."""
    loudness, spectrum = hearing.loudness, hearing.spectrum
    ends_hz = bandwidth_hz(spectrum)
    regions = balance(spectrum, _lowest(ends_hz, reference), None if reference is None else reference.spectrum)
    stereo = stereo_of(spectrum)
    finished = _is_finished(loudness)
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
        matched=reference is not None,
        findings=(*_level_findings(hearing, finished), *_tone_findings(regions), *_stereo_findings(stereo)),
    )


def _lowest(ends_hz: float | None, reference: Heard | None) -> float | None:
    """Where the narrower of the two ends."""
    ends = [ends_hz, None if reference is None else bandwidth_hz(reference.spectrum)]
    return min((end for end in ends if end is not None), default=None)


def _is_finished(loudness: Loudness) -> bool:
    integrated, plr = loudness.integrated_lufs, loudness.plr_db
    return integrated is not None and plr is not None and integrated > FINISHED_LUFS and plr < FINISHED_PLR_DB


def _subsonic_db(spectrum: Spectrum) -> float | None:
    below, bass = band_levels_db(spectrum, [0.0, SUBSONIC_HZ, BASS_FROM_HZ, BASS_TO_HZ])[[0, 2]]
    return float(below - bass) if spectrum.counted else None


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
    heard = 10 ** (response_db(K_WEIGHTING, spectrum.rate_hz, spectrum.freqs_hz) / 10)
    stereo, folded = float(heard @ (left + right)), float(heard @ (left + right + 2 * cross)) / 2
    return Stereo(
        correlation=image.correlation,
        side_db=image.side_db,
        balance_db=image.balance_db,
        low_end_correlation=float(np.clip(cross[low].sum() / together, -1, 1)) if together > FAINT_POWER else None,
        fold_loss_lu=10 * math.log10(stereo / max(folded, FAINT_POWER * stereo)) if stereo > 0 else None,
    )


def _found(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)


def _level_findings(hearing: Heard, finished: bool) -> list[Finding]:
    integrated, plr = hearing.loudness.integrated_lufs, hearing.loudness.plr_db
    if integrated is None or plr is None:
        return [_found("master_no_loudness", "warning")]
    found = []
    clipped = hearing.levels.clipped
    if clipped:
        longest_ms = 1000 * max(span.end_s - span.start_s for span in clipped)
        found.append(_found("clipped", "warning", count=len(clipped), longest_ms=longest_ms))
    if finished:
        found.append(_found("master_finished", "info", integrated_lufs=integrated, plr_db=plr))
    return found


def _tone_findings(regions: tuple[RegionBalance, ...]) -> list[Finding]:
    return [
        _found(
            "master_tone_over" if region.excess_db > 0 else "master_tone_under",
            "advice",
            region=region.name,
            off_db=abs(region.off_db or 0.0),
            range_db=region.range_db,
        )
        for region in regions
        if abs(region.excess_db) > 1.0
    ]


def _stereo_findings(stereo: Stereo | None) -> list[Finding]:
    if stereo is None:
        return []
    found = []
    low, loss = stereo.low_end_correlation, stereo.fold_loss_lu
    if low is not None and low < WORST_LOW_END_CORRELATION:
        found.append(_found("master_low_end_phase", "warning", correlation=low))
    if loss is not None and loss > WORST_FOLD_LOSS_LU:
        found.append(_found("master_fold_loss", "warning", loss_lu=loss))
    if abs(stereo.balance_db) > WORST_BALANCE_DB:
        side = "right" if stereo.balance_db > 0 else "left"
        found.append(_found("master_off_centre", "advice", side=side, balance_db=abs(stereo.balance_db)))
    return found
