"""Markers as other programs read them."""

from __future__ import annotations

import csv
import io
import struct

import numpy as np
import pytest
from wavinfo import WavInfoReader

from controlroom.base.errors import UsageError
from controlroom.rooms.review import (
    Marker,
    Note,
    Tempo,
    as_csv,
    as_cues,
    as_midi,
    as_reaper,
    markers_of,
    merge,
    write_cues,
)
from controlroom.sound.files import AudioFile
from controlroom.sound.signal import Audio

HOSTILE = '=SUM(A1)\r\n\x00 "quoted", 🎸 \ud800 \u2028 end'
NOTES = [
    Note(id="1", text="vocal up", author="Mara", at_s=61.5, until_s=70.25),
    Note(id="2", text=HOSTILE, at_s=3725.0),
    Note(id="3", text="title?", author="Jonas"),
    Note(id="4", text="x" * 1000, at_s=5.0, until_s=2.0),
    Note(id="5", text="\n", at_s=6.0),
]
MARKERS = markers_of(NOTES)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def events(data: bytes) -> list[tuple[int, int, bytes]]:
    """(tick, kind, data) of the meta events of a format 0 file."""
    kind, size, format, tracks, division = struct.unpack(">4sIHHH", data[:14])
    assert (kind, size, format, tracks, division) == (b"MThd", 6, 0, 1, 960)
    assert data[14:18] == b"MTrk"
    assert struct.unpack(">I", data[18:22])[0] == len(data) - 22
    at, tick, found = 22, 0, []

    def number() -> int:
        nonlocal at
        value = 0
        while True:
            value, byte, at = value << 7 | data[at] & 0x7F, data[at], at + 1
            if byte < 0x80:
                return value

    while at < len(data):
        tick += number()
        assert data[at] == 0xFF
        kind, at = data[at + 1], at + 2
        length = number()
        found.append((tick, kind, data[at : at + length]))
        at += length
    return found


def test_markers_come_in_order_with_one_line_names():
    assert [(marker.at_s, marker.until_s) for marker in MARKERS] == [
        (0, None), (5, None), (6, None), (61.5, 70.25), (3725, None),
    ]  # fmt: skip
    assert MARKERS[0].name == "Jonas: title?"
    assert MARKERS[1].name == "x" * 199 + "…"
    assert MARKERS[2].name == "note"
    assert MARKERS[4].name == '=SUM(A1) "quoted", 🎸 ? end'


def test_points_name_everybody_and_their_conflicts():
    points = merge([NOTES[0], Note(id="9", text="vocal down", author="Theo", at_s=62.0)])
    assert [marker.name for marker in markers_of(points)] == [
        "[conflict] Mara: vocal up",
        "[conflict] Theo: vocal down",
    ]


def test_csv_is_harmless_in_spreadsheets():
    rows = table(as_csv(MARKERS))
    assert rows[0] == ["Time", "Length (s)", "Name"]
    assert rows[4] == ["1:01.500", "8.750", "Mara: vocal up"]
    assert rows[5] == ["1:02:05.000", "0.000", "'" + MARKERS[4].name]
    for sign in "=+-@＝":
        assert table(as_csv([Marker(at_s=0, name=f"{sign}1")]))[1][2] == f"'{sign}1"


def test_reaper_reads_markers_and_regions():
    rows = table(as_reaper(MARKERS))
    assert rows[0] == ["#", "Name", "Start", "End", "Length", "Color"]
    assert rows[4] == ["R1", "Mara: vocal up", "1:01.500", "1:10.250", "0:08.750", ""]
    assert [row[0] for row in rows[1:]] == ["M1", "M2", "M3", "R1", "M4"]
    assert all(len(row) == 6 for row in rows)
    assert '"quoted"' not in rows[5][1]


def test_midi_markers_stand_on_their_bars():
    """120 BPM for eight bars, then 90, in 3/4, from a first downbeat at 0.7 s."""
    change_s = 0.7 + 8 * 3 * 0.5
    tempo = [Tempo(0.7, 120.0), Tempo(change_s, 90.0)]
    places = [
        Marker(at_s=0.7 + 4 * 1.5, name="bar 5"),
        Marker(at_s=change_s + 2.0, until_s=change_s + 4, name="bar +1"),
    ]
    found = events(as_midi(places, tempo, "3/4"))
    bar = 3 * 960
    assert [(tick, name.decode()) for tick, kind, name in found if kind == 6] == [
        (bar + 4 * bar, "bar 5"),
        (bar + 8 * bar + bar, "bar +1"),
        (bar + 8 * bar + 2 * bar, "bar +1 (end)"),
    ]
    tempos = [(tick, int.from_bytes(us, "big")) for tick, kind, us in found if kind == 0x51]
    assert tempos == [(0, round(0.7e6 / 3)), (bar, 500000), (9 * bar, 666667)]
    assert [data for _, kind, data in found if kind == 0x58] == [bytes((3, 2, 24, 8))]
    assert found[-1][1:] == (0x2F, b"")


def test_midi_takes_any_name():
    names = [data.decode() for _, kind, data in events(as_midi(MARKERS)) if kind == 6]
    assert MARKERS[4].name in names
    assert "x" * 199 + "…" in names


@pytest.mark.parametrize(
    ("tempo", "meter"), [(0.0, "4/4"), (1e9, "4/4"), (float("nan"), "4/4"), (120, "4/5"), (120, "x")]
)
def test_midi_refuses_what_it_cannot_say(tempo, meter):
    with pytest.raises(UsageError):
        as_midi(MARKERS, [Tempo(0.0, tempo)], meter)


def test_cues_are_read_by_others(tmp_path):
    chosen = MARKERS[:4]
    write_cues(tmp_path / "notes.wav", chosen)
    read = WavInfoReader(str(tmp_path / "notes.wav"), info_encoding="utf-8")
    places = {cue.name: cue.sample_offset for cue in read.cues.cues}
    labels = {label.name: label.text for label in read.cues.labels}
    assert [(places[name] / 48000, labels[name]) for name in sorted(places)] == [
        (0.0, "Jonas: title?"),
        (5.0, "x" * 199 + "…"),
        (6.0, "note"),
        (61.5, "Mara: vocal up"),
        (70.25, "Mara: vocal up (end)"),
    ]
    with AudioFile(tmp_path / "notes.wav") as file:
        assert file.info.duration_s == pytest.approx(71.25)
        assert not file.read(0, 48000).any()


def test_cues_go_into_the_sound_itself(tmp_path):
    tone = Audio(np.full((2, 44100), 0.25, np.float32), 44100)
    write_cues(tmp_path / "song.wav", [Marker(at_s=0.5, name="🎸 here")], tone)
    with AudioFile(tmp_path / "song.wav") as file:
        assert [(cue.at_frame, cue.label) for cue in file.info.cues] == [(22050, "🎸 here")]
        assert (file.read(0, 44100) == tone.samples).all()


def test_no_markers_are_no_trouble(tmp_path):
    assert table(as_csv([])) == [["Time", "Length (s)", "Name"]]
    assert len(table(as_reaper([]))) == 1
    assert [event for event in events(as_midi([])) if event[1] == 6] == []
    assert as_cues([]) == ()
    write_cues(tmp_path / "none.wav", [])
    assert (tmp_path / "none.wav").is_file()
