"""A small sample song, made once, and copies of it to walk."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from controlroom.production.walk import Walk, produce
from controlroom.sample import make_sample_song


@pytest.fixture(scope="session")
def raw_song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twenty seconds of drums, bass and lead vocal, raw; read only."""
    folder = tmp_path_factory.mktemp("raw") / "Song"
    make_sample_song(folder, seed=3, seconds=20)
    for part in (folder / "takes").iterdir():
        if part.name not in ("drums", "bass", "lead vocal"):
            shutil.rmtree(part)
    return folder


@pytest.fixture(scope="session")
def produced(raw_song: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Walk]:
    """The same song after its walk; read only."""
    folder = tmp_path_factory.mktemp("produced") / "Song"
    shutil.copytree(raw_song, folder)
    return folder, produce(folder)


@pytest.fixture
def again(produced: tuple[Path, Walk], tmp_path: Path) -> Callable[[], Path]:
    """A produced song of one's own, to change."""

    def copy() -> Path:
        shutil.copytree(produced[0], tmp_path / "Song")
        return tmp_path / "Song"

    return copy
