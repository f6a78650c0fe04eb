"""Faults as findings: each has its place, its figures and a sentence, whichever room says it."""

from pathlib import Path

import numpy as np
import pytest

from controlroom.sound.faults import Click
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.findings import (
    click,
    clipped,
    dc_offsets,
    dead_channels,
    dropout,
    file_faults,
    hum,
    narrow_bandwidth,
)
from controlroom.sound.hum import Hum
from controlroom.sound.levels import Span, levels_of
from controlroom.sound.signal import Audio

RATE_HZ = 48000
TIMES_S = np.arange(4 * RATE_HZ) / RATE_HZ
SPANS = [
    Span(start_s=2.0, end_s=2.001, channel=0),
    Span(start_s=1.0, end_s=1.004, channel=0),
    Span(start_s=3.0, end_s=3.002, channel=1),
]


def test_clipping_is_counted_and_placed_over_all_of_it():
    found = clipped(SPANS, "warning")
    assert (found.start_s, found.end_s, found.channel) == (1.0, 3.002, None)
    assert found.args == {"count": 3, "longest_ms": 4.0}
    assert "3 clipped places, the longest 4.00 ms" in found.says()


def test_clipping_may_be_placed_where_it_is_worst():
    found = clipped(SPANS, "advice", at=SPANS[1:2])
    assert (found.start_s, found.end_s, found.channel) == (1.0, 1.004, 0)
    assert found.args == {"count": 3, "longest_ms": 4.0}


def test_clicks_and_dropouts_have_a_place():
    found = click(Click(at_s=1.23456, channel=1, size_db=-17.04), "advice")
    assert (found.start_s, found.end_s, found.channel) == (1.2346, 1.2346, 1)
    assert "-17 dBFS" in found.says()
    assert "4 ms" in dropout(SPANS[1]).says()


def test_a_hum_is_held_against_the_sound():
    levels = levels_of(Audio(0.1 * np.sqrt(2) * np.sin(2 * np.pi * 440 * TIMES_S), RATE_HZ))
    found = hum(Hum(mains_hz=50, freq_hz=50.0, level_db=-60.0, harmonics_db=(-60.0,)), levels, "warning")
    assert found.args == {"mains_hz": 50, "level_db": -60.0, "below_db": 40}
    assert found.says().startswith("50 Hz mains hum at -60 dBFS, 40 dB under the sound")


@pytest.mark.parametrize(("offset", "percent"), [(0.0029, None), (0.02, 2.0), (-0.02, -2.0)])
def test_an_offset_is_told_of_its_channel(offset, percent):
    tone = 0.1 * np.sin(2 * np.pi * 440 * TIMES_S)
    found = [(one.channel, one.args["percent"]) for one in dc_offsets(levels_of(Audio([tone, tone + offset], RATE_HZ)))]
    assert found == ([] if percent is None else [(1, pytest.approx(percent, abs=0.02))])


def test_a_dead_channel_is_counted_from_one():
    (found,) = dead_channels(levels_of(Audio([0 * TIMES_S, 0.1 * np.sin(TIMES_S)], RATE_HZ)))
    assert (found.channel, found.args) == (0, {"channel": 1})
    assert "Channel 1" in found.says()


def test_a_narrow_sound_says_where_it_ends():
    assert "11.0 kHz" in narrow_bandwidth(11003.0).says()


def test_a_file_cut_short_is_told(tmp_path: Path):
    path = tmp_path / "a.wav"
    write(path, Audio(0.1 * np.sin(TIMES_S), RATE_HZ), Format("wav", 24))
    with AudioFile(path) as whole:
        assert list(file_faults(whole.info, 0)) == []
        assert [one.args for one in file_faults(whole.info, 7)] == [{"count": 7}]
    path.write_bytes(path.read_bytes()[: 2 * RATE_HZ * 3])
    with AudioFile(path) as short:
        (found,) = file_faults(short.info, 0)
    assert found.code == "truncated_file"
    assert "2.0 s" in found.says()
