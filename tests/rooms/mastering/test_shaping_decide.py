"""Shaping: what was put in is found and dealt with, and nothing is done where nothing is wrong."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import numpy as np
import pytest
from numpy.random import default_rng

from controlroom.base.canonical import from_toml, to_toml
from controlroom.rooms.mastering import MasterPlan, decide, measure
from controlroom.rooms.mastering.listen import Listened, listen
from controlroom.rooms.mastering.plan import DynamicBand, Saturate, WidthBand
from controlroom.rooms.mastering.shaping import before_gain, shaped
from controlroom.rooms.mastering.shaping.faults import bare_bass_db
from controlroom.sound.filters import Band, Equalizer
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio, Samples, frozen
from controlroom.sound.stream import Chain
from controlroom.sound.tone import curve_db

RATE_HZ = 48000
SECONDS = 64
EVENTS_S = np.arange(1.0, SECONDS - 1.0, 2.3)


def _shaped_noise(seed: int) -> Samples:
    """Noise with the spectrum of records, louder and softer every half a second as music is."""
    frames = SECONDS * RATE_HZ
    rng = default_rng(seed)
    spectrum = np.fft.rfft(rng.standard_normal(frames))
    freqs_hz = np.maximum(np.fft.rfftfreq(frames, 1 / RATE_HZ), 1.0)
    sound = np.fft.irfft(spectrum * 10 ** (curve_db(freqs_hz) / 20) / np.sqrt(freqs_hz))
    beat = 10 ** (np.repeat(rng.normal(0, 2.0, 2 * SECONDS), RATE_HZ // 2) / 20)
    return np.asarray(0.1 * sound / sound.std() * beat, np.float32)


@pytest.fixture(scope="module")
def mix() -> Samples:
    """Mid and a side 8 dB below it."""
    mid, side = _shaped_noise(1), 0.4 * _shaped_noise(2)
    return frozen(np.stack([mid + side, mid - side]))


def _heard(samples: Samples) -> Listened:
    return listen(Audio(samples, RATE_HZ))


def _plan(samples: Samples) -> MasterPlan:
    heard = _heard(samples)
    report = measure(heard)
    plan = decide(report)
    made = shaped(plan, report, heard)
    return msgspec.structs.replace(made, tone=made.tone[len(plan.tone) :])


def _nothing(plan: MasterPlan) -> bool:
    return (plan.tone, plan.dynamic, plan.width, plan.saturate) == ((), (), (), None)


def _at_events(frames: int, length_s: float) -> np.ndarray:
    window = np.zeros(frames)
    length = round(length_s * RATE_HZ)
    for at_s in EVENTS_S:
        begin = round(at_s * RATE_HZ)
        window[begin : begin + length] = np.hanning(length)
    return window


def _with_bursts(mix: Samples, low_hz: float, high_hz: float, level: float, length_s: float) -> Samples:
    noise = default_rng(9).standard_normal((1, mix.shape[1]))
    band = Equalizer(RATE_HZ, 1, [Band("highpass", low_hz), Band("lowpass", high_hz)]).process(frozen(noise))
    return frozen(mix + level * mix.std() * band / band.std() * _at_events(mix.shape[1], length_s))


def test_a_mix_in_order_gets_nothing(mix: Samples) -> None:
    assert _nothing(_plan(mix))


@pytest.mark.parametrize("freq_hz", [320.0, 710.0, 1850.0])
def test_a_resonance_is_found_within_a_third_of_a_tone_and_cut(mix: Samples, freq_hz: float) -> None:
    rung = Equalizer(RATE_HZ, 2, [Band("bell", freq_hz, 8.0, 8.0)]).process(mix)
    (cut,) = _plan(rung).tone
    assert abs(12 * np.log2(cut.freq_hz / freq_hz)) < 2 / 3
    assert -6.0 <= cut.gain_db < -3.0
    assert cut.place == "stereo"
    assert f"{cut.freq_hz:.0f} Hz" in cut.reason


def test_a_resonance_of_the_middle_is_cut_there(mix: Samples) -> None:
    mid, side = (mix[0] + mix[1]) / 2, (mix[0] - mix[1]) / 2
    rung = Equalizer(RATE_HZ, 1, [Band("bell", 500.0, 9.0, 8.0)]).process(frozen(mid))[0]
    (cut,) = _plan(frozen(np.stack([rung + side, rung - side]))).tone
    assert (cut.place, cut.freq_hz) == ("mid", pytest.approx(500.0, rel=0.03))


def test_a_note_that_is_played_often_is_left_alone(mix: Samples) -> None:
    times_s = np.arange(mix.shape[1]) / RATE_HZ
    note = 0.05 * np.sin(2 * np.pi * 440 * times_s) * (times_s % 2 < 1.4)
    assert _plan(frozen(mix + note)).tone == ()


def test_sibilance_that_jumps_out_gets_a_fast_band_and_is_tamed(mix: Samples) -> None:
    hissing = _with_bursts(mix, 5500.0, 8500.0, 1.0, 0.25)
    plan = _plan(hissing)
    (band,) = plan.dynamic
    assert (band.kind, band.freq_hz) == ("bell", pytest.approx(6708, abs=1))
    assert band.attack_ms <= 5
    assert "Sibilance" in band.reason
    only = MasterPlan(rate_hz=RATE_HZ, dynamic=plan.dynamic)
    made = Chain(Audio(hissing, RATE_HZ), lambda: before_gain(only, RATE_HZ, 2))
    after, before = _heard(made.read(0, made.frames)).moments, _heard(hissing).moments
    assert after is not None
    assert before is not None
    assert before.level_db("sibilance", 95.0) - after.level_db("sibilance", 95.0) > 2.5
    assert before.level_db("sibilance", 50.0) - after.level_db("sibilance", 50.0) < 0.2
    assert before.level_db("mids", 95.0) - after.level_db("mids", 95.0) < 0.2


def test_harshness_gets_a_band_of_its_own(mix: Samples) -> None:
    band = _plan(_with_bursts(mix, 2800.0, 4500.0, 1.2, 0.3)).dynamic[0]
    assert 3000 < band.freq_hz < 4000
    assert "harsh" in band.reason


def test_notes_that_boom_get_a_slow_band(mix: Samples) -> None:
    times_s = np.arange(mix.shape[1]) / RATE_HZ
    boom = 0.5 * np.sin(2 * np.pi * 73 * times_s) * _at_events(mix.shape[1], 0.5)
    (band,) = _plan(frozen(mix + boom)).dynamic
    assert band.freq_hz == pytest.approx(75, abs=1)
    assert band.release_ms >= 100


def test_a_side_louder_than_the_middle_is_brought_back(mix: Samples) -> None:
    mid, side = (mix[0] + mix[1]) / 2, 4.0 * (mix[0] - mix[1]) / 2
    plan = _plan(frozen(np.stack([mid + side, mid - side])))
    assert plan.width
    assert all(-3.0 <= band.side_db < 0 and "one loudspeaker" in band.reason for band in plan.width)


def test_a_wide_bass_comes_to_the_middle(mix: Samples) -> None:
    low = Equalizer(RATE_HZ, 2, [Band("lowpass", 110.0, q=0.5)])
    apart = low.process(frozen(np.stack([_shaped_noise(3), _shaped_noise(4)])))
    wide = frozen(mix + 0.8 * apart)
    report = measure(_heard(wide))
    assert decide(report).mono_below is not None


def test_a_bass_without_harmonics_gets_some() -> None:
    """Sub bass under a band that leaves 150 to 500 Hz all but empty."""
    sound = _shaped_noise(5)
    thin = Equalizer(RATE_HZ, 1, [Band("bell", 270.0, -14.0, 0.9)]).process(frozen(sound))[0]
    times_s = np.arange(len(sound)) / RATE_HZ
    heard = _heard(frozen(np.stack([thin + 0.12 * np.sin(2 * np.pi * 55 * times_s)] * 2)))
    report = measure(heard)
    saturate = shaped(MasterPlan(rate_hz=RATE_HZ), report, heard).saturate
    assert bare_bass_db(heard.spectrum) > 15
    assert saturate is not None
    assert saturate.below_hz == 120.0
    assert "small loudspeakers" in saturate.reason


def test_silence_a_voice_and_a_finished_master_get_nothing(mix: Samples) -> None:
    assert _nothing(_plan(frozen(np.zeros((2, 10 * RATE_HZ)))))
    voice = Equalizer(RATE_HZ, 1, [Band("highpass", 150.0, q=1.2), Band("lowpass", 1800.0, q=0.6)] * 2)
    assert _nothing(_plan(voice.process(frozen(mix[:1]))))
    rung = Equalizer(RATE_HZ, 2, [Band("bell", 320.0, 8.0, 8.0)]).process(mix)
    assert not _nothing(_plan(rung))
    assert _nothing(_plan(frozen(np.tanh(6 * rung))))


def test_what_a_person_planned_stays(mix: Samples) -> None:
    heard = _heard(_with_bursts(mix, 5500.0, 8500.0, 1.0, 0.25))
    own = MasterPlan(
        rate_hz=RATE_HZ,
        dynamic=(
            DynamicBand(
                kind="bell",
                freq_hz=300.0,
                q=1.0,
                threshold_db=-30.0,
                ratio=2.0,
                range_db=3.0,
                attack_ms=10.0,
                release_ms=100.0,
            ),
        ),
        width=(WidthBand(from_hz=500.0, to_hz=0.0, side_db=1.0),),
        saturate=Saturate(drive_db=1.0),
    )
    assert shaped(own, measure(heard), heard) == own


def test_a_kept_survey_leads_to_the_same_plan_and_it_survives_its_file(mix: Samples) -> None:
    signal = Audio(_with_bursts(mix, 5500.0, 8500.0, 1.0, 0.25), RATE_HZ)
    plans = []
    for heard in (Hearing(signal), Hearing.from_survey(Hearing(signal).survey)):
        report = measure(heard)
        plans.append(shaped(decide(report), report, heard))
    assert plans[0] == plans[1]
    assert from_toml(to_toml(plans[0]), MasterPlan) == plans[0]


@pytest.mark.parametrize("song", ["potassium", "band"])
def test_real_mixes_in_order_get_nothing(excerpt: Callable[..., Audio], song: str) -> None:
    assert _nothing(_plan(excerpt(song, 20.0, 15.0).samples))
