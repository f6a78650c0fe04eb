"""Markers as a Standard MIDI File (format 0): with the tempo map, so that markers and bars agree in any DAW.

Standard MIDI Files 1.0 (MMA, 1996): meta events FF 06 (marker), FF 51 (tempo), FF 58 (time signature).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.review.markers.marker import Marker

TICKS_PER_QUARTER = 960
_SLOWEST_US = 0xFFFFFF  # microseconds a quarter note: three bytes
_TRACK_NAME, _MARKER, _END, _TEMPO, _METER = 0x03, 0x06, 0x2F, 0x51, 0x58
_UNTIL = " (end)"


class Tempo(msgspec.Struct, frozen=True):
    """From `at_s` on there are `bpm` quarter notes a minute. The first one stands on the first downbeat."""

    at_s: float
    bpm: float


class _Map(msgspec.Struct, frozen=True):
    """Where each tempo begins, in seconds and ticks, and the microseconds of its quarter note."""

    rows: tuple[tuple[float, int, int], ...]

    def tick(self, at_s: float) -> int:
        start_s, tick, quarter_us = next((row for row in reversed(self.rows) if row[0] <= at_s), self.rows[0])
        return max(tick + round((at_s - start_s) * 1e6 / quarter_us * TICKS_PER_QUARTER), 0)


def as_midi(markers: Iterable[Marker], tempo: Sequence[Tempo] = (Tempo(0.0, 120.0),), meter: str = "4/4") -> bytes:
    """The file's bytes. Where the first downbeat is not at 0:00, the time before it becomes whole bars of their own
    tempo, so that bar lines meet from there on. A stretch has a second marker at its end.

    Raises `UsageError` for a tempo or a meter that MIDI cannot say.
    """
    beats, unit = _meter(meter)
    tempos = _map(tempo, beats * 4 / unit)
    events = [(0, 0, _meta(_TRACK_NAME, b"Notes")), (0, 1, _meta(_METER, _meter_bytes(beats, unit)))]
    events += [(tick, 2, _meta(_TEMPO, quarter_us.to_bytes(3, "big"))) for _, tick, quarter_us in tempos.rows]
    events += [(tempos.tick(at_s), 3, _meta(_MARKER, name.encode())) for at_s, name in _named(markers)]
    track = bytearray()
    before = 0
    for tick, _, event in sorted(events, key=lambda event: event[:2]):
        track += _variable(tick - before) + event
        before = tick
    track += _variable(0) + _meta(_END, b"")
    head = b"MThd" + struct.pack(">IHHH", 6, 0, 1, TICKS_PER_QUARTER)
    return head + b"MTrk" + struct.pack(">I", len(track)) + bytes(track)


def _named(markers: Iterable[Marker]) -> Iterator[tuple[float, str]]:
    for marker in markers:
        yield marker.at_s, marker.name
        if marker.until_s is not None:
            yield marker.until_s, marker.name + _UNTIL


def _map(tempo: Sequence[Tempo], quarters_a_bar: float) -> _Map:
    given = sorted(tempo, key=lambda one: one.at_s) or [Tempo(0.0, 120.0)]
    rows: list[tuple[float, int, int]] = []
    first_s = max(given[0].at_s, 0.0)
    tick = 0
    if first_s > 0:
        bars = max(round(first_s * given[0].bpm / 60 / quarters_a_bar), 1) if given[0].bpm > 0 else 1
        rows.append((0.0, 0, _quarter_us(60.0 * bars * quarters_a_bar / first_s)))
        tick = round(bars * quarters_a_bar * TICKS_PER_QUARTER)
    rows.append((first_s, tick, _quarter_us(given[0].bpm)))
    for one in given[1:]:
        rows.append((one.at_s, _Map(tuple(rows)).tick(one.at_s), _quarter_us(one.bpm)))
    return _Map(tuple(rows))


def _quarter_us(bpm: float) -> int:
    if not 60e6 / _SLOWEST_US <= bpm <= 1000:
        raise UsageError(f"A tempo of {bpm:g} BPM", "a MIDI file holds 3.6 to 1000", "Give the song's tempo.")
    return round(60e6 / bpm)


def _meter(meter: str) -> tuple[int, int]:
    beats, _, unit = meter.partition("/")
    known = beats.isdecimal() and unit in ("1", "2", "4", "8", "16", "32") and 1 <= int(beats) <= 32
    if not known:
        raise UsageError(
            f"The meter {meter!r}", "it is not written like 4/4", "Give it as beats and unit, such as 6/8."
        )
    return int(beats), int(unit)


def _meter_bytes(beats: int, unit: int) -> bytes:
    """Numerator, power of two of the denominator, MIDI clocks a click, 32nd notes a quarter."""
    return bytes((beats, unit.bit_length() - 1, 24, 8))


def _meta(kind: int, data: bytes) -> bytes:
    return bytes((0xFF, kind)) + _variable(len(data)) + data


def _variable(number: int) -> bytes:
    """A variable-length quantity: seven bits a byte, the highest first."""
    out = [number & 0x7F]
    while number := number >> 7:
        out.append(number & 0x7F | 0x80)
    return bytes(reversed(out))
