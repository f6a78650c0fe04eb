"""Gain staging: from loudness while it plays, by role, by company, and for the voice."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.rooms.mixing import MixReport, decide
from controlroom.rooms.mixing.balance import VOICE_OVER_BAND_LU, faders, voice_over_band_lu
from controlroom.rooms.mixing.manners import MANNERS
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.song.roles import ROLES

Hear = Callable[..., TrackHeard]
Report = Callable[..., MixReport]


def levels(report: MixReport) -> dict[str, float]:
    """Where each track stands, LUFS."""
    gains = faders(report)
    return {track.name: (track.loudness_lufs or 0.0) + gains[track.name].gain_db for track in report.tracks}


def test_every_role_has_its_manner() -> None:
    assert set(MANNERS) == set(ROLES)


def test_faders_undo_whatever_the_files_levels_were(hear: Hear, report: Report) -> None:
    roles = {"Vox": "lead vocal", "Kick": "kick", "Bass": "bass", "Gtr": "electric guitar", "Pad": "synth"}
    flat = levels(report(*(hear(name, role, -20.0) for name, role in roles.items())))
    scrambled = zip(roles.items(), (-31.0, -12.0, -25.0, -18.0, -9.0), strict=True)
    again = levels(report(*(hear(name, role, lufs) for (name, role), lufs in scrambled)))
    assert again == pytest.approx(flat, abs=0.11)


def test_a_part_of_the_chorus_only_is_no_louder_for_it(hear: Hear, report: Report) -> None:
    drums = hear("Drums", "drums")
    always = levels(report(drums, hear("Keys", "keys", -20.0)))
    chorus = levels(report(drums, hear("Keys", "keys", -20.0, plays=(20, 25))))
    assert chorus == always


def test_a_crowd_of_one_role_gives_way(hear: Hear, report: Report) -> None:
    drums = hear("Drums", "drums")
    alone = levels(report(drums, hear("G1", "electric guitar")))["G1"]
    crowd = levels(report(drums, *(hear(f"G{k}", "electric guitar") for k in range(1, 5))))["G1"]
    assert crowd == pytest.approx(alone - 3.0, abs=0.2)


def test_left_and_right_of_one_source_move_together(hear: Hear, report: Report) -> None:
    pair = (
        hear("OH L", "overhead", -30.0, side="L", part="drums"),
        hear("OH R", "overhead", -27.0, side="R", part="drums"),
    )
    gains = faders(report(hear("Vox", "lead vocal"), *pair))
    assert gains["OH L"].gain_db == gains["OH R"].gain_db


def test_two_mics_of_one_drum_share_its_level(hear: Hear, report: Report) -> None:
    vox = hear("Vox", "lead vocal")
    one = levels(report(vox, hear("Kick In", "kick in")))["Kick In"]
    both = levels(report(vox, hear("Kick In", "kick in"), hear("Kick Out", "kick out")))
    together = 10 * np.log10(10 ** (both["Kick In"] / 10) + 10 ** (both["Kick Out"] / 10))
    assert together == pytest.approx(one, abs=0.5)


@pytest.mark.parametrize("band_lufs", [-30.0, -20.0, -10.0])
def test_the_voice_stands_over_the_band(hear: Hear, report: Report, band_lufs: float) -> None:
    tracks = [hear("Vox", "lead vocal")]
    tracks += [hear(f"P{k}", role, band_lufs) for k, role in enumerate(["synth", "keys", "electric guitar"] * 4)]
    made = report(*tracks)
    over = voice_over_band_lu(made.tracks, {name: fader.gain_db for name, fader in faders(made).items()})
    assert over is not None
    assert VOICE_OVER_BAND_LU[0] - 0.2 <= over <= VOICE_OVER_BAND_LU[1] + 0.2


def test_without_a_voice_there_is_a_mix_too(hear: Hear, report: Report) -> None:
    made = levels(report(hear("Bass", "bass"), hear("Drums", "drums")))
    assert made["Drums"] > made["Bass"]


def test_printed_stems_stay_and_the_others_are_set_against_them(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("Stem", "synth", -18.0, printed=True), hear("Vox", "lead vocal", -30.0)))
    stem, vox = plan.tracks
    assert stem.gain_db == 0.0
    assert stem.pan == 0.0
    assert not any((stem.eq, stem.compressor, stem.sends))
    assert plan.gain_db == 0.0
    assert vox.gain_db > 10.0


def test_everything_printed_is_left_alone(hear: Hear, report: Report) -> None:
    for plan in (
        decide(report(hear("A", "synth", printed=True), hear("B", "drums", printed=True))),
        decide(report(hear("A", "synth"), hear("B", "drums")), unity=True),
    ):
        assert all(track.printed and track.gain_db == 0.0 for track in plan.tracks)
        assert not plan.buses
        assert not plan.reverbs
        assert plan.gain_db == 0.0
        assert plan.headroom_dbtp is None


def test_a_silent_track_is_left_alone(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("Vox", "lead vocal"), hear("Nothing", "keys", None)))
    assert plan.track("Nothing").gain_db == 0.0
    assert plan.headroom_dbtp == -6.0


def test_nothing_but_silence(hear: Hear, report: Report) -> None:
    assert decide(report(hear("A", "keys", None), hear("B", "drums", None))).gain_db == 0.0
