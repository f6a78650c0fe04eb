"""The rooms of a song on its page: start, what they made, plans as forms, undo."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from controlroom.base.errors import Cancelled, InputRefused
from controlroom.base.progress import SILENT
from controlroom.desk.accounts.models import User
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs import actions, room_actions
from controlroom.desk.songs.models import PlanEdit, Song
from controlroom.desk.songs.production import out_of, produce
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.signal import Audio

RATE_HZ = 44100
pytestmark = pytest.mark.django_db


def tone(path: Path, hz: float, seconds: float = 4.0, level: float = 0.2) -> Path:
    """A pulsing tone: something that starts and stops, as playing does."""
    at = np.arange(int(seconds * RATE_HZ)) / RATE_HZ
    pulse = (np.sin(2 * np.pi * 2 * at) > 0).astype(np.float32)
    samples = (level * np.sin(2 * np.pi * hz * at) * pulse).astype(np.float32)
    write(path, Audio(samples[None], RATE_HZ), Format("wav", 24))
    return path


@pytest.fixture
def song(producer: User, tmp_path: Path) -> Song:
    """A song with a take of two parts."""
    song = actions.create_song(
        producer.actor, title="Paper Lanterns", artist="Mara Lind", stage="recording", target_lufs=-14.0
    )
    for part, hz in (("bass", 82.4), ("keys", 440.0)):
        path = tone(tmp_path / f"{part}.wav", hz)
        actions.arrive(producer.actor, song, path, kind="take", name=f"{part}.wav", part=part)
    return song


@pytest.fixture
def produced(song: Song) -> Song:
    produce(SILENT, song=song.pk, until="mastering")
    song.refresh_from_db()
    return song


def test_the_walk_makes_versions_and_chapters_and_moves_the_song_on(produced: Song) -> None:
    kinds = set(produced.recordings.values_list("kind", flat=True))
    assert kinds == {"take", "mix", "master"}
    assert set(produced.chapters.values_list("stage", flat=True)) == {"tracking", "editing", "mixing", "mastering"}
    assert produced.stage == "mastering"
    takes = produced.chapters.get(stage="tracking").facts["takes"]
    assert {take["name"] for take in takes} == {"takes/bass/bass.wav", "takes/keys/keys.wav"}


def test_a_second_walk_makes_nothing_new(produced: Song) -> None:
    before = set(produced.recordings.values_list("pk", flat=True))
    result = produce(SILENT, song=produced.pk, until="mastering")
    assert result["made"] == []
    assert set(produced.recordings.values_list("pk", flat=True)) == before


def test_a_song_without_recordings_is_refused_in_a_sentence(producer: User) -> None:
    empty = actions.create_song(producer.actor, title="Nothing Yet")
    with pytest.raises(InputRefused, match="Upload the recordings"):
        produce(SILENT, song=empty.pk, until="mixing")
    assert not out_of(empty).exists()


def test_a_supplied_mix_is_mastered_unless_ours_is_asked_for(song: Song, producer: User, tmp_path: Path) -> None:
    path = tone(tmp_path / "mix.wav", 220.0)
    actions.arrive(producer.actor, song, path, kind="mix", name="their mix.wav")
    produce(SILENT, song=song.pk, until="mixing")
    assert song.chapters.get(stage="mixing").facts["supplied"] is True
    produce(SILENT, song=song.pk, until="mixing", mix="ours")
    assert song.chapters.get(stage="mixing").facts["supplied"] is False
    assert song.recordings.filter(kind="mix").exclude(made_from="").count() == 1


def test_cancelling_leaves_what_was_made_and_goes_on_later(song: Song) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done / total > 0.6:
            raise Cancelled

    with pytest.raises(Cancelled):
        produce(stop, song=song.pk, until="mastering")
    assert not song.recordings.filter(kind="master").exists()
    assert not list(out_of(song).rglob("*.part*"))
    produce(SILENT, song=song.pk, until="mastering")
    assert song.recordings.filter(kind="master").count() == 1


def test_a_changed_plan_is_rendered_and_can_be_taken_back(produced: Song, producer: User) -> None:
    first = produced.recordings.get(kind="mix")
    plan = room_actions.current_plan(produced, "mix")
    level = plan.tracks[0].gain_db  # type: ignore[union-attr]
    room_actions.change_plan(producer.actor, produced, "mix", {"tracks.0.gain_db": level - 3.0})
    produce(SILENT, song=produced.pk, until="mixing")
    second = produced.recordings.filter(kind="mix").latest("pk")
    assert second.pk != first.pk
    assert second.number == 2
    room_actions.take_back(producer.actor, produced, "mix")
    plan = room_actions.current_plan(produced, "mix")
    assert plan.tracks[0].gain_db == pytest.approx(level)  # type: ignore[union-attr]
    produce(SILENT, song=produced.pk, until="mixing")
    assert room_actions.current_plan(produced, "mix").tracks[0].gain_db == pytest.approx(level)  # type: ignore[union-attr]


def test_the_page_of_the_rooms(produced: Song, client_of: Client) -> None:
    page = client_of.get(f"/songs/{produced.pk}/rooms/").content.decode()
    assert "The take sheet, 2 files" in page
    assert page.count("btn main") == 1  # the next room, Deliver
    assert "LUFS" in page


def test_the_page_of_a_song_without_recordings_invites(producer: User, client_of: Client) -> None:
    empty = actions.create_song(producer.actor, title="Nothing Yet")
    assert "Nothing to work on yet" in client_of.get(f"/songs/{empty.pk}/rooms/").content.decode()


def test_starting_a_room_asks_for_one_job(song: Song, client_of: Client) -> None:
    url = f"/songs/{song.pk}/rooms/mixing/start/"
    assert client_of.post(url)["Location"] == f"/songs/{song.pk}/rooms/"
    client_of.post(url)
    assert Job.objects.filter(work="songs.produce", song=song).count() == 1
    assert client_of.post(f"/songs/{song.pk}/rooms/kitchen/start/").status_code == 404
    assert client_of.get(url).status_code == 405


def test_the_plan_as_a_form(produced: Song, client_of: Client) -> None:
    url = f"/songs/{produced.pk}/plans/master/"
    page = client_of.get(url)
    assert page.status_code == 200
    assert "target_lufs" in page.content.decode()
    assert client_of.post(url, {"target_lufs": "-10"}).status_code == 302
    assert "-10" in produced.plan_edits.get().text
    client_of.post(url, {"target_lufs": "-10"})
    assert produced.plan_edits.count() == 1  # nothing was changed


def test_a_value_that_cannot_be_meant_keeps_what_was_typed(produced: Song, client_of: Client) -> None:
    answer = client_of.post(f"/songs/{produced.pk}/plans/master/", {"target_lufs": "loud"})
    assert answer.status_code == 422
    assert 'value="loud"' in answer.content.decode()
    assert not PlanEdit.objects.exists()


def test_the_plan_as_text(produced: Song, client_of: Client) -> None:
    url = f"/songs/{produced.pk}/plans/master/text/"
    text = client_of.get(url).context["text"]
    assert client_of.post(url, {"text": text.replace("target_lufs = -14.0", "target_lufs = -11.0")}).status_code == 302
    assert "-11.0" in produced.plan_edits.get().text
    broken = client_of.post(url, {"text": "target_lufs = ["})
    assert broken.status_code == 422
    assert "target_lufs = [" in broken.content.decode()


def test_undo_and_proposing_again(produced: Song, client_of: Client) -> None:
    base = f"/songs/{produced.pk}/plans/master/"
    client_of.post(base, {"target_lufs": "-10"})
    client_of.post(f"{base}again/")
    assert produced.plan_edits.first().text == ""  # type: ignore[union-attr]
    client_of.post(f"{base}undo/")
    assert "-10" in produced.plan_edits.get().text
    client_of.post(f"{base}undo/")
    client_of.post(f"{base}undo/")
    assert not produced.plan_edits.exists()


def test_the_delivery_can_be_taken_along(song: Song, client_of: Client) -> None:
    assert client_of.get(f"/songs/{song.pk}/delivery.zip").status_code == 404
    produce(SILENT, song=song.pk, until="delivery")
    answer = client_of.get(f"/songs/{song.pk}/delivery.zip")
    assert b"".join(answer.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    assert song.recordings.filter(kind="deliverable", archived_at=None).count() >= 3
    with AudioFile(next((out_of(song) / "delivery").glob("*.flac"))) as flac:
        assert flac.frames > 0
    report = client_of.get(f"/songs/{song.pk}/report/")
    assert report["Content-Disposition"].startswith("attachment")
    assert b"<html" in b"".join(report.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("url", ["rooms/", "plans/master/", "plans/master/text/", "delivery.zip", "report/"])
def test_another_studio_sees_nothing(song: Song, stranger: User, as_user: Callable[[User], Client], url: str) -> None:
    assert as_user(stranger).get(f"/songs/{song.pk}/{url}").status_code == 404


def test_a_reader_looks_and_changes_nothing(song: Song, reader: User, as_user: Callable[[User], Client]) -> None:
    client = as_user(reader)
    page = client.get(f"/songs/{song.pk}/rooms/")
    assert page.status_code == 200
    assert "/start/" not in page.content.decode()
    assert client.post(f"/songs/{song.pk}/rooms/mixing/start/").status_code == 403
    assert client.get(f"/songs/{song.pk}/plans/master/").status_code == 403
