"""A finished message for the mail server (RFC 5322): text, answers to where they belong, an invitation, files."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.message import Address

Method = Literal["REQUEST", "CANCEL", "REPLY", "COUNTER"]
_MOST_REFERENCES = 50
_FOLD = "\r\n "
_LONG = 70  # characters of one word, or of a name, on one line
_WORD_BYTES = 42  # RFC 2047 §2: an encoded word has at most 75 characters
_ATOMS = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?: [\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_ID = re.compile(r"[!-;=?-~]{1,900}")
_EMAIL = re.compile(r"[!#$%&'*+\-./0-9=?A-Z^_`a-z{|}~]{1,64}@[0-9A-Za-z.-]{1,255}")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_POLICY = SMTP.clone(cte_type="7bit")


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An iCalendar object that goes with the text (RFC 6047 §2.4); `method` is the one written in it."""

    method: Method
    ics: str


class Enclosed(msgspec.Struct, frozen=True, kw_only=True):
    """A file that goes with the text."""

    name: str
    media_type: str
    content: bytes


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """What a letter needs to become a message.

    `uid` and `domain` make its Message-ID, `<uid@domain>`; `now` (with its time zone) is its Date. `in_reply_to` and
    `references` (oldest first) come without angle brackets, as in `Message`. `automatic`: no person pressed Send on it
    (RFC 3834).
    """

    uid: str
    domain: str
    now: datetime
    from_: Address
    to: tuple[Address, ...]
    subject: str
    text: str
    cc: tuple[Address, ...] = ()
    reply_to: Address | None = None
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    invitation: Invitation | None = None
    enclosed: tuple[Enclosed, ...] = ()
    automatic: bool = False

    @property
    def message_id(self) -> str:
        return f"{self.uid}@{self.domain}"


def compose(outgoing: Outgoing) -> bytes:
    """The message, ready for SMTP: CRLF, ASCII only, lines under 998 bytes, no field that the text could add.

    Raises UsageError where an address or its own id could not stand in a header, where nobody is written to, or where
    `now` has no time zone.
    """
    fields = {
        "From": _address(outgoing.from_),
        "To": _addresses(outgoing.to),
        "Cc": _addresses(outgoing.cc),
        "Reply-To": _address(outgoing.reply_to) if outgoing.reply_to else "",
        "Subject": _words(_line(outgoing.subject)),
        "Date": format_datetime(_aware(outgoing.now)),
        "Message-ID": _own_id(outgoing.message_id),
        "In-Reply-To": "".join(_known_ids((outgoing.in_reply_to,))),
        "References": _FOLD.join(_references(outgoing)),
        "Auto-Submitted": "auto-generated" if outgoing.automatic else "",
    }
    if not outgoing.to:
        raise UsageError("The letter", "it is addressed to nobody", "Give it at least one address.")
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items() if value or name == "Subject")
    return head.encode("ascii") + _content(outgoing).as_bytes()


def _content(outgoing: Outgoing) -> EmailMessage:
    """The parts, without the fields above them: the library's folding loses spaces between encoded words."""
    message = EmailMessage(policy=_POLICY)
    message.set_content(_text(outgoing.text), charset="utf-8", cte=_encoding(outgoing.text))
    if outgoing.invitation:
        _invite(message, outgoing.invitation)
    for one in outgoing.enclosed:
        main, _, sub = one.media_type.partition("/")
        message.add_attachment(one.content, maintype=main, subtype=sub, filename=_line(one.name))
    _bound(message, outgoing.message_id)
    return message


def _bound(message: EmailMessage, message_id: str) -> None:
    """Made of the id: composed again, it is the same. `=_` is in no encoded text (RFC 2045 §6.7)."""
    for place, part in enumerate(message.walk()):
        if part.is_multipart():
            part.set_boundary(f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}_{place}")


def _addresses(people: tuple[Address, ...]) -> str:
    return f",{_FOLD}".join(_address(one) for one in people)


def _address(one: Address) -> str:
    """RFC 5322 §3.4: a name that is no plain words is quoted, or encoded where it is not ASCII."""
    if not _EMAIL.fullmatch(one.email):
        raise UsageError(f"The address {one.email!r}", "mail cannot be sent to it", "Correct it and send again.")
    name = _line(one.name)
    if name.isascii() and len(name) < _LONG and "=?" not in name:
        quoted = name.replace("\\", "\\\\").replace('"', '\\"')
        name = name if _ATOMS.fullmatch(name) else f'"{quoted}"'
    else:
        name = _words(name)
    return f"{name} <{one.email}>" if _line(one.name) else one.email


def _words(text: str) -> str:
    """A field of words: plain ASCII folded at its spaces, all else as encoded words (RFC 2047), cut between letters."""
    if text.isascii() and "=?" not in text and all(len(word) < _LONG for word in text.split(" ")):
        return re.sub(r"(.{40,70}) (?=\S)", rf"\1{_FOLD}", text)
    pieces = [b""]
    for letter in text:
        if len(pieces[-1]) + len(letter.encode()) > _WORD_BYTES:
            pieces.append(b"")
        pieces[-1] += letter.encode()
    return _FOLD.join(f"=?utf-8?b?{b64encode(piece).decode()}?=" for piece in pieces)


def _invite(message: EmailMessage, invitation: Invitation) -> None:
    """As an alternative to the text, which calendars act on, and as a file for those that only take files."""
    ics = invitation.ics
    message.add_alternative(
        ics, subtype="calendar", charset="utf-8", cte="base64", params={"method": invitation.method}
    )
    message.add_attachment(
        ics.encode(), maintype="application", subtype="ics", filename="invite.ics", disposition="attachment"
    )


def _references(outgoing: Outgoing) -> list[str]:
    """RFC 5322 §3.6.4: those of the message answered, then itself; of very many the first and the newest."""
    found = list(dict.fromkeys((*outgoing.references, *((outgoing.in_reply_to,) if outgoing.in_reply_to else ()))))
    if len(found) > _MOST_REFERENCES:
        found = [found[0], *found[1 - _MOST_REFERENCES :]]
    return _known_ids(tuple(found))


def _known_ids(ids: tuple[str, ...]) -> list[str]:
    """Others' ids as they stand in a header. One that cannot stand there (spaces, brackets, 8 bits) is left out."""
    return [f"<{one}>" for one in ids if _ID.fullmatch(one)]


def _own_id(bare: str) -> str:
    if not _ID.fullmatch(bare) or bare.count("@") != 1:
        raise UsageError(f"The message id {bare[:60]!r}", "it is none", "An id is uid@domain without white space.")
    return f"<{bare}>"


def _line(text: str) -> str:
    """One line: whatever would end a header is a space."""
    return _CONTROLS.sub(" ", text).encode("utf-8", "replace").decode().strip()


def _text(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").encode("utf-8", "replace").decode().rstrip("\n") + "\n"


def _encoding(text: str) -> str:
    """Plain where every line is short ASCII; else quoted-printable for mostly Latin words, base64 for the others."""
    if text.isascii() and all(len(line) < 900 for line in text.split("\n")) and "\x00" not in text:
        return "7bit"
    return "quoted-printable" if sum(letter > "\x7f" for letter in text) * 3 < len(text) else "base64"


def _aware(now: datetime) -> datetime:
    if now.tzinfo is None:
        raise UsageError("The letter's date", "it has no time zone", "Give an aware datetime.")
    return now
