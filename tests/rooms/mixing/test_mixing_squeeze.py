"""Compression by measure: steady tracks get none, unsteady ones what they need."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.rooms.mixing.report import TrackHeard
from controlroom.rooms.mixing.squeeze import MOST_DB, squeeze_of, usual_peaks_db
from controlroom.sound.dynamics import Compressor, compression_db
from controlroom.sound.signal import Audio

Hear = Callable[..., TrackHeard]


def test_a_steady_voice_is_left_alone(hear: Hear) -> None:
    assert squeeze_of(hear("Vox", "lead vocal", range_lu=3.0, peaks_db=10.0)).squeeze is None


def test_an_unsteady_voice_is_held(hear: Hear) -> None:
    squeezed = squeeze_of(hear("Vox", "lead vocal", range_lu=10.0, peaks_db=10.0))
    assert squeezed.squeeze is not None
    assert squeezed.squeeze.detector == "rms"
    assert squeezed.squeeze.threshold_db < -18.0
    assert "10 LU" in squeezed.reasons[0]


@pytest.mark.parametrize("peaks_db", [19.0, 24.0, 60.0])
def test_peaks_come_down_by_what_is_said(hear: Hear, peaks_db: float) -> None:
    """The static curve takes at the usual peaks what the reason says, and never more than six."""
    track = hear("Snare", "snare", -30.0, peaks_db=peaks_db, range_lu=2.0)
    squeeze = squeeze_of(track).squeeze
    if squeeze is None:
        assert peaks_db < 19.5
        return
    taken = compression_db(
        usual_peaks_db(track), threshold_db=squeeze.threshold_db, ratio=squeeze.ratio, knee_db=squeeze.knee_db
    )
    assert float(taken) == pytest.approx(min((peaks_db - 18.0) * 0.7, MOST_DB), abs=0.3)


def test_one_click_is_no_reason(hear: Hear) -> None:
    track = hear("Gtr", "electric guitar", -30.0, peaks_db=12.0)
    peaks = list(track.seconds_peak_db)
    peaks[7] = -1.0
    clicked = hear("Gtr", "electric guitar", -30.0, seconds_peak_db=tuple(peaks), peak_dbtp=-1.0)
    assert squeeze_of(clicked).squeeze is None


def test_it_really_evens_out(hear: Hear) -> None:
    """Loud and quiet passages 12 dB apart come closer (white noise of -22 dBFS RMS reads about -20 LUFS)."""
    rng = np.random.default_rng(0)
    level = np.repeat([0.02, 0.08], 48000 * 2)
    voice = Audio(rng.standard_normal(len(level)) * level, 48000)
    squeeze = squeeze_of(hear("Vox", "lead vocal", -22.0, loudest_lufs=-20.0, range_lu=12.0, peaks_db=10.0)).squeeze
    assert squeeze is not None
    made = Compressor(
        48000,
        1,
        threshold_db=squeeze.threshold_db,
        ratio=squeeze.ratio,
        knee_db=squeeze.knee_db,
        attack_ms=squeeze.attack_ms,
        release_ms=squeeze.release_ms,
        detector=squeeze.detector,
    ).process(voice.samples)
    quiet, loud = np.std(made[0, 48000:96000]), np.std(made[0, -48000:])
    assert 12.0 - 20 * np.log10(loud / quiet) > 2.0
