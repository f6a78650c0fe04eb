"""What tests of songs and uploads share: a song, small sound files, and the works that were asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import Recording, Song
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio


class Asked(NamedTuple):
    name: str
    says: str
    arguments: dict[str, Any]
    pk: int = 1
    state: str = "waiting"
    cancel: bool = False


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Asked]:
    """Every work that is asked for, instead of doing it."""
    seen: list[Asked] = []

    def answer(actor: Any, name: str, says: str, song_id: int | None, arguments: dict[str, Any]) -> Asked:
        seen.append(Asked(name, says, arguments))
        return seen[-1]

    monkeypatch.setattr(works, "_answer", [answer])
    return seen


def tone(seconds: float = 1.0, rate_hz: int = 48000, channels: int = 2) -> Audio:
    """A chord with some noise, at about -20 dBFS."""
    time_s = np.arange(round(seconds * rate_hz)) / rate_hz
    noise = np.random.default_rng(3).normal(0, 0.01, (channels, len(time_s)))
    return Audio((0.1 * np.sin(2 * np.pi * 220 * time_s) + noise).astype(np.float32), rate_hz)


@pytest.fixture
def wav(tmp_path: Path) -> Callable[..., Path]:
    """Writes a small WAV (or what `format` says) and gives its path."""

    def make(name: str = "mix.wav", format: Format | None = None, **sound: Any) -> Path:
        path = tmp_path / name
        write(path, tone(**sound), format or Format("wav", bits=24))
        return path

    return make


@pytest.fixture
def song(producer: User, asked: list[Asked]) -> Song:
    return actions.create_song(producer.actor, title="Paper Lanterns", artist="Mara Lind", stage="mixing")


@pytest.fixture
def mix(producer: User, song: Song, wav: Callable[..., Path]) -> Recording:
    """Mix 1, kept and not yet listened to."""
    return actions.arrive(producer.actor, song, wav(), kind="mix", name="Paper Lanterns mix.wav")


@pytest.fixture
def heard(mix: Recording) -> Recording:
    """Mix 1, listened to."""
    works.WORKS["songs.analyse"].run(lambda *_: None, recording=mix.pk)
    mix.refresh_from_db()
    return mix
