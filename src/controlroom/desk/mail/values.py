"""Between a message's row and the value that the rooms read."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from controlroom.desk.mail.models import MailAttachment, MailMessage
from controlroom.desk.people.text import many_lines, one_line
from controlroom.rooms.correspondence.message import Address, Attachment, Link, Message

MOST_TEXT = 200_000
MOST_ADDRESSES = 100
MOST_LINKS = 100
MOST_ATTACHMENTS = 200


def kept_id(message_id: str) -> str:
    """A Message-ID as it is kept: one that no column takes is known by its hash."""
    clean = one_line(message_id, 1000)
    return clean if 0 < len(clean) <= 200 else f"{hashlib.sha256(message_id.encode()).hexdigest()}@too-long"


def fields_of(message: Message) -> dict[str, Any]:
    """The columns that say what `message` says, short enough for them and without what no database takes."""
    sender, reply_to = message.from_, message.reply_to
    return {
        "from_email": one_line(sender.email, 320) if sender else "",
        "from_name": one_line(sender.name, 200) if sender else "",
        "reply_to": one_line(reply_to.email, 320) if reply_to else "",
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "subject": one_line(message.subject, 400),
        "in_reply_to": kept_id(message.in_reply_to) if message.in_reply_to else "",
        "text": many_lines(message.text, MOST_TEXT),
        "quoted": many_lines(message.quoted, MOST_TEXT),
        "html": message.html.replace("\0", ""),
        "links": [_without_nul(msgspec.to_builtins(link)) for link in message.links[:MOST_LINKS]],
        "calendars": [text.replace("\0", "") for text in message.calendars],
        "findings": [finding.to_json() for finding in message.findings],
        "bulk": message.bulk,
        "automatic": message.automatic,
    }


def _addresses(those: tuple[Address, ...]) -> list[list[str]]:
    return [[one_line(each.email, 320), one_line(each.name, 200)] for each in those[:MOST_ADDRESSES]]


def _without_nul(link: dict[str, str]) -> dict[str, str]:
    return {name: one_line(value, 4000) for name, value in link.items()}


def attachment_rows(row: MailMessage, message: Message) -> list[MailAttachment]:
    """The rows of a message's files, not saved yet; a part named twice counts once."""
    parts = {one_line(each.part, 60): each for each in reversed(message.attachments[:MOST_ATTACHMENTS])}
    return [_attachment(row, part, each) for part, each in reversed(parts.items())]


def _attachment(row: MailMessage, part: str, each: Attachment) -> MailAttachment:
    return MailAttachment(
        message=row,
        part=part,
        name=one_line(each.name, 255) or "unnamed",
        media_type=one_line(each.media_type, 120),
        size=min(max(each.size, 0), 2**62),
        inline=each.inline,
        is_audio=each.is_audio,
        content_id=one_line(each.content_id, 255),
    )


def message_of(row: MailMessage) -> Message:
    """The message as a value again, as far as sorting and recognising need it."""
    return Message(
        message_id=row.message_id,
        sent_at=row.at,
        from_=Address(email=row.from_email, name=row.from_name) if row.from_email else None,
        reply_to=Address(email=row.reply_to) if row.reply_to else None,
        to=tuple(Address(email=email, name=name) for email, name in row.to),
        cc=tuple(Address(email=email, name=name) for email, name in row.cc),
        subject=row.subject,
        in_reply_to=row.in_reply_to,
        references=tuple(row.references),
        text=row.text,
        quoted=row.quoted,
        html=row.html,
        attachments=tuple(
            Attachment(
                part=each.part,
                name=each.name,
                media_type=each.media_type,
                size=each.size,
                inline=each.inline,
                is_audio=each.is_audio,
                content_id=each.content_id,
            )
            for each in row.attachments.all()
        ),
        links=tuple(msgspec.convert(link, Link) for link in row.links),
        calendars=tuple(row.calendars),
        bulk=row.bulk,
        automatic=row.automatic,
    )
