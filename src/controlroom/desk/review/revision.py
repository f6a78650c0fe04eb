"""One revision list: what everybody asks of a version, and the same as files for mail and DAWs."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controlroom.base.errors import UsageError
from controlroom.base.files import safe_name
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.lineups import in_order, versions_of
from controlroom.desk.review.notes import Said, Shown, points_of
from controlroom.desk.review.sides import beside_each_other
from controlroom.desk.songs.listening import report_of
from controlroom.desk.songs.models import VERSION_KINDS, Recording
from controlroom.rooms import review
from controlroom.rooms.review import Point

EXPORTS = {
    "text": ("txt", "text/plain; charset=utf-8"),
    "csv": ("csv", "text/csv; charset=utf-8"),
    "midi": ("mid", "audio/midi"),
    "reaper": ("csv", "text/csv; charset=utf-8"),
    "wav": ("wav", "audio/wav"),
}
"""What the list is exported as: the ending of its name, and its media type."""


@dataclass(frozen=True)
class Line:
    """A point of the list with the notes that it is made of."""

    point: Point
    notes: tuple[Shown, ...]
    against: tuple[Shown, ...]

    @property
    def ids(self) -> list[int]:
        return [each.note.pk for each in self.notes]

    @property
    def against_names(self) -> list[str]:
        return list(dict.fromkeys(each.note.who for each in self.against))


def open_on(actor: Actor, recording: Recording, *, alone: bool = False) -> tuple[Shown, ...]:
    """What is open on a version: said on it, or carried to it."""
    rows = beside_each_other(recording, alone=alone)
    return tuple(each for each in Said(actor, rows, alone=alone, at=recording).on(recording) if each.is_open)


def lines_of(notes: Sequence[Shown]) -> list[Line]:
    """The notes merged, in the order of time."""
    by_id = {str(each.note.pk): each for each in notes}
    return [
        Line(
            point,
            tuple(by_id[note.id] for note in point.notes),
            tuple(by_id[note.id] for note in point.against),
        )
        for point in points_of(notes)
    ]


def revision_page(actor: Actor, recording: Recording, addresses: Addresses, **more: Any) -> dict[str, Any]:
    """The context of the list: what works, what to do, what no longer has a place."""
    notes = open_on(actor, recording, alone=addresses.alone)
    lines = lines_of([each for each in notes if not each.lost])
    return {
        "actor": actor,
        "song": recording.song,
        "recording": recording,
        "praise": [line for line in lines if line.point.praise],
        "todo": [line for line in lines if not line.point.praise],
        "lost": [each for each in notes if each.lost],
        "text": as_text(recording, notes),
        "done_in": done_in(recording),
        "may_mark": actor.may("write"),
        "urls": {
            "review": addresses.review(recording),
            "done": addresses.done(recording) if actor.may("write") else "",
            **{kind: addresses.markers(recording, kind) for kind in EXPORTS},
        },
        **more,
    }


def done_in(recording: Recording) -> list[tuple[int, str]]:
    """The versions in which something may be done: this one and those after it, newest first."""
    rows = versions_of(recording.song, VERSION_KINDS)
    return [(row.pk, row.label) for row in reversed(rows) if in_order(recording, row)[1] == row]


def as_text(recording: Recording, notes: Sequence[Shown]) -> str:
    return review.as_text(points_of(notes), title_of(recording))


def title_of(recording: Recording) -> str:
    song = recording.song
    by = f"{song.artist_name}, " if song.artist_name else ""
    return f"{by}{song.title}: notes on {recording.label}"


def exported(actor: Actor, recording: Recording, kind: str, *, alone: bool = False) -> tuple[bytes, str, str]:
    """The open notes as a file: its bytes, name and media type; raises `UsageError` for a kind there is none of."""
    if kind not in EXPORTS:
        raise UsageError(f"{kind!r}", "the list is not written as that", f"Choose {', '.join(EXPORTS)}.")
    notes = open_on(actor, recording, alone=alone)
    ending, media_type = EXPORTS[kind]
    data = as_text(recording, notes).encode() if kind == "text" else _WRITERS[kind](recording, _markers(notes))
    name = safe_name(f"{recording.song.title}, notes on {recording.label}{' for Reaper' * (kind == 'reaper')}")
    return data, f"{name}.{ending}", media_type


def _markers(notes: Sequence[Shown]) -> list[review.Marker]:
    return review.markers_of(points_of(notes))


def _midi(recording: Recording, markers: list[review.Marker]) -> bytes:
    """With the song's tempo where it is known, so that markers and bars agree."""
    song = recording.song
    rhythm = (report_of(recording) or {}).get("rhythm") or {}
    bpm = song.tempo_bpm or rhythm.get("tempo_bpm") or 120.0
    first_s = next(iter(rhythm.get("downbeats_s") or []), 0.0)
    meter = song.meter or rhythm.get("meter") or "4/4"
    try:
        return review.as_midi(markers, [review.Tempo(first_s, bpm)], meter)
    except UsageError:  # a tempo or a meter that MIDI cannot say
        return review.as_midi(markers)


def _wav(recording: Recording, markers: list[review.Marker]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "markers.wav"
        review.write_cues(path, markers)
        return path.read_bytes()


_WRITERS: dict[str, Callable[[Recording, list[review.Marker]], bytes]] = {
    "csv": lambda _, markers: review.as_csv(markers).encode("utf-8-sig"),
    "reaper": lambda _, markers: review.as_reaper(markers).encode(),
    "midi": _midi,
    "wav": _wav,
}
