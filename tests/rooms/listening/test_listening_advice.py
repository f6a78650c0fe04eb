"""Advice and praise rest on what was measured: specific, in order, silent where nothing is sure."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from controlroom.base.finding import Finding
from controlroom.rooms.listening import DemoReport
from controlroom.rooms.listening.advice import LEAST_CONFIDENCE, MOST, advised
from controlroom.rooms.listening.audition import Cut
from controlroom.rooms.listening.queue import Queued, need_of, ordered
from controlroom.rooms.listening.report import What
from controlroom.rooms.listening.what import what_it_is
from controlroom.rooms.listening.works import what_works
from controlroom.sound.balance import Balance, Band
from controlroom.sound.character import Sound
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import AudioInfo
from controlroom.sound.form import Form, Section
from controlroom.sound.harmony import ChordSpan, Harmony, KeySpan
from controlroom.sound.harmony.notable import Remark
from controlroom.sound.meter import Loudness
from controlroom.sound.rhythm import Rhythm, TempoPoint
from controlroom.sound.voice import Voice

BAR_S = 2.0


def info(seconds: float = 200.0) -> AudioInfo:
    return AudioInfo(
        path=Path("demo.wav"),
        frames=round(seconds * 48000),
        rate_hz=48000,
        channels=2,
        codec="pcm_s24",
        container="wav",
    )


def sections(*rows: tuple[str, str, int, float]) -> tuple[Section, ...]:
    """Rows of label, letter, bars and loudness, one after the other from 0:00."""
    made, at_s = [], 0.0
    for label, letter, bars, lufs in rows:
        end_s = at_s + bars * BAR_S
        made.append(
            Section(
                start_s=at_s,
                end_s=end_s,
                label=label,
                confidence=0.9,
                letter=letter,
                bars=bars,
                loudness_lufs=lufs,
                energy=0.5,
            )
        )
        at_s = end_s
    return tuple(made)


def report(form: tuple[Section, ...] = (), **parts: object) -> DemoReport:
    end_s = form[-1].end_s if form else 200.0
    downbeats = tuple(bar * BAR_S for bar in range(round(end_s / BAR_S)))
    chorus = next((one.start_s for one in form if one.label == "chorus"), None)
    loudness = Loudness(
        integrated_lufs=-18.0, range_lu=6.0, max_momentary_lufs=-12.0, max_short_term_lufs=-14.0, true_peak_dbtp=-2.0
    )
    made = DemoReport(
        info=info(end_s),
        what=What(kind="rough mix", confidence=0.9, because="-18.0 LUFS."),
        bandwidth_hz=20000.0,
        loudness=loudness,
        rhythm=Rhythm(
            tempo_bpm=120.0,
            tempo_confidence=0.95,
            beats_confidence=0.95,
            drift_percent=0.2,
            steady=True,
            to_click=True,
            downbeats_s=downbeats,
            beats_s=tuple(b / 2 for b in range(round(2 * end_s))),
        ),
        harmony=Harmony(chords=(ChordSpan(start_s=0.0, end_s=end_s, chord="C:maj", roman="I", confidence=0.9),)),
        form=Form(sections=form, sections_confidence=0.9, time_to_chorus_s=chorus),
    )
    return msgspec.structs.replace(made, **parts)


LATE = sections(
    ("intro", "A", 4, -20.0),
    ("verse", "B", 16, -18.0),
    ("verse", "B", 16, -18.0),
    ("chorus", "C", 8, -14.0),
    ("verse", "B", 16, -18.0),
    ("chorus", "C", 8, -14.0),
    ("outro", "D", 4, -20.0),
)


def test_a_late_chorus_is_brought_forward_by_a_verse_that_repeats_and_can_be_heard():
    first = advised(report(LATE))[0]
    assert first.kind == "form"
    assert "The chorus comes at 1:12" in first.says
    assert "dropping 16 bars at 0:40" in first.says
    assert first.says.endswith("it is there at 0:40.")
    assert "verse of 16 bars, verse of 16 bars" in first.because
    assert (first.at_s, first.end_s) == (40.0, 72.0)
    assert first.audition is not None
    assert first.audition.steps == (Cut(start_s=40.0, end_s=72.0),)
    assert "try" in msgspec.to_builtins(first)


def test_of_one_long_verse_the_second_half_goes():
    form = sections(("intro", "A", 8, -20.0), ("verse", "B", 32, -18.0), ("chorus", "C", 8, -14.0))
    first = advised(report(form))[0]
    assert "dropping 16 bars at 0:48" in first.says


def test_nothing_is_said_of_a_form_that_is_not_sure():
    unsure = msgspec.structs.replace(report(LATE), form=Form(sections=LATE, sections_confidence=0.3))
    assert [one for one in advised(unsure) if one.kind in ("form", "arrangement")] == []
    doubtful = tuple(msgspec.structs.replace(one, confidence=LEAST_CONFIDENCE - 0.1) for one in LATE)
    assert [one for one in advised(report(doubtful)) if one.kind in ("form", "arrangement")] == []


def test_a_chorus_without_lift_and_a_third_one_that_is_the_same_are_named():
    form = sections(
        *[("verse", "A", 8, -15.0), ("chorus", "B", 8, -14.9)] * 3,
    )
    said = [one.says for one in advised(report(form))]
    assert any("does not lift" in says for says in said)
    assert any("is the first one again" in says for says in said)
    assert "1:20" in next(says for says in said if "first one again" in says)


def test_a_chorus_that_lifts_is_praised_with_its_figure():
    praised = what_works(report(LATE))
    assert praised[0].says == "The chorus lifts at 1:12."
    assert "4.0 LU louder" in praised[0].because


def test_a_tempo_that_runs_away_is_placed():
    curve = tuple(TempoPoint(at_s=10.0 * k, bpm=100.0 + k) for k in range(12))
    rhythm = msgspec.structs.replace(report().rhythm, to_click=False, steady=False, drift_percent=9.0, curve=curve)
    (point,) = [one for one in advised(report(rhythm=rhythm)) if one.kind == "tempo"]
    assert "rushes from 100 to 111 BPM between 0:00 and 1:50" in point.says
    assert "9.0 %" in point.because


def test_at_most_seven_points_in_the_order_of_what_they_help():
    codes = ["truncated_file", "clipped", "dropout", "hum", "dead_channel", "dc_offset", "click", "lossy_ancestry"]
    args = {
        "seconds": 3.0, "count": 3, "longest_ms": 1.0, "length_ms": 20.0, "mains_hz": 50, "level_db": -40.0,
        "below_db": 30, "channel": 1, "percent": 1.0, "size_db": -10.0, "codec": "MP3",
        "low_kbps": 96, "high_kbps": 160,
    }  # fmt: skip
    found = tuple(Finding(code=code, severity="warning", args=args) for code in codes)
    points = advised(report(LATE, findings=found))
    assert len(points) == MOST
    assert [one.priority for one in points] == list(range(1, MOST + 1))
    assert points[0].says.startswith("Ask for the whole file")
    assert all(one.because and one.reason and one.next for one in points)


def test_what_is_hardly_there_is_not_raised():
    def toned(off_db: float, bass_off_db: float = 0.0) -> list[str]:
        bands = (
            Band(name="sub", low_hz=25.0, high_hz=50.0, off_db=off_db, range_db=8.0),
            Band(name="bass", low_hz=50.0, high_hz=125.0, off_db=bass_off_db, range_db=5.0),
            Band(name="air", low_hz=6300.0, high_hz=16000.0, off_db=-8.0, range_db=5.0),
        )
        points = advised(report(sound=Sound(balance=Balance(bands=bands))))
        return [str(one.args["band"]) for one in points if one.kind == "tone"]

    assert toned(-10.0) == ["air", "sub"]
    assert toned(-30.0) == ["air"]  # no instrument plays there
    assert toned(30.0) == ["sub", "air"]
    assert toned(-30.0, -30.0) == []  # a violin alone is no record


def test_no_chorus_is_praised_or_mended_of_drums_alone():
    form = sections(
        ("verse", "A", 8, -18.0), ("chorus", "B", 8, -14.0), ("verse", "A", 8, -18.0), ("chorus", "B", 8, -14.0)
    )
    drums = What(kind="drums alone", confidence=0.9, because="A beat.")
    assert "chorus_lifts" in {one.code for one in what_works(report(form))}
    assert "chorus_lifts" not in {one.code for one in what_works(report(form, what=drums))}
    assert [one for one in advised(report(LATE, what=drums)) if one.kind == "form"] == []


def test_peaks_over_full_scale_are_not_said_beside_the_clipping_that_made_them():
    over = Finding(code="true_peak_over", severity="advice", args={"peak_dbtp": 3.6})
    clipped = Finding(code="clipped", severity="warning", args={"count": 275, "longest_ms": 14.0})
    assert [one.code for one in advised(report(findings=(over,)))] == ["true_peak_over"]
    assert [one.code for one in advised(report(findings=(over, clipped)))] == ["clipped"]


@pytest.mark.parametrize(("says", "told"), [("plagal cadence at the end", False), ("Picardy third at the end", True)])
def test_a_usual_ending_is_no_turn_to_keep(says, told):
    harmony = Harmony(chords_confidence=0.9, notable=(Remark(at_s=190.0, kind="cadence", says=says),))
    assert ("turn" in {one.code for one in what_works(report(harmony=harmony))}) is told


def test_choruses_without_bars_are_not_counted():
    form = sections(*[("verse", "A", 8, -18.0), ("chorus", "B", 8, -15.0)] * 3)
    assert "same_choruses" in {one.code for one in advised(report(form))}
    unbarred = tuple(msgspec.structs.replace(one, bars=None) for one in form)
    assert "same_choruses" not in {one.code for one in advised(report(unbarred))}


def test_a_change_of_key_is_told_in_the_order_in_which_it_comes():
    def keys(sure: float) -> Harmony:
        spans = (
            KeySpan(start_s=0.0, end_s=17.0, key="Bb minor", confidence=sure),
            KeySpan(start_s=17.0, end_s=200.0, key="A minor", confidence=0.9),
        )
        return Harmony(key="A minor", key_confidence=0.9, keys=spans)

    (praise,) = [one for one in what_works(report(harmony=keys(0.8))) if "key" in one.code]
    assert praise.says == "It leaves Bb minor for A minor at 0:17."
    assert [one for one in what_works(report(harmony=keys(0.4))) if "key" in one.code] == []


def test_tone_is_not_judged_of_a_voice_memo():
    memo = msgspec.structs.replace(
        report(), what=What(kind="voice memo", confidence=0.9, because="One channel."), sound=Sound()
    )
    assert [one for one in advised(memo) if one.kind == "tone"] == []


@pytest.mark.parametrize(("lufs", "kind"), [(None, "silence"), (-9.0, "finished production"), (-24.0, "rough mix")])
def test_what_it_is_is_told_by_its_level(lufs, kind):
    peak = None if lufs is None else -0.5
    loudness = Loudness(
        integrated_lufs=lufs,
        range_lu=5.0,
        max_momentary_lufs=lufs,
        max_short_term_lufs=lufs,
        true_peak_dbtp=peak,
        plr_db=None if lufs is None or peak is None else peak - lufs,
    )
    assert what_it_is(report(loudness=loudness)).kind == kind


def test_the_queue_puts_first_what_needs_an_ear_first():
    broken = report(findings=(Finding(code="truncated_file", severity="warning", args={"seconds": 12.0}),))
    unsure = report(voice=Voice(doubts=tuple(Doubt(about=what, because="it is") for what in ("tempo", "key", "form"))))
    assert need_of(broken)[0] == "ask again"
    assert need_of(report(), known_as="Paper Lanterns")[0] == "new version"
    need, why = need_of(unsure)
    assert (need, why) == ("not sure", "Not sure about its tempo, key and form.")
    queue = [
        Queued(name=name, need=need, why="", waiting_s=waiting_s)
        for name, need, waiting_s in (
            ("d", "listen", 10.0), ("c", "listen", 90.0), ("b", "not sure", 1.0), ("a", "ask again", 0.0),
            ("e", "new version", 5.0),
        )
    ]  # fmt: skip
    assert [one.name for one in ordered(queue)] == ["a", "e", "b", "c", "d"]
