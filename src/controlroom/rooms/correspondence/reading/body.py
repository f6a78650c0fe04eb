"""The parts of a message put together: its words, its HTML, its calendars, its attachments."""

from __future__ import annotations

import re

import msgspec

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.correspondence.message import Attachment
from controlroom.rooms.correspondence.reading import magic, names
from controlroom.rooms.correspondence.reading.charsets import decoded
from controlroom.rooms.correspondence.reading.headers import visible
from controlroom.rooms.correspondence.reading.html import MOST_HTML, cleaned
from controlroom.rooms.correspondence.reading.html_text import as_text
from controlroom.rooms.correspondence.reading.scan import Part
from controlroom.rooms.correspondence.reading.transfer import Raw, head, is_base64, size_of

MOST_TEXT = 1 << 20  # bytes of words that are read, of one part and of all together
MOST_CALENDARS = 10
_MOST_FINDINGS = 50
_WORDS = ("text/plain", "text/html", "text/enriched", "text/markdown", "application/xhtml+xml")
_TNEF = bytes.fromhex("789f3e22")
_SOUND_NAMES = frozenset([".wav", ".mp3", ".flac", ".m4a", ".aif", ".aiff", ".ogg", ".opus", ".aac", ".wma", ".caf"])
_NOBODYS = ("message/delivery-status", "text/rfc822-headers", "text/x-amp-html", "text/watch-html")  # for machines
_CALENDARS = ("text/calendar", "application/ics")


class Body(msgspec.Struct, frozen=True, kw_only=True):
    text: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    calendars: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()


class _Said(msgspec.Struct):
    """The words of one part: as text, as HTML, or both."""

    text: str = ""
    html: str = ""


def gathered(raw: Raw, root: Part, into_enclosed: bool = True) -> Body:
    """All that a message brings. `into_enclosed`: also what the messages enclosed in it have attached."""
    return _Gathering(raw, into_enclosed).of(root)


class _Gathering:
    def __init__(self, raw: Raw, into_enclosed: bool) -> None:
        self._raw, self._into_enclosed = raw, into_enclosed
        self._attachments: list[Attachment] = []
        self._calendars: dict[str, None] = {}
        self._findings: dict[tuple[str, str], Finding] = {}
        self._room = MOST_TEXT

    def of(self, root: Part) -> Body:
        said = self._said(root, root)
        if len(said.html) > MOST_HTML:
            self._note("mail_text_cut", "info", most_kb=MOST_HTML // 1000)
        clean = cleaned(said.html) if said.html else None
        if clean and (clean.remote or clean.active):
            self._note("mail_html_cleaned", "info", remote=clean.remote, active=clean.active)
        for host in clean.masked[:5] if clean else ():
            self._note("mail_link_masked", "warning", host=host)
        html = clean.html if clean else ""
        return Body(
            text=said.text.strip("\n") or as_text(html),
            html=html,
            attachments=tuple(self._attachments),
            calendars=tuple(self._calendars),
            findings=tuple(self._findings.values())[:_MOST_FINDINGS],
        )

    def _said(self, part: Part, root: Part) -> _Said:
        """The words of a part and of all in it; whatever is no words becomes an attachment on the way."""
        if part.media_type == "message/rfc822":
            self._attach(part)
            if self._into_enclosed:
                for enclosed in part.parts:
                    self._said(enclosed, root)
            return _Said()
        if part.parts:
            all_said = [self._said(one, root) for one in part.parts]
            return _either(all_said) if part.media_type == "multipart/alternative" else _together(all_said)
        return self._leaf(part, root)

    def _leaf(self, part: Part, root: Part) -> _Said:
        kind = part.media_type
        lost = part is root and kind.startswith(("multipart/", "message/"))  # a container without anything in it
        if kind in _CALENDARS and len(self._calendars) < MOST_CALENDARS:
            self._calendars.setdefault(self._words(part))
            if not part.stated_name:
                return _Said()
        words = (kind in _WORDS and part.disposition != "attachment" and not _is_file(part)) or lost
        if not words:
            if kind not in _NOBODYS or part.disposition == "attachment":
                self._attach(part)
            return _Said()
        text = self._words(part)
        return _Said(html=text) if kind.endswith(("html", "+xml")) else _Said(text=_flowed(text, part))

    def _words(self, part: Part) -> str:
        raw = head(self._raw, part.start, part.end, part.encoding, min(MOST_TEXT, max(self._room, 0)))
        if part.end - part.start > 2 * MOST_TEXT or (len(raw) >= self._room and part.end - part.start > self._room):
            self._note("mail_text_cut", "info", most_kb=MOST_TEXT >> 10)
        self._room -= len(raw)
        self._check_encoding(part)
        text, guess = decoded(raw, part.charset)
        if guess:
            self._note("mail_charset_guessed", "info", charset=guess)
        if "\x00" in text:
            self._note("mail_nul", "info")
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        return "".join(letter for letter in text if visible(letter)) if not text.isprintable() else text

    def _check_encoding(self, part: Part) -> None:
        if part.encoding == "base64" and not is_base64(self._raw[part.start : min(part.end, part.start + magic.LOOK)]):
            self._note("mail_encoding_broken", "info", part=part.number)

    def _attach(self, part: Part) -> None:
        self._check_encoding(part)
        first = head(self._raw, part.start, part.end, part.encoding, magic.LOOK)
        stated = part.stated_name or (_subject_name(part) if part.media_type == "message/rfc822" else "")
        name = names.safe_name(stated, part.number, part.media_type)
        sound = magic.is_audio(first)
        content_id = part.headers.text("content-id").strip("<> ")[:400]
        shown = bool(content_id) or part.disposition == "inline"
        self._attachments.append(
            Attachment(
                part=part.number,
                name=name,
                media_type=part.media_type,
                size=size_of(self._raw, part.start, part.end, part.encoding),
                inline=part.disposition != "attachment" and shown and not sound,
                is_audio=sound,
                content_id=content_id,
            )
        )
        self._judge(part, stated, name, first)

    def _judge(self, part: Part, stated: str, name: str, first: bytes) -> None:
        """What a person should know of a file before touching it."""
        if part.media_type in ("application/ms-tnef", "application/vnd.ms-tnef") or first.startswith(_TNEF):
            self._note("mail_winmail", "advice", name=name)
        elif names.hides(stated):
            self._note("mail_name_hides", "warning", name=name)
        elif names.is_program(name):
            self._note("mail_program", "warning", name=name)
        elif names.is_archive(name, first):
            self._note("mail_archive", "info", name=name)
        elif names.ending(name) in _SOUND_NAMES and not magic.is_audio(first):
            self._note("mail_not_sound", "warning", name=name)
        elif re.search(r"[/\\\x00]", stated):
            self._note("mail_name_changed", "info", name=name)

    def _note(self, code: str, severity: Severity, **args: Value) -> None:
        self._findings.setdefault((code, str(args)), Finding(code=code, severity=severity, args=args))


def _is_file(part: Part) -> bool:
    """Words with a file name that is not the mailer's own (part 2.html, ATT00001.txt)."""
    name = part.stated_name
    return bool(name) and not re.fullmatch(
        r"(att\d+|part[ .\d]*|message|unknown|noname)\.(txt|html?)", name, re.IGNORECASE
    )


def _subject_name(part: Part) -> str:
    subject = part.parts[0].headers.text("subject") if part.parts else ""
    return f"{re.sub(r'[/:]', '-', subject)[:80]}.eml" if subject else ""


def _either(said: list[_Said]) -> _Said:
    """Of alternatives the first text and the last HTML (RFC 2046 §5.1.4: the last is the richest)."""
    return _Said(
        text=next((one.text for one in said if one.text.strip()), ""),
        html=next((one.html for one in reversed(said) if one.html.strip()), ""),
    )


def _together(said: list[_Said]) -> _Said:
    """One after the other. HTML beside the same words as text (a wrong nest) is the same words once."""
    texts: list[str] = []
    htmls: list[str] = []
    for one in said:
        if one.html:
            htmls.append(one.html)
            words = as_text(cleaned(one.html).html) if not one.text and any(texts) else ""
            if words and not _same("\n".join(texts), words):
                texts.append(words)
        if one.text.strip():
            texts.append(one.text)
    return _Said(text="\n\n".join(texts), html="\n<hr>\n".join(htmls))


def _same(text: str, other: str) -> bool:
    ours, theirs = set(re.findall(r"\w+", text.lower())), set(re.findall(r"\w+", other.lower()))
    return len(ours & theirs) >= 0.8 * min(len(ours), len(theirs))


def _flowed(text: str, part: Part) -> str:
    """format=flowed: lines that end with a space go on (RFC 3676 §4)."""
    if part.parameter("format").lower() != "flowed":
        return text
    gap = "" if part.parameter("delsp").lower() == "yes" else " "
    lines: list[str] = []
    flowing = False
    for line in text.split("\n"):
        quoted = line.startswith(">")
        line = line[1:] if line.startswith(" ") else line
        if flowing and not quoted and line != "-- ":
            lines[-1] = lines[-1][:-1] + gap + line
        else:
            lines.append(line)
        flowing = line.endswith(" ") and line != "-- " and not quoted
    return "\n".join(lines)
