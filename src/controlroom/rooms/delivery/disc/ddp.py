"""The DDP 2.00 fileset: what a plant presses an audio CD from (Doug Carson & Associates' Disc Description Protocol).

    DDPID         who it is: level, UPC/EAN, the master's name
    DDPMS         the map: which file is what, and how long
    PQDESCR       the subcode: where each track and its pause begin, with ISRC, in the disc's own time
    CDTEXT.BIN    titles for players that show them; only where there are any
    IMAGE.DAT     the sound: the pre-gap, then the programme, 16 bits, little-endian, in whole sectors
    CHECKSUM.MD5  and CHECKSUM.TXT (CRC-32): of all of the above, in the form of cue2ddp

The records' fields stand in `records`. The fileset names no time and no place: the same disc gives the same bytes.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from controlroom.base.errors import UsageError
from controlroom.base.files import READ_BYTES, whole_or_nothing, write_bytes
from controlroom.base.progress import SILENT, Progress
from controlroom.rooms.delivery.disc.cdtext import packs
from controlroom.rooms.delivery.disc.disc import CD_RATE_HZ, SECTOR_BYTES, Disc, msf, sectors_of
from controlroom.rooms.delivery.disc.records import DDPID, DDPMS, PQDESCR
from controlroom.rooms.delivery.disc.rules import findings
from controlroom.sound.dither import quantised
from controlroom.sound.signal import Samples, Signal, blocks

IMAGE, PQ, TEXT, SUMS, CRCS = "IMAGE.DAT", "PQDESCR", "CDTEXT.BIN", "CHECKSUM.MD5", "CHECKSUM.TXT"
LEAD_IN, LEAD_OUT, SOUND = "00", "AA", "01"
NAME_SIZE = 17


def write_ddp(
    folder: Path, disc: Disc, programme: Signal, *, master_id: str = "", progress: Progress = SILENT
) -> tuple[str, ...]:
    """Write the fileset of `disc` into `folder`; returns the names of its files.

    `programme`: 44.1 kHz, what follows the pre-gap; mono comes from both sides. What already lies on 16 bits goes
    through as it is, all else is dithered once. Raises `UsageError` where the disc breaks a rule of the Red Book, or
    the programme is not as long as the disc says; `SurroundingsFailed` when the disk is full.
    """
    blocking = [finding for finding in findings(disc) if finding.severity == "blocking"]
    if blocking:
        raise UsageError("This disc", blocking[0].says(), "Mend it first, or leave the DDP out.")
    if programme.rate_hz != CD_RATE_HZ or disc.pregap + sectors_of(programme.frames) != disc.end_at:
        raise UsageError("This disc", "its programme is not at 44.1 kHz, or not as long as its times say")
    streams: list[tuple[str, bytes]] = [(TEXT, text)] if (text := packs(disc)) else []
    streams.append((PQ, pq_records(disc)))
    named = [("DDPID", id_record(disc, master_id)), ("DDPMS", _map(disc, dict(streams))), *streams]
    for name, data in named:
        write_bytes(folder / name, data)
    _write_image(folder / IMAGE, disc, programme, progress)
    names = (*(name for name, _ in named), IMAGE)
    sums = [(name, *_sums(folder / name)) for name in names]
    write_bytes(folder / SUMS, "".join(f"{md5} *{name}\n" for name, md5, _ in sums).encode())
    told = "[CRC32 Checksum]\n" + "".join(f"{name}={crc:08X}\n" for name, _, crc in sums)
    write_bytes(folder / CRCS, told.encode())
    return (*names, SUMS, CRCS)


def id_record(disc: Disc, master_id: str = "") -> bytes:
    """DDPID."""
    return DDPID.packed(DDPID="DDP 2.00", UPC=disc.upc, MID=master_id, TYPE="CD")


def pq_records(disc: Disc) -> bytes:
    """PQDESCR: lead-in, each index, and the lead-out, which comes twice as all writers have it."""
    out = [_pq(LEAD_IN, 0, 0, upc=disc.upc)]
    for number, track in enumerate(disc.tracks, 1):
        pause_at = 0 if number == 1 else track.pause_at
        marks = [(1, track.start_at)] if pause_at is None else [(0, pause_at), (1, track.start_at)]
        for k, (index, sector) in enumerate(marks):
            out.append(_pq(f"{number:02}", index, sector, isrc="" if k else track.isrc))
    return b"".join([*out, *[_pq(LEAD_OUT, 1, disc.end_at)] * 2])


def _pq(track: str, index: int, sector: int, isrc: str = "", upc: str = "") -> bytes:
    minutes, seconds, frames = (f"{part:02}" for part in msf(sector))
    return PQDESCR.packed(
        SPV="VVVS", TRK=track, IDX=f"{index:02}", MIN=minutes, SEC=seconds, FRM=frames, CB1=SOUND, ISRC=isrc, UPC=upc
    )


def _map(disc: Disc, subcode: dict[str, bytes]) -> bytes:
    """DDPMS: CD-Text, subcode, sound."""
    out = b""
    if TEXT in subcode:
        out += DDPMS.packed(
            MPV="VVVM", DST="S0", DSL=len(subcode[TEXT]), SUB="CDTEXT", TRK=LEAD_IN, SIZ=NAME_SIZE, DSI=TEXT
        )
    out += DDPMS.packed(MPV="VVVM", DST="S0", DSL=len(subcode[PQ]), SUB="PQ DESCR", SIZ=NAME_SIZE, DSI=PQ)
    return out + DDPMS.packed(
        MPV="VVVM", DST="D0", DSL=disc.end_at, CDM="DA", SSM="7", SCR="0", PRE2=disc.pregap, SIZ=NAME_SIZE, DSI=IMAGE
    )


def _write_image(path: Path, disc: Disc, programme: Signal, progress: Progress) -> None:
    with whole_or_nothing(path) as part, part.open("wb") as file:
        file.write(b"\0" * (disc.pregap * SECTOR_BYTES))
        done = 0
        for block in blocks(programme):
            file.write(_as_bytes(block, done))
            done += block.shape[1]
            progress(done, programme.frames, "the disc image")
        file.write(b"\0" * (disc.end_at * SECTOR_BYTES - file.tell()))


def _as_bytes(block: Samples, at_frame: int) -> bytes:
    values = quantised(block, 16, at_frame=at_frame).values
    return np.ascontiguousarray(np.broadcast_to(values, (2, block.shape[1])).T, dtype="<i2").tobytes()


def _sums(path: Path) -> tuple[str, int]:
    md5, crc = hashlib.md5(usedforsecurity=False), 0
    for piece in _pieces(path):
        md5.update(piece)
        crc = zlib.crc32(piece, crc)
    return md5.hexdigest(), crc


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(READ_BYTES):
            yield piece
