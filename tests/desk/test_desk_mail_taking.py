"""What arrives becomes a message once, in its conversation, about its song; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk.mail_kit import raw, sound

from controlroom.desk.accounts.models import User
from controlroom.desk.mail import demos, fetching, taking
from controlroom.desk.mail.models import FetchedMail, MailAccount, MailMessage, MailThread, Outgoing
from controlroom.desk.people.actions import add_person
from controlroom.desk.people.models import Person
from controlroom.desk.songs import blobs
from controlroom.desk.songs.actions import create_song
from controlroom.desk.songs.models import Recording, Song

pytestmark = pytest.mark.django_db

Arrives = Callable[..., MailMessage | None]


def test_a_message_is_kept_as_it_came_and_as_it_reads(arrives: Arrives) -> None:
    data = raw("Mix 3", "The vocal is too loud in the second verse.", message_id="a@example.org")
    row = arrives(data)
    assert row is not None
    assert blobs.path_of(row.raw).read_bytes() == data
    assert (row.subject, row.from_email, row.from_name) == ("Mix 3", "mara@example.org", "Mara Lind")
    assert row.text == "The vocal is too loud in the second verse."
    assert row.reasons
    assert row.message_id == "a@example.org"


def test_fetched_twice_is_stored_once_by_uid_and_by_message_id(arrives: Arrives) -> None:
    data = raw(message_id="a@example.org")
    assert arrives(data, uidvalidity=7, uid=1) is not None
    assert arrives(data, uidvalidity=7, uid=1) is None
    assert arrives(data, uidvalidity=8, uid=1) is None, "the mailbox counts anew, the letter is the same"
    assert MailMessage.objects.count() == 1
    assert FetchedMail.objects.count() == 2


def test_another_letter_under_a_known_id_is_not_lost(arrives: Arrives) -> None:
    arrives(raw("Hello", "One thing.", message_id="a@example.org"))
    other = raw("Hello", "Another thing altogether.", message_id="a@example.org")
    assert arrives(other) is not None
    assert MailMessage.objects.count() == 2
    assert arrives(other) is None


STEPS = ["blobs.keep", "taking.read", "taking.row", "taking.attachments", "demos.copy", "demos.arrive"]


@pytest.mark.parametrize("step", STEPS)
def test_killed_in_the_middle_nothing_is_lost_and_nothing_comes_twice(
    step: str, arrives: Arrives, account: MailAccount, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each step dies once, as a process does; the next fetch brings everything to its end."""
    module, name = {
        "blobs.keep": (FetchedMail.objects, "get_or_create"),
        "taking.read": (taking, "read_message"),
        "taking.row": (taking.sorting, "columns_of"),
        "taking.attachments": (taking, "attachment_rows"),
        "demos.copy": (demos, "copy_attachment"),
        "demos.arrive": (demos.songs, "arrive"),
    }[step]
    data = raw("A demo for you", "Please listen to my new song.", files={"Salt.wav": sound(tmp_path=tmp_path)})
    path = tmp_path / "came.eml"

    class Killed(BaseException):
        pass

    def dies(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(module, name, dies)
        path.write_bytes(data)
        with pytest.raises(Killed):
            _fetched(account, path)
    for _ in range(2):
        path.write_bytes(data)  # the server has it still
        _fetched(account, path)
    assert (MailMessage.objects.count(), FetchedMail.objects.count()) == (1, 1)
    assert (Recording.objects.count(), Song.objects.count(), Person.objects.count()) == (1, 1, 1)


def _fetched(account: MailAccount, path: Path) -> None:
    fetching.keep_raw(account, path, uidvalidity=1, uid=1)
    fetching.settle(account)


def test_answers_find_their_conversation_in_whatever_order_they_come(arrives: Arrives) -> None:
    third = arrives(raw("Re: Salt", message_id="c@x.org", answers="b@x.org"))
    first = arrives(raw("Salt", message_id="a@x.org"))
    assert third is not None
    assert first is not None
    assert third.thread_id != first.thread_id
    arrives(raw("Re: Salt", message_id="b@x.org", answers="a@x.org"))
    assert MailThread.objects.count() == 1
    assert set(MailMessage.objects.values_list("thread_id", flat=True)) == {MailThread.objects.get().pk}


def test_people_and_songs_are_recognised(arrives: Arrives, producer: User, song: Song) -> None:
    mara = Person.objects.get(name="Mara Lind")
    Person.objects.filter(pk=mara.pk).update(email="mara@example.org")
    row = arrives(raw("Paper Lanterns, mix 2", "I love it.", sender="M <MARA@example.org>"))
    assert row is not None
    assert (row.person, row.song) == (mara, song)
    assert "Paper Lanterns" in row.because
    answer = arrives(raw("Re: that", "And the bass?", answers=row.message_id))
    assert answer is not None
    assert answer.song == song


def test_a_demo_is_a_song_that_plays_by_a_person_at_once(arrives: Arrives, tmp_path: Path) -> None:
    row = arrives(
        raw(
            "New demo",
            "Hi, I would love to hear what you think of my new song.",
            sender="Ines Okafor <ines@example.net>",
            files={"Salt (demo).wav": sound(tmp_path=tmp_path)},
        )
    )
    assert row is not None
    assert row.kind == "demo"
    recording = Recording.objects.get()
    assert (recording.kind, recording.song.title, recording.song.stage) == ("demo", "Salt", "demo")
    assert recording.song.artist is not None
    assert (recording.song.artist.name, recording.song.artist.email) == ("Ines Okafor", "ines@example.net")
    row.refresh_from_db()
    assert (row.person, row.song) == (recording.song.artist, recording.song)
    assert row.attachments.get().recording == recording


def test_several_sounds_are_several_songs_when_their_names_say_so(arrives: Arrives, tmp_path: Path) -> None:
    one, two, three = (sound(seconds, tmp_path=tmp_path) for seconds in (0.5, 0.6, 0.7))
    files = {"Salt demo 1.wav": one, "Salt demo 2.wav": two, "Harbour.wav": three}
    arrives(raw("Three demos", "Here are some demos of my songs, please listen.", files=files))
    titles = {song.title: song.recordings.count() for song in Song.objects.all()}
    assert titles == {"Salt": 2, "Harbour": 1}


def test_a_file_that_says_nothing_is_called_as_its_letter(arrives: Arrives, tmp_path: Path) -> None:
    files = {"audio 01.wav": sound(tmp_path=tmp_path)}
    arrives(raw("Fwd: Night Parade (demo)", "My demo, please have a listen.", files=files))
    assert Song.objects.get().title == "Night Parade"


def test_what_is_no_sound_in_it_is_said_and_the_rest_comes_in(
    arrives: Arrives, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.MOST_UPLOAD_BYTES = 60_000
    files = {"Long.wav": sound(2.0, tmp_path=tmp_path), "Salt.wav": sound(0.2, tmp_path=tmp_path)}
    row = arrives(raw("Demos", "Two demos of my songs for you to hear.", files=files))
    assert row is not None
    refused, kept = row.attachments.order_by("pk")
    assert "longer" in refused.refusal
    assert kept.recording is not None


def test_what_cannot_be_read_is_kept_and_said(
    arrives: Arrives, account: MailAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(path: Path) -> Any:
        raise RuntimeError("a bug")

    with monkeypatch.context() as patched:
        patched.setattr(taking, "read_message", breaks)
        assert arrives(raw("One")) is None
    assert arrives(raw("Two")) is not None
    assert FetchedMail.objects.get(message=None).refusal == taking.UNREADABLE


def test_a_letter_that_comes_back_says_so(arrives: Arrives, producer: User, account: MailAccount) -> None:
    letter = Outgoing.objects.create(
        studio=account.studio, state="sent", sent_id="ours@example.com", subject="Your demo", who="Jo", who_key="user:1"
    )
    report = (
        b"From: MAILER-DAEMON@mx.example.org\r\nTo: studio@example.com\r\nSubject: Undelivered\r\n"
        b"Message-ID: <r@mx.example.org>\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        b"--b\r\nContent-Type: text/plain\r\n\r\nNo such user here.\r\n"
        b"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.org\r\n\r\n"
        b"Final-Recipient: rfc822; gone@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
        b"--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <ours@example.com>\r\nSubject: Your demo\r\n\r\nHi\r\n"
        b"--b--\r\n"
    )
    arrives(report)
    letter.refresh_from_db()
    assert letter.state == "bounced"
    assert "No such user here" in letter.error


def test_our_own_studio_only(arrives: Arrives, other_studio: Any, stranger: User) -> None:
    add_person(stranger.actor, name="Mara of others", email="mara@example.org")
    create_song(stranger.actor, title="Paper Lanterns")
    row = arrives(raw("Paper Lanterns mix", "It is about “Paper Lanterns”."))
    assert row is not None
    assert (row.person, row.song) == (None, None)
