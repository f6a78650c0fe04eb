"""Header fields as they come: folded wrongly, twice, in 8 bits, in encoded words cut inside a character."""

from __future__ import annotations

import binascii
import re
import unicodedata

import msgspec

from controlroom.rooms.correspondence.message import Address
from controlroom.rooms.correspondence.reading.charsets import decoded

MOST_VALUE = 1 << 16  # bytes of one field that are kept
_MOST_TIMES = 20  # of one name
_MOST_ADDRESSES = 1000

# The only fields that anything is done with. All others are passed over, so that 100,000 of them cost nothing.
USED = frozenset((
    "from", "sender", "reply-to", "to", "cc", "subject", "date", "received", "message-id", "in-reply-to",
    "references", "return-path", "content-type", "content-disposition", "content-transfer-encoding",
    "content-id", "content-description", "auto-submitted", "precedence", "list-id", "list-unsubscribe",
    "list-post", "list-help", "x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-failed-recipients",
    "feedback-id", "x-mailer",
))  # fmt: skip
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?)")
_ID = re.compile(r"<\s*([^<>\s]{1,400})\s*>")
_BARE_ID = re.compile(r"[^\s<>,;@]{1,400}@[^\s<>,;@]{1,400}")
_ADDRESS = re.compile(r"[^\s<>\"(),;:]{1,256}@[^\s<>\"(),;:@]{1,255}")
_TRIPLET = re.compile(rb"%([0-9A-Fa-f]{2})")
_COMMENT = re.compile(r"\(([^()]*)\)")


class Headers(msgspec.Struct, frozen=True):
    """The used fields of one block: name in lower case -> values in their order. `broken`: no clean block."""

    values: dict[str, list[bytes]] = {}
    broken: bool = False

    def raw(self, name: str) -> bytes:
        return self.values.get(name, [b""])[0]

    def text(self, name: str) -> str:
        """The first field of that name in words: encoded words decoded, one line, no control characters."""
        return words(self.raw(name))

    def add(self, name: str, value: bytes) -> None:
        kept = self.values.setdefault(name, [])
        if len(kept) < _MOST_TIMES:
            kept.append(value[:MOST_VALUE])

    def extend(self, name: str, more: bytes) -> None:
        """A folded line belongs to the last field of that name."""
        kept = self.values.get(name)
        if kept and len(kept[-1]) < MOST_VALUE:
            kept[-1] = (kept[-1] + more)[:MOST_VALUE]


def words(value: bytes) -> str:
    """A field's value for people (RFC 2047), on one line."""
    return one_line(_decoded_words(_as_text(value)))


def one_line(text: str) -> str:
    """Control and direction-changing characters out (they hide what stands there), white space to single spaces."""
    return " ".join("".join(" " if letter.isspace() else letter for letter in text if visible(letter)).split())


def visible(letter: str) -> bool:
    """Not a control (white space is none here), a surrogate, or a mark that turns the direction of reading."""
    if letter.isspace():
        return True
    return letter.isprintable() or (unicodedata.category(letter) == "Cf" and letter in "\u200d\u200c")


def _as_text(value: bytes) -> str:
    return value.decode("ascii") if value.isascii() and b"\x1b" not in value else decoded(value)[0]


def _decoded_words(text: str) -> str:
    """Encoded words, neighbours of one character set put together first: many mailers cut inside a character."""
    if "=?" not in text:
        return text
    text = _BETWEEN_WORDS.sub(r"\1", text)
    found: list[str] = []
    pending, pending_charset, last = b"", "", 0
    for match in _WORD.finditer(text):
        charset = match[1].partition("*")[0].lower()  # RFC 2231 §5: a language may follow
        if pending and (match.start() > last or charset != pending_charset):
            found.append(decoded(pending, pending_charset)[0])
            pending = b""
        found.append(text[last : match.start()])
        pending, pending_charset = pending + _word_bytes(match[2], match[3]), charset
        last = match.end()
    if pending:
        found.append(decoded(pending, pending_charset)[0])
    return "".join([*found, text[last:]])


def _word_bytes(kind: str, coded: str) -> bytes:
    raw = coded.encode("utf-8", "replace")
    if kind in "qQ":
        return binascii.a2b_qp(raw, header=True)
    signs = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    signs = signs[: len(signs) - 1] if len(signs) % 4 == 1 else signs
    return binascii.a2b_base64(signs + b"=" * (-len(signs) % 4))


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """A value and its parameters (RFC 2045 §5.1), with continuations and character sets (RFC 2231 §3, §4).

    The first of a name that stands there twice counts. Plain continuations and encoded words in names are read too.
    Nothing is cleaned: what a name hides has to be seen first.
    """
    first, *rest = _split(_as_text(value), ";")
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in rest[:200]:
        name, _, text = piece.partition("=")
        name, text = name.strip().lower(), _unquoted(text)
        base, *tail = name.split("*")
        if not tail:
            plain.setdefault(base, text)
        elif (index := tail[0] or "0").isascii() and index.isdigit() and len(index) < 4:
            pieces.setdefault(base, {}).setdefault(int(index), (name.endswith("*"), text))
    found = {name: _decoded_words(text) for name, text in plain.items()}
    found.update({name: _joined(numbered) for name, numbered in pieces.items()})
    return first.strip().lower(), found


def _joined(numbered: dict[int, tuple[bool, str]]) -> str:
    """RFC 2231: 'charset'language'percent%20coded' in the first piece, the others go on; the gaps are passed over."""
    charset, raw = "", b""
    for place, (_, (coded, text)) in enumerate(sorted(numbered.items())):
        if coded and place == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        raw += percent_decoded(text) if coded else text.encode("utf-8", "replace")
    return _decoded_words(decoded(raw, charset)[0])


def percent_decoded(text: str) -> bytes:
    """%41 is A (RFC 3986 §2.1); whatever is no such triplet stays."""
    return _TRIPLET.sub(lambda match: bytes([int(match[1], 16)]), text.encode("utf-8", "replace"))


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith('"'):
        text = text[1:-1] if len(text) > 1 and text.endswith('"') else text[1:]
        return re.sub(r"\\([\"\\])", r"\1", text)
    return text.strip("'") if text.startswith("'") and text.endswith("'") and text.count("'") == 2 else text


def _split(text: str, at: str) -> list[str]:
    """Cut at a sign that stands outside of "quotes" and <brackets>; a quote without an end is a plain sign."""
    found, start, quoted, inside = [], 0, False, False
    quotes = text.count('"') - text.count('\\"')
    escaped = False
    for place, letter in enumerate(text):
        if escaped:
            escaped = False
        elif letter == "\\" and quoted:
            escaped = True
        elif letter == '"' and (quoted or quotes > 1):
            quoted = not quoted
            quotes -= 1
        elif not quoted and letter == "<":
            inside = True
        elif not quoted and letter == ">":
            inside = False
        elif letter == at and not quoted and not (inside and at == ","):
            found.append(text[start:place])
            start = place + 1
    return [*found, text[start:]]


def addresses(values: list[bytes]) -> tuple[Address, ...]:
    """The people in address fields (RFC 5322 §3.4), each once. Groups are opened, a comma in a name is forgiven."""
    found: dict[str, Address] = {}
    for value in values:
        before = ""
        for piece in _split(_as_text(value).replace(";", ","), ","):
            one = _address(f"{before},{piece}" if before else piece)
            before = "" if one else f"{before},{piece}"[-200:].strip(",")
            if one and len(found) < _MOST_ADDRESSES:
                found.setdefault(one.email, one)
    return tuple(found.values())


def _address(piece: str) -> Address | None:
    """`Name <a@example.org>`, `a@example.org (Name)`, `"a@example.org" <b@example.org>`, `<a@example.org>`."""
    piece = piece[:2000]
    left, bracket, inside = piece.rpartition("<")
    match = _ADDRESS.search(inside) if bracket else None
    if match is None:
        match, left = _ADDRESS.search(piece), ""
        if match is None:
            return None
        comment = _COMMENT.search(piece, match.end())
        left = comment[1] if comment else ""
    name = one_line(_decoded_words(_unquoted(left.rpartition(":")[2] if '"' not in left else left)))
    email = one_line(match[0]).strip(".'`").lower()
    return Address(email=email, name=name[:200].strip("\"' ")) if "@" in email else None


def ids(value: bytes) -> tuple[str, ...]:
    """The message ids in a field, without angle brackets, each once, in their order."""
    text = one_line(_as_text(value).replace("\r", "").replace("\n", " "))
    return tuple(dict.fromkeys(_ID.findall(text) or _BARE_ID.findall(text)))
