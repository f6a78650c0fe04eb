"""How mail programs send the same words, with the faults that real mail has.

Wrong and missing charsets, quoted-printable broken in the middle of words, HTML without text, answers above what they
quote, TNEF of Outlook, nests of multiparts, signatures and footers. Deterministic: chance comes from outside.
"""

from __future__ import annotations

import base64
import html
import io
import random
import zipfile
from datetime import datetime
from email.header import Header
from email.utils import format_datetime
from functools import cache
from importlib.resources import files

import msgspec

_SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg", "m4a": "audio/x-m4a", "flac": "audio/flac"}
_QUOTED = {
    "en": (
        "On {day} {our} wrote:",
        "Hi, here is what we talked about. Let us know what you think.\nAll the best from the studio",
    ),
    "de": (
        "Am {day} schrieb {our}:",
        "Hallo, hier ist, was wir besprochen haben. Sag uns, was du meinst.\nGrüße aus dem Studio",
    ),
    "es": (
        "El {day}, {our} escribió:",
        "Hola, aquí va lo que hablamos. Dinos qué te parece.\nSaludos desde el estudio",
    ),
    "fr": ("Le {day}, {our} a écrit :", "Bonjour, voici ce dont nous avons parlé. Dites-nous.\nAmitiés du studio"),
    "ja": ("{day} {our}:", "お世話になっております。先日の件です。ご確認ください。"),
}
_FALSE = {"en": "us-ascii", "de": "iso-8859-1", "fr": "windows-1252", "es": "iso-8859-1"}


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """What a message says, before a mail program gets hold of it. `answers`: the Message-ID that it answers."""

    id: str
    sender: tuple[str, str]
    to: tuple[str, str]
    sent_at: datetime
    subject: str
    text: str
    language: str
    answers: str = ""
    audio: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    calendar: str = ""
    bulk: bool = False
    auto: bool = False


class _Part(msgspec.Struct, frozen=True):
    """Header lines and the encoded body of one MIME part."""

    head: tuple[str, ...]
    body: bytes


def dressed(envelope: Envelope, dress: str, chance: random.Random) -> bytes:
    """The raw message; `dress` names the mail program, "" takes one by chance."""
    dress = dress or chance.choice(("plain", "plain", "alternative", "apple", "outlook", "html", "wrong", "base64"))
    body = _with_calendar(_body(envelope, dress, chance), envelope)
    attached = [*(_sound(name) for name in envelope.audio), *(_paper(name) for name in envelope.files)]
    if dress == "outlook" and chance.random() < 0.5:
        attached.append(_attachment("winmail.dat", "application/ms-tnef", bytes.fromhex("789f3e220100019006000800")))
    if attached:
        body = _multipart("mixed", [body, *attached], chance)
    lines = [*_head(envelope, dress, chance), "MIME-Version: 1.0", *body.head]
    return "\r\n".join(lines).encode("ascii", "replace") + b"\r\n\r\n" + body.body


def _head(envelope: Envelope, dress: str, chance: random.Random) -> list[str]:
    lines = [
        f"Received: from mx{chance.randrange(9)}.example.net (192.0.2.{chance.randrange(250)})"
        "\r\n\tby mail.vale.example.com;"
        f" {format_datetime(envelope.sent_at)}",
        f"Message-ID: <{envelope.id}>",
        f"Date: {format_datetime(envelope.sent_at)}",
        f"From: {_named(*envelope.sender)}",
        f"To: {_named(*envelope.to)}",
        f"Subject: {_encoded(envelope.subject)}",
    ]
    if envelope.answers:
        lines += [f"In-Reply-To: <{envelope.answers}>", f"References: <{envelope.answers}>"]
    if envelope.bulk:
        domain = envelope.sender[1].rpartition("@")[2]
        lines += [f"List-Unsubscribe: <https://{domain}/leave>", f"List-Id: <list.{domain}>", "Precedence: bulk"]
    if envelope.auto:
        lines.append("Auto-Submitted: auto-generated")
    mailer = {"apple": "Apple Mail (2.3774)", "outlook": "Microsoft Outlook 16.0"}.get(dress)
    return [*lines, *([f"X-Mailer: {mailer}"] if mailer else [])]


def _named(name: str, address: str) -> str:
    if name.isascii():
        return f'"{name}" <{address}>' if not name.replace(" ", "").isalnum() else f"{name} <{address}>"
    return f"{_encoded(name)} <{address}>"


def _encoded(text: str) -> str:
    return text if text.isascii() else Header(text, "utf-8", maxlinelen=70).encode(linesep="\r\n")


def _body(envelope: Envelope, dress: str, chance: random.Random) -> _Part:
    text = _grown(envelope, dress, chance)
    if dress == "html":
        return _text(_as_html(text), "html", "utf-8", "quoted-printable")
    if dress in ("alternative", "outlook"):
        page = _text(f'<div class="MsoNormal">{_as_html(text)}</div>', "html", "utf-8", "quoted-printable")
        both = [_text(text, "plain", "utf-8", "quoted-printable"), page]
        return _multipart("alternative", both, chance)
    if dress == "apple":
        page = _multipart("related", [_text(_as_html(text), "html", "utf-8", "quoted-printable"), _logo()], chance)
        return _multipart("alternative", [_text(text, "plain", "utf-8", "quoted-printable"), page], chance)
    if dress == "iso2022jp":
        return _text(text, "plain", "iso-2022-jp", "7bit")
    if dress == "wrong":  # says one charset and is written in another
        body = text.replace("\n", "\r\n").encode()
        charset = _FALSE.get(envelope.language, "utf-8")
        return _Part((f"Content-Type: text/plain; charset={charset}", "Content-Transfer-Encoding: 8bit"), body)
    return _text(text, "plain", "utf-8", "base64" if dress == "base64" else "quoted-printable")


def _grown(envelope: Envelope, dress: str, chance: random.Random) -> str:
    """The words with what programs put under them: a signature, what is quoted."""
    text = envelope.text
    if envelope.answers and dress in ("quoted", "outlook", "plain", "alternative"):
        line, quoted = _QUOTED.get(envelope.language, _QUOTED["en"])
        line = line.format(day=f"{envelope.sent_at:%d.%m.%Y}", our=envelope.to[0])
        text += f"\n{line}\n" + "".join(f"> {row}\n" for row in quoted.split("\n"))
    elif not envelope.bulk and chance.random() < 0.25:
        text += f"\n-- \n{envelope.sender[0]}\n{envelope.sender[1]}\n"
    return text


def _as_html(text: str) -> str:
    rows = "".join(f"<p>{html.escape(row)}</p>" if row else "<br>" for row in text.split("\n"))
    return f"<html><head><style>p{{margin:0}}</style></head><body>{rows}</body></html>"


def _text(text: str, subtype: str, charset: str, encoding: str) -> _Part:
    data = text.replace("\n", "\r\n").encode(charset, "replace")
    if encoding == "base64":
        data = base64.encodebytes(data).replace(b"\n", b"\r\n")
    elif encoding == "quoted-printable":
        data = _quoted_printable(data)
    return _Part((f"Content-Type: text/{subtype}; charset={charset}", f"Content-Transfer-Encoding: {encoding}"), data)


def _quoted_printable(data: bytes) -> bytes:
    """RFC 2045 §6.7, with soft breaks wherever the line is full: in the middle of words, and between bytes of one."""
    rows = []
    for row in data.split(b"\r\n"):
        coded = [bytes([byte]) if 32 <= byte < 127 and byte != 61 else b"=%02X" % byte for byte in row]
        line, width = b"", 0
        for piece in coded:
            if width + len(piece) > 72:
                line, width = line + b"=\r\n", 0
            line, width = line + piece, width + len(piece)
        rows.append(line)
    return b"\r\n".join(rows)


def _with_calendar(body: _Part, envelope: Envelope) -> _Part:
    if not envelope.calendar:
        return body
    method, _, answer = envelope.calendar.partition(":")
    stamp = f"{envelope.sent_at:%Y%m%dT%H%M%SZ}"
    lines = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Calendars//EN", f"METHOD:{method}", "BEGIN:VEVENT",
        f"UID:{envelope.id}", f"DTSTAMP:{stamp}", "DTSTART:20260520T100000Z", "DTEND:20260520T140000Z",
        f"ORGANIZER:mailto:{envelope.to[1]}", f"ATTENDEE;PARTSTAT={answer}:mailto:{envelope.sender[1]}",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    head = (f"Content-Type: text/calendar; charset=utf-8; method={method}", "Content-Transfer-Encoding: 8bit")
    return _joined("alternative", [body, _Part(head, "\r\n".join(lines).encode())], "=_cal")


def _multipart(subtype: str, parts: list[_Part], chance: random.Random) -> _Part:
    return _joined(subtype, parts, f"=_{chance.randrange(16**12):012x}")


def _joined(subtype: str, parts: list[_Part], boundary: str) -> _Part:
    body = b"".join(
        b"--%s\r\n%s\r\n\r\n%s\r\n" % (boundary.encode(), "\r\n".join(part.head).encode(), part.body) for part in parts
    )
    return _Part((f'Content-Type: multipart/{subtype}; boundary="{boundary}"',), body + f"--{boundary}--\r\n".encode())


def _attachment(name: str, media_type: str, data: bytes, disposition: str = "attachment") -> _Part:
    head = (
        f"Content-Type: {media_type}",
        f'Content-Disposition: {disposition};\r\n filename="{_encoded(name)}"',
        "Content-Transfer-Encoding: base64",
    )
    return _Part(head, base64.encodebytes(data).replace(b"\n", b"\r\n"))


def _logo() -> _Part:
    pixel = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
    return _attachment("logo.gif", "image/gif", pixel, "inline")


def _sound(name: str) -> _Part:
    ending = name.rpartition(".")[2].lower()
    return _attachment(name, _SOUNDS[ending], _recorded(ending))


@cache
def _recorded(ending: str) -> bytes:
    return files("controlroom.sample.inbox").joinpath("sounds", f"tone.{ending}").read_bytes()


def _paper(name: str) -> _Part:
    ending = name.rpartition(".")[2].lower()
    if ending == "pdf":
        return _attachment(
            name, "application/pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        )
    if ending in ("docx", "xlsx", "zip"):
        return _attachment(name, "application/octet-stream", _zipped())
    if ending in ("html", "htm"):
        return _attachment(name, "text/html", b"<form action='http://192.0.2.7/'><input name=password></form>")
    return _attachment(name, "application/octet-stream", b"a;b\r\n1;2\r\n")


@cache
def _zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), "<document/>")
    return held.getvalue()
