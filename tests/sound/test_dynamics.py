"""Compressor and gate: static curves, ballistics, linking, and the same samples for any block size."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sound.dynamics import Compressor, Gate, compression_db, expansion_db
from controlroom.sound.signal import Samples, frozen
from controlroom.sound.stream import Processor

RATE_HZ = 48_000


def steady(level_db: float, seconds: float, freq_hz: float = 0.0) -> npt.NDArray[np.float64]:
    """DC, or a sine, whose peak lies at `level_db`."""
    time_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    return 10 ** (level_db / 20) * np.cos(2 * np.pi * freq_hz * time_s)


def gain_db(processor: Processor, samples: npt.ArrayLike) -> npt.NDArray[np.float64]:
    block = frozen(np.atleast_2d(samples))
    return 20 * np.log10(processor.process(block)[0] / block[0])


def cut(block: Samples, sizes: list[int]) -> list[Samples]:
    edges = np.minimum(np.cumsum([0, *sizes]), block.shape[1])
    return [frozen(block[:, start:stop]) for start, stop in zip(edges, [*edges[1:], block.shape[1]], strict=True)]


class TestStaticCurve:
    def test_above_and_below_the_threshold(self) -> None:
        reduction = compression_db([-40, -20, -10, 0], threshold_db=-20, ratio=4)
        assert reduction == pytest.approx([0, 0, 7.5, 15], abs=1e-9)

    def test_the_knee_is_continuous_and_halfway_at_the_threshold(self) -> None:
        levels_db = np.linspace(-30, -10, 2001)
        reduction = compression_db(levels_db, threshold_db=-20, ratio=3, knee_db=8)
        assert np.abs(np.diff(reduction)).max() < 0.01 * (1 - 1 / 3) + 1e-9
        assert compression_db(-20.0, threshold_db=-20, ratio=3, knee_db=8) == pytest.approx((2 / 3) * 4**2 / 16)
        assert reduction[-1] == pytest.approx(10 * 2 / 3)

    def test_an_expander_turns_down_below_the_threshold_but_not_for_ever(self) -> None:
        reduction = expansion_db([-20, -30, -40, -100], threshold_db=-30, ratio=3, range_db=30)
        assert reduction == pytest.approx([0, 0, 20, 30], abs=1e-9)


class TestCompressor:
    def test_settles_on_the_static_curve(self) -> None:
        settled = gain_db(Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0), steady(-8, 1))[-1]
        assert settled == pytest.approx(-9.0, abs=0.01)

    def test_make_up_lifts_everything(self) -> None:
        compressor = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, makeup_db=5)
        assert gain_db(compressor, steady(-50, 0.1)) == pytest.approx(5.0, abs=1e-4)

    def test_below_the_threshold_nothing_changes(self) -> None:
        noise = frozen(0.01 * np.random.default_rng(1).standard_normal((2, 5000)))
        np.testing.assert_array_equal(Compressor(RATE_HZ, 2, threshold_db=-10, ratio=4).process(noise), noise)

    @pytest.mark.parametrize("attack_ms", [1.0, 10.0, 50.0])
    def test_attack_time(self, attack_ms: float) -> None:
        compressor = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0, attack_ms=attack_ms)
        gains = gain_db(compressor, np.concatenate([steady(-40, 0.1), steady(-8, 1)]))[4800:]
        reached_ms = np.argmax(gains <= -9.0 * (1 - np.exp(-1))) * 1000 / RATE_HZ
        assert reached_ms == pytest.approx(attack_ms, rel=0.03, abs=0.05)

    @pytest.mark.parametrize("release_ms", [50.0, 300.0])
    def test_release_time(self, release_ms: float) -> None:
        compressor = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0, attack_ms=0.1, release_ms=release_ms)
        gains = gain_db(compressor, np.concatenate([steady(-8, 0.5), steady(-40, 2)]))[24000:]
        released_ms = np.argmax(gains >= -9.0 * np.exp(-1)) * 1000 / RATE_HZ
        assert released_ms == pytest.approx(release_ms, rel=0.03)

    def test_automatic_release_is_fast_after_a_moment_and_slow_after_long(self) -> None:
        def back_ms(loud_s: float) -> float:
            compressor = Compressor(
                RATE_HZ, 1, threshold_db=-20, ratio=4, attack_ms=1, release_ms=80, auto_release=True
            )
            gains = gain_db(compressor, np.concatenate([steady(-8, loud_s), steady(-40, 4)]))[round(loud_s * RATE_HZ) :]
            return float(np.argmax(gains > -4.5) * 1000 / RATE_HZ)

        assert back_ms(0.02) < 80
        assert back_ms(3.0) > 4 * back_ms(0.02)

    def test_rms_reads_power_peak_reads_peaks(self) -> None:
        sine = steady(-8, 1, 1000)
        peak = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0, release_ms=500)
        rms = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0, release_ms=500, detector="rms")
        assert gain_db(peak, sine)[-48] == pytest.approx(-9.0, abs=0.05)
        assert gain_db(rms, sine)[-48] == pytest.approx(-0.75 * (12 - 3.01), abs=0.15)

    def test_one_gain_for_all_channels(self) -> None:
        block = frozen(np.stack([steady(-3, 0.3), steady(-30, 0.3)]))
        out = Compressor(RATE_HZ, 2, threshold_db=-20, ratio=4).process(block)
        np.testing.assert_allclose(out[0] / block[0], out[1] / block[1], rtol=1e-6)

    def test_says_what_it_took_off(self) -> None:
        compressor = Compressor(RATE_HZ, 1, threshold_db=-20, ratio=4, knee_db=0, attack_ms=0.0)
        compressor.process(frozen(np.concatenate([steady(-8, 1), steady(-60, 60)])))
        assert compressor.max_reduction_db == pytest.approx(9.0, abs=0.01)
        assert compressor.mean_reduction_db == pytest.approx(9.0 * 1.1 / 61, abs=0.01)


class TestGate:
    def test_open_above_closed_below(self) -> None:
        gate = Gate(RATE_HZ, 1, threshold_db=-40, range_db=30)
        gains = gain_db(gate, np.concatenate([steady(-20, 0.5), steady(-70, 1)]))
        assert gains[20000] == pytest.approx(0.0, abs=1e-3)
        assert gains[-1] == pytest.approx(-30.0, abs=0.05)

    def test_waits_before_it_closes(self) -> None:
        gate = Gate(RATE_HZ, 1, threshold_db=-40, range_db=30, hold_ms=100, release_ms=20)
        gains = gain_db(gate, np.concatenate([steady(-20, 0.5), steady(-70, 1)]))[24000:]
        assert gains[: round(0.1 * RATE_HZ)].min() > -0.2
        assert gains[round(0.35 * RATE_HZ)] < -29

    def test_opens_at_once(self) -> None:
        gate = Gate(RATE_HZ, 1, threshold_db=-40, range_db=30, attack_ms=0.5)
        gains = gain_db(gate, np.concatenate([steady(-70, 1), steady(-20, 0.5)]))[48000:]
        assert gains[round(0.003 * RATE_HZ)] > -1.0

    def test_does_not_chatter_on_a_low_note(self) -> None:
        gains = gain_db(Gate(RATE_HZ, 1, threshold_db=-30), steady(-20, 1, 41.2) + 1e-6)[4800:]
        assert gains.min() > -0.01


@pytest.mark.parametrize(
    "make",
    [
        lambda: Compressor(RATE_HZ, 2, threshold_db=-30, ratio=3, auto_release=True),
        lambda: Compressor(RATE_HZ, 2, threshold_db=-30, ratio=3, detector="rms"),
        lambda: Gate(RATE_HZ, 2, threshold_db=-20),
    ],
    ids=["compressor", "rms compressor", "gate"],
)
def test_any_block_size_gives_the_same_samples(make: type[Compressor]) -> None:
    rng = np.random.default_rng(7)
    noise = frozen(rng.standard_normal((2, 20_000)) * np.geomspace(1e-3, 1, 20_000))
    whole = make().process(noise)
    processor = make()
    pieces = [processor.process(piece) for piece in cut(noise, [1, 2, 700, 255, 257, 4096, 1, 9999])]
    np.testing.assert_array_equal(np.concatenate(pieces, axis=1), whole)
