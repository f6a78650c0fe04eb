"""One list from everybody."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.canonical import from_json, to_json
from controlroom.rooms.review import Note, Point, as_text, merge


def note(text: str, author: str = "Mara", at_s: float | None = None, until_s: float | None = None) -> Note:
    return Note(id=f"{author}{at_s}{until_s}{text}", text=text, author=author, at_s=at_s, until_s=until_s)


def test_equal_requests_are_one_point():
    points = merge(
        [note("vocal up", "Mara", 60, 70), note("Voice louder please", "Jonas", 62), note("hum?", "Theo", 62)]
    )
    assert [point.authors for point in points] == [("Mara", "Jonas"), ("Theo",)]
    assert (points[0].at_s, points[0].until_s) == (60, 70)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (note("vocal up", "A", 10), note("vocal up", "B", 30)),
        (note("vocal up", "A", 10), note("snare up", "B", 10)),
        (note("vocal up", "A", 10), note("vocal brighter", "B", 10)),
        (note("vocal up", "A", 10), note("vocal up", "B")),
        (note("something is off", "A", 10), note("something is off", "B", 10)),
        (note("vocal up", "A", 10), note("vocal up, it drowns behind the wall of things", "B", 10)),
        (note("vocal up in the verse", "A"), note("vocal up in the chorus", "B")),
        (note("vocal down", "A", 10), note("don't make the vocal louder", "B", 10)),
    ],
)
def test_what_is_not_surely_equal_stays_apart(one, other):
    points = merge([one, other])
    assert len(points) == 2
    assert not points[0].against


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("vocal up", "vocal down"),
        ("more reverb on the snare", "snare drier"),
        ("make it longer", "the song is too long"),
        ("drums louder", "Schlagzeug leiser"),
        ("vocal up", "please don't make the vocal louder"),
        ("guitar brighter", "la guitarra demasiado brillante"),
        ("piano wider", "piano plus étroit"),
    ],
)
def test_people_who_ask_the_opposite_are_named(one, other):
    points = merge([note(one, "Mara", 60, 70), note(other, "Jonas", 65)])
    assert [[against.author for against in point.against] for point in points] == [["Jonas"], ["Mara"]]
    assert "Jonas asks the opposite (1:05)" in as_text(points)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (note("vocal up", "Mara", 10), note("vocal down", "Jonas", 30)),
        (note("vocal up", "Mara", 10), note("vocal down", "Mara", 10)),
        (note("vocal up", "Mara", 10), note("vocal is strange", "Jonas", 10)),
        (note("vocal up in the verse", "Mara"), note("vocal down in the chorus", "Jonas")),
    ],
)
def test_what_is_no_contradiction(one, other):
    assert not any(point.against for point in merge([one, other]))


def test_the_whole_song_is_everywhere():
    points = merge([note("vocal up", "Mara"), note("vocal down", "Jonas", 30)])
    assert points[0].at_s is None
    assert points[0].against[0].author == "Jonas"


def test_the_text_says_what_works_first():
    points = merge(
        [
            note("vocal up", "Mara", 60, 70),
            note("voice louder", "Jonas", 61),
            note("don't make the vocal louder", "Theo", 61),
            note("love the doubles", "Mara", 80),
            note("Spell my name\nright\x00", "Ines"),
        ]
    )
    assert as_text(points, "Blue Lantern, mix 3") == (
        "Blue Lantern, mix 3\n\n"
        "What works\n"
        "  1:20  love the doubles  (Mara)\n\n"
        "To do\n"
        "  whole song  Spell my name right  (Ines)\n"
        "  1:00-1:10  vocal up / voice louder  (Mara, Jonas)\n"
        "      ! Theo asks the opposite (1:01): don't make the vocal louder\n"
        "  1:01  don't make the vocal louder  (Theo)\n"
        "      ! Mara asks the opposite (1:00-1:10): vocal up\n"
        "      ! Jonas asks the opposite (1:01): voice louder\n"
    )


def test_an_empty_list_says_so():
    assert merge([]) == []
    assert as_text([]) == "No open notes.\n"


NOTES = st.lists(
    st.builds(
        Note,
        id=st.text("abcdef", min_size=1, max_size=2),
        text=st.sampled_from(
            ["vocal up", "vocal down", "louder vocal", "snare drier", "love it", "hm", "vocal up, hm"]
        ),
        author=st.sampled_from(["Mara", "Jonas", "Theo", ""]),
        at_s=st.none() | st.floats(0, 30),
        until_s=st.none() | st.floats(0, 40),
    ),
    max_size=12,
    unique_by=lambda note: note.id,
)


@settings(deadline=None, max_examples=60)
@given(NOTES, st.randoms())
def test_the_order_is_no_matter(notes, random):
    shuffled = list(notes)
    random.shuffle(shuffled)
    assert merge(shuffled) == merge(notes)


@settings(deadline=None, max_examples=60)
@given(NOTES)
def test_nothing_is_lost_and_merging_again_changes_nothing(notes):
    points = merge(notes)
    assert sorted(note.id for point in points for note in point.notes) == sorted(note.id for note in notes)
    again = [note for point in points for note in point.notes]
    assert merge(again + again) == points
    assert all(from_json(to_json(point), Point) == point for point in points)
    places = [-1.0 if point.at_s is None else point.at_s for point in points]
    assert places == sorted(places)


@settings(deadline=None, max_examples=60)
@given(NOTES)
def test_contradiction_is_mutual(notes):
    points = merge(notes)
    for point in points:
        for other in point.against:
            (theirs,) = [one for one in points if other in one.notes]
            assert set(theirs.against) & set(point.notes)
