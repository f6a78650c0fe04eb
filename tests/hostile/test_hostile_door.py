"""The guarded door and those who want through it: private addresses in every dress, slow, endless, packed answers."""

from __future__ import annotations

import gzip
import socket
import time
from pathlib import Path

import pytest
from servers.web_server import Asked, WebServer, web_server

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.outside.door import Limits, fetch
from controlroom.outside.door.addresses import public

WAV = b"RIFF\0\0\0\0WAVEfmt " + bytes(100)
RESOLVE = "controlroom.outside.door.passage.resolve"


@pytest.fixture
def web():
    with web_server({"/a.wav": lambda asked: asked.answer(WAV)}) as server:
        yield server


def allowed(web: WebServer, **changed: object) -> Limits:
    return Limits(allow=(f"{web.host}:{web.port}",), **changed)


def answers(*addresses: str):
    """A resolver that knows one answer."""
    return lambda host, port: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in addresses]


def no_connection(*_: object, **__: object) -> None:
    raise AssertionError("a connection was made")


PRIVATE = """
    127.0.0.1 127.8.8.8 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 169.254.169.254 100.64.0.1 100.127.255.255
    0.0.0.0 0.1.2.3 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1
    192.0.0.1 192.88.99.1 :: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::ffff:0:127.0.0.1 fe80::1
    fe80::1%1 fec0::1 fc00::1 fd12:3456::1 ff02::1 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 2002:7f00:1::
    2001::1 2001:db8::1 100::1 3fff::1 5f00::1 localhost 8.8.8 nothing
"""


@pytest.mark.parametrize("address", PRIVATE.split())
def test_what_is_not_surely_public_is_private(address):
    assert not public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])
def test_the_public_internet_is_public(address):
    assert public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a.wav",
        "http://localhost/a.wav",
        "http://LOCALHOST./a.wav",
        "http://2130706433/a.wav",
        "http://0x7f000001/a.wav",
        "http://0x7f.1/a.wav",
        "http://017700000001/a.wav",
        "http://0177.0.0.1/a.wav",
        "http://127.1/a.wav",
        "http://0/a.wav",
        "http://[::1]/a.wav",
        "http://[::ffff:127.0.0.1]/a.wav",
        "http://[::ffff:7f00:1]/a.wav",
        "http://[64:ff9b::7f00:1]/a.wav",
        "http://[fe80::1]/a.wav",
        "https://169.254.169.254/latest/meta-data/",
        "http://１２７.０.０.１/a.wav",
        "http://ⓛocalhost/a.wav",
    ],
)
def test_private_addresses_are_refused_in_every_dress(url, tmp_path, monkeypatch):
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", no_connection)
    with pytest.raises((InputRefused, SurroundingsFailed), match=r"private network|no host of|not an address"):
        fetch(url, tmp_path / "a")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("file:///etc/passwd", "not an address of the web"),
        ("ftp://example.org/a.wav", "not an address of the web"),
        ("gopher://example.org/_x", "not an address of the web"),
        ("//example.org/a.wav", "not an address of the web"),
        ("a.wav", "not an address of the web"),
        ("http://", "not an address of the web"),
        ("http:///a.wav", "not an address of the web"),
        ("http://[::1/a.wav", "not an address of the web"),
        ("http://example.org:port/", "not an address of the web"),
        ("http://exa\nmple.org/", "not an address of the web"),
        ("https://user:secret@example.org/a.wav", "a name or a password"),
        ("https://93.184.215.14:22/a.wav", "port 22"),
        ("http://93.184.215.14:6379/", "port 6379"),
    ],
)
def test_other_ways_are_refused(url, says, tmp_path, monkeypatch):
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", no_connection)
    with pytest.raises(InputRefused, match=says) as refused:
        fetch(url, tmp_path / "a")
    assert "secret" not in str(refused.value)


def test_a_server_of_this_machine_is_refused_unless_a_test_allows_it(web, tmp_path):
    with pytest.raises(InputRefused, match=r"port|private"):
        fetch(f"{web.url}/a.wav", tmp_path / "a")
    assert web.asked == []
    assert fetch(f"{web.url}/a.wav", tmp_path / "a", allowed(web)).size == len(WAV)


@pytest.mark.parametrize(
    "where",
    [
        "http://127.0.0.1/a.wav",
        "http://169.254.169.254/latest/meta-data/",
        "//localhost/a.wav",
        "http://[::ffff:10.0.0.1]/",
        "file:///etc/passwd",
        "http://user:x@127.0.0.1:1/",
        "http://[::1/",
    ],
)
def test_redirects_are_checked_like_the_first_address(web, tmp_path, where):
    web.pages["/a"] = lambda asked: asked.answer(status=302, location=where)
    with pytest.raises(InputRefused, match=r"private network|not an address|no address|password"):
        fetch(f"{web.url}/a", tmp_path / "a", allowed(web))
    assert web.asked == [("GET", "/a")]


def test_a_redirect_to_another_port_of_an_allowed_server_is_refused(web, tmp_path):
    with web_server({"/a.wav": lambda asked: asked.answer(WAV)}) as other:
        web.pages["/a"] = lambda asked: asked.answer(status=307, location=f"{other.url}/a.wav")
        with pytest.raises(InputRefused, match="port"):
            fetch(f"{web.url}/a", tmp_path / "a", allowed(web))
        assert other.asked == []


def test_redirects_in_a_circle_end(web, tmp_path):
    web.pages["/a"] = lambda asked: asked.answer(status=302, location="/a")
    with pytest.raises(InputRefused, match="more than 5 times"):
        fetch(f"{web.url}/a", tmp_path / "a", allowed(web))
    assert len(web.asked) == 6


def test_a_name_is_looked_up_once_and_the_connection_goes_to_what_was_checked(web, tmp_path, monkeypatch):
    """The name's owner answers the first question with a good address, and every later one with another."""
    asked: list[str] = []

    def rebinding(host: str, port: int) -> list[object]:
        asked.append(host)
        return answers(web.host if len(asked) == 1 else "127.0.0.2")(host, port)

    connected: list[str] = []
    genuine = socket.create_connection

    def recorded(address: tuple[str, int], *rest: object, **more: object) -> socket.socket:
        connected.append(address[0])
        return genuine(address, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(RESOLVE, rebinding)
    monkeypatch.setattr(socket, "create_connection", recorded)
    fetch(f"http://rebinding.example.org:{web.port}/a.wav", tmp_path / "a", allowed(web))
    assert asked == ["rebinding.example.org"]
    assert connected == [web.host]


@pytest.mark.parametrize("found", [("93.184.215.14", "127.0.0.1"), ("10.0.0.1",), ("2606:4700::1111", "::1")])
def test_a_name_with_one_private_address_is_refused_whole(found, tmp_path, monkeypatch):
    monkeypatch.setattr(RESOLVE, answers(*found))
    monkeypatch.setattr("httpcore.SyncBackend.connect_tcp", no_connection)
    with pytest.raises(InputRefused, match="private network"):
        fetch("https://mixed.example.org/a.wav", tmp_path / "a")


def test_proxies_of_the_surroundings_are_not_asked(web, tmp_path, monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", web.url)
    monkeypatch.setenv("ALL_PROXY", web.url)
    with pytest.raises(InputRefused, match="private network"):
        fetch("http://127.0.0.1/a.wav", tmp_path / "a")
    assert web.asked == []


def dripping(asked: Asked) -> None:
    """The beginning of an answer, then a byte now and then."""
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + WAV[:50])
    while True:
        asked.raw(b"x")
        time.sleep(0.05)


def dripping_headers(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nX-A: ")
    while True:
        asked.raw(b"x")
        time.sleep(0.05)


def silent(asked: Asked) -> None:
    time.sleep(1.5)


@pytest.mark.parametrize("page", [dripping, dripping_headers])
def test_who_keeps_us_waiting_is_left(web, tmp_path, page):
    web.pages["/slow"] = page
    with pytest.raises(SurroundingsFailed, match=r"longer than 0\.5 s|does not answer"):
        fetch(f"{web.url}/slow", tmp_path / "a", allowed(web, total_s=0.5))
    assert list(tmp_path.iterdir()) == []


def test_who_says_nothing_is_left(web, tmp_path):
    web.pages["/silent"] = silent
    with pytest.raises(SurroundingsFailed, match="does not answer"):
        fetch(f"{web.url}/silent", tmp_path / "a", allowed(web, quiet_s=0.2))


def endless(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\n\r\n" + WAV)
    while True:
        asked.raw(bytes(100_000))


def endless_chunks(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while True:
        asked.raw(b"1000\r\n" + WAV.ljust(0x1000, b"\0") + b"\r\n")


def endless_headers(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        asked.raw(b"X-More: " + b"y" * 1000 + b"\r\n")


def endless_promises(asked: Asked) -> None:
    while True:
        asked.raw(b"HTTP/1.1 100 Continue\r\n\r\n")


def huge(asked: Asked) -> None:
    asked.raw(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999\r\n\r\n" + WAV)


@pytest.mark.parametrize("page", [endless, endless_chunks, endless_headers, endless_promises, huge])
def test_what_never_ends_is_ended(web, tmp_path, page):
    web.pages["/x"] = page
    with pytest.raises((InputRefused, SurroundingsFailed), match=r"larger than 1 MB|it has 1e\+06 GB|broke off|longer"):
        fetch(f"{web.url}/x", tmp_path / "a", allowed(web, most_bytes=10**6, total_s=1.0))
    assert list(tmp_path.iterdir()) == []


BOMB = gzip.compress(WAV + bytes(300_000_000), 9, mtime=0)


@pytest.mark.parametrize(
    ("body", "encoding"), [(BOMB, "gzip"), (gzip.compress(BOMB, mtime=0), "gzip, gzip"), (b"x", "br")]
)
def test_bombs_do_not_go_off(web, tmp_path, body, encoding):
    web.pages["/x"] = lambda asked: asked.answer(body, content_encoding=encoding)
    with pytest.raises(InputRefused, match=r"larger than 10 MB|packed as"):
        fetch(f"{web.url}/x", tmp_path / "a", allowed(web, most_bytes=10**7))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + WAV,
        b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: \xff\xfe\x01\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n\r\nRIFF\0",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 9\r\n\r\n" + BOMB[:9],
    ],
)
def test_broken_answers_are_a_sentence(web, tmp_path, raw):
    def page(asked: Asked) -> None:
        asked.raw(raw)
        asked.close_connection = True

    web.pages["/x"] = page
    with pytest.raises((InputRefused, SurroundingsFailed)):
        fetch(f"{web.url}/x", tmp_path / "a", allowed(web, total_s=1.0))
    assert list(Path(tmp_path).iterdir()) == []
