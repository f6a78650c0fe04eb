"""Levels and faults: known figures, injected faults found, none where there are none."""

import numpy as np
import pytest

from controlroom.sound.files import AudioFile
from controlroom.sound.levels import LevelsAccumulator, levels_of
from controlroom.sound.signal import Audio, in_memory

RATE_HZ = 48000
T = np.arange(RATE_HZ * 12) / RATE_HZ


def noise(level: float, frames: int = len(T), seed: int = 0) -> np.ndarray:
    return level * np.random.default_rng(seed).standard_normal(frames)


def drums() -> np.ndarray:
    out, hit = noise(1e-4), np.arange(RATE_HZ // 4) / RATE_HZ
    for i, at in enumerate(range(RATE_HZ // 2, len(out) - len(hit), RATE_HZ // 4)):
        kick = np.sin(2 * np.pi * 55 * hit + 20 * np.exp(-50 * hit)) * np.exp(-12 * hit)
        snare = noise(0.3, len(hit), i) * np.exp(-30 * hit)
        out[at : at + len(hit)] += 0.7 * (kick if i % 2 else snare)
    return out


def test_peak_rms_crest_dc_and_floor():
    sine = 0.5 * np.sin(2 * np.pi * 997 * T)
    levels = levels_of(Audio(np.stack([sine, sine / 2 + 0.01]), RATE_HZ))
    assert levels.sample_peak_db == pytest.approx((-6.02, 20 * np.log10(0.26)), abs=0.01)
    assert levels.rms_db[0] == pytest.approx(-9.03, abs=0.01)
    assert levels.crest_db[0] == pytest.approx(3.01, abs=0.01)
    assert levels.dc == pytest.approx((0, 0.01), abs=1e-4)
    assert levels.stereo.correlation == pytest.approx(1, abs=0.01)
    floor = np.where((T % 2) < 1, noise(0.1), noise(0.001))
    assert levels_of(Audio(floor, RATE_HZ)).noise_floor_db[0] == pytest.approx(-60, abs=1)


@pytest.mark.parametrize("size", [1000, 77_777])
def test_the_block_size_leaves_no_trace(size):
    audio = Audio(np.stack([drums() + 0.01 * np.sin(2 * np.pi * 50 * T), drums()[::-1]]), RATE_HZ)
    accumulator = LevelsAccumulator(RATE_HZ, 2)
    for at in range(0, audio.frames, size):
        accumulator.add(audio.read(at, size))
    pieces, whole = accumulator.result(), levels_of(audio)
    assert pieces.rms_db == whole.rms_db
    assert pieces.noise_floor_db == whole.noise_floor_db
    assert (pieces.active, pieces.clicks, pieces.clipped) == (whole.active, whole.clicks, whole.clipped)
    assert pieces.stereo.correlation == pytest.approx(whole.stereo.correlation, abs=1e-6)


@pytest.mark.parametrize("ceiling", [1.0, 0.3])
def test_clipping_is_found_at_and_below_full_scale(ceiling):
    take = ceiling * np.clip(1.3 * np.sin(2 * np.pi * 110 * T) * (0.3 + 0.7 * (np.abs(T - 6) < 0.5)), -1, 1)
    levels = levels_of(Audio(take, RATE_HZ))
    assert levels.clipped_frames[0] == pytest.approx((np.abs(take) >= ceiling).sum(), rel=0.02)
    assert levels.clipped[0].start_s == pytest.approx(5.5, abs=0.02)
    assert levels.clipped[-1].end_s == pytest.approx(6.5, abs=0.02)


def test_smooth_tops_and_square_waves_are_not_clipped():
    for freq_hz in (20, 40, 100, 1000):
        sine = np.round(np.sin(2 * np.pi * freq_hz * T) * 0.98 * 32768) / 32768
        assert levels_of(Audio(sine, RATE_HZ)).clipped_frames == (0,)
    assert levels_of(Audio(0.5 * np.sign(np.sin(2 * np.pi * 110 * T)), RATE_HZ)).clipped_frames == (0,)


def with_clicks(samples: np.ndarray, rate_hz: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    at = np.sort(random.integers(rate_hz, samples.shape[-1] - rate_hz, 20))
    out = samples.copy()
    for i, place in enumerate(at):
        size = np.abs(samples).max() * random.uniform(0.15, 0.6) * random.choice([-1, 1])
        shape = (np.ones(1), np.array([1, -0.8, 0.4]), np.exp(-np.arange(8) / 2), np.ones(5))[i % 4]
        out[..., place : place + len(shape)] += size * shape
    return out, at / rate_hz


@pytest.mark.recordings
@pytest.mark.parametrize("name", ["band/drums.mp3", "voice/vocadito_1.wav", "band/horns.mp3"])
def test_clicks_in_recordings_are_found_and_few_others(recordings, name):
    with AudioFile(recordings / name) as file:
        audio = in_memory(file)
    clicked, times_s = with_clicks(audio.samples, audio.rate_hz)
    found = np.array([click.at_s for click in levels_of(Audio(clicked, audio.rate_hz)).clicks])
    hits = sum(np.abs(found - time_s).min() < 0.002 for time_s in times_s)
    assert hits >= 16
    assert len(levels_of(audio).clicks) <= audio.frames / audio.rate_hz / 60


def test_a_click_on_both_channels_is_one_and_drums_have_none():
    stereo = np.stack([drums(), drums() * 0.7])
    assert levels_of(Audio(stereo, RATE_HZ)).clicks == ()
    stereo[:, 200_000] += 0.3
    stereo[0, 304_000] += 0.3
    found = levels_of(Audio(stereo, RATE_HZ)).clicks
    assert [click.at_s * RATE_HZ for click in found] == pytest.approx([200_000, 304_000], abs=2)
    assert [click.channel for click in found] == [None, 0]


def test_dropouts_are_found_and_pauses_are_not():
    tone = sum(0.1 * np.sin(2 * np.pi * 220 * k * T + k) for k in range(1, 5))
    dropped = tone.copy()
    places = [100_000, 200_500, 333_333]
    for place, length_ms in zip(places, (5, 30, 80), strict=True):
        dropped[place : place + length_ms * 48] = 0
    found = levels_of(Audio(dropped, RATE_HZ)).dropouts
    assert [span.start_s * RATE_HZ for span in found] == pytest.approx(places, abs=128)
    assert [span.end_s - span.start_s for span in found] == pytest.approx([0.005, 0.03, 0.08], abs=0.003)
    assert levels_of(Audio(tone * (np.sin(2 * np.pi * T) ** 2), RATE_HZ)).dropouts == ()
    assert levels_of(Audio(tone * ((T % 1) < 0.7), RATE_HZ)).dropouts == ()


@pytest.mark.recordings
@pytest.mark.parametrize("name", ["band/drums.mp3", "voice/vocadito_1.wav", "band/bassguitar.mp3"])
def test_dropouts_in_recordings_are_found_and_are_no_clicks(recordings, name):
    with AudioFile(recordings / name) as file:
        audio = in_memory(file)
    whole = levels_of(audio)
    random, rate_hz, times_s = np.random.default_rng(3), audio.rate_hz, []
    while len(times_s) < 20:
        start_s, end_s = whole.active[random.integers(len(whole.active))]
        time_s = random.uniform(start_s + 0.1, max(end_s - 0.2, start_s + 0.1))
        if end_s - start_s > 1 and all(abs(time_s - other_s) > 1 for other_s in times_s):
            times_s.append(time_s)
    dropped = audio.samples.copy()
    for time_s in times_s:
        dropped[:, int(time_s * rate_hz) : int((time_s + 0.03) * rate_hz)] = 0
    levels = levels_of(Audio(dropped, rate_hz))
    found = np.array([span.start_s for span in levels.dropouts if span.channel == 0])
    assert sum(np.abs(found - time_s).min() < 0.004 for time_s in times_s) >= 12
    assert len(found) <= 20
    assert len(levels.clicks) <= len(whole.clicks) + 10
    assert whole.dropouts == ()


def bass_line() -> np.ndarray:
    out = noise(1e-4)
    for i, at in enumerate(range(0, len(out) - RATE_HZ // 2, RATE_HZ // 2)):
        if 5 < at / RATE_HZ < 9:
            continue  # a rest
        freq_hz = 440 * 2 ** (([31, 34, 35, 36, 29][i % 5] - 69) / 12)  # G1 (49 Hz), A#1 (58 Hz), B1 (62 Hz), ...
        t = np.arange(RATE_HZ // 2 - 2000) / RATE_HZ
        out[at : at + len(t)] += 0.4 * sum(np.sin(2 * np.pi * freq_hz * k * t) / k for k in (1, 2, 3)) * np.exp(-2 * t)
    return out


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_hum_is_found_under_a_bass_line_and_measured(mains_hz):
    exact_hz = mains_hz + 0.06
    hum = sum(a * np.sin(2 * np.pi * exact_hz * k * T + k) for k, a in ((1, 0.004), (2, 0.001), (3, 0.002)))
    found = levels_of(Audio(bass_line() + hum, RATE_HZ)).hum
    assert found.mains_hz == mains_hz
    assert found.freq_hz == pytest.approx(exact_hz, abs=0.03)
    assert found.level_db == pytest.approx(10 * np.log10((hum**2).mean()), abs=1.5)
    assert found.harmonics_db[0] == pytest.approx(20 * np.log10(0.004 / np.sqrt(2)), abs=1.5)


def test_notes_and_loops_are_no_hum():
    assert levels_of(Audio(bass_line(), RATE_HZ)).hum is None
    assert levels_of(Audio(np.tile(drums()[: RATE_HZ * 2], 6), RATE_HZ)).hum is None
    held = sum(0.2 * np.sin(2 * np.pi * 49.0 * k * T) / k for k in (1, 2, 3))
    assert levels_of(Audio(held, RATE_HZ)).hum is None


def test_active_spans_have_hysteresis():
    words = noise(3e-4) + np.where((T > 2) & (T < 4) | (T > 4.2) & (T < 5) | (T > 8) & (T < 9.5), noise(0.1, seed=1), 0)
    spans = levels_of(Audio(words, RATE_HZ)).active
    assert [edge for span in spans for edge in span] == pytest.approx([2, 5, 8, 9.5], abs=0.03)
    assert levels_of(Audio(noise(0.1), RATE_HZ)).active == ((0.0, 12.0),)
    assert levels_of(Audio(np.zeros(50000), RATE_HZ)).active == ()


def test_silence_and_dc_have_no_levels():
    silent = levels_of(Audio(np.zeros((2, 1000)), RATE_HZ))
    assert (silent.rms_db, silent.sample_peak_db, silent.crest_db) == ((None, None),) * 3
    assert (silent.peak_db, silent.stereo, silent.hum) == (None, None, None)
    constant = levels_of(Audio(np.full(100_000, 0.25), RATE_HZ))
    assert constant.dc[0] == pytest.approx(0.25)
    assert constant.noise_floor_db == (None,)
    assert (constant.active, constant.clicks, constant.clipped) == ((), (), ())
