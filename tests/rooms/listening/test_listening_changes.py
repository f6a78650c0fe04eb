"""What changed between two demos: edits whose truth is known must be said, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from controlroom.rooms.listening.changes import Changes, changes_between
from controlroom.rooms.listening.told import Told, key_moved, midi_of, note_of, told
from controlroom.sample.composition import compose
from controlroom.sample.demo import telephone_demo
from controlroom.sound.signal import Audio
from controlroom.sound.versions import Alignment, Recognition, Stretch, fingerprint, recognised, same_time

RATE_HZ = 48000
BAR_S = 2.0  # 4/4 at 120 BPM
FORM = (
    ("intro", 4),
    ("verse", 16),
    ("chorus", 8),
    ("verse", 16),
    ("chorus", 8),
    ("bridge", 8),
    ("chorus", 8),
    ("outro", 4),
)


def report(form: tuple[tuple[str, int], ...] = FORM, **parts: Any) -> Told:
    """A report whose sections are as long as they say, all at -14 LUFS."""
    at_s, sections = 0.0, []
    for label, bars in form:
        end_s = at_s + bars * BAR_S
        sections.append({"start_s": at_s, "end_s": end_s, "label": label, "bars": bars, "loudness_lufs": -14.0})
        at_s = end_s
    chorus_s = next(each["start_s"] for each in sections if each["label"] == "chorus")
    return told({
        "file": {"duration_s": at_s, "bandwidth_hz": 20000},
        "form": {"sections": sections, "time_to_chorus_s": chorus_s, "time_to_voice_s": sections[1]["start_s"]},
        **parts,
    })  # fmt: skip


def known(*stretches: tuple[float, float, float], old_s: float, new_s: float, **more: Any) -> Recognition:
    """Stretches as (old start, old end, new start) at one speed."""
    found = tuple(
        Stretch(old_start_s=a, old_end_s=b, new_start_s=c, new_end_s=c + b - a, confidence=1.0) for a, b, c in stretches
    )
    alignment = Alignment(kind="same recording", old_duration_s=old_s, new_duration_s=new_s, stretches=found)
    figures = {"kind": "same recording", "confidence": 0.99, "faster_percent": 0.0, "semitones": 0.0, "shared_s": old_s}
    return Recognition(name="old", alignment=alignment, **{"shared_s": alignment.new_duration_s, **figures, **more})


def same(old: Told, **more: Any) -> Recognition:
    alignment = same_time(old.file.duration_s)
    figures = {
        "kind": "same recording",
        "confidence": 0.99,
        "faster_percent": 0.0,
        "semitones": 0.0,
        "shared_s": old.file.duration_s,
    }
    return Recognition(name="old", alignment=alignment, **{"shared_s": alignment.new_duration_s, **figures, **more})


def said(changes: Changes) -> list[str]:
    return [each.says for each in changes.changes]


def test_nothing_changed():
    found = changes_between(report(), report(), same(report()))
    assert found.changes == ()
    assert [each.old_name for each in found.sections] == [each.name for each in found.sections]
    assert {each.kept_share for each in found.sections} == {1.0}


def test_eight_bars_cut_from_the_second_verse():
    old = report()
    new = report((*FORM[:3], ("verse", 8), *FORM[4:]))
    found = changes_between(old, new, known((0, 56, 0), (72, 144, 56), old_s=144, new_s=128))
    assert said(found) == ["The second verse is 8 bars shorter.", "16 s shorter (2:08 instead of 2:24)."]
    cut = found.changes[0]
    assert (cut.old_at_s, cut.at_s, cut.figures["bars"], cut.figures["length_s"]) == (56, 56, 8, 16.0)


def test_the_chorus_comes_earlier():
    new = report((("intro", 4), ("verse", 8), *FORM[2:]))
    found = changes_between(report(), new, known((0, 24, 0), (40, 144, 24), old_s=144, new_s=128))
    assert "The first verse is 8 bars shorter." in said(found)
    assert "The chorus comes 16 s earlier (0:24 instead of 0:40)." in said(found)
    assert not any("voice" in each for each in said(found))


def test_an_intro_cut_a_bridge_that_is_new_and_an_odd_length():
    old = report((("intro", 4), ("verse", 16), ("chorus", 8)))
    new = report((("verse", 16), ("bridge", 8), ("chorus", 8)))
    found = changes_between(old, new, known((8, 40, 0), (40, 56, 48), old_s=56, new_s=64))
    assert said(found)[:2] == ["The intro (4 bars) is gone.", "The bridge (8 bars) is new."]
    assert (found.changes[1].at_s, found.changes[1].old_at_s) == (32, 40)
    assert [each.old_name for each in found.sections] == ["the verse", None, "the chorus"]
    odd = changes_between(old, old, known((0, 20, 0), (23, 56, 20), old_s=56, new_s=53))
    assert said(odd)[0] == "The verse is 3 s shorter."


def test_a_chorus_that_moved():
    new = report((("intro", 4), ("chorus", 8), ("verse", 16), ("verse", 16), *FORM[4:]))
    found = changes_between(report(), new, known((0, 8, 0), (8, 40, 24), (56, 144, 56), old_s=144, new_s=144))
    assert said(found)[0] == "The first chorus moved from 0:40 to 0:08."
    assert "The chorus comes 32 s earlier (0:08 instead of 0:40)." in said(found)
    assert not any("gone" in each or "new" in each for each in said(found))


def test_what_is_only_called_otherwise_is_no_change():
    new = report((("intro", 4), ("pre-chorus", 8), ("chorus", 8), *FORM[2:]))
    assert changes_between(report(), new, same(report())).changes == ()


def test_speed_key_and_sound_as_a_whole():
    bands = [{"name": "low end", "off_db": 1.0}, {"name": "air", "off_db": None}]
    hum = [{"code": "hum", "says": "Hum at 50 Hz."}]
    old = report(
        rhythm={"tempo_bpm": 128.0}, harmony={"key": "E major"}, findings=hum, sound={"balance": {"bands": bands}},
        loudness={"integrated_lufs": -17.3, "range_lu": 8.0, "plr_db": 14.0},
    )  # fmt: skip
    new = report(
        rhythm={"tempo_bpm": 132.0}, harmony={"key": "D major"}, findings=[{"code": "clipped"}],
        sound={"balance": {"bands": [{"name": "low end", "off_db": 4.0}, {"name": "air", "off_db": 2.0}]}},
        loudness={"integrated_lufs": -14.1, "range_lu": 7.6, "plr_db": 9.0},
    )  # fmt: skip
    found = changes_between(old, new, same(old, kind="same song", faster_percent=3.1, semitones=-2.0))
    assert said(found) == [
        "4 BPM faster (132 instead of 128).",
        "2 semitones lower (D major instead of E major).",
        "The whole is 3.2 LU louder (-14.1 instead of -17.3 LUFS).",
        "Peaks stand 5.0 dB closer to the average (9.0 instead of 14.0 dB).",
        "Low end +3.0 dB.",
        "Hum is gone.",
        "Clipping is new.",
    ]
    assert all(0 < each.confidence <= 1 for each in found.changes)


def test_what_a_cut_alone_does_to_the_averages_is_not_said():
    tone = [{"sound": {"balance": {"bands": [{"name": "low end", "off_db": off_db}]}}} for off_db in (0.0, -2.0, -3.5)]
    old = report(**tone[0])
    edited = known((0, 56, 0), (72, 144, 56), old_s=144, new_s=128, shared_s=128.0)
    assert not any("Low end" in each for each in said(changes_between(old, report(**tone[1]), edited)))
    assert "Low end -3.5 dB." in said(changes_between(old, report(**tone[2]), edited))
    assert "Low end -2.0 dB." in said(changes_between(old, report(**tone[1]), same(old)))


def test_a_tempo_read_at_another_octave_is_not_believed():
    old, new = report(rhythm={"tempo_bpm": 75.0}), report(rhythm={"tempo_bpm": 156.0})
    assert said(changes_between(old, new, same(old, faster_percent=4.0))) == ["4.0 % faster."]


@pytest.mark.parametrize(("mastered_lu", "against"), [(0.0, ""), (4.0, " against the rest")])
def test_one_section_louder_than_the_rest(mastered_lu, against):
    old = report()
    sections = [
        {"start_s": each.start_s, "end_s": each.end_s, "label": each.label, "bars": each.bars,
         "loudness_lufs": mastered_lu - (12.5 if each.start_s == 120 else 14.0)} for each in old.form.sections
    ]  # fmt: skip
    new = told({"file": {"duration_s": 144.0, "bandwidth_hz": 20000}, "form": {"sections": sections}})
    found = changes_between(old, new, same(old))
    assert said(found) == [f"The last chorus is 1.5 LU louder{against}."]


def test_songs_that_are_two():
    found = changes_between(report(), report(), None)
    assert (found.kind, found.changes) == ("none", ())
    assert "versions of one song" in found.why


def test_an_old_report_that_says_little():
    bare = told({"file": {"duration_s": 144.0}, "findings": []})
    assert changes_between(bare, report(), same(report())).changes == ()
    assert changes_between(report(), bare, same(report())).changes == ()


def test_bars_cut_from_a_demo_that_is_heard():
    """By fingerprints of sound, on a sample song whose sections are known."""
    score = compose(1, 96.0, None, 60.0)
    sections = [
        {"start_s": score.grid.at(4 * each.begin), "end_s": score.grid.at(4 * (each.begin + each.length)),
         "label": each.label, "bars": each.length} for each in score.sections
    ]  # fmt: skip
    heard = telephone_demo(score)
    verse = next(each for each in sections if each["label"] == "verse")
    bar_s = (verse["end_s"] - verse["start_s"]) / verse["bars"]
    cut_s = (verse["start_s"], verse["start_s"] + 2 * bar_s)
    first, last = (round(at_s * RATE_HZ) for at_s in cut_s)
    old_print, new_print = (
        fingerprint(Audio(heard, RATE_HZ)),
        fingerprint(Audio(np.concatenate([heard[..., :first], heard[..., last:]], axis=-1), RATE_HZ)),
    )
    shifted = lambda at_s: at_s if at_s <= cut_s[0] else at_s - 2 * bar_s  # noqa: E731
    later = [{**each, "start_s": shifted(each["start_s"]), "end_s": shifted(each["end_s"])} for each in sections]
    old = told({"file": {"duration_s": old_print.duration_s}, "form": {"sections": sections}})
    new = told({"file": {"duration_s": new_print.duration_s}, "form": {"sections": later}})
    found = changes_between(old, new, recognised("old", old_print, new_print))
    assert found.changes[0].says.endswith("verse is 2 bars shorter.")
    assert found.changes[0].old_at_s == pytest.approx(cut_s[0], abs=0.35)


def test_notes_and_keys():
    assert [midi_of(note) for note in ("A4", "C4", "F#3", "Eb5", "C-1", None, "", "H2")] == [
        69,
        60,
        54,
        75,
        0,
        None,
        None,
        None,
    ]
    assert note_of(81) == "A5"
    assert key_moved("F# minor", -1) == "F minor"
    assert key_moved("C major", 1) == "Db major"
    assert key_moved("Bb major", 2) == "C major"
