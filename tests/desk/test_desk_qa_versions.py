"""What a producer meets who drops a whole session: versions called as their files are, prepared once, lined up soon."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk.songs_kit import Asked

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.review.sides import sides_of
from controlroom.desk.review.summary import what_works
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import Recording, Song

pytestmark = pytest.mark.django_db


def test_versions_are_called_as_their_files_while_that_number_is_free(
    producer: User, song: Song, wav: Callable[..., Path]
) -> None:
    def arrive(name: str, seconds: float) -> str:
        return actions.arrive(producer.actor, song, wav(seconds=seconds), kind="mix", name=name).label

    assert arrive("Song mix 4.wav", 0.1) == "Mix 4"
    assert arrive("Song mix 3.wav", 0.2) == "Mix 3"
    assert arrive("Song mix 4 again.wav", 0.3) == "Mix 5"
    assert arrive("Song.wav", 0.4) == "Mix 6"


def test_what_arrives_together_is_prepared_once_at_the_songs_clock(
    producer: User, song: Song, wav: Callable[..., Path], asked: list[Asked]
) -> None:
    for rate_hz in (44100, 48000):
        path = wav(f"{rate_hz}.wav", rate_hz=rate_hz)
        actions.arrive(producer.actor, song, path, kind="mix", name=path.name)
    works.WORKS["songs.listen"].run(SILENT, song=song.pk)
    assert [each.arguments["rate_hz"] for each in asked if each.name == "songs.pcm"] == [48000, 48000]


def test_a_version_that_waits_to_be_lined_up_is_not_said_to_share_nothing(
    producer: User, heard: Recording, wav: Callable[..., Path]
) -> None:
    other = actions.arrive(producer.actor, heard.song, wav(seconds=2.0), kind="demo", name="demo.wav")
    works.WORKS["songs.analyse"].run(SILENT, recording=other.pk)
    side = next(each for each in sides_of(heard) if each.recording == other)
    assert side.waits
    assert side.gain_why == "It is matched by all of it until it is lined up with this version."


def test_nothing_is_said_to_be_without_fault_that_was_noticed() -> None:
    praise = "Listening to all of it found no fault in the sound."
    assert praise in what_works([], {"findings": []})
    assert praise not in what_works([], {"findings": [{"code": "click", "severity": "note"}]})
