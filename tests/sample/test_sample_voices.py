"""Solo voices: the truth of their pitch is the pitch that is in the sound."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.base.errors import UsageError
from controlroom.sample import VOICES, SungPitch, solo_voice
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio


def strongest_harmonics_cents(audio: Audio, pitch: SungPitch) -> np.ndarray:
    """How far the harmonics' common pitch is from the truth, where a note holds still for 80 ms."""
    size = 8192
    half = size // 2 / audio.rate_hz
    cents = []
    for at in range(10, pitch.times_s.size - 10, 4):
        around = pitch.f0_hz[at - 8 : at + 9]
        if not around.all() or np.ptp(around) > 0.004 * around.mean():
            continue
        begin = round((pitch.times_s[at] - half) * audio.rate_hz)
        power = np.abs(np.fft.rfft(audio.samples[0, begin : begin + size] * np.hanning(size), 8 * size))
        per_bin = audio.rate_hz / (8 * size)
        tries = np.arange(-60, 61, 2)
        salience = [
            sum(power[round(order * pitch.f0_hz[at] * 2 ** (c / 1200) / per_bin)] for order in range(1, 7))
            for c in tries
        ]
        cents.append(tries[int(np.argmax(salience))])
    return np.array(cents)


@pytest.mark.parametrize("voice", ["bass plain", "baritone shouted", "alto waving", "soprano breathy", None])
def test_the_truth_is_in_the_sound(voice: str | None) -> None:
    audio, pitch = solo_voice(3, seconds=20, voice=voice)
    cents = strongest_harmonics_cents(audio, pitch)
    assert cents.size > 40
    assert abs(np.median(cents)) <= 3
    assert np.mean(np.abs(cents) <= 15) > 0.9


def test_silence_is_unvoiced() -> None:
    audio, pitch = solo_voice(3, seconds=20)
    level = np.array([np.std(audio.samples[0, round(48000 * t) :][:240]) for t in pitch.times_s[:-2]])
    voiced = pitch.f0_hz[:-2] > 0
    assert 0.2 < voiced.mean() < 0.8
    assert np.median(level[voiced]) > 8 * np.median(level[~voiced])
    assert not voiced[:100].any()


def test_there_are_thirty_voices_from_low_to_high() -> None:
    assert len(VOICES) == 30
    low, high = (solo_voice(3, seconds=20, voice=voice)[1].f0_hz for voice in ("bass plain", "soprano plain"))
    assert np.median(low[low > 0]) < 130
    assert np.median(high[high > 0]) > 480


def test_the_band_bleeds_as_loudly_as_was_asked() -> None:
    """And in another recording of the same singing: the pitch is the same."""
    alone, pitch = solo_voice(3, seconds=20, voice="tenor plain")
    both, same = solo_voice(3, seconds=20, voice="tenor plain", bleed_db=-12.0)
    assert np.array_equal(pitch.f0_hz, same.f0_hz)
    share = float(both.samples[0] @ alone.samples[0]) / float(alone.samples[0] @ alone.samples[0])
    bleed = Audio(both.samples[0] - share * alone.samples[0], alone.rate_hz)
    voice = Audio(share * alone.samples[0], alone.rate_hz)
    lufs = [measure_loudness(heard).integrated_lufs or 0.0 for heard in (voice, bleed)]
    assert lufs[1] - lufs[0] == pytest.approx(-12, abs=1.5)


def test_nobody_of_that_name() -> None:
    with pytest.raises(UsageError, match="nobody sings like that"):
        solo_voice(1, seconds=20, voice="yodler plain")
