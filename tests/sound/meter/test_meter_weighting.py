"""K-weighting: the standard's coefficients at 48 kHz, the same response at every other rate."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sound.meter import LAYOUTS, LoudnessMeter, channel_weights, measure_loudness
from controlroom.sound.meter.weighting import HIGHPASS_48K, SHELF_48K, _carried_over, k_weighting
from controlroom.sound.signal import Audio

RATES_HZ = [8_000, 11_025, 16_000, 22_050, 32_000, 44_100, 88_200, 96_000, 176_400, 192_000]


def response_db(rate_hz: int, freqs_hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    delay = np.exp(-2j * np.pi * freqs_hz / rate_hz)
    total = np.zeros(len(freqs_hz))
    for b0, b1, b2, a1, a2 in k_weighting(rate_hz):
        total += 20 * np.log10(np.abs((b0 + b1 * delay + b2 * delay**2) / (1 + a1 * delay + a2 * delay**2)))
    return total


def test_the_derivation_gives_the_standards_figures_at_48_khz() -> None:
    assert _carried_over(SHELF_48K, 48_000) == pytest.approx(SHELF_48K, abs=1e-12)
    assert _carried_over(HIGHPASS_48K, 48_000, zeros_at_dc=True) == pytest.approx(HIGHPASS_48K, abs=1e-12)
    assert k_weighting(48_000).tolist() == [list(SHELF_48K), list(HIGHPASS_48K)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_every_rate_has_the_response_of_48_khz(rate_hz: int) -> None:
    freqs_hz = np.geomspace(20, min(20_000, 0.45 * rate_hz), 200)
    assert np.abs(response_db(rate_hz, freqs_hz) - response_db(48_000, freqs_hz)).max() < 0.03


@pytest.mark.parametrize("rate_hz", [*RATES_HZ, 48_000])
def test_full_scale_at_997_hz_reads_minus_3_01(rate_hz: int) -> None:
    """BS.1770-5, annex 1: a 0 dB FS sine at 997 Hz in one channel reads -3.01 LKFS."""
    time_s = np.arange(4 * rate_hz) / rate_hz
    tone = Audio(np.sin(2 * np.pi * 997 * time_s), rate_hz)
    assert measure_loudness(tone).integrated_lufs == pytest.approx(-3.01, abs=0.01)


def test_the_lfe_does_not_count_and_surrounds_count_more() -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(96_000) / 48_000)

    def heard_lufs(channel: int) -> float | None:
        samples = np.zeros((6, 96_000))
        samples[channel] = tone
        return measure_loudness(Audio(samples, 48_000)).integrated_lufs

    assert heard_lufs(0) == pytest.approx(-3.01, abs=0.01)
    assert heard_lufs(3) is None
    assert heard_lufs(4) == pytest.approx(-3.01 + 10 * np.log10(1.41), abs=0.01)


@pytest.mark.parametrize("channels", [1, 2, 3, 5, 7, 24])
def test_channels_add_up(channels: int) -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(48_000) / 48_000)
    loudness = measure_loudness(Audio(np.tile(tone, (channels, 1)), 48_000))
    assert loudness.integrated_lufs == pytest.approx(-3.01 + 10 * np.log10(channels), abs=0.01)


def test_weights_by_layout() -> None:
    assert channel_weights(6) == LAYOUTS["5.1"] == (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
    assert channel_weights(24) == (1.0,) * 24
    with pytest.raises(ValueError, match="8 channels need 8 weights, not 6"):
        LoudnessMeter(48_000, 8, LAYOUTS["5.1"])
