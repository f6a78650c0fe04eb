"""The instruments obey physics: tuning, delays, polarity, nothing that clicks or drifts."""

from __future__ import annotations

import numpy as np
import pytest

from controlroom.sample.composition.score import Note, Phrase, Sung
from controlroom.sample.composition.words import Syllable
from controlroom.sample.instruments import electric_piano, strings
from controlroom.sample.instruments.amplifier import BASS_STACK, CRUNCH, amplified
from controlroom.sample.instruments.drum_room import MICS, Kit, delay_s
from controlroom.sample.instruments.glottis import EFFORTS, flow_derivative
from controlroom.sample.instruments.singer import Delivery, Singer, sing
from controlroom.sample.instruments.tone import RATE_HZ, Row, frame, hertz
from controlroom.sample.randomness import chance
from controlroom.sound.correlation import best_delay
from controlroom.sound.pitch import track_pitch
from controlroom.sound.signal import Audio


def strongest_near(row: Row, hz: float) -> float:
    """The frequency of the strongest partial within half a semitone of `hz`."""
    size = 1 << 20
    power = np.abs(np.fft.rfft(row * np.hanning(row.size), size))
    low, high = (int(hz * 2 ** (step / 24) * size / RATE_HZ) for step in (-1, 1))
    return float((low + np.argmax(power[low:high])) * RATE_HZ / size)


@pytest.mark.parametrize("string", [strings.STEEL, strings.NICKEL, strings.BASS])
@pytest.mark.parametrize("midi", [28, 40, 52, 64, 76, 83])
def test_strings_are_in_tune(string: strings.String, midi: int) -> None:
    row = strings.play([Note(0, 3, midi, 0.7)], string, 3 * RATE_HZ, chance(1))
    cents = 1200 * np.log2(strongest_near(row[4800:], hertz(midi)) / hertz(midi))
    assert abs(cents) < 2


def test_a_string_stops_when_it_is_plucked_again() -> None:
    twice = [Note(0, 2, 52, 0.7, string=1), Note(0.5, 2, 59, 0.7, string=1)]
    row = strings.play(twice, strings.STEEL, 2 * RATE_HZ, chance(1))
    late = row[RATE_HZ:]
    assert abs(np.fft.rfft(late)[round(hertz(52))]) < 0.1 * abs(np.fft.rfft(late)[round(hertz(59))])


def test_a_muted_string_dies_sooner() -> None:
    open_note, muted = (
        strings.play([Note(0, 1, 45, 0.7, muted=mute)], strings.NICKEL, RATE_HZ, chance(1)) for mute in (False, True)
    )
    late = slice(frame(0.3), frame(0.5))
    assert np.std(muted[late]) < 0.1 * np.std(open_note[late])


def test_the_piano_is_in_tune_and_releases() -> None:
    left, right = electric_piano.play([Note(0, 1, 60, 0.6)], 2 * RATE_HZ)
    both = left + right
    assert abs(1200 * np.log2(strongest_near(both[:RATE_HZ], hertz(60)) / hertz(60))) < 1
    assert np.abs(both[frame(1.3) :]).max() < 1e-3


def test_amplifiers_add_no_offset_and_their_microphones_are_late() -> None:
    tone = np.sin(2 * np.pi * 110 * np.arange(RATE_HZ) / RATE_HZ).astype(np.float32)
    assert abs(float(amplified(tone, CRUNCH)[RATE_HZ // 2 :].mean())) < 1e-4  # 55 whole periods
    click = np.zeros(RATE_HZ, np.float32)
    click[1000] = 1.0
    heard = amplified(click, BASS_STACK)
    first = int(np.argmax(np.abs(heard) > 0.1 * np.abs(heard).max()))
    assert 1000 + frame(BASS_STACK.distance_m / 343.0) - 3 <= first < 1000 + frame(0.003)


@pytest.fixture(scope="module")
def kit() -> Kit:
    return Kit(1)


def test_every_microphone_hears_every_drum_at_its_distance(kit: Kit) -> None:
    for mic in MICS:
        heard = kit.heard_by(mic)
        for drum in ("kick", "snare", "rack tom", "hat"):
            row = heard[drum][0]
            first = int(np.argmax(np.abs(row) > 0.02 * np.abs(row).max()))
            assert delay_s(drum, mic) - 0.0005 < first / RATE_HZ < delay_s(drum, mic) + 0.004


def test_the_lower_snare_head_moves_the_other_way_and_nothing_else_does(kit: Kit) -> None:
    top, bottom = (kit.heard_by(mic) for mic in MICS if mic.role.startswith("snare"))

    def polarity(drum: str) -> int:
        return best_delay(top[drum][0][: frame(0.05)], bottom[drum][0][: frame(0.05)], RATE_HZ, 2.0).polarity

    assert polarity("snare") == -1
    assert polarity("kick") == polarity("rack tom") == 1


def test_overheads_hear_kick_and_snare_at_the_same_time(kit: Kit) -> None:
    left, right = (mic for mic in MICS if mic.role == "overhead")
    for drum in ("kick", "snare"):
        assert delay_s(drum, left) == pytest.approx(delay_s(drum, right))


@pytest.mark.parametrize("effort", EFFORTS)
def test_glottal_flow_returns_to_where_it_began(effort: float) -> None:
    cycle = flow_derivative(float(effort))
    assert abs(cycle.sum()) < 1e-6 * np.abs(cycle).sum()
    assert cycle.min() == pytest.approx(-1.0, abs=0.02)


def sung(*midi: int, sounds: tuple[str, ...] = ("l", "aa")) -> Phrase:
    notes = tuple(Sung(1 + at, 1.95 + at, tone, 0.7, Syllable("la", sounds)) for at, tone in enumerate(midi))
    return Phrase("verse", "la", notes)


@pytest.mark.parametrize("shortness", [1.0, 1.17])
@pytest.mark.parametrize("midi", [50, 57, 64, 72])
def test_the_voice_sings_the_note_and_vibrates_late(midi: int, shortness: float) -> None:
    singer = Singer(name="test", tract=shortness, loose_cents=0.0, loose_ms=0.0)
    sound = sing(sung(midi), singer, Delivery(), chance(1), room_s=0.8)
    track = track_pitch(Audio(sound.row, RATE_HZ), 70, 900)
    times = track.times_s + sound.start_s
    cents = 1200 * np.log2(np.maximum(track.f0_hz, 1) / hertz(midi))
    steady, waving = (times > 1.1) & (times < 1.25), (times > 1.55) & (times < 1.85)
    assert abs(np.median(cents[(times > 1.1) & (times < 1.9)])) < 12
    assert np.ptp(cents[waving]) > 2 * np.ptp(cents[steady])
    assert 30 < np.ptp(cents[waving]) < 110


def test_a_planned_note_is_off_by_what_was_planned() -> None:
    singer = Singer(name="test", tract=1.1, loose_cents=0.0, loose_ms=0.0)
    sound = sing(sung(60, 62), singer, Delivery(cents=(0.0, 65.0)), chance(2), room_s=0.8)
    track = track_pitch(Audio(sound.row, RATE_HZ), 70, 900)
    times = track.times_s + sound.start_s
    inside = (times > 2.12) & (times < 2.88)
    assert 1200 * np.log2(np.median(track.f0_hz[inside]) / hertz(62)) == pytest.approx(65, abs=12)


def test_a_breath_comes_before_the_phrase_and_consonants_before_the_beat() -> None:
    sound = sing(sung(60, sounds=("s", "aa")), Singer(name="test", tract=1.0), Delivery(), chance(3), room_s=0.8)
    at = frame(1.0) - frame(sound.start_s)

    def bright(part: Row) -> float:
        power = np.abs(np.fft.rfft(part)) ** 2
        return float(power[part.size // 12 :].sum() / power.sum())  # above 4 kHz

    assert sound.start_s < 0.7
    breath, hiss, vowel = (
        sound.row[at - frame(0.4) : at - frame(0.2)],
        sound.row[at - frame(0.08) : at - frame(0.03)],
        sound.row[at + frame(0.1) : at + frame(0.5)],
    )
    assert bright(hiss) > 0.8
    assert bright(vowel) < 0.05
    assert 0.003 < np.std(breath) / np.std(vowel) < 0.2


def test_notes_join_without_clicks() -> None:
    sound = sing(sung(57, 64, 55, sounds=("ow",)), Singer(name="test", tract=1.1), Delivery(), chance(4), room_s=0.8)
    step = np.abs(np.diff(sound.row, 2))
    cells = step[: step.size // 480 * 480].reshape(-1, 480).max(axis=1)
    voiced = cells > 0.1 * np.median(cells[cells > 1e-3])
    assert cells.max() < 6 * np.median(cells[voiced])
