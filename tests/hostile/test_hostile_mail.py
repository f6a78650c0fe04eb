"""Mail made to do harm: each is read in under 5 s of this process's time, in little memory, and nothing leaves it."""

import io
import os
import resource
import time
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

from controlroom.rooms.correspondence.reading import copy_attachment, read_message

MOST_S = 5.0
MOST_MB = 600

HEAD = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\nDate: Tue, 3 Nov 2026 10:12:00 +0100\r\n"
MIXED = HEAD + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n'
PAGE = HEAD + b"Content-Type: text/html\r\n\r\n"
SOUND = b'Content-Type: audio/wav; name="a.wav"\r\nContent-Transfer-Encoding: base64\r\n\r\n'
LINE = b"UklGRgAAAABXQVZF" * 4 + b"\r\n"


def nested(depth: int) -> bytes:
    levels = [
        b'--b%d\r\nContent-Type: multipart/mixed; boundary="b%d"\r\n\r\n' % (at - 1, at) for at in range(1, depth)
    ]
    return (
        HEAD
        + b'Content-Type: multipart/mixed; boundary="b0"\r\n\r\n'
        + b"".join(levels)
        + b"--b%d\r\n\r\nhi" % (depth - 1)
    )


MAILS: dict[str, tuple[Callable[[], bytes], str]] = {
    "nested 1,000 deep": (lambda: nested(1000), "mail_too_deep"),
    "messages in messages 1,000 deep": (
        lambda: (HEAD + b"Content-Type: message/rfc822\r\n\r\n") * 1000,
        "mail_too_deep",
    ),
    "100,000 parts": (lambda: MIXED + b"--b\r\n\r\nhello\r\n" * 100_000 + b"--b--", "mail_too_many_parts"),
    "100,000 attachments": (lambda: MIXED + (b"--b\r\n" + SOUND + LINE) * 100_000 + b"--b--", "mail_too_many_parts"),
    "100,000 parts without boundaries": (
        lambda: MIXED + b"--b\r\nContent-Type: multipart/mixed\r\n\r\n" * 100_000 + b"x" * 20_000_000,
        "mail_too_many_parts",
    ),
    "lines that look like boundaries": (lambda: MIXED + b"--b\r\n\r\n" + b"--c\n" * 10_000_000, "mail_too_many_parts"),
    "one header of 50 MB": (lambda: b"X-A: " + b"a" * 50_000_000 + b"\r\n" + HEAD + b"\r\nhello", ""),
    "a subject of 50 MB": (lambda: b"Subject: " + b"=?utf-8?q?a?= " * 3_600_000 + b"\r\n" + HEAD + b"\r\nhello", ""),
    "a header folded a million times": (
        lambda: b"To: x@y.example\r\n" + b" ,\r\n" * 1_000_000 + b"\r\nhello",
        "mail_headers_broken",
    ),
    "100,000 headers": (lambda: b"X-A: b\r\n" * 100_000 + HEAD + b"\r\nhello", ""),
    "100,000 recipients": (lambda: b"To: " + b"a@example.org, b, " * 100_000 + b"\r\n" + HEAD + b"\r\nhello", ""),
    "an id without an end": (lambda: b"References: " + b"a" * 100_000 + b"@\r\n" + HEAD + b"\r\nhello", ""),
    "200 MB of words on one line": (lambda: HEAD + b"\r\n" + b"a" * 200_000_000, "mail_text_cut"),
    "50 MB of nothing": (lambda: bytes(50_000_000), "mail_nul"),
    "50 MB of empty lines": (lambda: b"\n" * 50_000_000, "mail_empty"),
    "50 MB of padding": (lambda: HEAD + b"Content-Transfer-Encoding: base64\r\n\r\n" + b"=" * 50_000_000, ""),
    "a quote that never ends": (lambda: HEAD + b"\r\n" + b"On 123 a@b wrote and\n" * 50_000, ""),
    "addresses in addresses": (lambda: HEAD + b"\r\n" + b"http://dropbox.com/" * 50_000, ""),
    "bold 300,000 times": (lambda: PAGE + b"<b>" * 300_000, "mail_text_cut"),
    "tables in tables": (lambda: PAGE + b"<table><tr><td>" * 25_000, ""),
    "formatting that is opened again and again": (lambda: PAGE + b"<p><i></p>" * 40_000, ""),
    "60,000 attributes": (lambda: PAGE + b"<a " + b"".join(b"a%d " % at for at in range(60_000)) + b">", ""),
    "comments that never end": (lambda: PAGE + b"<!--" * 100_000, ""),
    "drawings in drawings": (lambda: PAGE + b"<svg><a>" * 50_000, ""),
}


def in_child(work: Callable[[], None], raw: bytes, path: Path) -> None:
    """Do it in a process of its own, so that its memory can be told; its time is its own too."""
    path.write_bytes(raw)
    del raw
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # forking beside threads: the child only reads and ends
        pid = os.fork()
    if pid == 0:
        try:
            began = time.process_time()
            work()
            assert time.process_time() - began < MOST_S
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    _, status, used = os.wait4(pid, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert used.ru_maxrss / 1024 < max(MOST_MB, before / 1024 + 250)


@pytest.mark.parametrize("name", MAILS)
def test_it_is_read_at_once(name: str, tmp_path: Path) -> None:
    make, code = MAILS[name]
    path = tmp_path / "m.eml"

    def work() -> None:
        message = read_message(path)
        found = {one.code for one in message.findings}
        assert not code or code in found, found
        assert all(one.says() for one in message.findings)
        assert len(message.attachments) <= 1000
        assert len(message.text) <= 1 << 21
        if name.startswith(("one header", "a subject", "100,000 headers", "100,000 recip")):
            assert message.text == "hello"
            assert message.from_ is not None

    in_child(work, make(), path)


def test_200_mb_are_attached_and_copied(tmp_path: Path) -> None:
    path, count = tmp_path / "m.eml", 200_000_000 // len(LINE)

    def work() -> None:
        (file,) = read_message(path).attachments
        assert file.is_audio
        assert file.size == count * 48
        with (tmp_path / "a.wav").open("wb") as target:
            assert copy_attachment(path, file.part, target, 1 << 30) == count * 48

    in_child(work, MIXED + b"--b\r\n\r\nhello\r\n--b\r\n" + SOUND + LINE * count + b"--b--", path)


@pytest.mark.parametrize("magic", [b"PK\x03\x04", b"\x1f\x8b\x08", b"BZh9", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c"])
def test_an_archive_that_claims_to_be_sound_is_a_file_that_nobody_opens(magic: bytes, tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    raw = b'Content-Type: audio/wav; name="a.wav"\r\n\r\n' + magic + bytes(1000)
    path.write_bytes(MIXED + b"--b\r\n" + raw + b"\r\n--b--")
    message = read_message(path)
    assert not message.attachments[0].is_audio
    assert "mail_archive" in {one.code for one in message.findings}
    target = io.BytesIO()
    copy_attachment(path, message.attachments[0].part, target, 1 << 20)
    assert target.getvalue() == magic + bytes(1000)


@pytest.mark.parametrize(
    "stated",
    ["../../../etc/cron.d/x", "..\\..\\x.dll", "C:\\x.wav", "/etc/passwd", "a/../../b", "..", ".", "\x00",
     "x\x00/../y", "CON.wav",
     "x" * 300, "\u202evaw.exe", "a\nb", "~/x", "漢" * 300, "...", " ",
     "a:b", "|sh", "%2e%2e%2fx", "LPT1", "x.wav "],
)  # fmt: skip
@pytest.mark.parametrize("form", ['filename="{}"', "filename*=utf-8''{}", "filename*0*=utf-8''{}; filename*1=.wav"])
def test_names_stay_in_their_folder(stated: str, form: str, tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    field = "Content-Disposition: attachment; " + form.format(stated).replace("\n", "%0A")
    path.write_bytes(MIXED + b"--b\r\nContent-Type: audio/wav\r\n" + field.encode() + b"\r\n\r\nRIFF\r\n--b--")
    (file,) = read_message(path).attachments
    assert Path(file.name).name == file.name
    assert not file.name.startswith(".")
    assert 0 < len(file.name.encode()) <= 150
    assert file.name.isprintable()
    (tmp_path / "into").mkdir()
    target = tmp_path / "into" / file.name
    target.write_bytes(b"")
    assert target.resolve().parent == (tmp_path / "into").resolve()
