"""A demo beside records and beside the artist's own: what is outside is said, in the order of how far."""

from __future__ import annotations

from typing import Any

import pytest

from controlroom.rooms.listening.compare import compare
from controlroom.rooms.listening.habits import departures, habits_of
from controlroom.rooms.listening.told import Told, told


def report(
    tempo_bpm: float = 120.0, chorus_s: float = 45.0, top: str = "F5", low_db: float = 0.0, **parts: Any
) -> Told:
    sections = [
        {"start_s": 0.0, "end_s": 10.0, "label": "intro", "loudness_lufs": -18.0},
        {"start_s": 10.0, "end_s": chorus_s, "label": "verse", "loudness_lufs": -16.0},
        {"start_s": chorus_s, "end_s": 200.0, "label": "chorus", "loudness_lufs": -13.0},
    ]
    return told({
        "file": {"duration_s": 200.0},
        "rhythm": {"tempo_bpm": tempo_bpm},
        "harmony": {"key": "A minor"},
        "form": {"sections": sections, "time_to_chorus_s": chorus_s, "time_to_voice_s": 10.0},
        "voice": {"lowest_note": "A3", "highest_note": top},
        "loudness": {"integrated_lufs": -14.0, "range_lu": 6.0, "plr_db": 11.0},
        "sound": {
            "width_db": -6.0,
            "balance": {"bands": [{"name": "low end", "off_db": low_db}, {"name": "air", "off_db": None}]},
        },
        **parts,
    })  # fmt: skip


def test_like_the_record_itself():
    found = compare(report(), {"record": report()})
    assert found.outside == ()
    assert all(each.outside == 0 for each in found.differences)
    assert (found.key, found.keys) == ("A minor", ("A minor",))


def test_what_lies_furthest_outside_comes_first():
    found = compare(report(chorus_s=88.0, low_db=4.5, tempo_bpm=126.0), {"record": report()})
    assert [each.figure for each in found.outside] == ["time_to_chorus_s", "low end", "tempo_bpm"]
    assert [each.says for each in found.outside] == [
        "43 s later to the chorus (1:28; the reference has 0:45).",
        "4.5 dB more low end (+4.5 dB; the reference has +0.0 dB).",
        "6 BPM faster (126 BPM; the reference has 120 BPM).",
    ]
    assert found.outside[0].outside == pytest.approx(43 / 8, abs=0.01)


def test_several_references_leave_room():
    """Where the records themselves differ, being different is no remark."""
    wide = {str(low_db): report(low_db=low_db) for low_db in (-4.0, -2.0, 0.0, 2.0, 4.0)}
    alike = {str(low_db): report(low_db=low_db) for low_db in (-0.2, -0.1, 0.0, 0.1, 0.2)}
    assert compare(report(low_db=3.5), wide).outside == ()
    (found,) = compare(report(low_db=3.5), alike).outside
    assert (found.figure, found.reference, found.references) == ("low end", 0.0, 5)
    assert "the 5 references have" in found.says


def test_double_time_is_the_same_beat():
    assert compare(report(tempo_bpm=70.0), {"record": report(tempo_bpm=140.0)}).outside == ()


def test_what_one_of_them_does_not_tell_is_not_compared():
    bare = told({"file": {"duration_s": 200.0}})
    assert [each.figure for each in compare(bare, {"record": report()}).differences] == ["duration_s"]
    assert compare(report(), {}).differences == ()


def test_tone_against_another_curve_is_not_compared():
    sound = {"balance": {"against": "the reference", "bands": [{"name": "low end", "off_db": 9.0}]}}
    assert "low end" not in {each.figure for each in compare(report(sound=sound), {"record": report()}).differences}


def test_a_note_that_this_singer_has_never_sung():
    habits = habits_of([report(top=top) for top in ("E5", "F5", "D5", "F5")])
    (found,) = departures(report(top="A5"), habits)
    assert found.says == "top note A5; this artist's other 4 demos stop at F5"
    assert (found.by, found.semitones, found.key) == (4, -4, "F minor")
    assert found.confidence == pytest.approx(0.6)
    assert departures(report(top="F#5"), habits) == ()


def test_a_voice_below_its_range_a_new_tempo_and_a_late_chorus():
    habits = habits_of([report(tempo_bpm=bpm) for bpm in (60.0, 66.0, 72.0)])
    demo = report(tempo_bpm=100.0, chorus_s=70.0, voice={"lowest_note": "F3", "highest_note": "C5"})
    found = {each.about: each for each in departures(demo, habits)}
    assert found["lowest note"].semitones == 4
    assert found["tempo"].says == "100 BPM; this artist's other 3 demos lie between 60 and 72"
    assert found["time to chorus"].by == 25.0
    assert {habit.about for habit in habits} == {"top note", "lowest note", "tempo", "time to chorus", "key"}


def test_a_beat_counted_twice_as_fast_is_no_new_tempo():
    assert departures(report(tempo_bpm=200.0), habits_of([report(tempo_bpm=100.0)] * 2)) == ()


def test_one_demo_is_no_habit():
    assert habits_of([report()]) == ()
    assert departures(report(top="C6"), ()) == ()
