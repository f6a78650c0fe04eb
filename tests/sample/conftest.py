"""One sample song for all tests that only listen to it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from controlroom.sample import Truth, make_sample_song
from controlroom.sound.files import AudioFile

Row = npt.NDArray[np.float32]


@pytest.fixture(scope="session")
def song(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Truth]:
    """(folder, truth) of a song of 30 s, seed 1."""
    folder = tmp_path_factory.mktemp("sample") / "song"
    return folder, make_sample_song(folder, seed=1, seconds=30)


@pytest.fixture(scope="session")
def listen(song: tuple[Path, Truth]) -> Callable[[str], Row]:
    """The samples of a file of the song, by its name without folder and suffix."""
    folder, truth = song

    def read(name: str) -> Row:
        path = next(file.file for file in truth.files if Path(file.file).stem == name)
        with AudioFile(folder / path) as file:
            return np.array(file.read(0, file.frames)[0])

    return read
