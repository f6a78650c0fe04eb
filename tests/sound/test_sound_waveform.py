"""The picture of a signal: true extremes, whatever the blocks."""

import numpy as np
import pytest

from controlroom.sound.signal import Audio
from controlroom.sound.waveform import WaveformAccumulator, waveform_of


def test_extremes_and_rms_of_each_bin():
    samples = np.random.default_rng(0).uniform(-1, 1, (2, 100_000)).astype(np.float32)
    waveform = waveform_of(Audio(samples, 50_000), bins=100)
    cells = samples.reshape(2, 100, 1000)
    assert np.array_equal(waveform.lowest, cells.min(axis=2))
    assert np.array_equal(waveform.highest, cells.max(axis=2))
    assert waveform.rms == pytest.approx(np.sqrt((cells.astype(float) ** 2).mean(axis=2)))
    assert waveform.bin_s == 0.02
    folded = waveform.folded()
    assert folded.lowest[0] == pytest.approx(cells.min(axis=(0, 2)))
    assert folded.rms.shape == (1, 100)


@pytest.mark.parametrize("size", [1, 313, 32768])
def test_blocks_leave_no_trace(size):
    samples = np.random.default_rng(0).standard_normal((1, 12_345)).astype(np.float32)
    accumulator = WaveformAccumulator(48000, 1, 12_345, 500)
    for at in range(0, 12_345, size):
        accumulator.add(samples[:, at : at + size])
    pieces, whole = accumulator.result(), waveform_of(Audio(samples, 48000), 500)
    assert np.array_equal(pieces.highest, whole.highest)
    assert pieces.rms == pytest.approx(whole.rms, rel=1e-12)


@pytest.mark.parametrize("frames", [0, 1, 1999, 2001])
def test_short_signals_have_no_more_bins_than_frames(frames):
    waveform = waveform_of(Audio(np.full((2, frames), 0.5), 8000))
    assert waveform.lowest.shape == (2, -(-frames // max(-(-frames // 2000), 1)))
    assert (waveform.rms == 0.5).all()


def test_a_signal_that_is_shorter_or_longer_than_said():
    accumulator = WaveformAccumulator(8000, 1, 100, 10)
    accumulator.add(np.ones((1, 50), np.float32))
    assert accumulator.result().highest[0].tolist() == [1] * 5 + [0] * 5
    accumulator.add(np.ones((1, 500), np.float32))
    assert accumulator.result().rms[0].tolist() == [1] * 10
