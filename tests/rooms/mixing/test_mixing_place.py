"""Panning and space: the important in the centre, the rest balanced, files with an image as they are."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from controlroom.rooms.mixing import MixReport, decide
from controlroom.rooms.mixing.plan import MixPlan
from controlroom.rooms.mixing.report import TrackHeard
from controlroom.sound.pan import constant_power
from controlroom.sound.spectrum import THIRD_OCTAVES_HZ

Hear = Callable[..., TrackHeard]
Report = Callable[..., MixReport]


def pans(plan: MixPlan) -> dict[str, float]:
    return {track.name: track.pan for track in plan.tracks}


def test_the_low_end_and_the_voice_stand_in_the_centre(hear: Hear, report: Report) -> None:
    roles = ("kick", "snare", "bass", "bass DI", "lead vocal", "drums")
    plan = decide(report(*(hear(role, role) for role in roles)))
    assert set(pans(plan).values()) == {0.0}


def test_a_stereo_file_keeps_its_image(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("A", "electric guitar", channels=2), hear("B", "keys", channels=2)))
    assert set(pans(plan).values()) == {0.0}


def test_doubles_face_each_other(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("Gtr 1", "electric guitar"), hear("Gtr 2", "electric guitar")))
    left, right = sorted(pans(plan).values())
    assert left == -right < 0.0


def test_doubles_face_each_other_whatever_else_there_is(hear: Hear, report: Report) -> None:
    voices, guitars = hear("Choir", "backing vocal"), [hear(f"Gtr {k}", "electric guitar") for k in (1, 2, 3, 4)]
    made = pans(decide(report(voices, *guitars)))
    assert made["Choir"] < 0.0
    assert sorted(made[guitar.name] for guitar in guitars) == [-0.7, -0.7, 0.7, 0.7]


def test_both_sides_carry_the_same(hear: Hear, report: Report) -> None:
    roles = ["electric guitar", "electric guitar", "acoustic guitar", "keys", "keys", "percussion", "backing vocal"]
    low, high = np.linspace(-20, -40, len(THIRD_OCTAVES_HZ)), np.linspace(-40, -20, len(THIRD_OCTAVES_HZ))
    tracks = [
        hear(f"{role} {k}", role, -20.0 - k, bands_db=tuple((low if k % 2 else high).tolist()))
        for k, role in enumerate(roles)
    ]
    plan = decide(report(*tracks))
    sides = np.zeros(2)
    for track in plan.tracks:
        power = 10 ** (((track.loudness_lufs or 0.0) + track.gain_db) / 10)
        sides += power * np.square(constant_power(track.pan))
    assert abs(10 * np.log10(sides[0] / sides[1])) < 1.0


def test_sides_that_files_name_are_kept(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("Gtr R", "electric guitar", side="R"), hear("Gtr L", "electric guitar", side="L")))
    assert pans(plan)["Gtr L"] < 0.0 < pans(plan)["Gtr R"]


def test_one_overhead_alone_stands_in_the_centre(hear: Hear, report: Report) -> None:
    assert pans(decide(report(hear("OH", "overhead"), hear("Kick", "kick")))) == {"OH": 0.0, "Kick": 0.0}


def test_the_low_end_stays_dry_and_the_voice_gets_a_plate(hear: Hear, report: Report) -> None:
    plan = decide(report(hear("Kick", "kick"), hear("Bass", "bass"), hear("Vox", "lead vocal")))
    assert plan.track("Kick").sends == plan.track("Bass").sends == {}
    assert "plate" in plan.track("Vox").sends
    assert {reverb.name for reverb in plan.reverbs} >= set(plan.track("Vox").sends)


def test_what_brings_its_own_space_gets_less(hear: Hear, report: Report) -> None:
    dry = decide(report(hear("Pad", "strings", channels=2, correlation=0.95))).track("Pad").sends["room"]
    wide = decide(report(hear("Pad", "strings", channels=2, correlation=0.2))).track("Pad").sends["room"]
    assert wide < dry
