"""A scratch signal gives back exactly what was put in, in any order, and leaves nothing behind."""

import gc
from pathlib import Path

import numpy as np
import pytest

from controlroom.sound.scratch import Scratch
from controlroom.sound.signal import Signal, frozen


def _filled(block_frames: int) -> tuple[Scratch, np.ndarray]:
    samples = frozen(np.random.default_rng(1).standard_normal((3, 10_000)))
    scratch = Scratch(44100, 3, 10_000)
    for at in range(0, 10_000, block_frames):
        scratch.append(samples[:, at : at + block_frames])
    return scratch, samples


@pytest.mark.parametrize("block_frames", [1, 777, 10_000])
def test_reads_back_what_was_appended(block_frames: int) -> None:
    if block_frames == 1:
        scratch, samples = Scratch(44100, 2, 3), frozen(np.array([[1, 2, 3], [4, 5, 6]]))
        for at in range(3):
            scratch.append(samples[:, at : at + 1])
    else:
        scratch, samples = _filled(block_frames)
    np.testing.assert_array_equal(scratch.read(0, scratch.frames), samples)


def test_reads_backwards_and_across_the_end() -> None:
    scratch, samples = _filled(4096)
    np.testing.assert_array_equal(scratch.read(9_990, 100), samples[:, 9_990:])
    np.testing.assert_array_equal(scratch.read(5, 10), samples[:, 5:15])
    assert scratch.read(10_000, 10).shape == (3, 0)
    assert not scratch.read(0, 10).flags.writeable
    assert isinstance(scratch, Signal)


def test_what_is_not_filled_is_silent() -> None:
    scratch = Scratch(48000, 2, 100)
    scratch.append(frozen(np.ones((2, 10))))
    assert not scratch.read(10, 90).any()


def test_refuses_more_than_fits() -> None:
    scratch = Scratch(48000, 1, 10)
    with pytest.raises(ValueError, match="do not fit"):
        scratch.append(frozen(np.zeros((1, 11))))


def test_leaves_nothing_behind(tmp_path: Path) -> None:
    scratch = Scratch(48000, 1, 1000, tmp_path)
    assert list(tmp_path.iterdir()) == []
    descriptor = scratch._file
    del scratch
    gc.collect()
    assert descriptor.closed
