"""Files that come in and go out: their names are no paths, their words no markup, and odd requests a sentence."""

from __future__ import annotations

import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from desk.full_studio import Studio, rows
from desk.songs_kit import tone
from django.conf import settings
from django.test import Client

from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import Recording, Song
from controlroom.sound.files import Cue, Format, Metadata, write

pytestmark = pytest.mark.django_db

MARKUP = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
RUN = re.compile(r"<script>alert|<img src=x")


def body_of(answer: Any) -> bytes:
    return b"".join(answer) if answer.streaming else bytes(answer.content)


RANGES = [
    "bytes=0-0,-1", "bytes=0-10,5-20", "bytes=" + ",".join(f"{k}-{k}" for k in range(2000)), "bytes=-0", "bytes=5-2",
    "bytes=999999999999999999-", "bytes=0-999999999999999999", "bytes=" + "9" * 5000 + "-", "bytes=--1", "bytes=a-b",
    "bytes=", "lines=0-1", "bytes=-999999999999999999", "bytes = 0 - 1", "bytes=٠-١", "",
]  # fmt: skip


@pytest.mark.parametrize("header", RANGES, ids=lambda each: each[:20])
def test_odd_ranges_are_answered(header: str, client_of: Client, heard: Recording) -> None:
    url = f"/recordings/{heard.pk}/sound"
    for headers in ({"range": header}, {"range": header, "if-range": 'W/"x'}, {"if-none-match": header}):
        answer = client_of.get(url, headers=headers)
        assert answer.status_code in (200, 206, 416)
        assert len(body_of(answer)) <= heard.blob.size
        assert answer["X-Content-Type-Options"] == "nosniff"


def meta(**pairs: bytes) -> str:
    return ",".join(f"{name} {b64encode(value).decode()}" for name, value in pairs.items())


def announced() -> Iterator[tuple[dict[str, str], tuple[int, ...]]]:
    good = meta(filename=b"take.wav")
    for length in ("-1", "1.5", "nan", "9" * 30, str(2**63), "", "٣", "+1", " "):
        yield {"Upload-Length": length, "Upload-Metadata": good}, (400, 413)
    for metadata in (
        "", "filename", "filename !!!!", "filename /w==", meta(filename=b""), ",,,,", " ", "a b c d", "filename =",
    ):  # fmt: skip
        yield {"Upload-Length": "3", "Upload-Metadata": metadata}, (400,)
    for name in (
        b"\0", b"..", b"../../../etc/cron.d/evil", b"C:\\evil.exe", b"a" * 50_000, b"\xe2\x80\xaegnp.wav",
        b"a\r\nb.wav",
        "🎛️.wav".encode(), MARKUP.encode(), b".htaccess", b"con.wav", b"-rf", b"~/x.wav", b"x.wav/", b"%2e%2e%2fx",
    ):  # fmt: skip
        yield {"Upload-Length": "3", "Upload-Metadata": meta(filename=name, part=name, says=name, folder=name)}, (201,)
    many = ",".join([good, *(f"key{k} eA==" for k in range(5000))])
    yield {"Upload-Length": "3", "Upload-Metadata": many}, (201,)


def test_uploads_of_every_odd_kind(client_of: Client, song: Song, settings: Any, tmp_path: Path) -> None:
    url, tus = f"/songs/{song.pk}/uploads/", {"Tus-Resumable": "1.0.0"}
    outside = set(tmp_path.iterdir())
    patch_type = "application/offset+octet-stream"
    for headers, statuses in announced():
        made = client_of.post(url, headers=tus | headers)
        assert made.status_code in statuses, headers["Upload-Metadata"][:60]
        if made.status_code != 201:
            assert made.content.strip()
            continue
        for offset, data, status in (
            ("1", b"x", 409), ("-1", b"x", 400), ("", b"x", 400), ("9" * 40, b"x", 400), (str(2**50), b"x", 409),
            ("0", b"abcd", 413), ("0", b"a", 204), ("0", b"a", 409), ("1", b"bc", 204),
            ("3", b"x", 204), ("2", b"x", 409),
        ):  # fmt: skip
            answer = client_of.patch(made["Location"], data, patch_type, headers=tus | {"Upload-Offset": offset})
            assert answer.status_code == status, (offset, data)
        assert client_of.patch(made["Location"], b"x", "text/html", headers=tus).status_code == 415
        assert client_of.delete(made["Location"], headers=tus).status_code == 204
    assert not list((settings.HOME / "uploads").iterdir())
    for path in settings.HOME.rglob("*"):
        assert re.fullmatch(r"[0-9a-f]{2,64}|blobs|uploads|work", path.name), path
    assert set(tmp_path.iterdir()) == outside
    for recording in Recording.objects.all():
        assert recording.name not in ("", ".", "..")
        assert not set("/\\\0\r\n\u202e") & set(recording.name)
        assert len(recording.name.encode()) < 256
    page = client_of.get(f"/songs/{song.pk}/").content.decode()
    assert not RUN.search(page)


@pytest.mark.parametrize(
    "data", [b"<html><script>alert(1)</script>", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b""]
)
def test_a_page_that_calls_itself_wav_is_never_shown(
    data: bytes, client_of: Client, song: Song, producer: User
) -> None:
    cases = [client_of.post(f"/songs/{song.pk}/files/", {"file": _named(data, name)}) for name in ("x.wav", "x.html")]
    assert [each.status_code for each in cases] == [302, 302]
    for row in Recording.objects.all():
        works.WORKS["songs.analyse"].run(lambda *_: None, recording=row.pk)
        row.refresh_from_db()
        assert row.state == "refused"
        for name in ("sound", "download", "light", "peaks", "pcm/48000"):
            answer = client_of.get(f"/recordings/{row.pk}/{name}")
            assert answer["Content-Type"].split(";")[0] in ("application/octet-stream", "application/json"), name
            assert answer["X-Content-Type-Options"] == "nosniff"
            assert name != "download" or answer["Content-Disposition"].startswith("attachment")
    assert client_of.get(f"/songs/{song.pk}/").status_code == 200


def _named(data: bytes, name: str) -> BytesIO:
    file = BytesIO(data)
    file.name = name
    return file


def test_words_in_a_file_are_only_words(producer: User, client_of: Client, song: Song, tmp_path: Path) -> None:
    odd = MARKUP + "{{ 7*7 }}\u202e"
    path = tmp_path / "tagged.wav"
    metadata = Metadata(
        title=odd, artist=odd, album=odd, comment=odd, software=odd, ixml={"NOTE": odd}, cues=(Cue(0, odd),)
    )
    write(path, tone(1.0), Format("wav", bits=24), metadata=metadata)
    row = actions.arrive(producer.actor, song, path, kind="mix", name=f"{MARKUP}.wav", part=MARKUP, says=MARKUP)
    works.WORKS["songs.analyse"].run(lambda *_: None, recording=row.pk)
    row.refresh_from_db()
    assert row.state == "heard"
    for url in (
        f"/songs/{song.pk}/", f"/recordings/{row.pk}/review/", f"/recordings/{row.pk}/review/pictures/", "/demos/",
        f"/recordings/{row.pk}/revision/", "/songs/", "/songs/board/", "/", "/jobs/", f"/songs/{song.pk}/timeline/",
    ):  # fmt: skip
        answer = client_of.get(url)
        assert answer.status_code == 200, url
        assert not RUN.search(answer.content.decode()), url


def test_a_delivery_holds_its_own_files_only(make_user: Callable[..., User]) -> None:
    full, client = Studio(make_user(), rows(2)), Client()
    client.force_login(full.user)
    answer = client.get(f"/songs/{full.song.pk}/delivery.zip")
    with zipfile.ZipFile(BytesIO(body_of(answer))) as archive:
        assert archive.namelist() == ["master.wav"]
    answer.close()
    assert not [path for path in Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir() if path.is_file()]
