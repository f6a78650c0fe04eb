"""A fault is said where it is one: what machines and instruments do on purpose is none."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import msgspec
import numpy as np
import pytest

from controlroom.rooms.listening import DemoReport
from controlroom.rooms.listening.faults import findings_of_sound
from controlroom.rooms.listening.report import What
from controlroom.rooms.listening.what import what_it_is
from controlroom.sound.character import Sound
from controlroom.sound.faults import Click
from controlroom.sound.files import AudioInfo
from controlroom.sound.harmony import ChordSpan, Harmony
from controlroom.sound.hum import Hum
from controlroom.sound.levels import Levels, Span, levels_of
from controlroom.sound.meter import Loudness
from controlroom.sound.rhythm import Rhythm
from controlroom.sound.signal import Audio
from controlroom.sound.voice import Voice

RATE_HZ = 48000
BEATS_S = tuple(0.5 * beat for beat in range(80))
MIX = What(kind="rough mix", confidence=0.9, because="-18.0 LUFS.")
MEMO = What(kind="voice memo", confidence=0.9, because="One channel.")


@pytest.fixture(scope="module")
def levels() -> Levels:
    time_s = np.arange(4 * RATE_HZ) / RATE_HZ
    tone = 0.2 * np.sin(2 * np.pi * 220 * time_s)
    return levels_of(Audio(np.array([tone, tone], np.float32), RATE_HZ))


def report(**parts: object) -> DemoReport:
    info = AudioInfo(
        path=Path("demo.wav"), frames=200 * RATE_HZ, rate_hz=RATE_HZ, channels=2, codec="pcm_s24", container="wav"
    )
    loudness = Loudness(integrated_lufs=-18.0, true_peak_dbtp=-2.0)
    made = DemoReport(info=info, what=MIX, bandwidth_hz=20000.0, loudness=loudness, rhythm=Rhythm(beats_s=BEATS_S))
    return msgspec.structs.replace(made, **parts)


def codes(levels: Levels, heard: DemoReport) -> set[str]:
    hearing = SimpleNamespace(levels=levels, loudness=heard.loudness)
    return {finding.code for finding in findings_of_sound(hearing, heard)}


def with_gaps(levels: Levels, places_s: list[float]) -> Levels:
    gaps = tuple(Span(start_s=at, end_s=at + 0.012, channel=side) for at in places_s for side in (0, 1))
    return msgspec.structs.replace(levels, dropouts=gaps)


def test_gaps_in_time_are_played_and_others_are_dropouts(levels: Levels) -> None:
    played = with_gaps(levels, [4.375, 7.625, 8.001, 9.499, 12.126])
    assert "dropout" not in codes(played, report())
    assert "dropout" in codes(played, report(rhythm=Rhythm()))  # nothing tells the time
    assert "dropout" in codes(with_gaps(levels, [4.375, 7.68, 8.06, 9.43]), report())
    assert "dropout" in codes(with_gaps(levels, [4.375]), report())


def test_a_click_is_a_fault_in_a_memo_and_an_instrument_in_a_production(levels: Levels) -> None:
    clicking = msgspec.structs.replace(levels, clicks=(Click(at_s=3.0, channel=0, size_db=-20.0),))
    assert "click" not in codes(clicking, report())
    assert "click" not in codes(clicking, report(what=What(kind="drums alone", confidence=0.9, because="A beat.")))
    assert "click" in codes(clicking, report(what=MEMO))
    clipping = tuple(Span(start_s=0.1 * at, end_s=0.1 * at + 0.001, channel=0) for at in range(30))
    assert "click" not in codes(msgspec.structs.replace(clicking, clipped=clipping), report(what=MEMO))


@pytest.mark.parametrize(
    ("level_db", "to_click", "floor_dbfs", "said"),
    [
        (-52.0, True, None, False),  # a loop of a machine repeats as steadily as the mains
        (-52.0, False, None, True),
        (-80.0, False, None, False),
        (-40.0, True, None, True),  # under nothing
        (-80.0, True, -62.0, True),  # heard alone where it rests
    ],
)
def test_a_hum_is_said_where_it_can_be_proven(
    levels: Levels, level_db: float, to_click: bool, floor_dbfs: float | None, said: bool
) -> None:
    humming = msgspec.structs.replace(
        levels, hum=Hum(mains_hz=50, freq_hz=50.0, level_db=level_db, harmonics_db=(-45.0, -42.0) + (None,) * 6)
    )
    heard = report(rhythm=Rhythm(beats_s=BEATS_S, to_click=to_click), sound=Sound(noise_floor_dbfs=floor_dbfs))
    assert ("hum" in codes(humming, heard)) is said


def test_a_wall_of_guitars_is_not_drums_alone() -> None:
    beat = Rhythm(tempo_bpm=180.0, tempo_confidence=0.6)
    loud = Loudness(integrated_lufs=-8.4, true_peak_dbtp=2.4, plr_db=10.8)
    mastered = report(rhythm=beat, loudness=loud, voice=Voice(share=0.0))
    assert what_it_is(mastered).kind == "finished production"
    open_drums = Loudness(integrated_lufs=-20.0, true_peak_dbtp=-1.0, plr_db=19.0)
    assert what_it_is(report(rhythm=beat, loudness=open_drums, voice=Voice(share=0.0))).kind == "drums alone"
    belled = report(rhythm=beat, loudness=open_drums, voice=Voice(share=0.0), harmony=Harmony(tuning_confidence=0.9))
    assert what_it_is(belled).kind == "rough mix"
    loop = msgspec.structs.replace(mastered.info, frames=8 * RATE_HZ)
    assert what_it_is(msgspec.structs.replace(mastered, info=loop)).kind == "drums alone"


def test_a_hiss_over_one_channel_is_a_memo() -> None:
    mono = Sound(stereo="mono", hiss_db=-27.0)
    rhythm, chords = (
        Rhythm(tempo_bpm=105.0, tempo_confidence=0.9),
        (ChordSpan(start_s=0.0, end_s=60.0, chord="C:maj", roman="I", confidence=0.9),),
    )
    assert what_it_is(report(sound=mono, rhythm=rhythm, harmony=Harmony(chords=chords))).kind == "voice memo"
    clean = Sound(stereo="mono", hiss_db=-70.0)
    assert what_it_is(report(sound=clean, rhythm=rhythm, harmony=Harmony(chords=chords))).kind == "rough mix"
