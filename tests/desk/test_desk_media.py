"""Playing and downloading: Range as RFC 9110 has it, the right file, and only for those who may."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from desk.songs_kit import Asked
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions, blobs
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.songs.ranges import SEND_BYTES, ranged, wanted
from controlroom.sound.files import Format

AsUser = Callable[[User], Client]


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 1)),
        ("bytes=0-99", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-", (90, 100)),
        ("bytes=90-1000000", (90, 100)),
        ("bytes=-1", (99, 100)),
        ("bytes=-1000", (0, 100)),
        (" Bytes = 5 - 6 ", (5, 7)),
        ("", None),
        ("bytes=-", None),
        ("bytes=20-10", None),
        ("bytes=0-1,5-6", None),
        ("items=0-1", None),
        ("bytes=a-b", None),
        ("bytes=0x1-2", None),
        ("bytes=٣-٤", None),
        ("bytes=100-", ValueError),
        ("bytes=100-200", ValueError),
        ("bytes=-0", ValueError),
        ("bytes=999999999999999999-", ValueError),
    ],
)
def test_what_a_range_header_asks_for(header: str, span: Any) -> None:
    if span is ValueError:
        with pytest.raises(ValueError, match="bytes"):
            wanted(header, 100)
    else:
        assert wanted(header, 100) == span


def test_no_byte_of_an_empty_file_can_be_asked_for() -> None:
    with pytest.raises(ValueError, match="bytes"):
        wanted("bytes=0-", 0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "some.bin"
    path.write_bytes(bytes(range(256)) * 4096)
    return path


def ask(file: Path, method: str = "get", **headers: str) -> Any:
    request: HttpRequest = getattr(RequestFactory(), method)("/", headers=headers)
    return ranged(request, file, content_type="audio/wav", etag="abc")


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_a_whole_file_and_a_part_of_it(file: Path) -> None:
    data = file.read_bytes()
    whole = ask(file)
    assert (whole.status_code, whole["Content-Length"], whole["ETag"]) == (200, str(len(data)), '"abc"')
    assert whole["Accept-Ranges"] == "bytes"
    assert whole["Cache-Control"] == "private, max-age=31536000, immutable"
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert body(whole) == data
    part = ask(file, Range="bytes=1000-500000")
    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 1000-500000/{len(data)}")
    assert part["Content-Length"] == "499001"
    assert body(part) == data[1000:500001]


def test_blocks_are_small(file: Path) -> None:
    assert max(len(block) for block in ask(file).streaming_content) <= SEND_BYTES


def test_head_says_the_same_without_a_body(file: Path) -> None:
    answer = ask(file, "head", Range="bytes=0-9")
    assert (answer.status_code, answer["Content-Length"], answer.content) == (206, "10", b"")


def test_what_cannot_be_met_says_how_long_it_is(file: Path) -> None:
    answer = ask(file, Range="bytes=99999999-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{file.stat().st_size}")
    assert "immutable" not in answer.get("Cache-Control", "")


@pytest.mark.parametrize(
    ("if_range", "status"), [('"abc"', 206), ('"other"', 200), ("Mon, 01 Jan 2024 00:00:00 GMT", 200)]
)
def test_a_part_of_another_file_is_the_whole_file(file: Path, if_range: str, status: int) -> None:
    assert ask(file, Range="bytes=0-9", **{"If-Range": if_range}).status_code == status


def test_what_the_browser_has_is_not_sent_again(file: Path) -> None:
    assert ask(file, **{"If-None-Match": '"abc"'}).status_code == 304
    assert ask(file, **{"If-None-Match": '"other"'}).status_code == 200


NAMES = ["recording-sound", "recording-light", "recording-peaks", "recording-download"]


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES)
def test_sound_is_for_those_of_the_studio(
    as_user: AsUser, stranger: User, reader: User, heard: Recording, name: str
) -> None:
    url = reverse(name, args=[heard.pk])
    assert as_user(stranger).get(url).status_code == 404
    assert Client().get(url).status_code == 302
    assert as_user(reader).get(url).status_code in (200, 202)
    assert as_user(reader).post(url).status_code == 405


@pytest.mark.django_db
def test_the_original_is_streamed_as_it_is(client_of: Client, heard: Recording) -> None:
    data = blobs.path_of(heard.blob).read_bytes()
    answer = client_of.get(reverse("recording-sound", args=[heard.pk]), headers={"Range": "bytes=44-143"})
    assert (answer.status_code, answer["Content-Type"]) == (206, "audio/wav")
    assert answer["ETag"] == f'"{heard.blob.sha256}"'
    assert body(answer) == data[44:144]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("format", "content_type"),
    [(Format("flac", bits=24), "audio/flac"), (Format("mp3"), "audio/mpeg"), (Format("aac"), "audio/mp4")],
)
def test_other_formats_have_their_own_type(
    client_of: Client, producer: User, song: Song, wav: Callable[..., Path], format: Format, content_type: str
) -> None:
    path = wav(f"v{format.suffix}", format)
    recording = actions.arrive(producer.actor, song, path, kind="mix", name=path.name)
    works.WORKS["songs.analyse"].run(SILENT, recording=recording.pk)
    answer = client_of.get(reverse("recording-sound", args=[recording.pk]))
    assert (answer.status_code, answer["Content-Type"]) == (200, content_type)
    assert body(answer) == path.read_bytes()


@pytest.mark.django_db
def test_what_no_browser_plays_becomes_a_wav(
    client_of: Client, producer: User, song: Song, wav: Callable[..., Path], asked: list[Asked]
) -> None:
    path = wav("v.m4a", Format("alac", bits=24))
    recording = actions.arrive(producer.actor, song, path, kind="mix", name=path.name)
    works.WORKS["songs.analyse"].run(SILENT, recording=recording.pk)
    url = reverse("recording-sound", args=[recording.pk])
    answer = client_of.get(url)
    assert (answer.status_code, answer["Retry-After"]) == (202, "1")
    assert (asked[-1].name, asked[-1].arguments) == ("songs.pcm", {"recording": recording.pk, "rate_hz": 48000})
    works.WORKS["songs.pcm"].run(SILENT, recording=recording.pk, rate_hz=48000)
    made = client_of.get(url)
    assert (made.status_code, made["Content-Type"]) == (200, "audio/wav")
    assert body(made)[:4] == b"RIFF"


@pytest.mark.django_db
def test_the_samples_are_asked_for_until_they_are_there(
    client_of: Client, heard: Recording, asked: list[Asked]
) -> None:
    status, pcm = (reverse(name, args=[heard.pk, 48000]) for name in ("recording-pcm-status", "recording-pcm"))
    asked.clear()
    assert client_of.get(status).status_code == 202
    assert [each.name for each in asked] == ["songs.pcm"]
    facts = works.WORKS["songs.pcm"].run(SILENT, recording=heard.pk, rate_hz=48000)
    assert client_of.get(status).json() == {"url": pcm, **facts}
    first = client_of.get(pcm, headers={"Range": f"bytes={facts['offset']}-{facts['offset'] + 5}"})
    assert body(first) == blobs.path_of(heard.blob).read_bytes()[facts["offset"] : facts["offset"] + 6]


@pytest.mark.django_db
def test_no_other_rate_than_a_clock_s_is_made(client_of: Client, heard: Recording, asked: list[Asked]) -> None:
    asked.clear()
    assert client_of.get(reverse("recording-pcm-status", args=[heard.pk, 12345])).status_code == 404
    assert not asked


@pytest.mark.django_db
def test_nothing_is_made_of_what_is_refused(client_of: Client, mix: Recording, asked: list[Asked]) -> None:
    Recording.objects.filter(pk=mix.pk).update(state="refused", refusal="mix.wav: it is empty.")
    asked.clear()
    for name in ("recording-light", "recording-peaks", "recording-sound"):
        answer = client_of.get(reverse(name, args=[mix.pk]))
        assert answer.status_code == 404
        assert answer.json() == {"says": "mix.wav: it is empty."}
    assert not asked


@pytest.mark.django_db
def test_what_was_not_heard_yet_is_waited_for(client_of: Client, mix: Recording) -> None:
    for name in ("recording-peaks", "recording-sound"):
        assert client_of.get(reverse(name, args=[mix.pk])).status_code == 202


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMES[:2] + NAMES[3:])
def test_a_file_gone_from_the_disk_is_a_sentence(client_of: Client, heard: Recording, name: str) -> None:
    blobs.path_of(heard.blob).unlink()
    answer = client_of.get(reverse(name, args=[heard.pk]))
    assert answer.status_code == 410
    assert "gone from the disk" in answer.content.decode()


@pytest.mark.django_db
def test_a_download_keeps_its_name(client_of: Client, heard: Recording) -> None:
    Recording.objects.filter(pk=heard.pk).update(name='Grüße "laut".wav')
    answer = client_of.get(reverse("recording-download", args=[heard.pk]))
    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe%20")
    assert body(answer) == blobs.path_of(heard.blob).read_bytes()
