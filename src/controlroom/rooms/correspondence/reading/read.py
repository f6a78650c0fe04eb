"""Raw bytes -> Message: whatever it is made of, in a moment, without an exception."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import BinaryIO

from controlroom.base.errors import InputRefused
from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.correspondence.message import Address, Message
from controlroom.rooms.correspondence.reading import bounces, headers
from controlroom.rooms.correspondence.reading.body import Body, gathered
from controlroom.rooms.correspondence.reading.links import links_in
from controlroom.rooms.correspondence.reading.quotes import parted
from controlroom.rooms.correspondence.reading.scan import Part, Scan, opened, unixed
from controlroom.rooms.correspondence.reading.transfer import Raw, chunks, head

_PEOPLE = ("from", "sender", "reply-to", "to", "cc")
_MOST_REFERENCES = 200
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)


def read_message(path: Path) -> Message:
    """The message in a file (RFC 5322, one message; an mbox line before it is passed over).

    Raises InputRefused where the file cannot be read. What it holds never raises: what is strange is a finding.
    """
    with opened(path) as raw:
        return _read(raw)


def read_bytes(raw: bytes) -> Message:
    """The message in these bytes, as `read_message`."""
    return _read(unixed(raw))


def copy_attachment(path: Path, part: str, target: BinaryIO, most_bytes: int) -> int:
    """Write a part's decoded bytes into `target`, piece by piece; returns how many they are.

    Raises InputRefused where the message has no such part, or when it is longer than `most_bytes` (what was written
    until then is at most that; the caller throws it away).
    """
    with opened(path) as raw:
        found = next((one for one in Scan(raw).root.walk() if one.number == part), None)
        if found is None:
            raise InputRefused(path, f"it has no part {part}", "Read the message again.")
        written = 0
        for piece in chunks(raw, found.start, found.end, found.encoding):
            written += len(piece)
            if written > most_bytes:
                raise InputRefused(path, f"part {part} is longer than {most_bytes} bytes", "Ask for a link instead.")
            target.write(piece)
        return written


def _read(raw: Raw) -> Message:
    scan = Scan(raw)
    root = scan.root
    report = bounces.is_report(root)
    body = gathered(raw, root, into_enclosed=not report)
    text, quoted = parted(body.text)
    sent_at, date_findings = _date(root)
    people = {
        name: headers.addresses(root.headers.values.get(name, []))
        for name in ("from", "sender", "reply-to", "to", "cc")
    }
    from_ = next(iter(people["from"] or people["sender"]), None)
    own_id = next(iter(headers.ids(root.headers.raw("message-id"))), "")
    in_reply_to = next(iter(headers.ids(root.headers.raw("in-reply-to"))), "")
    return Message(
        message_id=own_id or _made_id(raw),
        sent_at=sent_at,
        from_=from_,
        reply_to=next(iter(people["reply-to"]), None),
        to=people["to"],
        cc=people["cc"],
        subject=root.headers.text("subject")[:1000],
        in_reply_to=in_reply_to,
        references=_references(root, in_reply_to, own_id),
        text=text,
        quoted=quoted,
        html=body.html,
        attachments=body.attachments,
        links=links_in(text, body.html, quoted),
        calendars=body.calendars,
        bulk=bounces.is_bulk(root.headers),
        automatic=report or bounces.is_automatic(root.headers) or root.media_type == "multipart/report",
        bounced=bounces.bounced(root, _content(raw)) if report else (),
        findings=tuple(_findings(raw, scan, body, from_, date_findings)),
    )


def _content(raw: Raw) -> Callable[[Part, int], bytes]:
    return lambda part, most: head(raw, part.start, part.end, part.encoding, most)


def _references(root: Part, in_reply_to: str, own_id: str) -> tuple[str, ...]:
    """Oldest first, the answered one last where it was missing; of thousands the first and the newest ones."""
    found = [one for one in headers.ids(root.headers.raw("references")) if one != own_id]
    if in_reply_to and in_reply_to != own_id and in_reply_to not in found:
        found.append(in_reply_to)
    if len(found) > _MOST_REFERENCES:
        found = [found[0], *found[1 - _MOST_REFERENCES :]]
    return tuple(found)


def _made_id(raw: Raw) -> str:
    return f"{hashlib.sha256(raw).hexdigest()[:40]}@without-id.invalid"


def _date(root: Part) -> tuple[datetime | None, list[Finding]]:
    """When it was sent (UTC). A date that is missing, impossible or ahead of its arrival gives way to the arrival's."""
    stated = _parsed(root.headers.text("date"))
    stamp = root.headers.text("received").rpartition(";")[2]
    arrived = _parsed(stamp)
    if stated is None:
        return arrived, [_finding("mail_date_missing", "info")]
    if arrived is not None and stated > arrived + _AHEAD:
        return arrived, [_finding("mail_date_ahead", "info", stated=f"{stated:%Y-%m-%d %H:%M}")]
    return stated, []


def _parsed(text: str) -> datetime | None:
    """A date as mail writes it (RFC 5322 §3.3), in UTC; None where it is none, or before there was such mail."""
    try:
        when = parsedate_to_datetime(text[:200])
        when = when.replace(tzinfo=UTC) if when.tzinfo is None else when.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
        return None
    return when if when >= _EARLIEST else None


def _findings(raw: Raw, scan: Scan, body: Body, from_: Address | None, dates: list[Finding]) -> Iterable[Finding]:
    root = scan.root
    if not len(raw) or not (
        body.text or body.html or body.attachments or body.calendars or root.headers.raw("subject")
    ):
        yield _finding("mail_empty", "info")
    if from_ is None:
        yield _finding("mail_no_sender", "advice")
    elif len(root.headers.values.get("from", [])) > 1:
        yield _finding("mail_sender_twice", "warning", email=from_.email)
    if (
        from_
        and (other := re.search(r"[\w.+-]+@[\w-]+\.[\w.-]+", from_.name))
        and other[0].lower().strip(".") != from_.email
    ):
        yield _finding("mail_sender_masked", "warning", shown=other[0].lower(), email=from_.email)
    if root.headers.broken and len(raw):
        yield _finding("mail_headers_broken", "info")
    for code, args in scan.strange.items():
        yield _finding(code, "info" if code == "mail_boundary_missing" else "warning", **args)
    yield from dates
    yield from body.findings


def _finding(code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, args=args)
