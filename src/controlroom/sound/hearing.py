"""Hearing a signal: every shared feature computed once, the cheap ones together in a single pass."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from controlroom.base.progress import SILENT, Progress
from controlroom.sound.details import Details, details_of
from controlroom.sound.levels import Levels, LevelsAccumulator
from controlroom.sound.meter import Loudness, LoudnessMeter, LoudnessSeries
from controlroom.sound.moments import Moments
from controlroom.sound.onsets import OnsetAccumulator, Onsets
from controlroom.sound.pitch import PitchTrack, track_pitch
from controlroom.sound.signal import Signal, blocks
from controlroom.sound.spectrum import Spectrum, SpectrumAccumulator
from controlroom.sound.survey import Survey, pack_loudness, pack_moments, pack_onsets, pack_spectrum, pack_waveform
from controlroom.sound.waveform import Waveform, WaveformAccumulator


class Hearing:
    """What a signal sounds like; nothing is computed before it is asked for.

    The first question about loudness, levels, spectrum, onsets or waveform reads the signal once for all of them; the
    details of a song and the pitch of a voice read it once more each. Not for two threads at once.
    """

    def __init__(self, signal: Signal, progress: Progress = SILENT) -> None:
        self._signal: Signal | None = signal
        self._progress = progress
        self.rate_hz, self.channels, self.frames = signal.rate_hz, signal.channels, signal.frames

    @classmethod
    def from_survey(cls, survey: Survey, signal: Signal | None = None) -> Hearing:
        """A hearing from what was kept; `signal` is needed only where pitch will be asked for."""
        hearing = cls.__new__(cls)
        hearing._signal, hearing._progress = signal, SILENT
        hearing.rate_hz, hearing.channels, hearing.frames = survey.rate_hz, survey.channels, survey.frames
        hearing.__dict__["survey"] = survey
        return hearing

    @property
    def duration_s(self) -> float:
        return self.frames / self.rate_hz

    @property
    def signal(self) -> Signal:
        """What is heard; `ValueError` for a hearing made from a survey alone."""
        if self._signal is None:
            raise ValueError("this hearing was made from a survey alone: give its signal too")
        return self._signal

    @cached_property
    def survey(self) -> Survey:
        """All cheap features, as a value to keep."""
        return _surveyed(self.signal, self._progress)

    @property
    def loudness(self) -> Loudness:
        return self.survey.loudness

    @cached_property
    def loudness_series(self) -> LoudnessSeries:
        """Momentary and short-term loudness every 0.1 s."""
        return self.survey.loudness_series

    @property
    def levels(self) -> Levels:
        return self.survey.levels

    @cached_property
    def spectrum(self) -> Spectrum:
        return self.survey.spectrum

    @cached_property
    def moments(self) -> Moments | None:
        """How the spectrum moves."""
        return self.survey.moments

    @cached_property
    def onsets(self) -> Onsets:
        return self.survey.onsets

    @cached_property
    def waveform(self) -> Waveform:
        return self.survey.waveform

    @cached_property
    def details(self) -> Details:
        """What rhythm, harmony, form and voice of a whole song are heard by."""
        return details_of(self.signal, self._progress)

    @cached_property
    def pitch(self) -> PitchTrack:
        """The fundamental frequency of one voice or instrument, 60 to 1100 Hz."""
        return track_pitch(self.signal, progress=self._progress)


def _surveyed(signal: Signal, progress: Progress) -> Survey:
    """One pass over the signal."""
    rate_hz, channels = signal.rate_hz, signal.channels
    meter, levels = LoudnessMeter(rate_hz, channels), LevelsAccumulator(rate_hz, channels)
    spectrum, onsets = SpectrumAccumulator(rate_hz, channels, moments=True), OnsetAccumulator(rate_hz)
    waveform = WaveformAccumulator(rate_hz, channels, signal.frames)
    done = 0
    for block in blocks(signal):
        meter.add(block)
        levels.add(block)
        spectrum.add(block)
        onsets.add(block.mean(axis=0, dtype=np.float32))
        waveform.add(block)
        done += block.shape[1]
        progress(done, signal.frames, "listening")
    return Survey(
        rate_hz=rate_hz,
        channels=channels,
        frames=signal.frames,
        loudness=meter.result(),
        levels=levels.result(),
        packed_loudness=pack_loudness(meter.series()),
        packed_spectrum=pack_spectrum(spectrum.result()),
        packed_moments=pack_moments(spectrum.moments()),
        packed_onsets=pack_onsets(onsets.result()),
        packed_waveform=pack_waveform(waveform.result()),
    )
