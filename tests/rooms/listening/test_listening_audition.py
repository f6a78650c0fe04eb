"""Auditions: what was asked for is heard, at the original's loudness, without a click, a flam or half a file."""

from __future__ import annotations

from pathlib import Path

import msgspec
import numpy as np
import pytest

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import Cancelled, InputRefused, UsageError
from controlroom.rooms.listening.audition import Audition, Cut, Step, Tempo, Tone, Transpose, audition_identity
from controlroom.rooms.listening.audition.join import join_at
from controlroom.rooms.listening.audition.render import render
from controlroom.rooms.listening.audition.write import write_auditions
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio
from controlroom.sound.spectrum import band_levels_db, spectrum_of

RATE_HZ = 44100
BEAT_S = 0.5


def _song(seconds: float = 40.0) -> Audio:
    """A kick on every beat of 120 BPM over a chord that changes with the bar; the beats lie at k / 2 s."""
    times_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    since_s = times_s % BEAT_S
    bar = (times_s // (4 * BEAT_S)).astype(int) % 4
    roots_hz = np.array([110.0, 146.83, 98.0, 130.81])[bar]
    phase = 2 * np.pi * np.cumsum(roots_hz) / RATE_HZ
    pad = sum(np.sin(k * phase) / k for k in (2, 3, 4, 5, 6))
    kick = np.sin(2 * np.pi * 60 * since_s + 8 * np.exp(-since_s / 0.01)) * np.exp(-since_s / 0.06)
    one = 0.04 * pad + 0.5 * kick
    return Audio(np.stack([one, 0.7 * one]), RATE_HZ)


def _tried(step: Step, signal: Audio | None = None, **more: float) -> Audio:
    return render(signal or _song(), Audition(steps=(step,), **more)).tried


def _pitch_hz(samples: np.ndarray, low_hz: float, high_hz: float) -> float:
    """The strongest frequency, by a parabola through the logarithm of a long transform."""
    levels = np.log(np.abs(np.fft.rfft(samples * np.blackman(len(samples)))) + 1e-12)
    freqs_hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    inside = np.flatnonzero((freqs_hz > low_hz) & (freqs_hz < high_hz))
    k = inside[np.argmax(levels[inside])]
    a, b, c = levels[k - 1 : k + 2]
    return float(freqs_hz[k] + (a - c) / (a - 2 * b + c) / 2 * freqs_hz[1])


def _hits_s(audio: Audio) -> np.ndarray:
    """Where the kicks begin, to the millisecond."""
    step = RATE_HZ // 1000
    mono = audio.samples.mean(axis=0, dtype=float)
    high = np.diff(mono, prepend=0.0)[: len(mono) // step * step].reshape(-1, step)
    level_db = 10 * np.log10((high**2).mean(axis=1) + 1e-9)
    rises = np.maximum(level_db[5:] - level_db[:-5], 0)
    loud = np.flatnonzero(rises > 0.5 * rises.max())
    firsts = loud[np.diff(loud, prepend=-1000) > 100]
    return (firsts + 5) / 1000


def _beat_s(audio: Audio) -> float:
    """The period of its hits, by the autocorrelation of how the level rises: of one beat, then of ten."""
    step = RATE_HZ // 1000
    mono = audio.samples[0, : audio.frames // step * step].astype(float)
    rises = np.maximum(np.diff(np.log(np.convolve(mono**2, np.ones(step) / step)[::step] + 1e-6), prepend=0), 0)
    smooth = np.convolve(rises - rises.mean(), np.hanning(15), "same")
    likeness = np.correlate(smooth, smooth, "full")[len(smooth) - 1 :]
    one = 300 + int(np.argmax(likeness[300:700]))
    ten = 10 * one - 40 + int(np.argmax(likeness[10 * one - 40 : 10 * one + 41]))
    return ten * step / RATE_HZ / 10


def test_a_cut_takes_out_its_bars_and_the_beat_goes_on():
    made = render(_song(), Audition(steps=(Cut(start_s=12.0, end_s=20.0),), at_s=12.0, length_s=16.0))
    assert made.tried.frames / RATE_HZ == pytest.approx(16.0, abs=0.05)
    assert made.original.frames / RATE_HZ == pytest.approx(24.0, abs=0.01)
    assert np.diff(_hits_s(made.tried)) == pytest.approx(BEAT_S, abs=0.003)


@pytest.mark.parametrize("off_s", [-0.03, -0.012, 0.008, 0.025])
def test_a_cut_between_beats_that_were_placed_badly_makes_no_flam(off_s):
    hits_s = _hits_s(_tried(Cut(start_s=12.0, end_s=20.0 + off_s), length_s=16.0))
    assert np.diff(hits_s) == pytest.approx(BEAT_S, abs=0.004)


def test_the_fade_ends_before_the_attack():
    join = join_at(_song(), 12 * RATE_HZ, 20 * RATE_HZ)
    assert (join.leave + join.fade / 2) / RATE_HZ == pytest.approx(12.0 - 0.006, abs=0.003)
    assert join.enter - join.leave == pytest.approx(8 * RATE_HZ, abs=0.003 * RATE_HZ)


@pytest.mark.parametrize("seed", range(4))
def test_a_cut_in_held_notes_does_not_click(seed):
    """The largest step from sample to sample stays what it was; a blunt cut would show at once."""
    times_s = np.arange(30 * RATE_HZ) / RATE_HZ
    tones_hz = np.random.default_rng(seed).uniform(150, 900, 3)
    signal = Audio(sum(0.15 * np.sin(2 * np.pi * hz * times_s) for hz in tones_hz), RATE_HZ)
    made = render(signal, Audition(steps=(Cut(start_s=10.0, end_s=17.3),), length_s=10.0))
    middle = made.tried.samples[0, RATE_HZ:-RATE_HZ]
    whole = made.original.samples[0, RATE_HZ:-RATE_HZ] * 10 ** ((made.turned_db[1] - made.turned_db[0]) / 20)
    assert np.abs(np.diff(middle, 2)).max() < 1.15 * np.abs(np.diff(whole, 2)).max()
    level = np.sqrt(np.convolve(middle**2, np.full(2000, 1 / 2000), "valid"))
    assert level.min() > 0.3 * np.median(level)


def test_a_song_cut_to_its_end_ends_there():
    made = _tried(Cut(start_s=30.0, end_s=40.0), length_s=12.0)
    assert made.frames / RATE_HZ == pytest.approx(8.0, abs=0.01)
    assert np.abs(made.samples[:, -100:]).max() < 1e-3


def test_a_cut_intro_begins_with_the_song():
    made = _tried(Cut(start_s=0.0, end_s=8.0), length_s=12.0)
    assert _hits_s(made)[:3] == pytest.approx([0.5, 1.0, 1.5], abs=0.004)


@pytest.mark.parametrize("factor", [0.9, 1.12])
def test_another_tempo_keeps_the_pitch_and_the_grid(factor):
    made = _tried(Tempo(factor=factor), length_s=8.0)
    assert made.frames == round(8.0 * RATE_HZ / factor)
    assert _beat_s(made) == pytest.approx(BEAT_S / factor, rel=0.003)
    tone = Audio(0.3 * np.sin(2 * np.pi * 440 * np.arange(6 * RATE_HZ) / RATE_HZ), RATE_HZ)
    sung = _tried(Tempo(factor=factor), tone, length_s=5.0).samples[0]
    assert 1200 * np.log2(_pitch_hz(sung[RATE_HZ:-RATE_HZ], 300, 600) / 440) == pytest.approx(0, abs=1)


@pytest.mark.parametrize("semitones", [-3.0, 2.0])
def test_another_key_keeps_length_and_time(semitones):
    tone = Audio(0.3 * np.sin(2 * np.pi * 440 * np.arange(6 * RATE_HZ) / RATE_HZ), RATE_HZ)
    made = _tried(Transpose(semitones=semitones), tone, length_s=5.0)
    assert made.frames == 5 * RATE_HZ
    off_cents = 1200 * np.log2(_pitch_hz(made.samples[0, RATE_HZ:-RATE_HZ], 300, 600) / 440)
    assert off_cents == pytest.approx(100 * semitones, abs=2)
    assert _beat_s(_tried(Transpose(semitones=semitones), length_s=8.0)) == pytest.approx(BEAT_S, rel=0.003)


def test_a_voice_in_another_key_keeps_its_formants():
    """A buzz through two resonances: four semitones up, the peaks of its envelope stay where the mouth put them."""
    frames = 4 * RATE_HZ
    phase = 2 * np.pi * np.cumsum(130 * 2 ** (0.3 / 12 * np.sin(2 * np.pi * 5 * np.arange(frames) / RATE_HZ))) / RATE_HZ
    formants_hz = (700.0, 2300.0)
    gains = [sum(1 / (1 + ((130 * k - hz) / 90) ** 2) for hz in formants_hz) + 0.002 for k in range(1, 60)]
    voice = Audio(0.1 * sum(gain * np.sin(k * phase) for k, gain in enumerate(gains, 1)), RATE_HZ)
    made = render(voice, Audition(steps=(Transpose(semitones=4.0),), length_s=3.0))

    def loudest_hz(audio: Audio, low_hz: float, high_hz: float) -> float:
        edges_hz = np.geomspace(low_hz, high_hz, 9)
        levels_db = band_levels_db(spectrum_of(audio), edges_hz)
        return float(np.sqrt(edges_hz[np.argmax(levels_db)] * edges_hz[np.argmax(levels_db) + 1]))

    for low_hz, high_hz in ((400.0, 1300.0), (1500.0, 3600.0)):
        moved = 12 * np.log2(loudest_hz(made.tried, low_hz, high_hz) / loudest_hz(made.original, low_hz, high_hz))
        assert abs(moved) < 3.0


@pytest.mark.parametrize(
    "tone",
    [
        Tone(low_hz=20.0, high_hz=125.0, gain_db=-6.0),
        Tone(low_hz=50.0, high_hz=125.0, gain_db=-6.0),
        Tone(low_hz=400.0, high_hz=2000.0, gain_db=3.0),
        Tone(low_hz=6300.0, high_hz=16000.0, gain_db=4.0),
    ],
)
def test_a_tone_moves_its_region_by_what_was_asked(tone):
    noise = Audio(np.random.default_rng(3).normal(0, 0.05, (2, 12 * RATE_HZ)), RATE_HZ)
    made = render(noise, Audition(steps=(tone,), length_s=8.0))
    octaves = np.geomspace(tone.low_hz, tone.high_hz, 9)
    moved_db = band_levels_db(spectrum_of(made.tried), octaves) - band_levels_db(spectrum_of(made.original), octaves)
    matched_db = made.turned_db[1] - made.turned_db[0]
    assert float(np.mean(moved_db)) - matched_db == pytest.approx(tone.gain_db, abs=0.8)


@pytest.mark.parametrize(
    "steps",
    [
        (Cut(start_s=12.0, end_s=20.0),),
        (Tempo(factor=1.1), Transpose(semitones=-2.0)),
        (Tone(low_hz=20.0, high_hz=125.0, gain_db=9.0),),
    ],
)
def test_both_are_equally_loud_and_below_the_ceiling(steps):
    made = render(Audio(np.clip(_song().samples * 3.0, -1, 1), RATE_HZ), Audition(steps=steps, length_s=6.0))
    before, after = measure_loudness(made.original), measure_loudness(made.tried)
    assert after.integrated_lufs == pytest.approx(before.integrated_lufs, abs=0.1)
    assert max(before.true_peak_dbtp, after.true_peak_dbtp) <= -1.0


def test_the_same_plan_gives_the_same_samples():
    plan = Audition(steps=(Cut(start_s=12.0, end_s=20.0), Tempo(factor=1.05), Transpose(semitones=1.0)), length_s=3.0)
    first, second = render(_song(), plan), render(_song(), plan)
    assert np.array_equal(first.tried.samples, second.tried.samples)
    assert np.array_equal(first.original.samples, second.original.samples)


def test_a_plan_is_a_value_with_a_name():
    plan = Audition(steps=(Cut(start_s=1.0, end_s=2.0), Tone(low_hz=20, high_hz=90, gain_db=-3)), at_s=1.0)
    assert from_json(to_json(plan), Audition) == plan
    assert msgspec.to_builtins(plan)["steps"][0] == {"kind": "cut", "start_s": 1.0, "end_s": 2.0}
    other = msgspec.structs.replace(plan, at_s=2.0)
    names = {audition_identity(plan, "a"), audition_identity(other, "a"), audition_identity(plan, "b")}
    assert len(names) == 3
    assert audition_identity(plan, "a") in names


@pytest.mark.parametrize(
    "step",
    [
        Cut(start_s=5.0, end_s=3.0),
        Cut(start_s=-1.0, end_s=3.0),
        Cut(start_s=50.0, end_s=60.0),
        Cut(start_s=0.0, end_s=40.0),
        Transpose(semitones=13.0),
        Transpose(semitones=float("nan")),
        Tempo(factor=0.0),
        Tempo(factor=3.0),
        Tone(low_hz=200.0, high_hz=100.0, gain_db=1.0),
        Tone(low_hz=20.0, high_hz=100.0, gain_db=40.0),
    ],
)
def test_what_cannot_be_tried_is_refused(step):
    with pytest.raises(UsageError, match="cannot be made"):
        _tried(step)


def test_a_plan_without_steps_and_overlapping_cuts_are_refused():
    for steps in ((), (Cut(start_s=2.0, end_s=6.0), Cut(start_s=5.0, end_s=8.0))):
        with pytest.raises(UsageError):
            render(_song(), Audition(steps=steps))


@pytest.mark.parametrize(("seconds", "channels", "rate_hz"), [(0.05, 1, 8000), (0.5, 2, 48000), (0.3, 6, 96000)])
def test_short_files_and_other_rates_are_tried_too(seconds, channels, rate_hz):
    noise = Audio(np.random.default_rng(1).normal(0, 0.1, (channels, round(seconds * rate_hz))), rate_hz)
    for step in (Transpose(semitones=-1.0), Tempo(factor=1.1), Cut(start_s=seconds / 4, end_s=seconds / 2)):
        made = render(noise, Audition(steps=(step,), at_s=0.0))
        assert made.tried.channels == channels
        assert np.isfinite(made.tried.samples).all()


def test_silence_stays_silence():
    made = render(Audio(np.zeros((2, 5 * RATE_HZ)), RATE_HZ), Audition(steps=(Tempo(factor=1.1),)))
    assert not made.tried.samples.any()
    assert made.turned_db == (0.0, 0.0)


def test_pairs_are_written_and_can_be_heard_one_beside_the_other(tmp_path: Path):
    source = tmp_path / "demo.wav"
    write(source, _song(), Format("wav", 16))
    plans = {
        1: Audition(steps=(Cut(start_s=12.0, end_s=20.0),)),
        3: Audition(steps=(Tone(low_hz=20.0, high_hz=125.0, gain_db=-4.0),)),
    }
    seen: list[float] = []
    written = write_auditions(source, plans, tmp_path / "out", lambda done, total, what="": seen.append(done / total))
    assert [path.name for path in written] == ["01 original.wav", "01 try.wav", "03 original.wav", "03 try.wav"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [path.name for path in written]
    assert seen == sorted(seen)
    for path in written:
        with AudioFile(path) as signal:
            assert measure_loudness(signal).true_peak_dbtp <= -0.99


@pytest.mark.parametrize("after", [0.02, 0.3, 0.6, 0.93, 0.97])
def test_cancelled_it_leaves_no_file(tmp_path: Path, after: float):
    source = tmp_path / "demo.wav"
    write(source, _song(8.0), Format("wav", 16))

    def progress(done: float, total: float, what: str = "") -> None:
        if done / total >= after:
            raise Cancelled()

    with pytest.raises(Cancelled):
        write_auditions(source, {1: Audition(steps=(Tempo(factor=1.1),), length_s=3.0)}, tmp_path / "out", progress)
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


def test_what_is_no_sound_is_refused(tmp_path: Path):
    source = tmp_path / "demo.wav"
    source.write_text("no sound")
    with pytest.raises(InputRefused):
        write_auditions(source, {1: Audition(steps=(Tempo(factor=1.1),))}, tmp_path / "out")
    assert not (tmp_path / "out").exists()
