"""Codec overs are found on a hot master, and the ceiling that is recommended is proven to hold."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.rooms.mastering.translation import codec_safe, overs
from controlroom.sound.codecs import CODECS
from controlroom.sound.limiter import Limiter
from controlroom.sound.meter import true_peak_dbtp
from controlroom.sound.signal import Audio, in_memory
from controlroom.sound.stream import Chain

LOSSY = [CODECS[name] for name in ("aac-128", "mp3-192", "opus-128")]


def _hot(rate_hz: int, ceiling_dbtp: float, seconds: float = 1.2) -> Audio:
    """A dense, bright mix, far into the limiter."""
    rng = np.random.default_rng(5)
    times_s = np.arange(round(seconds * rate_hz)) / rate_hz
    beat = np.exp(-(times_s % 0.4) / 0.05)
    rows = []
    for _ in range(2):
        saws = sum((times_s * f) % 1.0 * 2 - 1 for f in (110.0, 138.6, 164.8, 220.5))
        hiss = (0.1 * beat + 0.3) * rng.standard_normal(len(times_s))
        rows.append(4 * (0.3 * np.sin(2 * np.pi * 55 * times_s) * beat + 0.1 * saws + hiss))
    mix = Audio(np.stack(rows), rate_hz)
    return in_memory(Chain(mix, lambda: [Limiter(rate_hz, 2, ceiling_dbtp)]))


@pytest.mark.parametrize("rate_hz", [44100, 48000])
def test_overs_are_found_and_the_safe_ceiling_holds(rate_hz: int) -> None:
    hot = _hot(rate_hz, -0.3)
    found = overs(hot, LOSSY)
    assert [over.codec for over in found] == ["aac-128", "mp3-192", "opus-128"]
    for over in found:
        assert over.decoded_dbtp is not None
        assert over.decoded_dbtp > 0.0
        assert over.over_db == over.decoded_dbtp
        assert over.safe_ceiling_dbtp == pytest.approx(true_peak_dbtp(hot) - over.over_db - 0.2)
    safe = codec_safe(lambda ceiling: _hot(rate_hz, ceiling), -0.3, LOSSY)
    assert safe.safe
    assert safe.ceiling_dbtp < -0.3
    for codec, over in zip(LOSSY, overs(safe.signal, LOSSY), strict=True):
        assert over.codec == codec.name
        assert over.decoded_dbtp is not None
        assert over.decoded_dbtp <= 0.0


def test_what_is_safe_already_stays_as_it_is() -> None:
    calm = Audio(_hot(48000, -0.3).samples * 0.25, 48000)
    made: list[float] = []

    def make(ceiling_dbtp: float) -> Audio:
        made.append(ceiling_dbtp)
        return calm

    safe = codec_safe(make, -1.0, LOSSY)
    assert made == [-1.0]
    assert safe.ceiling_dbtp == -1.0
    assert safe.safe
    assert all(over.safe_ceiling_dbtp == pytest.approx(true_peak_dbtp(calm)) for over in safe.overs)


def test_gives_up_and_says_so_where_the_ceiling_does_not_help() -> None:
    hot = _hot(48000, -0.3, 1.0)
    stuck = codec_safe(lambda _: hot, -0.3, LOSSY[1:2])
    assert not stuck.safe
    assert stuck.overs[0].over_db > 0.0


def test_silence_has_no_peaks_to_go_over() -> None:
    (over,) = overs(Audio(np.zeros((2, 20_000)), 44100), LOSSY[:1])
    assert over.decoded_dbtp is None
    assert over.over_db == 0.0
    assert over.safe_ceiling_dbtp is None
