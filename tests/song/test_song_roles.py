"""What files are called, in the studios of many countries, and what they then are."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.song.roles import (
    FAMILIES,
    ROLES,
    SoundTraits,
    family_of,
    guess_role,
    known_role,
    role_from_name,
    role_from_sound,
)


def _names() -> list[tuple[str, str]]:
    lines = (Path(__file__).parent / "names.txt").read_text(encoding="utf-8").splitlines()
    pairs = [line.split(": ", 1) for line in lines if ": " in line and not line.startswith("#")]
    return [(name.strip(), role) for role, names in pairs for name in names.split("|")]


@pytest.mark.parametrize(("name", "role"), _names())
def test_a_name_says_its_role(name, role):
    assert role_from_name(name).role == role


def test_the_roles_of_the_house_are_all_there():
    contract = (
        "kick in,kick out,kick,snare top,snare bottom,snare,tom,hi-hat,ride,overhead,room,percussion,drums,bass DI,"
        "bass amp,bass,acoustic guitar,electric guitar,guitar,keys,synth,strings,brass,lead vocal,backing vocal,"
        "effects,printed stem,unknown"
    )
    assert tuple(contract.split(",")) == ROLES
    families = "drums,percussion,bass,guitar,keys,synth,strings,brass,lead vocal,backing vocal,effects,other"
    assert set(families.split(",")) == set(FAMILIES)
    assert {family_of(role) for role in ROLES} == set(FAMILIES)
    assert family_of("theremin orchestra") == "other"


@pytest.mark.parametrize("role", [role for role in ROLES if role != "unknown"])
def test_a_role_is_its_own_name(role):
    assert role_from_name(role).role == role
    assert known_role(role.upper()) == role


@pytest.mark.parametrize(
    ("name", "side"),
    [
        ("OH L", "L"), ("OHL", "L"), ("OverheadsR", "R"), ("Gtr Left", "L"), ("Gtr (R)", "R"), ("Piano rechts", "R"),
        ("OH", None), ("Rm L R", None), ("Lead Vox", None), ("Room", None), ("LV", None),
    ],
)  # fmt: skip
def test_a_name_says_its_side(name, side):
    assert role_from_name(name).side == side


def test_a_sure_name_is_surer_than_a_hint_and_a_hint_than_nothing():
    sure, several, hint, nothing = (role_from_name(n).confidence for n in ("Kick", "PAD + BASS", "Lead", "Audio 1"))
    assert sure > several > hint > nothing == 0


@pytest.mark.parametrize("name", ["Batería", "Violão", "Bläser", "Cajón"])
def test_both_spellings_of_an_accent_are_the_same_name(name):
    composed, spread = (unicodedata.normalize(form, name) for form in ("NFC", "NFD"))
    assert composed != spread
    assert role_from_name(composed) == role_from_name(spread)


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_name_gets_a_guess_within_bounds(name):
    guess = role_from_name(name)
    assert guess.role in ROLES
    assert 0 <= guess.confidence <= 1
    assert (guess.role == "unknown") == (guess.confidence == 0)


def test_a_person_names_a_role_in_their_own_words():
    assert known_role("Lead Vox") == "lead vocal"
    assert known_role(" OH ") == "overhead"
    assert known_role("zither-ish") is None


def traits(**changes: float) -> SoundTraits:
    figures = {
        "centroid_hz": 1500.0, "share_below_120": 0.1, "share_120_500": 0.4, "share_500_2k": 0.3, "share_2k_8k": 0.15,
        "share_above_8k": 0.05, "crest_db": 14.0, "onsets_per_s": 2.0, "pitched_share": 0.3, "active_share": 0.95,
        "channels": 2,
    }  # fmt: skip
    return SoundTraits(**(figures | changes))


def test_sound_speaks_only_where_the_name_is_silent():
    bass = traits(
        centroid_hz=120.0,
        share_below_120=0.7,
        share_120_500=0.25,
        share_500_2k=0.04,
        share_2k_8k=0.01,
        share_above_8k=0.0,
        pitched_share=0.8,
    )
    assert role_from_sound(bass).role == "bass"
    assert guess_role("Audio 1", bass).role == "bass"
    assert guess_role("Vox", bass).role == "lead vocal"
    assert guess_role("Sub", bass).confidence > role_from_name("Sub").confidence
    assert guess_role("Audio 1").role == "unknown"


# Measured on recordings: a kick, hats, drums, a bass guitar, a solo voice (figures in the order of SoundTraits).
HEARD = {
    "kick": (85, 0.88, 0.10, 0.01, 0.005, 0.005, 23.3, 1.8, 0.03, 0.16, 2),
    "hi-hat": (6402, 0.0, 0.0, 0.02, 0.81, 0.17, 31.9, 3.2, 0.0, 0.09, 2),
    "drums": (541, 0.69, 0.23, 0.03, 0.03, 0.02, 24.5, 5.5, 0.05, 0.96, 2),
    "bass": (114, 0.66, 0.34, 0.0, 0.0, 0.0, 19.0, 3.0, 0.52, 0.95, 2),
    "lead vocal": (667, 0.03, 0.53, 0.41, 0.02, 0.01, 18.2, 3.2, 0.68, 0.94, 1),
    "unknown": (1107, 0.0, 0.04, 0.96, 0.0, 0.0, 18.9, 2.6, 0.60, 0.87, 2),
}


@pytest.mark.parametrize("role", HEARD)
def test_a_sound_says_its_role_modestly(role):
    heard = role_from_sound(SoundTraits(**dict(zip(SoundTraits.__struct_fields__, HEARD[role], strict=True))))
    assert heard.role == role
    assert heard.confidence <= 0.6


share = st.floats(0, 1)


@settings(deadline=None)
@given(
    shares=st.lists(share, min_size=5, max_size=5), crest_db=st.floats(0, 60), onsets=st.floats(0, 20), pitched=share
)
def test_any_sound_gets_a_modest_guess(shares, crest_db, onsets, pitched):
    names = ("share_below_120", "share_120_500", "share_500_2k", "share_2k_8k", "share_above_8k")
    figures = traits(
        **dict(zip(names, shares, strict=True)), crest_db=crest_db, onsets_per_s=onsets, pitched_share=pitched
    )
    guess = role_from_sound(figures)
    assert guess.role in ROLES
    assert guess.confidence <= 0.6
    assert (guess.role == "unknown") == (guess.confidence == 0)
