"""The chunks a WAV file carries beside its sound: bext, cue and labels, INFO, and the text of iXML and axml.

bext: EBU Tech 3285 v2 (and v0, v1 when read). cue, adtl and INFO: Microsoft/IBM Multimedia Programming Interface, 1991.
Reading forgives what it cannot understand; writing makes exactly what the standards say.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Mapping

import msgspec

from controlroom.sound.files.info import Cue, Metadata

_BEXT_BYTES = 602
_BEXT_VERSION = 2
_UNKNOWN_LOUDNESS = 0x7FFF

INFO_NAMES = {
    "INAM": "title",
    "IART": "artist",
    "IPRD": "album",
    "IGNR": "genre",
    "ICRD": "date",
    "ICMT": "comment",
    "ICOP": "copyright",
    "ISFT": "software",
    "ITRK": "track_number",
    "IENG": "engineer",
    "ISRC": "source",
}


class Bext(msgspec.Struct, frozen=True, kw_only=True):
    """What a bext chunk says; `tags` under the names that `AudioInfo.tags` uses."""

    time_reference: int
    tags: dict[str, str]


def text_of(data: bytes) -> str:
    """Text up to the first zero byte: UTF-8 where it is that, Latin-1 otherwise."""
    data = data.split(b"\0", 1)[0]
    try:
        return data.decode("utf-8").strip()
    except UnicodeDecodeError:
        return data.decode("latin-1").strip()


def chunk(name: bytes, data: bytes) -> bytes:
    """A RIFF chunk: name, length, data, and a zero where the length is odd."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def read_bext(data: bytes) -> Bext | None:
    """The time reference and the texts of a bext chunk of any version; None when it is too short to be one."""
    if len(data) < 346:
        return None
    low, high = struct.unpack("<II", data[338:346])
    fields = {
        "description": data[:256],
        "originator": data[256:288],
        "originator_reference": data[288:320],
        "origination_date": data[320:330],
        "origination_time": data[330:338],
        "coding_history": data[_BEXT_BYTES:],
    }
    tags = {name: text for name, raw in fields.items() if (text := text_of(raw))}
    return Bext(time_reference=low | high << 32, tags=tags)


def bext(metadata: Metadata, coding_history: str) -> bytes:
    """A version 2 bext chunk. Loudness values that are not known are written as 0x7FFF (Tech 3285 v2, 2.4)."""
    time = metadata.time_reference or 0
    date = metadata.date if len(metadata.date) >= 10 else ""
    levels = (
        metadata.integrated_lufs,
        metadata.range_lu,
        metadata.true_peak_dbtp,
        metadata.max_momentary_lufs,
        metadata.max_short_term_lufs,
    )
    history = coding_history.encode("ascii", "replace")
    data = struct.pack(
        "<256s32s32s10s8sIIH64s5h180s",
        _fixed(metadata.comment or metadata.title, 256),
        _fixed(metadata.software, 32),
        b"",
        _fixed(date[:10], 10),
        _fixed(date[11:19], 8),
        time & 0xFFFFFFFF,
        time >> 32,
        _BEXT_VERSION,
        b"",
        *(_hundredths(level) for level in levels),
        b"",
    )
    return chunk(b"bext", data + history + b"\0")


def _hundredths(level: float | None) -> int:
    return _UNKNOWN_LOUDNESS if level is None else max(min(round(100 * level), 32766), -32768)


def _fixed(text: str, size: int) -> bytes:
    """`text` in at most `size` bytes of ASCII, all that bext allows: without accents, "?" for other scripts."""
    bare = "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))
    return bare.encode("ascii", "replace")[:size]


def read_cues(cue: bytes, labels: Mapping[int, str]) -> tuple[Cue, ...]:
    """The markers of a cue chunk in the order of time, with the labels of the adtl list."""
    count = min(struct.unpack_from("<I", cue)[0], (len(cue) - 4) // 24) if len(cue) >= 4 else 0
    points = (struct.unpack_from("<II4sIII", cue, 4 + 24 * index) for index in range(count))
    cues = (Cue(at_frame=offset, label=labels.get(name, "")) for name, _, _, _, _, offset in points)
    return tuple(sorted(cues, key=lambda found: found.at_frame))


def read_labels(data: bytes) -> dict[int, str]:
    """cue name -> label, of a LIST adtl chunk's data (labels win over notes)."""
    found: dict[int, str] = {}
    for name, body in _subchunks(data[4:]):
        if name in (b"labl", b"note") and len(body) > 4:
            (cue,) = struct.unpack_from("<I", body)
            if name == b"labl" or cue not in found:
                found[cue] = text_of(body[4:])
    return found


def read_info(data: bytes) -> dict[str, str]:
    """The texts of a LIST INFO chunk's data under the names that `AudioInfo.tags` uses."""
    found = {}
    for name, body in _subchunks(data[4:]):
        tag = INFO_NAMES.get(name.decode("latin-1"))
        if tag and (text := text_of(body)):
            found[tag] = text
    return found


def _subchunks(data: bytes) -> Iterable[tuple[bytes, bytes]]:
    at = 0
    while at + 8 <= len(data):
        name, size = struct.unpack_from("<4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def cue_chunks(cues: Iterable[Cue]) -> bytes:
    """cue and LIST adtl chunks; nothing when there are no markers."""
    marks = list(enumerate(cues, 1))
    if not marks:
        return b""
    points = b"".join(struct.pack("<II4sIII", name, cue.at_frame, b"data", 0, 0, cue.at_frame) for name, cue in marks)
    labels = b"".join(
        chunk(b"labl", struct.pack("<I", name) + cue.label.encode() + b"\0") for name, cue in marks if cue.label
    )
    listed = chunk(b"LIST", b"adtl" + labels) if labels else b""
    return chunk(b"cue ", struct.pack("<I", len(marks)) + points) + listed


def info_chunk(metadata: Metadata) -> bytes:
    """A LIST INFO chunk; nothing when there is nothing to say."""
    said = {name: getattr(metadata, tag, None) for name, tag in INFO_NAMES.items()}
    entries = b"".join(chunk(name.encode(), str(text).encode() + b"\0") for name, text in said.items() if text)
    return chunk(b"LIST", b"INFO" + entries) if entries else b""
