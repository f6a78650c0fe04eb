"""What a message is, once it was read. Frozen values; every one of them may come from somebody hostile."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

import msgspec

from controlroom.base.finding import Finding

LinkKind = Literal["audio", "dropbox", "drive", "wetransfer", "streaming", "other"]
"""Where audio may live: a direct file, three services, a page that plays (SoundCloud, YouTube, Spotify), the rest."""


class Address(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's address; `email` is lower case and never empty, `name` may be ""."""

    email: str
    name: str = ""


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    """A file in a message. `part` names it in the raw message ("1.2"), `name` is safe to use as a file name.

    `size` counts decoded bytes (about, where it was not decoded). `is_audio` is what its first bytes say, not its name.
    """

    part: str
    name: str
    media_type: str
    size: int
    inline: bool = False
    is_audio: bool = False
    content_id: str = ""


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """An address in the words of a message. It is never opened on its own."""

    url: str
    host: str
    kind: LinkKind = "other"


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the desk keeps it.

    `message_id` and `references` (oldest first, `in_reply_to` among them) come without angle brackets; a message that
    has no id gets one made of its bytes. `html` is sanitised and asks for nothing from anywhere. `quoted` is what
    `text` repeats of earlier messages, cut off. `calendars` are the text/calendar parts. `bulk`: sent to a list
    (List-Id, List-Unsubscribe, Precedence); `automatic`: nobody wrote it (Auto-Submitted, a delivery report).
    `bounced`: ids of our messages that this one says were not delivered.
    """

    message_id: str
    sent_at: datetime | None = None
    from_: Address | None = None
    reply_to: Address | None = None
    to: tuple[Address, ...] = ()
    cc: tuple[Address, ...] = ()
    subject: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    text: str = ""
    quoted: str = ""
    html: str = ""
    attachments: tuple[Attachment, ...] = ()
    links: tuple[Link, ...] = ()
    calendars: tuple[str, ...] = ()
    bulk: bool = False
    automatic: bool = False
    bounced: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
