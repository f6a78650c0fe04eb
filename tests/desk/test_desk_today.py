"""The page of the day: what stands on it, for whom; news in one mail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import User
from controlroom.desk.jobs.models import Job
from controlroom.desk.review import actions as review
from controlroom.desk.review.models import Note
from controlroom.desk.songs import actions as songs
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.today import actions
from controlroom.desk.today.models import Notice
from controlroom.desk.today.providers import sections
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

pytestmark = pytest.mark.django_db


def guest(studio_id: int, name: str = "Mara") -> Actor:
    return Actor(studio_id=studio_id, name=name, key="guest:77", rights=frozenset({"listen", "comment", "upload"}))


@pytest.fixture
def song(producer: User) -> Song:
    return songs.create_song(producer.actor, title="Paper Lanterns", artist="Mara Lind", stage="mixing")


@pytest.fixture
def mix(producer: User, song: Song, tmp_path: Path) -> Recording:
    path = tmp_path / "mix.wav"
    write(path, Audio(np.full((1, 44100), 0.1, np.float32), 44100), Format("wav", 16))
    recording = songs.arrive(producer.actor, song, path, kind="mix", name="mix.wav")
    Recording.objects.filter(pk=recording.pk).update(
        state="heard", rate_hz=44100, channels=1, frames=44100, samples_sha256="ab" * 32
    )
    recording.refresh_from_db()
    return recording


def titles(user: User, name: str) -> list[str]:
    found = {section.name: section for section in sections(user.actor)}
    return [item.title for item in found[name].items] if name in found else []


def test_an_empty_desk_invites(client_of: Client) -> None:
    page = client_of.get("/").content.decode()
    assert "Add a song" in page
    assert page.count("btn main") == 1


def test_what_falls_due_is_urgent_until_it_is_delivered(producer: User, song: Song) -> None:
    Song.objects.filter(pk=song.pk).update(due_on=timezone.localdate() + timedelta(days=1))
    assert titles(producer, "urgent") == ["Mara Lind, Paper Lanterns"]
    Song.objects.filter(pk=song.pk).update(due_on=timezone.localdate() + timedelta(days=9))
    assert titles(producer, "urgent") == []
    Song.objects.filter(pk=song.pk).update(due_on=timezone.localdate() - timedelta(days=1), stage="delivered")
    assert titles(producer, "urgent") == []


def test_a_guest_who_waits_for_days_is_urgent_until_somebody_answers(producer: User, mix: Recording) -> None:
    note = review.add_note(guest(producer.studio_id), mix, text="Can the bridge breathe?", at_s=0.5)
    assert titles(producer, "urgent") == []
    Note.objects.filter(pk=note.pk).update(created_at=timezone.now() - timedelta(days=3))
    assert titles(producer, "urgent") == ["Mara waits for an answer"]
    review.add_note(producer.actor, mix, text="It will.", parent=note)
    assert titles(producer, "urgent") == []


def test_a_demo_waits_until_somebody_here_has_heard_it(producer: User, tmp_path: Path) -> None:
    song = songs.create_song(producer.actor, title="Salt", artist="Ines Okafor", stage="demo")
    path = tmp_path / "Salt.wav"
    write(path, Audio(np.full((1, 44100), 0.1, np.float32), 44100), Format("wav", 16))
    demo = songs.arrive(producer.actor, song, path, kind="demo", name="Salt.wav")
    assert titles(producer, "demos") == ["Ines Okafor"]
    review.note_heard(guest(producer.studio_id), demo)
    assert titles(producer, "demos") == ["Ines Okafor"]
    review.note_heard(producer.actor, demo)
    assert titles(producer, "demos") == []


def test_open_notes_of_others_wait_on_me_not_my_own(producer: User, engineer: User, mix: Recording) -> None:
    review.add_note(producer.actor, mix, text="Vocal up")
    assert titles(producer, "waiting-on-me") == []
    assert titles(engineer, "waiting-on-me") == ["Paper Lanterns"]


def test_approvals_stand_with_the_one_who_owes_them(producer: User, engineer: User, mix: Recording) -> None:
    review.ask_approval(engineer.actor, mix, of=producer.name, of_key=producer.actor.key)
    assert titles(producer, "waiting-on-me") == ["Approve Mix 1"]
    assert titles(engineer, "waiting-on-others") == ["Producer has not approved yet"]
    review.approve(producer.actor, mix)
    assert titles(producer, "waiting-on-me") == []
    assert titles(engineer, "waiting-on-others") == []


def test_a_failed_job_is_urgent_until_it_was_asked_for_again(producer: User, song: Song) -> None:
    facts = {
        "studio": song.studio,
        "song": song,
        "work": "songs.produce",
        "effect": "e",
        "says": "Mixing it",
    }
    failed = Job.objects.create(state="failed", ended_at=timezone.now(), error="The disk is full.", **facts)
    assert titles(producer, "urgent") == ["Failed: Mixing it"]
    Job.objects.create(state="done", created_at=failed.created_at + timedelta(seconds=5), **facts)
    assert titles(producer, "urgent") == []


def test_another_studio_sees_nothing_of_it(stranger: User, mix: Recording, producer: User) -> None:
    review.add_note(producer.actor, mix, text="Vocal up")
    Song.objects.update(due_on=timezone.localdate())
    assert all(not section.items for section in sections(stranger.actor))


def test_a_page_has_one_filled_button_at_most(
    client_of: Client, producer: User, engineer: User, mix: Recording
) -> None:
    review.add_note(engineer.actor, mix, text="Vocal up")
    Song.objects.update(due_on=timezone.localdate())
    assert client_of.get("/").content.decode().count("btn main") == 1


def test_colleagues_hear_of_what_happens_and_the_one_who_did_it_does_not(
    producer: User, engineer: User, stranger: User, mix: Recording
) -> None:
    Notice.objects.all().delete()
    for k in range(5):
        review.add_note(engineer.actor, mix, text=f"Note {k}")
    assert {notice.user for notice in Notice.objects.all()} == {producer}
    assert Notice.objects.count() == 1


def test_news_come_in_one_mail_after_a_while(producer: User, engineer: User, mix: Recording) -> None:
    review.add_note(engineer.actor, mix, text="Vocal up")
    assert actions.send_gathered() == 0  # it waits for what else happens
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=30))
    assert actions.send_gathered() == 2
    assert sorted(message.to[0] for message in mail.outbox) == sorted([producer.email, engineer.email])
    (told,) = [message for message in mail.outbox if message.to == [producer.email]]
    assert "Engineer left notes on Mix 1" in told.body
    assert "Paper Lanterns" in told.body
    assert actions.send_gathered() == 0


def test_who_wants_no_mail_or_has_seen_it_gets_none(producer: User, engineer: User, mix: Recording) -> None:
    User.objects.update(wants_mail=False)
    review.add_note(engineer.actor, mix, text="Vocal up")
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=30))
    assert actions.send_gathered() == 0
    User.objects.update(wants_mail=True)
    actions.mark_seen(producer.actor)
    actions.mark_seen(engineer.actor)
    assert actions.send_gathered() == 0


def test_a_mail_server_that_is_gone_loses_nothing(
    producer: User, engineer: User, mix: Recording, settings: object
) -> None:
    review.add_note(engineer.actor, mix, text="Vocal up")
    Notice.objects.update(created_at=timezone.now() - timedelta(minutes=30))
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"  # type: ignore[attr-defined]
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9  # type: ignore[attr-defined]
    assert actions.send_gathered() == 0
    assert not Notice.objects.exclude(mailed_at=None).exists()


def test_seen_is_seen(client_of: Client, engineer: User, mix: Recording) -> None:
    review.add_note(engineer.actor, mix, text="Vocal up")
    assert "What is new" in client_of.get("/").content.decode()
    assert client_of.post("/today/seen/").status_code == 302
    assert "What is new" not in client_of.get("/").content.decode()
    client_of.post("/today/seen/")  # nothing more to see: nothing happens
    assert client_of.get("/today/seen/").status_code == 405


def test_find_looks_through_songs_people_and_files(client_of: Client, mix: Recording) -> None:
    found = client_of.get("/find/", {"q": "lanterns"}).content.decode()
    assert "Paper Lanterns" in found
    assert "Mara Lind" in client_of.get("/find/", {"q": "mara"}).content.decode()
    assert "mix.wav" in client_of.get("/find/", {"q": "mix.w"}).content.decode()
    assert "Nothing here is called" in client_of.get("/find/", {"q": "<script>"}).content.decode()


def test_a_reader_may_look_at_the_day(reader: User, as_user: Callable[[User], Client]) -> None:
    assert as_user(reader).get("/").status_code == 200
