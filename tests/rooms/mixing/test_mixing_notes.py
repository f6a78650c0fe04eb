"""Notes from people become changes of the plan, or are told what would be understood."""

from __future__ import annotations

import pytest

from controlroom.base.errors import UsageError
from controlroom.rooms.mixing import MixPlan, Section, apply_note
from controlroom.rooms.mixing.notes import MUTED_DB
from controlroom.rooms.mixing.plan import TrackPlan, checked
from controlroom.rooms.mixing.space import PLATE, planned

SECTIONS = (
    Section("verse", 0.0, 20.0),
    Section("chorus", 20.0, 40.0),
    Section("verse", 40.0, 60.0),
    Section("chorus 2", 60.0, 80.0),
)


def track(name: str, role: str, bus: str = "music", **more: object) -> TrackPlan:
    return TrackPlan(name=name, path=f"{name}.wav", role=role, bus=bus, **more)  # type: ignore[arg-type]


PLAN = MixPlan(
    rate_hz=48000,
    reverbs=(planned("plate", PLATE),),
    tracks=(
        track("VOX LEAD", "lead vocal", "vocals", sends={"plate": -15.0}),
        track("BGVOX HIGH", "backing vocal", "vocals"),
        track("Snare Top", "snare top", "drums"),
        track("Snare Bottom", "snare bottom", "drums"),
        track("Kick In", "kick in", "drums"),
        track("Gtr 1", "electric guitar", pan=-0.7),
        track("Gtr 2", "acoustic guitar", pan=0.7),
        track("Claps 4", "percussion", "drums"),
    ),
)


def changed(note: str, sections: tuple[Section, ...] = ()) -> dict[str, TrackPlan]:
    plan = checked(apply_note(PLAN, note, sections))
    return {after.name: after for before, after in zip(PLAN.tracks, plan.tracks, strict=True) if before != after}


@pytest.mark.parametrize(
    ("note", "names", "gain_db"),
    [
        ("vocal up 1 dB", {"VOX LEAD"}, 1.0),
        ("Lead vocal louder", {"VOX LEAD"}, 1.0),
        ("the backing vocals down 2,5 dB", {"BGVOX HIGH"}, -2.5),
        ("snare up by 2 dB", {"Snare Top", "Snare Bottom"}, 2.0),
        ("guitars 1.5 dB quieter", {"Gtr 1", "Gtr 2"}, -1.5),
        ("drums down 1 dB", {"Snare Top", "Snare Bottom", "Kick In"}, -1.0),
        ("lower Gtr 2 by 3 dB", {"Gtr 2"}, -3.0),
        ("claps a bit louder", {"Claps 4"}, 1.0),
        ("kick in up 2 dB", {"Kick In"}, 2.0),
    ],
)
def test_levels(note: str, names: set[str], gain_db: float) -> None:
    moved = changed(note)
    assert set(moved) == names
    assert {one.gain_db for one in moved.values()} == {gain_db}


def test_a_section_is_ridden_wherever_it_comes() -> None:
    vox = changed("vocal up 1 dB in chorus", SECTIONS)["VOX LEAD"]
    assert vox.gain_db == 0.0
    levels = {ride.at_s: ride.gain_db for ride in vox.rides}
    assert levels[20.0] == levels[40.0] == levels[60.0] == levels[80.0] == 1.0
    assert levels[19.95] == levels[40.05] == levels[59.95] == 0.0


def test_a_name_with_in_in_it_is_ridden_too() -> None:
    rides = changed("kick in up 2 dB in the chorus", SECTIONS)["Kick In"].rides
    assert min(ride.at_s for ride in rides if ride.gain_db == 2.0) == 20.0


def test_one_of_several_sections() -> None:
    rides = changed("vocal up 1 dB in chorus 2", SECTIONS)["VOX LEAD"].rides
    assert min(ride.at_s for ride in rides if ride.gain_db == 1.0) == 60.0


def test_a_time_is_ridden() -> None:
    rides = changed("gtr 1 down 2 dB from 1:02 to 1:20.5")["Gtr 1"].rides
    assert [ride.at_s for ride in rides if ride.gain_db == -2.0] == [62.0, 80.5]


def test_rides_add_up() -> None:
    twice = apply_note(apply_note(PLAN, "vocal up 2 dB from 10 to 20"), "vocal down 1 dB from 15 to 30")
    levels = {ride.at_s: ride.gain_db for ride in twice.track("VOX LEAD").rides}
    assert levels[10.0] == 2.0
    assert levels[15.0] == 1.0
    assert levels[30.0] == -1.0
    assert levels[30.05] == 0.0


def test_a_mute_is_for_the_song_or_for_a_time() -> None:
    assert changed("mute claps")["Claps 4"].mute
    rides = changed("mute claps from 0:10 to 0:12")["Claps 4"].rides
    assert min(ride.gain_db for ride in rides) == MUTED_DB


def test_panning_moves_and_centres() -> None:
    assert changed("gtr 1 pan left 20%")["Gtr 1"].pan == -0.9
    assert changed("pan claps right")["Claps 4"].pan == 0.3
    assert changed("gtr 2 centre")["Gtr 2"].pan == 0.0


def test_wet_and_dry() -> None:
    assert changed("vocal wetter")["VOX LEAD"].sends == {"plate": -12.0}
    assert changed("vocal dryer by 2 dB")["VOX LEAD"].sends == {"plate": -17.0}
    assert changed("vocal dry")["VOX LEAD"].sends == {}


def test_several_notes_in_one() -> None:
    assert set(changed("vocal up 1 dB; kick down 1 dB and then mute claps")) == {"VOX LEAD", "Kick In", "Claps 4"}


def test_the_note_is_kept() -> None:
    assert apply_note(PLAN, "Vocal up 1 dB").reasons == ("Note: Vocal up 1 dB.",)


@pytest.mark.parametrize(
    ("note", "says"),
    [
        ("make it pop", "Say who, what and where"),
        ("tuba up 2 dB", "no track or role 'tuba'"),
        ("vocal up 1 dB in the bridge", "Sections known: verse, chorus"),
        ("vocal up 1 dB from 0:20 to 0:10", "ends before it starts"),
        ("vocal wetter in chorus", "only levels"),
    ],
)
def test_what_is_not_understood_says_what_would_be(note: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        apply_note(PLAN, note, SECTIONS)
