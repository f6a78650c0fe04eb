"""What is heard in a finished mix, and what is said of it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.rooms.mixing import Heard, MixPlan, checks, findings
from controlroom.rooms.mixing.ears import Ears
from controlroom.rooms.mixing.plan import TrackPlan
from controlroom.sound.signal import frozen

RATE_HZ = 48000
PLAN = MixPlan(rate_hz=RATE_HZ, headroom_dbtp=-6.0, tracks=(TrackPlan(name="Vox", path="v.wav", role="lead vocal"),))
Floats = npt.NDArray[np.float64]


def sine(freq_hz: float, seconds: float = 4.0, level: float = 0.2) -> Floats:
    return level * np.sin(2 * np.pi * freq_hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ)


def listen(mix: Floats, voice: Floats | None = None, rest: Floats | None = None) -> Heard:
    ears = Ears(RATE_HZ)
    for at in range(0, mix.shape[1], 10_000):
        parts = [None if part is None else frozen(part[:, at : at + 10_000]) for part in (mix, voice, rest)]
        assert parts[0] is not None
        ears.add(parts[0], parts[1], parts[2])
    return ears.result()


def codes(heard: Heard) -> set[str]:
    return {finding.code for finding in findings(heard, PLAN)}


def stereo(left: Floats, right: Floats | None = None) -> Floats:
    return np.stack([left, left if right is None else right])


def test_a_mono_mix_loses_nothing_in_mono() -> None:
    heard = listen(stereo(sine(440)))
    assert heard.mono_loss_lu == pytest.approx(0.0, abs=1e-6)
    assert "mix_mono_loss" not in codes(heard)


def test_unrelated_sides_lose_three_and_turned_ones_all() -> None:
    rng = np.random.default_rng(0)
    noise = 0.1 * rng.standard_normal((2, 4 * RATE_HZ))
    assert listen(noise).mono_loss_lu == pytest.approx(3.01, abs=0.1)
    turned = listen(stereo(sine(440), -sine(440)))
    assert turned.mono_loss_lu is not None
    assert turned.mono_loss_lu > 60.0
    assert "mix_mono_gone" in codes(turned)


def test_a_low_end_in_two_halves_is_told() -> None:
    wide = stereo(sine(60) + sine(2000), -sine(60) + sine(2000))
    heard = listen(wide)
    assert heard.low_correlation == pytest.approx(-1.0, abs=0.01)
    assert "mix_low_end_wide" in codes(heard)
    assert "mix_low_end_wide" not in codes(listen(stereo(sine(60) + sine(2000), sine(60) - sine(2000))))


def test_the_voice_is_held_against_the_band_in_its_own_range() -> None:
    voice, bass = stereo(sine(800, level=0.1)), stereo(sine(50, level=0.5))
    band = stereo(sine(1200, level=0.05))
    heard = listen(voice + band + bass, voice, band + bass)
    assert heard.voice_over_band_lu == pytest.approx(6.0, abs=0.5)
    assert "mix_vocal_loud" in codes(heard)


def test_a_buried_voice_is_found_where_it_is() -> None:
    voice = stereo(sine(800, 10.0, 0.1))
    band = stereo(sine(1200, 10.0, 0.02))
    band[:, 4 * RATE_HZ : 8 * RATE_HZ] *= 20.0
    masked = [one for one in findings(listen(voice + band, voice, band), PLAN) if one.code == "mix_vocal_masked"]
    assert len(masked) == 1
    assert masked[0].start_s == pytest.approx(4.0, abs=0.4)
    assert masked[0].end_s == pytest.approx(8.0, abs=0.4)


def test_headroom_and_full_scale() -> None:
    assert "mix_headroom" in codes(listen(stereo(sine(440, level=0.9))))
    assert "mix_headroom" not in codes(listen(stereo(sine(440, level=0.5))))
    assert "mix_over_full_scale" in codes(listen(stereo(sine(440, level=1.5))))


def test_silence_has_no_figures() -> None:
    heard = listen(np.zeros((2, RATE_HZ)), np.zeros((2, RATE_HZ)), np.zeros((2, RATE_HZ)))
    assert heard.mono_loss_lu is None
    assert heard.low_correlation is None
    assert heard.voice_over_band_lu is None
    assert codes(heard) == {"mix_silent"}
    assert all(check.passed for check in checks(heard, PLAN))


@pytest.mark.parametrize("level", [0.02, 0.5, 1.5])
def test_every_finding_is_a_sentence(level: float) -> None:
    mix = stereo(sine(60, level=level), -sine(60, level=level)) + stereo(sine(800, level=level / 10))
    heard = listen(mix, stereo(sine(800, level=level / 10)), stereo(sine(900, level=level)))
    for finding in findings(heard, PLAN):
        assert finding.says()
