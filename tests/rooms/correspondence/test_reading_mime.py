"""Messages as they come: wrong nests, missing boundaries, broken encodings. Nothing raises, nothing is lost."""

import base64
import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controlroom.base.errors import InputRefused
from controlroom.rooms.correspondence.message import Message
from controlroom.rooms.correspondence.reading import copy_attachment, read_bytes, read_message

HEAD = (
    b"From: Ana Ruiz <ana@example.org>\r\nTo: desk@example.com\r\nSubject: Paper Lanterns\r\n"
    b"Date: Tue, 3 Nov 2026 10:12:00 +0100\r\nMessage-ID: <1@example.org>\r\nMIME-Version: 1.0\r\n"
)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 20


def codes(message: Message) -> set[str]:
    for one in message.findings:
        assert one.says()
    return {one.code for one in message.findings}


def part(headers: str, body: bytes) -> bytes:
    return headers.replace("\n", "\r\n").encode() + b"\r\n\r\n" + body + b"\r\n"


def multipart(kind: str, *parts: bytes, boundary: str = "=_b1", close: bool = True) -> bytes:
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'.encode()
    middle = b"".join(b"--" + boundary.encode() + b"\r\n" + one for one in parts)
    return head + middle + (b"--" + boundary.encode() + b"--\r\n" if close else b"")


def sound(name: str = "song.wav", encoding: str = "base64", body: bytes = base64.encodebytes(WAV)) -> bytes:
    return part(
        f"Content-Type: application/octet-stream\nContent-Transfer-Encoding: {encoding}\n"
        f'Content-Disposition: attachment; filename="{name}"',
        body,
    )


PLAIN = part("Content-Type: text/plain; charset=utf-8", "Here it is, größer.".encode())
PAGE = part("Content-Type: text/html; charset=utf-8", "<p>Here it is, <b>größer</b>.</p>".encode())


def test_a_usual_message_is_read() -> None:
    inner = multipart("alternative", PLAIN, PAGE, boundary="=_b2")
    message = read_bytes(HEAD + multipart("mixed", inner, sound()))
    assert message.message_id == "1@example.org"
    assert message.from_ is not None
    assert (message.from_.name, message.from_.email) == ("Ana Ruiz", "ana@example.org")
    assert message.sent_at == datetime(2026, 11, 3, 9, 12, tzinfo=UTC)
    assert message.text == "Here it is, größer."
    assert message.html == "<p>Here it is, <b>größer</b>.</p>"
    (file,) = message.attachments
    assert (file.name, file.size, file.is_audio, file.inline) == ("song.wav", len(WAV), True, False)
    assert message.findings == ()


@pytest.mark.parametrize("outer", ["mixed", "related", "alternative", "report", "unheard-of"])
@pytest.mark.parametrize("inner", ["alternative", "mixed", "related"])
def test_wrong_nests_lose_nothing(outer: str, inner: str) -> None:
    nested = multipart(inner, PLAIN, PAGE, boundary="=_b2")
    message = read_bytes(HEAD + multipart(outer, nested, sound()))
    assert message.text == "Here it is, größer."
    assert "größer" in message.html
    assert [one.name for one in message.attachments] == ["song.wav"]


def test_text_on_both_sides_of_a_file_stays_in_its_order() -> None:
    last = part("Content-Type: text/plain", b"And the second verse is new.")
    message = read_bytes(HEAD + multipart("mixed", PLAIN, sound(), last))
    assert message.text == "Here it is, größer.\n\nAnd the second verse is new."


@pytest.mark.parametrize("eol", [b"\r\n", b"\n", b"\r"])
def test_all_line_ends_are_read(eol: bytes) -> None:
    raw = (HEAD + multipart("mixed", PLAIN, sound())).replace(b"\r\n", b"\n").replace(b"\n", eol)
    message = read_bytes(raw)
    assert (message.text, message.attachments[0].is_audio) == ("Here it is, größer.", True)
    assert message.attachments[0].size == len(WAV)


@pytest.mark.parametrize("stated", ["", '; boundary=""', '; boundary="another"'])
def test_a_missing_boundary_is_found_by_its_look(stated: str) -> None:
    raw = multipart("mixed", PLAIN, sound()).replace(b'; boundary="=_b1"', stated.encode(), 1)
    message = read_bytes(HEAD + raw)
    assert message.text == "Here it is, größer."
    assert message.attachments[0].is_audio
    assert "mail_boundary_missing" in codes(message)


def test_a_boundary_that_begins_like_another_is_told_apart() -> None:
    inner = multipart("alternative", PLAIN, PAGE, boundary="=_b1.1")
    message = read_bytes(HEAD + multipart("mixed", inner, sound()))
    assert message.text == "Here it is, größer."
    assert len(message.attachments) == 1


def test_a_message_that_ends_in_the_middle_says_so() -> None:
    raw = HEAD + multipart("mixed", PLAIN, sound(), close=False)
    message = read_bytes(raw[:-3000])
    assert message.attachments[0].is_audio
    assert "mail_cut_off" in codes(message)


def test_an_inner_multipart_that_never_closes_ends_with_the_outer() -> None:
    inner = multipart("alternative", PLAIN, PAGE, boundary="=_b2", close=False)
    message = read_bytes(HEAD + multipart("mixed", inner, sound()))
    assert [one.part for one in message.attachments] == ["1.2"]


def test_a_forwarded_message_brings_its_sound() -> None:
    inside = HEAD.replace(b"Paper Lanterns", b"Old song") + multipart("mixed", PLAIN, sound("old.wav"), boundary="=_b2")
    raw = HEAD + multipart("mixed", PLAIN, part("Content-Type: message/rfc822", inside))
    message = read_bytes(raw)
    assert [(one.name, one.part) for one in message.attachments] == [("Old song.eml", "1.2"), ("old.wav", "1.2.1.2")]
    assert message.text == "Here it is, größer."


def test_pictures_in_the_page_are_inline_and_keep_their_id() -> None:
    page = part("Content-Type: text/html", b'<p>Hi<img src="cid:logo@example.org"></p>')
    image = part("Content-Type: image/png\nContent-ID: <logo@example.org>", b"\x89PNG")
    message = read_bytes(HEAD + multipart("related", page, image))
    assert message.html == '<p>Hi<img data-cid="logo@example.org"></p>'
    assert message.attachments[0].inline
    assert message.attachments[0].content_id == "logo@example.org"
    assert message.attachments[0].name == "attachment-1.2.png"


@pytest.mark.parametrize(
    ("name", "body", "code"),
    [
        ("winmail.dat", bytes.fromhex("789f3e22") + b"....", "mail_winmail"),
        ("demos.zip", b"PK\x03\x04....", "mail_archive"),
        ("song.wav", b"PK\x03\x04....", "mail_archive"),
        ("song.wav", b"not sound at all", "mail_not_sound"),
        ("song.wav.exe", b"MZ", "mail_name_hides"),
        ("song\u202evaw.exe", b"MZ", "mail_name_hides"),
        ("contract.docm", b"PK\x03\x04", "mail_program"),
        ("setup.js", b"alert(1)", "mail_program"),
        ("../../.ssh/authorized_keys", b"ssh", "mail_name_changed"),
    ],
)
def test_files_that_a_person_should_know_about(name: str, body: bytes, code: str) -> None:
    message = read_bytes(HEAD + multipart("mixed", PLAIN, sound(name, body=base64.encodebytes(body))))
    assert code in codes(message)
    assert not message.attachments[0].is_audio
    assert "/" not in message.attachments[0].name


def test_an_attached_text_is_a_file_and_a_mailers_own_part_is_words() -> None:
    lyrics = part('Content-Type: text/plain; name="lyrics.txt"', b"la la")
    footer = part('Content-Type: text/plain; name="ATT00001.txt"', b"a list's footer")
    message = read_bytes(HEAD + multipart("mixed", PLAIN, lyrics, footer))
    assert [one.name for one in message.attachments] == ["lyrics.txt"]
    assert message.text.endswith("a list's footer")


def test_calendars_are_kept_as_they_are() -> None:
    ics = b"BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n"
    calendar = part("Content-Type: text/calendar; method=REPLY; charset=utf-8", ics)
    message = read_bytes(HEAD + multipart("alternative", PLAIN, calendar))
    assert message.calendars == (ics.decode().replace("\r\n", "\n"),)
    assert message.attachments == ()


@pytest.mark.parametrize(
    ("headers", "flags"),
    [
        (b"List-Id: <news.example.org>\r\n", (True, False)),
        (b"List-Unsubscribe: <mailto:u@example.org>\r\n", (True, False)),
        (b"Precedence: bulk\r\n", (True, False)),
        (b"Auto-Submitted: auto-replied\r\n", (False, True)),
        (b"Auto-Submitted: no\r\n", (False, False)),
        (b"X-Autoreply: yes\r\n", (False, True)),
        (b"", (False, False)),
    ],
)
def test_what_went_to_many_and_what_nobody_wrote(headers: bytes, flags: tuple[bool, bool]) -> None:
    message = read_bytes(HEAD + headers + b"\r\nhello")
    assert (message.bulk, message.automatic) == flags


@pytest.mark.parametrize("raw", [b"", b"\r\n\r\n", b"\x00" * 50, b"From: \r\n\r\n"])
def test_nothing_is_a_message_too(raw: bytes) -> None:
    message = read_bytes(raw)
    assert message.text == ""
    assert message.message_id.endswith("@without-id.invalid")
    assert {"mail_empty", "mail_no_sender"} <= codes(message)


def test_words_without_headers_are_words() -> None:
    message = read_bytes(b"Just words, no headers at all.\n")
    assert message.text == "Just words, no headers at all."


def test_the_same_bytes_have_the_same_made_id() -> None:
    one, other = b"Subject: a\r\n\r\nx", b"Subject: a\r\n\r\ny"
    assert read_bytes(one).message_id == read_bytes(one).message_id != read_bytes(other).message_id


def test_flowed_lines_are_joined() -> None:
    raw = HEAD + b"Content-Type: text/plain; format=flowed\r\n\r\nOne line that \r\ngoes on.\r\nAnother.\r\n"
    assert read_bytes(raw).text == "One line that goes on.\nAnother."


def test_long_words_are_cut_and_the_rest_is_kept_in_the_file() -> None:
    message = read_bytes(HEAD + b"\r\n" + b"word " * 500_000)
    assert len(message.text) <= 1 << 20
    assert "mail_text_cut" in codes(message)


ENCODED = {
    "base64": base64.encodebytes(WAV),
    "BASE64 ": base64.b64encode(WAV),
    "quoted-printable": b"".join(
        b"=%02X" % byte + (b"=\r\n" if place % 20 == 19 else b"") for place, byte in enumerate(WAV)
    ),
    "binary": WAV,
}


@pytest.mark.parametrize("encoding", ENCODED)
def test_attachments_come_out_as_they_went_in(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(HEAD + multipart("mixed", PLAIN, sound(encoding=encoding, body=ENCODED[encoding])))
    (file,) = read_message(path).attachments
    target = io.BytesIO()
    assert copy_attachment(path, file.part, target, 1 << 20) == len(WAV)
    assert target.getvalue() == WAV
    assert file.is_audio


def test_uuencode_comes_out_too(tmp_path: Path) -> None:
    import binascii

    lines = [binascii.b2a_uu(WAV[at : at + 45]) for at in range(0, len(WAV), 45)]
    body = b"begin 644 song.wav\n" + b"".join(lines) + b"`\nend\n"
    path = tmp_path / "m.eml"
    path.write_bytes(HEAD + multipart("mixed", PLAIN, sound(encoding="x-uuencode", body=body)))
    target = io.BytesIO()
    copy_attachment(path, "1.2", target, 1 << 20)
    assert target.getvalue() == WAV


def test_sound_is_never_taken_for_decoration() -> None:
    inline = sound().replace(b"attachment;", b"inline;").replace(b"octet-stream", b"octet-stream\r\nContent-ID: <1@x>")
    (file,) = read_bytes(HEAD + multipart("mixed", PLAIN, inline)).attachments
    assert file.is_audio
    assert not file.inline


def test_junk_between_base64_is_passed_over(tmp_path: Path) -> None:
    body = base64.encodebytes(WAV).replace(b"\n", b" !\x00\xff\r\n") + b"===="
    path = tmp_path / "m.eml"
    path.write_bytes(HEAD + multipart("mixed", PLAIN, sound(body=body)))
    assert "mail_encoding_broken" in codes(read_message(path))
    target = io.BytesIO()
    copy_attachment(path, "1.2", target, 1 << 20)
    assert target.getvalue() == WAV


def test_no_more_is_written_than_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_bytes(HEAD + multipart("mixed", PLAIN, sound()))
    target = io.BytesIO()
    with pytest.raises(InputRefused, match="longer than 100 bytes"):
        copy_attachment(path, "1.2", target, 100)
    assert len(target.getvalue()) <= 100
    with pytest.raises(InputRefused, match=r"no part 1\.9"):
        copy_attachment(path, "1.9", target, 100)
    with pytest.raises(InputRefused):
        read_message(tmp_path / "none.eml")
