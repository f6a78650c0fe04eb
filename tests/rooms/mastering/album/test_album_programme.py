"""The programme: sample-exact places, fades and crossfades that add up, the same samples for any blocks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from controlroom.rooms.mastering.album.checks import click_db
from controlroom.rooms.mastering.album.programme import Joined, Patched, Piece, Programme
from controlroom.sound.signal import Audio, Samples, Signal, frozen

RATE = 48000


def _noise(frames: int, seed: int, channels: int = 2) -> Audio:
    return Audio(np.random.default_rng(seed).normal(0, 0.1, (channels, frames)), RATE)


def _in_blocks(signal: Signal, size: int) -> Samples:
    return np.concatenate([signal.read(at, size) for at in range(0, signal.frames, size)], axis=1)


@pytest.mark.parametrize("seed", range(8))
def test_pieces_stand_where_they_were_put_for_any_blocks(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pieces, at, expected = [], 0, np.zeros((2, 60000))
    for k in range(4):
        sound = _noise(int(rng.integers(2000, 9000)), 10 * seed + k)
        at += int(rng.integers(0, 3000))
        pieces.append(Piece(signal=sound, start=at))
        expected[:, at : at + sound.frames] += sound.samples
        at += sound.frames
    programme = Programme(pieces, RATE, 2)
    assert programme.frames == at
    whole = programme.read(0, at)
    np.testing.assert_array_equal(whole, expected[:, :at].astype(np.float32))
    for size in (1, 977, 32768):
        np.testing.assert_array_equal(
            _in_blocks(programme, size) if size > 1 else programme.read(777, 1),
            whole if size > 1 else whole[:, 777:778],
        )


@pytest.mark.parametrize("shape", ["linear", "cosine", "exponential"])
def test_fades_begin_and_end_in_silence_and_leave_the_middle_alone(shape: str) -> None:
    sound = Audio(np.full((1, 10000), 0.5), RATE)
    faded = Programme([Piece(signal=sound, start=0, fade_in=1000, fade_out=2000, shape=shape)], RATE, 1)
    out = faded.read(0, 10000)[0]
    assert max(out[0], out[-1]) < 5e-3
    assert (out[1000:8000] == 0.5).all()
    assert (np.diff(out[:1000]) >= 0).all()
    assert (np.diff(out[8000:]) <= 0).all()
    assert np.abs(np.diff(out)).max() < 0.006  # no step anywhere


def test_an_exponential_fade_falls_evenly_in_decibels() -> None:
    sound = Audio(np.ones((1, 20000)), RATE)
    out = Programme([Piece(signal=sound, start=0, fade_out=10000, shape="exponential")], RATE, 1).read(0, 20000)[0]
    falls_db = np.diff(20 * np.log10(out[10500:17000:500]))
    assert falls_db == pytest.approx(-3.0, abs=0.3)


def test_the_powers_of_a_crossfade_add_up_to_one() -> None:
    ones = Audio(np.ones((1, 8000)), RATE)
    before = Piece(signal=ones, start=0, fade_out=3000, crossed_out=True)
    after = Piece(signal=ones, start=5000, fade_in=3000, crossed_in=True)
    alone = [Programme([piece], RATE, 1).read(0, 20000)[0] for piece in (before, after)]
    power = alone[0][5000:8000] ** 2 + alone[1][5000:8000] ** 2
    assert power == pytest.approx(1.0, abs=1e-6)


def test_joined_signals_are_one_to_the_sample() -> None:
    sound = _noise(30000, 1)
    cuts = [0, 1, 4000, 4001, 29999, 30000]
    parts = [Audio(sound.read(a, b - a), RATE) for a, b in pairwise(cuts)]
    np.testing.assert_array_equal(_in_blocks(Joined(parts), 3333), sound.samples)
    np.testing.assert_array_equal(Joined(parts).read(3999, 3), sound.samples[:, 3999:4002])


def test_patches_replace_their_frames_and_no_others() -> None:
    sound, patch = _noise(10000, 2), frozen(np.ones((2, 100)))
    patched = Patched(sound, [(5000, patch)])
    expected = sound.samples.copy()
    expected[:, 5000:5100] = 1
    np.testing.assert_array_equal(_in_blocks(patched, 5050), expected)


def test_a_click_is_told_from_music() -> None:
    sound = _noise(RATE, 4).samples.copy()
    assert click_db(Audio(sound, RATE), RATE // 2) < 3
    sound[:, RATE // 2 :] += 3.0
    assert click_db(Audio(sound, RATE), RATE // 2) > 3
    tone = np.sin(2 * np.pi * 100 * np.arange(RATE) / RATE)[None] * 0.5
    cut = tone.copy()
    cut[:, RATE // 2 + 120 :] = 0
    assert click_db(Audio(tone, RATE), RATE // 2 + 120) < 3
    assert click_db(Audio(cut, RATE), RATE // 2 + 120) > 20
    assert click_db(Audio(np.zeros((1, RATE)), RATE), 100) == 0.0
