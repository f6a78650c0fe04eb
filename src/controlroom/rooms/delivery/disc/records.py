"""The records of a DDP 2.00 fileset as tables: where each field stands and how it is written.

DCA's specification is not public. The offsets are those on which the public readers and writers agree (cue2ddp and
ddpinfo of Andreas Ruge's ddptools, the filesets of Sonoris and HOFA, and the description of them by the project
ddp-reverse-eng, spec/ddp2.md). Text stands left, numbers right, in ASCII filled up with spaces; a field with nothing to
say is all spaces.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from controlroom.base.errors import UsageError


class Field(msgspec.Struct, frozen=True):
    """`size` bytes from `offset` on."""

    name: str
    offset: int
    size: int
    kind: Literal["text", "number"] = "text"


class Record(msgspec.Struct, frozen=True):
    """A record of fixed size; its fields follow one another without a hole."""

    size: int
    fields: tuple[Field, ...]

    def packed(self, **values: str | int) -> bytes:
        """The record with these fields set; raises `UsageError` where a value does not fit its field."""
        out = b""
        for field in self.fields:
            said = str(values.pop(field.name, ""))
            if len(said) > field.size or not said.isascii():
                why = f"{said!r} does not fit its {field.size} places"
                raise UsageError(f"{field.name} of the DDP fileset", why, "Shorten it.")
            out += (said.rjust(field.size) if field.kind == "number" else said.ljust(field.size)).encode("ascii")
        if values:
            raise KeyError(f"no such field: {sorted(values)}")
        return out


def _record(size: int, *fields: tuple[str, int] | tuple[str, int, Literal["text", "number"]]) -> Record:
    placed: list[Field] = []
    offset = 0
    for field in fields:
        placed.append(Field(field[0], offset, *field[1:]))
        offset += field[1]
    if offset != size:
        raise ValueError(f"the fields of a record of {size} bytes fill {offset}")
    return Record(size, tuple(placed))


DDPID = _record(  # the fileset: one record
    128,
    ("DDPID", 8),  # "DDP 2.00"
    ("UPC", 13),
    ("MSS", 8),  # map stream start: tapes only
    ("MSL", 8),
    ("MED", 1),
    ("MID", 48),  # the plant's name for the master
    ("BK", 1),
    ("TYPE", 2),  # "CD"
    ("NSIDE", 1),  # the next four speak of DVDs
    ("SIDE", 1),
    ("NLAYER", 1),
    ("LAYER", 1),
    ("SIZ", 2, "number"),
    ("TXT", 33),
)
DDPMS = _record(  # the map: a record for each file
    128,
    ("MPV", 4),  # "VVVM"
    ("DST", 2),  # "D0" sound, "S0" subcode
    ("DSP", 8, "number"),
    ("DSL", 8, "number"),  # length: sectors of sound, bytes of subcode
    ("DSS", 8, "number"),
    ("SUB", 8),  # "PQ DESCR" or "CDTEXT"
    ("CDM", 2),  # "DA": digital audio
    ("SSM", 1),  # 7: whole sectors of 2352 bytes
    ("SCR", 1),  # 0: not scrambled
    ("PRE1", 4, "number"),
    ("PRE2", 4, "number"),  # sectors of pre-gap at the beginning of the file
    ("PST", 4, "number"),
    ("MED", 1),
    ("TRK", 2),
    ("IDX", 2),
    ("ISRC", 12),
    ("SIZ", 3, "number"),  # the size of DSI
    ("DSI", 17),  # the file's name
    ("NEW", 1),
    ("PRE1NXT", 4),
    ("PAUSEADD", 8),
    ("OFS", 9),
    ("PAD", 15),
)
PQDESCR = _record(  # the subcode: a record for each index, between lead-in and lead-out
    64,
    ("SPV", 4),  # "VVVS"
    ("TRK", 2),  # 00 lead-in, 01-99, AA lead-out
    ("IDX", 2),
    ("HRS", 2),
    ("MIN", 2),
    ("SEC", 2),
    ("FRM", 2),
    ("CB1", 2),  # "01": sound without pre-emphasis, copy prohibited, ADR 1
    ("CB2", 2),
    ("ISRC", 12),  # in the first record of its track
    ("UPC", 13),  # in the lead-in
    ("TXT", 19),
)
