"""What is done to songs: numbers, timeline, and that everything put away comes back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk.songs_kit import Asked
from django.db import IntegrityError, transaction

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.people.models import Person
from controlroom.desk.songs import actions, blobs, signals
from controlroom.desk.songs.models import Blob, Event, Recording, Song

pytestmark = pytest.mark.django_db


def last_said(song: Song) -> str:
    event = song.events.first()
    assert event is not None
    return event.says


def test_versions_are_numbered_by_kind_and_never_again(producer: User, song: Song, wav: Callable[..., Path]) -> None:
    def arrive(kind: str, rate_hz: int) -> Recording:
        path = wav(f"{kind}{rate_hz}.wav", rate_hz=rate_hz, seconds=0.1)
        return actions.arrive(producer.actor, song, path, kind=kind, name=path.name)

    first, second = arrive("mix", 44100), arrive("mix", 48000)
    assert (first.label, second.label, arrive("master", 44100).label) == ("Mix 1", "Mix 2", "Master 1")
    actions.archive_recording(producer.actor, second)
    assert arrive("mix", 96000).label == "Mix 3"
    with pytest.raises(IntegrityError), transaction.atomic():
        Recording.objects.filter(pk=first.pk).update(number=3)


def test_the_timeline_speaks_as_a_studio_does(producer: User, song: Song, mix: Recording) -> None:
    assert last_said(song) == "Mix 1 arrived from Producer"
    actions.move_song(producer.actor, song, "mastering")
    assert last_said(song) == "Moved to mastering"
    actions.change_song(producer.actor, song, tempo_bpm="96", key="fis moll")
    assert last_said(song) == "Tempo set to 96 BPM; Key set to F# minor"
    actions.change_song(producer.actor, song, key="", lyrics="Salt")
    assert last_said(song) == "Key taken out; Lyrics changed"
    actions.change_song(producer.actor, song, artist="Jo")
    assert last_said(song) == "Artist is Jo"


def test_what_stays_the_same_is_not_told(producer: User, song: Song) -> None:
    before = song.events.count()
    actions.move_song(producer.actor, song, song.stage)
    actions.change_song(producer.actor, song, title=song.title, artist="mara lind", target_lufs=None)
    actions.restore_song(producer.actor, song)
    assert song.events.count() == before


def test_every_line_is_told_to_the_apps_above(producer: User, song: Song) -> None:
    told: list[str] = []

    def listener(event: Event, **_: object) -> None:
        told.append(event.says)

    signals.happened.connect(listener)
    try:
        actions.move_song(producer.actor, song, "delivered")
    finally:
        signals.happened.disconnect(listener)
    assert told == ["Moved to delivered"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", " \x00\n"),
        ("tempo_bpm", "fast"),
        ("key", "H# major-ish"),
        ("isrc", "123"),
        ("target_lufs", 3),
        ("due_on", "soon"),
        ("studio", 3),
    ],
)
def test_what_cannot_be_meant_is_refused(producer: User, song: Song, field: str, value: object) -> None:
    with pytest.raises(UsageError):
        actions.change_song(producer.actor, song, **{field: value})


def test_a_reader_acts_on_nothing(reader: User, song: Song, mix: Recording, tmp_path: Path) -> None:
    actor = reader.actor
    for act in (
        lambda: actions.create_song(actor, title="x"),
        lambda: actions.change_song(actor, song, title="x"),
        lambda: actions.move_song(actor, song, "demo"),
        lambda: actions.archive_song(actor, song),
        lambda: actions.add_credit(actor, song, person="x", role="y"),
        lambda: actions.answer_demo(actor, song),
        lambda: actions.change_recording(actor, mix, says="x"),
        lambda: actions.archive_recording(actor, mix),
        lambda: actions.arrive(actor, song, tmp_path / "x", kind="mix", name="x"),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_put_away_and_brought_back(producer: User, song: Song, mix: Recording) -> None:
    actions.archive_recording(producer.actor, mix)
    assert (mix.archived_at is not None, last_said(song)) == (True, "Mix 1 put away")
    actions.restore_recording(producer.actor, mix)
    assert (mix.archived_at, last_said(song)) == (None, "Mix 1 brought back")
    actions.archive_song(producer.actor, song)
    assert song.archived_at is not None
    actions.restore_song(producer.actor, song)
    assert song.archived_at is None


def test_the_same_bytes_are_kept_once(producer: User, song: Song, mix: Recording, wav: Callable[..., Path]) -> None:
    other = actions.create_song(producer.actor, title="Undertow")
    again = actions.arrive(producer.actor, other, wav(), kind="mix", name="x.wav")
    assert again.blob_id == mix.blob_id
    assert Blob.objects.count() == 1
    assert actions.arrive(producer.actor, song, wav(), kind="mix", name="y.wav") == mix
    assert actions.arrive(producer.actor, song, wav(), kind="master", name="y.wav") != mix


def test_a_file_given_away_is_moved(producer: User, song: Song, wav: Callable[..., Path]) -> None:
    path = wav()
    recording = actions.arrive(producer.actor, song, path, kind="mix", name="x.wav", move=True)
    assert not path.exists()
    assert blobs.path_of(recording.blob).stat().st_mode & 0o222 == 0


def test_what_arrived_is_listened_to_by_itself(
    producer: User,
    song: Song,
    wav: Callable[..., Path],
    asked: list[Asked],
    django_capture_on_commit_callbacks: Callable[..., object],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        actions.arrive(producer.actor, song, wav(), kind="mix", name="x.wav")
        assert not asked  # a job that runs before the commit would find nothing
    assert (asked[-1].name, asked[-1].arguments) == ("songs.listen", {})


def test_parts_and_people_are_found_whatever_their_case(producer: User, song: Song) -> None:
    assert actions.part_named(song, "Lead Vocal") == actions.part_named(song, " lead  vocal ")
    assert actions.part_named(song, " ") is None
    actions.add_credit(producer.actor, song, person="MARA LIND", role="lead vocal")
    assert Person.objects.count() == 1
    assert last_said(song) == "Mara Lind credited: lead vocal"


def test_a_credit_is_given_once(producer: User, song: Song) -> None:
    first = actions.add_credit(producer.actor, song, person="Jo", role="bass")
    assert actions.add_credit(producer.actor, song, person=first.person, role="bass") == first
    actions.remove_credit(producer.actor, first)
    assert last_said(song) == "Jo no longer credited: bass"
