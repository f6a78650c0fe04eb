"""Links through the guarded door, with a web server of our own behind it: what comes, what is said when nothing may."""

from __future__ import annotations

import gzip
import struct

import httpx
import pytest
from servers.web_server import WebServer, web_server

from controlroom.base.errors import Cancelled, InputRefused, SurroundingsFailed
from controlroom.outside.door import Limits, NeedsPerson, fetch
from controlroom.outside.door.passage import passage
from controlroom.outside.door.services import service_of

WAV = b"RIFF" + struct.pack("<I", 200_036) + b"WAVEfmt " + bytes(200_028)
PAGE = b"<!DOCTYPE html><html><body>Click to download</body></html>"


def allowed(web: WebServer, **changed: object) -> Limits:
    return Limits(allow=(f"{web.host}:{web.port}",), ca_file=str(web.ca_file), **changed)


def test_audio_comes_whole_and_under_its_name(web, tmp_path):
    web.pages["/d/1"] = lambda asked: asked.answer(
        WAV, content_type="application/octet-stream", content_disposition='attachment; filename="Night Drive.wav"'
    )
    steps = []
    fetched = fetch(f"{web.url}/d/1?token=x", tmp_path / "a", allowed(web), lambda *step: steps.append(step))
    assert (tmp_path / "a").read_bytes() == WAV
    assert (fetched.name, fetched.size) == ("Night Drive.wav", len(WAV))
    assert steps[-1][:2] == (len(WAV), len(WAV))


def test_over_tls_the_certificate_is_verified(tmp_path):
    with web_server({"/a.wav": lambda asked: asked.answer(WAV)}, tls=True) as web:
        assert fetch(f"{web.url}/a.wav", tmp_path / "a", allowed(web)).name == "a.wav"
        with pytest.raises(SurroundingsFailed, match="certificate is not trusted"):
            fetch(f"{web.url}/a.wav", tmp_path / "b", Limits(allow=(f"{web.host}:{web.port}",)))


def test_redirects_are_followed(web, tmp_path):
    web.pages["/short"] = lambda asked: asked.answer(status=302, location="/deep/a.wav?x=1")
    web.pages["/deep/a.wav"] = lambda asked: asked.answer(WAV)
    fetched = fetch(f"{web.url}/short", tmp_path / "a", allowed(web))
    assert fetched.url == f"{web.url}/deep/a.wav?x=1"


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ("attachment; filename*=UTF-8''M%C3%A4r%20%E6%9B%B2.wav", "Mär 曲.wav"),
        ("attachment; filename=Mär.wav", "Mär.wav"),
        ('attachment; filename="../../etc/passwd.wav"', "passwd.wav"),
        ('attachment; filename="C:\\\\x\\\\..\\\\song.wav"', "song.wav"),
        ("attachment; filename*0*=UTF-8''a%2F..%2F; filename*1=b.wav", "b.wav"),
        ("attachment", "the song.wav"),
    ],
)
def test_names_are_read_and_made_safe(web, tmp_path, disposition, name):
    latin = disposition.encode().decode("latin-1")
    web.pages["/the song.wav".replace(" ", "%20")] = lambda asked: asked.answer(WAV, content_disposition=latin)
    assert fetch(f"{web.url}/the%20song.wav", tmp_path / "a", allowed(web)).name == name


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ({"body": PAGE, "content_type": "text/html"}, NeedsPerson, "this page needs a person"),
        ({"body": b"\n <HTML>", "content_type": "audio/wav"}, NeedsPerson, "this page needs a person"),
        ({"body": b"PK\x03\x04" + bytes(100)}, NeedsPerson, "archive"),
        ({"body": b"%PDF-1.7", "content_type": "audio/mpeg"}, InputRefused, "not audio"),
        ({"body": b""}, InputRefused, "empty"),
        ({"status": 404}, InputRefused, "nothing"),
        ({"status": 403}, NeedsPerson, "not open to everybody"),
        ({"status": 503}, SurroundingsFailed, "status 503"),
        ({"status": 304}, InputRefused, "status 304"),
    ],
)
def test_what_is_no_audio_is_a_plain_word(web, tmp_path, answer, error, says):
    web.pages["/x"] = lambda asked: asked.answer(**answer)
    with pytest.raises(error, match=says):
        fetch(f"{web.url}/x", tmp_path / "a", allowed(web))
    assert list(tmp_path.iterdir()) == []


def test_what_comes_packed_is_unpacked(web, tmp_path):
    web.pages["/a.wav"] = lambda asked: asked.answer(gzip.compress(WAV), content_encoding="gzip")
    fetch(f"{web.url}/a.wav", tmp_path / "a", allowed(web))
    assert (tmp_path / "a").read_bytes() == WAV


def test_stopped_in_the_middle_nothing_is_left(web, tmp_path):
    def stop(*_: object) -> None:
        raise Cancelled

    web.pages["/a.wav"] = lambda asked: asked.answer(WAV)
    with pytest.raises(Cancelled):
        fetch(f"{web.url}/a.wav", tmp_path / "a", allowed(web), stop)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("link", "file"),
    [
        (
            "https://www.dropbox.com/scl/fi/ab1/Demo.wav?rlkey=k2&st=z&dl=0",
            "https://www.dropbox.com/scl/fi/ab1/Demo.wav?rlkey=k2&st=z&dl=1",
        ),
        ("https://www.dropbox.com/s/ab1/Demo.mp3", "https://www.dropbox.com/s/ab1/Demo.mp3?dl=1"),
        ("https://dl.dropboxusercontent.com/s/ab1/Demo.mp3", "https://dl.dropboxusercontent.com/s/ab1/Demo.mp3"),
        ("https://www.dropbox.com/scl/fo/ab1/h?rlkey=k2&dl=0", None),
        (
            "https://drive.google.com/file/d/1AbC_-9/view?usp=sharing",
            "https://drive.google.com/uc?export=download&id=1AbC_-9",
        ),
        (
            "https://drive.google.com/file/u/0/d/1AbC/view?resourcekey=0-x",
            "https://drive.google.com/uc?export=download&id=1AbC&resourcekey=0-x",
        ),
        ("https://drive.google.com/open?id=1AbC", "https://drive.google.com/uc?export=download&id=1AbC"),
        ("https://drive.google.com/drive/folders/1AbC?usp=sharing", None),
        ("https://docs.google.com/document/d/1AbC/edit", None),
        ("https://we.tl/t-AbCdEf", None),
        ("https://wetransfer.com/downloads/abc/def", None),
        (
            "https://download.wetransfer.com/eugv/abc/song.wav?token=x",
            "https://download.wetransfer.com/eugv/abc/song.wav?token=x",
        ),
    ],
)
def test_services_are_led_to_the_file_behind_the_page(link, file):
    service = service_of(link)
    assert service is not None
    assert service.file_of(link) == file


def test_other_hosts_are_no_service():
    assert service_of("https://example.org/dropbox.com/a.wav") is None
    assert service_of("https://notdropbox.com/a.wav") is None


def test_what_only_a_page_gives_out_asks_nobody(tmp_path, monkeypatch):
    monkeypatch.delattr("controlroom.outside.door.passage.resolve")
    with pytest.raises(NeedsPerson, match="WeTransfer gives this out only on its page"):
        fetch("https://we.tl/t-AbCdEf", tmp_path / "a")


def test_drive_asks_once_more_about_large_files():
    page = (
        '<form id="download-form" action="https://drive.usercontent.google.com/download" method="get">'
        '<input type="submit" value="Download anyway"><input type="hidden" name="id" value="1AbC">'
        '<input type="hidden" name="confirm" value="t"><input type="hidden" name="uuid" value="u&amp;1"></form>'
    )
    link = "https://drive.google.com/uc?export=download&id=1AbC"
    service = service_of(link)
    assert service is not None
    further = httpx.URL(str(service.confirmed(link, page)))
    assert further.host == "drive.usercontent.google.com"
    assert dict(further.params) == {"id": "1AbC", "confirm": "t", "uuid": "u&1"}
    assert service.confirmed(link, page.replace("drive.usercontent.google.com", "127.0.0.1")) is None
    assert service.confirmed(link, PAGE.decode()) is None


def test_the_page_that_asks_once_more_is_gone_through(web, tmp_path, monkeypatch):
    """The services' own hosts, answered by our server: the whole way from the link to the file."""

    def ours(url: str, limits: Limits) -> object:
        return passage(url.replace("https://", "http://").replace(".com/", f".com:{web.port}/"), limits)

    monkeypatch.setattr(
        "controlroom.outside.door.passage.resolve", lambda host, port: [(2, 1, 6, "", (web.host, port))]
    )
    monkeypatch.setattr("controlroom.outside.door.fetching.passage", ours)
    form = '<html><form id="download-form" action="https://drive.usercontent.google.com/download">'
    form += '<input type="hidden" name="id" value="1AbC"></form></html>'
    web.pages["/uc"] = lambda asked: asked.answer(form.encode(), content_type="text/html; charset=utf-8")
    web.pages["/download"] = lambda asked: asked.answer(WAV, content_disposition="attachment; filename=big.wav")
    fetched = fetch("https://drive.google.com/file/d/1AbC/view", tmp_path / "a", allowed(web))
    assert fetched.name == "big.wav"
    assert web.asked == [("GET", "/uc?export=download&id=1AbC"), ("GET", "/download?id=1AbC")]
