"""CD-Text: the packs in the lead-in that players show titles from (IEC 61866; packs of 18 bytes, as Sony wrote them).

A text of one kind is the disc's string and then each track's, each with a 0 at its end, cut into pieces of 12 bytes.
Characters are ISO 8859-1. What has no place there is written as near as it gets (a curly quote becomes a straight one).
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Sequence

from controlroom.rooms.delivery.disc.disc import Disc

PACK_BYTES, PAYLOAD_BYTES = 18, 12
MOST_PACKS = 256  # in a block: they are numbered by one byte
TITLE, PERFORMER, SONGWRITER, SIZE_INFO = 0x80, 0x81, 0x82, 0x8F
SIZE_INFO_PACKS = 3
ISO_8859_1, ENGLISH = 0x00, 0x09
MOST_POSITION = 15
_NEAREST = str.maketrans(
    {"‘": "'", "’": "'", "‚": ",", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "…": "...", "€": "EUR"}
    | {"Œ": "OE", "œ": "oe", "Š": "S", "š": "s", "Ž": "Z", "ž": "z", "Ł": "L", "ł": "l", "ı": "i"}
)


def latin1(text: str) -> str:
    """`text` in ISO 8859-1, without line ends: accents that have no place there fall off, all else becomes "?"."""
    out = ""
    for character in unicodedata.normalize("NFC", text.translate(_NEAREST)):
        if ord(character) > 0xFF:
            bare = "".join(c for c in unicodedata.normalize("NFKD", character) if not unicodedata.combining(c))
            character = bare if bare and all(ord(c) <= 0xFF for c in bare) else "?"
        out += " " if unicodedata.category(character[0]) == "Cc" else character
    return out


def packs(disc: Disc) -> bytes:
    """The CD-Text of a disc; nothing where there are no texts, or more than a block holds."""
    kinds = {
        TITLE: [disc.title, *(track.title for track in disc.tracks)],
        PERFORMER: [disc.performer, *(track.performer or disc.performer for track in disc.tracks)],
        SONGWRITER: ["", *(track.songwriter for track in disc.tracks)],
    }
    made = [pack for kind, texts in kinds.items() if any(texts) for pack in _text_packs(kind, texts)]
    if not made or len(made) + SIZE_INFO_PACKS > MOST_PACKS:
        return b""
    made += _size_packs(made, len(disc.tracks))
    numbered = (pack[:2] + bytes([number]) + pack[3:] for number, pack in enumerate(made))
    return b"".join(pack + struct.pack(">H", _crc(pack)) for pack in numbered)


def _text_packs(kind: int, texts: Sequence[str]) -> list[bytes]:
    """Packs without number and checksum; each says which string its first byte belongs to, and where in it."""
    strings = [latin1(text).encode("latin-1") + b"\0" for text in texts]
    owners = [(track, place) for track, string in enumerate(strings) for place in range(len(string))]
    whole = b"".join(strings)
    made = []
    for at in range(0, len(whole), PAYLOAD_BYTES):
        track, place = owners[at]
        payload = whole[at : at + PAYLOAD_BYTES].ljust(PAYLOAD_BYTES, b"\0")
        made.append(bytes([kind, track, 0, min(place, MOST_POSITION)]) + payload)
    return made


def _size_packs(made: Sequence[bytes], tracks: int) -> list[bytes]:
    counts = bytearray(16)
    for pack in made:
        counts[pack[0] - TITLE] += 1
    counts[SIZE_INFO - TITLE] = SIZE_INFO_PACKS
    last = len(made) + SIZE_INFO_PACKS - 1
    payload = bytes([ISO_8859_1, 1, tracks, 0, *counts, last, *[0] * 7, ENGLISH, *[0] * 7])
    return [
        bytes([SIZE_INFO, k, 0, 0]) + payload[PAYLOAD_BYTES * k : PAYLOAD_BYTES * (k + 1)]
        for k in range(SIZE_INFO_PACKS)
    ]


def _crc(data: bytes) -> int:
    """CRC-16/CCITT (polynomial 0x1021, from 0), inverted, as CD subcode has it."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1) ^ 0x1021 if crc & 0x8000 else crc << 1
        crc &= 0xFFFF
    return crc ^ 0xFFFF
