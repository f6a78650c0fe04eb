"""Hear finished tracks with a mixer's questions: how loud while it plays, how steady, what spectrum, whose kin."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from controlroom.base.finding import Finding, Value
from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.mixing.kin import relations
from controlroom.rooms.mixing.report import MixReport, TrackHeard, TrackIn
from controlroom.sound.bandwidth import bandwidth_hz
from controlroom.sound.spectrum import third_octave_levels_db
from controlroom.sound.survey import Survey

SILENT_LUFS = -120.0
RANGE_WITHIN_LU = 10.0  # windows further below the track's loudness are pauses, breaths, tails and bleed
MORE_THAN_STEREO = 2


def measure(tracks: Mapping[str, TrackIn], *, progress: Progress = SILENT) -> MixReport:
    """The report on finished tracks (by name, in mixing order); kin are compared where signals are at hand.

    Only surveys are read for all else, so that hearing a track once is enough.
    """
    heard = tuple(_heard(name, track) for name, track in tracks.items())
    progress(0.3, 1.0, "comparing mics")
    kin = relations(tracks)
    progress(1.0, 1.0, "comparing mics")
    return MixReport(tracks=heard, relations=kin, findings=tuple(_findings(heard)))


def _heard(name: str, track: TrackIn) -> TrackHeard:
    survey = track.survey
    spectrum, loudness, stereo = survey.spectrum, survey.loudness, survey.levels.stereo
    sounding = loudness.integrated_lufs is not None
    return TrackHeard(
        name=name,
        path=track.path or name,
        role=track.role,
        side=track.side,
        part=track.part,
        printed=track.printed,
        rate_hz=survey.rate_hz,
        channels=survey.channels,
        frames=survey.frames,
        loudness_lufs=_rounded(loudness.integrated_lufs),
        loudest_lufs=_rounded(loudness.max_momentary_lufs),
        range_lu=_rounded(_range_lu(survey)),
        peak_dbtp=_rounded(loudness.true_peak_dbtp),
        reach_hz=bandwidth_hz(spectrum) if sounding else None,
        correlation=_rounded(stereo.correlation) if stereo else None,
        balance_db=_rounded(stereo.balance_db) if stereo else None,
        bands_db=tuple(np.round(third_octave_levels_db(spectrum), 1).tolist()) if sounding else (),
        seconds_lufs=tuple(_seconds(survey)) if sounding else (),
        seconds_peak_db=tuple(_peaks(survey)) if sounding else (),
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _momentary(survey: Survey) -> npt.NDArray[np.float64]:
    return survey.loudness_series.momentary_lufs.astype(np.float64)


def _seconds(survey: Survey) -> list[float]:
    """Loudness of each second, from the momentary windows that end in it."""
    momentary = np.full(10 * -(-survey.frames // survey.rate_hz), SILENT_LUFS)
    heard = _momentary(survey)[: len(momentary)]
    momentary[: len(heard)] = heard
    seconds = 10 * np.log10((10 ** (momentary / 10)).reshape(-1, 10).mean(axis=1))
    return [float(value) for value in np.round(seconds, 1)]


def _peaks(survey: Survey) -> list[float]:
    """Highest sample of each second, from the waveform's bins."""
    waveform = survey.waveform
    highest = np.maximum(-waveform.lowest, waveform.highest).max(axis=0)
    seconds = np.arange(-(-survey.frames // survey.rate_hz))
    first = np.minimum((seconds / waveform.bin_s).astype(int), len(highest) - 1)
    peaks = np.maximum.reduceat(highest, first)
    return [float(value) for value in np.round(20 * np.log10(np.maximum(peaks, 1e-6)), 1)]


def _range_lu(survey: Survey) -> float | None:
    """How far loud passages (95th percentile of momentary loudness) are above quiet ones (10th)."""
    integrated = survey.loudness.integrated_lufs
    if integrated is None:
        return None
    momentary = _momentary(survey)
    played = momentary[momentary > integrated - RANGE_WITHIN_LU]
    if not len(played):
        return None
    low, high = np.percentile(played, [10, 95])
    return float(high - low)


def _findings(tracks: tuple[TrackHeard, ...]) -> list[Finding]:
    found = []
    for track in tracks:
        if not track.sounding:
            found.append(
                Finding(code="mix_silent_track", severity="warning", path=track.path, args={"name": track.name})
            )
        elif track.channels > MORE_THAN_STEREO:
            args: dict[str, Value] = {"name": track.name, "channels": track.channels}
            found.append(Finding(code="mix_folded", severity="info", path=track.path, args=args))
    return found
