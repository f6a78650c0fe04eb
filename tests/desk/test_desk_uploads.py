"""Resumable uploads keep to tus 1.0 (tus.io/protocols/resumable-upload) and lose nothing."""

from __future__ import annotations

import base64
import fcntl
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from controlroom.desk.accounts.models import User
from controlroom.desk.songs import blobs, uploads
from controlroom.desk.songs.models import Recording, Song, Upload

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
AsUser = Callable[[User], Client]


def meta(**pairs: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(client: Client, url: str, size: int, **pairs: str) -> Any:
    headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": meta(**({"filename": "mix.wav"} | pairs))}
    return client.post(url, headers=headers)


def patch(client: Client, url: str, data: bytes, offset: int, **headers: str) -> Any:
    kind = headers.pop("content_type", "application/offset+octet-stream")
    return client.patch(url, data, content_type=kind, headers=TUS | {"Upload-Offset": str(offset)} | headers)


@pytest.fixture
def url(song: Song) -> str:
    return reverse("uploads", args=[song.pk])


@pytest.fixture
def sound(wav: Callable[..., Path]) -> bytes:
    return wav(seconds=0.2).read_bytes()


def test_the_server_says_what_it_can(client_of: Client, url: str, settings: Any) -> None:
    answer = client_of.options(url)
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,termination,expiration"
    assert answer["Tus-Max-Size"] == str(settings.MOST_UPLOAD_BYTES)


def test_a_file_arrives_in_pieces(client_of: Client, url: str, song: Song, sound: bytes) -> None:
    made = create(client_of, url, len(sound), filename="Rough 2.wav", says="drums up")
    assert made.status_code == 201
    assert made["Tus-Resumable"] == "1.0.0"
    assert "Upload-Expires" in made
    place, half = made["Location"], len(sound) // 2
    first = patch(client_of, place, sound[:half], 0)
    assert (first.status_code, first["Upload-Offset"]) == (204, str(half))
    state = client_of.head(place, headers=TUS)
    assert (state["Upload-Offset"], state["Upload-Length"]) == (str(half), str(len(sound)))
    assert state["Cache-Control"] == "no-store"
    assert song.recordings.count() == 0
    assert patch(client_of, place, sound[half:], half).status_code == 204
    recording = song.recordings.get()
    assert (recording.label, recording.name, recording.says) == ("Rough mix 2", "Rough 2.wav", "drums up")
    assert blobs.path_of(recording.blob).read_bytes() == sound
    assert client_of.head(place, headers=TUS)["Upload-Offset"] == str(len(sound))
    assert not list(uploads.place_of(Upload.objects.get()).parent.glob("*.part"))


def test_what_came_before_the_connection_broke_stays(client_of: Client, url: str, producer: User, sound: bytes) -> None:
    place = create(client_of, url, len(sound))["Location"]
    upload = Upload.objects.get()

    class Broken:
        sent = False

        def read(self, size: int) -> bytes:
            if self.sent:
                raise OSError("connection reset")
            self.sent = True
            return sound[:1000]

    with pytest.raises(Exception, match="connection reset"):
        uploads.receive(producer.actor, upload, Broken(), 0, len(sound))
    assert client_of.head(place, headers=TUS)["Upload-Offset"] == "1000"
    assert patch(client_of, place, sound[1000:], 1000).status_code == 204
    assert Recording.objects.count() == 1


def test_the_offset_is_what_the_disk_has(client_of: Client, url: str, sound: bytes) -> None:
    place = create(client_of, url, len(sound))["Location"]
    path = uploads.place_of(Upload.objects.get())
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(sound[:77])  # written, but the server died before it could say so
    assert client_of.head(place, headers=TUS)["Upload-Offset"] == "77"


@pytest.mark.parametrize(
    ("headers", "offset", "status"),
    [
        ({"Tus-Resumable": "0.2.2"}, 0, 412),
        ({}, 5, 409),
        ({"content_type": "application/octet-stream"}, 0, 415),
        ({"Upload-Offset": "-1"}, 0, 400),
        ({"Upload-Offset": "x"}, 0, 400),
    ],
)
def test_a_wrong_patch_changes_nothing(
    client_of: Client, url: str, sound: bytes, headers: dict[str, str], offset: int, status: int
) -> None:
    place = create(client_of, url, len(sound))["Location"]
    assert patch(client_of, place, sound, offset, **headers).status_code == status
    assert client_of.head(place, headers=TUS)["Upload-Offset"] == "0"


def test_more_than_was_announced_is_refused(client_of: Client, url: str, sound: bytes) -> None:
    place = create(client_of, url, 10)["Location"]
    assert patch(client_of, place, sound, 0).status_code == 413


def test_two_at_once_are_refused(client_of: Client, url: str, sound: bytes) -> None:
    place = create(client_of, url, len(sound))["Location"]
    path = uploads.place_of(Upload.objects.get())
    path.parent.mkdir(exist_ok=True)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert patch(client_of, place, sound, 0).status_code == 423
    assert patch(client_of, place, sound, 0).status_code == 204


def test_a_file_too_large_is_refused_with_a_sentence(client_of: Client, url: str, settings: Any) -> None:
    settings.MOST_UPLOAD_BYTES = 1000
    answer = create(client_of, url, 1001)
    assert answer.status_code == 413
    assert "Send it as FLAC" in answer.content.decode()
    assert Upload.objects.count() == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Metadata": meta(filename="a.wav")},
        {"Upload-Length": "-5", "Upload-Metadata": meta(filename="a.wav")},
        {"Upload-Length": "5"},
        {"Upload-Length": "5", "Upload-Metadata": "filename not*base64"},
        {"Upload-Defer-Length": "1", "Upload-Metadata": meta(filename="a.wav")},
    ],
)
def test_a_wrong_announcement_is_refused(client_of: Client, url: str, headers: dict[str, str]) -> None:
    assert client_of.post(url, headers=TUS | headers).status_code == 400


def test_without_the_protocol_s_version_nothing_is_done(client_of: Client, url: str) -> None:
    answer = client_of.post(url, headers={"Upload-Length": "5"})
    assert (answer.status_code, answer["Tus-Version"]) == (412, "1.0.0")


def test_an_upload_is_called_off(client_of: Client, url: str, sound: bytes) -> None:
    place = create(client_of, url, len(sound))["Location"]
    patch(client_of, place, sound[:10], 0)
    path = uploads.place_of(Upload.objects.get())
    assert client_of.delete(place, headers=TUS).status_code == 204
    assert not path.exists()
    assert client_of.head(place, headers=TUS).status_code == 404
    assert client_of.delete(place, headers=TUS).status_code == 404


def test_an_empty_file_is_here_at_once(client_of: Client, url: str, song: Song) -> None:
    assert create(client_of, url, 0, filename="empty.wav").status_code == 201
    assert song.recordings.get().name == "empty.wav"


def test_what_nobody_continued_for_a_week_is_forgotten(client_of: Client, url: str, sound: bytes) -> None:
    place = create(client_of, url, len(sound))["Location"]
    patch(client_of, place, sound[:10], 0)
    path = uploads.place_of(Upload.objects.get())
    Upload.objects.update(touched_at=timezone.now() - timedelta(days=8))
    create(client_of, url, 10)
    assert not path.exists()
    assert client_of.head(place, headers=TUS).status_code == 404


def test_only_the_sender_continues(
    client_of: Client, as_user: AsUser, engineer: User, stranger: User, reader: User, url: str, sound: bytes
) -> None:
    place = create(client_of, url, len(sound))["Location"]
    for user, status in ((engineer, 404), (stranger, 404), (reader, 403)):
        assert patch(as_user(user), place, sound, 0).status_code == status
    assert create(as_user(reader), url, 10).status_code == 403
    assert create(as_user(stranger), url, 10).status_code == 404
    assert create(Client(), url, 10).status_code == 302
    assert client_of.get(place).status_code == 405


def test_a_dropped_demo_becomes_a_song(client_of: Client, sound: bytes) -> None:
    place = create(client_of, reverse("demo-uploads"), len(sound), filename="Mara Lind - Undertow (demo).wav")[
        "Location"
    ]
    patch(client_of, place, sound, 0)
    made = Song.objects.get(title="Undertow")
    assert (made.stage, made.artist_name) == ("demo", "Mara Lind")
    assert made.recordings.get().label == "Demo 1"


def test_the_same_bytes_again_are_the_recording_that_is_there(
    client_of: Client, url: str, song: Song, sound: bytes
) -> None:
    for _ in range(2):
        place = create(client_of, url, len(sound))["Location"]
        assert patch(client_of, place, sound, 0).status_code == 204
    assert song.recordings.count() == 1


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd.wav", "..-..-etc-passwd.wav"),
        ("a\x00b\r\n.wav", "a b.wav"),
        ("..", "untitled"),
        ("Grüße 🎛.wav", "Grüße 🎛.wav"),
        ('"quoted"<b>.wav', "-quoted--b-.wav"),
    ],
)
def test_hostile_names_are_cleaned(client_of: Client, url: str, song: Song, sound: bytes, name: str, kept: str) -> None:
    patch(client_of, create(client_of, url, len(sound), filename=name, kind="mix")["Location"], sound, 0)
    found = song.recordings.get().name
    assert found.strip(". ") == kept.strip(". ")
    assert not {"/", "\\", "\0", "\n"} & set(found)


def test_a_very_long_name_keeps_fitting(client_of: Client, url: str, song: Song, sound: bytes) -> None:
    patch(client_of, create(client_of, url, len(sound), filename="ä" * 300 + ".wav")["Location"], sound, 0)
    name = song.recordings.get().name
    assert len(name.encode()) <= 255
    assert name.endswith("ä.wav")


def test_an_unknown_kind_is_told_from_the_name(client_of: Client, url: str, song: Song, sound: bytes) -> None:
    place = create(client_of, url, len(sound), filename="Mix 2.wav", kind="nonsense")["Location"]
    patch(client_of, place, sound, 0)
    assert song.recordings.get().kind == "mix"


@pytest.mark.slow
def test_a_large_file_is_never_whole_in_memory(
    client_of: Client, url: str, song: Song, producer: User, settings: Any
) -> None:
    import tracemalloc

    size = 256 << 20
    create(client_of, url, size, filename="long.wav")
    upload = Upload.objects.get()

    class Zeros:
        def read(self, amount: int) -> bytes:
            return bytes(amount)

    tracemalloc.start()
    here = uploads.receive(producer.actor, upload, Zeros(), 0, size)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert here == size
    assert peak < 16 << 20


def test_a_plain_form_works_without_scripts(client_of: Client, song: Song, sound: bytes) -> None:
    files = [SimpleUploadedFile("Mix final.wav", sound), SimpleUploadedFile("Kick_01.wav", sound[:-6])]
    answer = client_of.post(reverse("song-files", args=[song.pk]), {"file": files}, follow=True)
    assert "2 files arrived and will be listened to." in answer.content.decode()
    kinds = {each.name: (each.kind, each.part and each.part.name) for each in song.recordings.select_related("part")}
    assert kinds == {"Mix final.wav": ("mix", None), "Kick_01.wav": ("take", "Drums")}
    none = client_of.post(reverse("song-files", args=[song.pk]), follow=True)
    assert "No file was chosen." in none.content.decode()


def test_a_plain_form_makes_songs_of_demos(client_of: Client, as_user: AsUser, reader: User, sound: bytes) -> None:
    url = reverse("demo-files")
    assert as_user(reader).post(url).status_code == 403
    answer = client_of.post(url, {"file": SimpleUploadedFile("undertow demo 2.mp3", sound)})
    made = Song.objects.get()
    assert made.title == "undertow"
    assert answer["Location"] == reverse("song", args=[made.pk])
