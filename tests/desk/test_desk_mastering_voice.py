"""Translation on the desk is told the voice's own track, where the song has one, and its sections."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.mastering import systems, voice
from controlroom.desk.songs import actions as song_actions
from controlroom.desk.songs import blobs, renditions
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.songs.production import out_of
from controlroom.rooms.listening.report import ENGINE
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

pytestmark = pytest.mark.django_db
RATE_HZ, SECONDS = 48000, 6


def noise(seed: int, level: float = 0.05) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, level, (2, SECONDS * RATE_HZ)).astype(np.float32)


VOICE, BAND = noise(1), noise(2)


@pytest.fixture
def arrives(producer: User, song: Song, tmp_path: Path) -> Callable[..., Recording]:
    def make(name: str, samples: np.ndarray, kind: str, part: str = "", rate_hz: int = RATE_HZ) -> Recording:
        path = tmp_path / name
        write(path, Audio(samples, rate_hz), Format("wav", 24))
        row = song_actions.arrive(producer.actor, song, path, kind=kind, name=name, part=part)
        Recording.objects.filter(pk=row.pk).update(state="heard")
        row.refresh_from_db()
        return row

    return make


def translated(row: Recording) -> dict[str, object]:
    works.WORKS["mastering.translate"].run(SILENT, recording=row.pk)
    said = systems.translation_of(row)
    assert said is not None
    return said


def test_the_voice_of_a_song_made_of_stems_is_judged_by_its_stem(
    arrives: Callable[..., Recording], client_of: Client
) -> None:
    mix = arrives("mix.wav", VOICE + BAND, "mix")
    assert not translated(mix)["voice_judged"]
    arrives("band stem.wav", BAND, "take", "guitar")
    stem = arrives("lead vocal stem.wav", VOICE, "take", "lead vocal")
    assert voice.paths_of(mix.song) == [blobs.path_of(stem.blob)]
    assert translated(mix)["voice_judged"]
    page = client_of.get(f"/recordings/{mix.pk}/translation/").content.decode()
    assert "judged by its own track" in page


def test_a_voice_that_is_not_in_the_record_is_not_judged(arrives: Callable[..., Recording]) -> None:
    mix = arrives("mix.wav", noise(7) + BAND, "mix")
    arrives("lead vocal.wav", VOICE, "take", "lead vocal")
    assert not translated(mix)["voice_judged"]


def test_an_a_cappella_beside_the_mix_is_the_voice(arrives: Callable[..., Recording]) -> None:
    arrives("Paper Lanterns (a cappella).wav", VOICE, "mix")
    mix = arrives("Paper Lanterns mix 2.wav", VOICE + BAND, "mix")
    arrives("lead vocal.wav", noise(9), "take", "lead vocal")
    assert translated(mix)["voice_judged"]


def test_what_was_edited_goes_before_what_came(arrives: Callable[..., Recording], song: Song) -> None:
    arrives("lead vocal.wav", VOICE, "take", "lead vocal")
    folder = out_of(song) / "edits" / "lead vocal"
    folder.mkdir(parents=True)
    for name in ("one", "two"):
        write(folder / f"{name}.wav", Audio(VOICE[:1] / 2, RATE_HZ), Format("wav", 32))
    assert [path.name for path in voice.paths_of(song)] == ["one.wav", "two.wav"]
    with voice.voice_of(song, RATE_HZ) as both:
        assert both is not None
        assert (both.channels, both.frames) == (1, VOICE.shape[1])
        assert np.allclose(both.read(100, 50), VOICE[:1, 100:150], atol=1e-6)
    with voice.voice_of(song, 44100) as lower:
        assert lower is not None
        assert lower.rate_hz == 44100


def test_sections_have_scores_of_their_own_and_the_weakest_is_named(
    arrives: Callable[..., Recording], client_of: Client
) -> None:
    low = np.sin(2 * np.pi * 50 * np.arange(3 * RATE_HZ) / RATE_HZ).astype(np.float32) * 0.3
    mix = arrives("mix.wav", np.hstack([BAND[:, : 3 * RATE_HZ], np.stack([low, low])]), "mix")
    sections = [{"start_s": 0, "end_s": 3, "label": "verse"}, {"start_s": 3, "end_s": 6, "label": "chorus"}]
    report = f'{{"engine": {ENGINE}, "form": {{"sections": {sections}}}}}'.replace("'", '"')
    renditions.keep_bytes(mix, "listening", report.encode())
    phone = next(each for each in translated(mix)["systems"] if each["name"] == "phone")  # type: ignore[attr-defined]
    verse, chorus = phone["sections"]
    assert (verse["label"], chorus["label"]) == ("verse", "chorus")
    assert chorus["score"] < phone["score"] - 5 < verse["score"]  # a telephone has no 50 Hz
    page = client_of.get(f"/recordings/{mix.pk}/translation/").content.decode()
    assert "Least in the chorus from" in page
