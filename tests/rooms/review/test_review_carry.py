"""Notes that go along: in order, back again, and never dropped."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.base.canonical import from_json, to_json
from controlroom.rooms.review import Carried, Note, carry
from controlroom.sound.versions import Alignment, Stretch, same_time


def aligned(*spans: tuple[float, float, float, float], confidence: float = 1.0) -> Alignment:
    """(old from, old to, new from, new to), ..."""
    stretches = tuple(
        Stretch(old_start_s=a, old_end_s=b, new_start_s=c, new_end_s=d, confidence=confidence) for a, b, c, d in spans
    )
    return Alignment(kind="same recording", old_duration_s=100.0, new_duration_s=120.0, stretches=stretches)


CUT = aligned((10, 40, 0, 30), (60, 100, 34, 74))  # ten seconds off the head; twenty cut out, four put in


def at(at_s: float | None, until_s: float | None = None) -> Note:
    return Note(id="1", text="vocal up", author="Mara", at_s=at_s, until_s=until_s)


def carried(note: Note, alignment: Alignment = CUT) -> Carried:
    (found,) = carry([note], alignment)
    return found


def test_a_note_keeps_its_place():
    assert carried(at(20)) == Carried(note=at(20), at_s=10, moved_s=-10)
    assert carried(at(70, 75)) == Carried(note=at(70, 75), at_s=44, until_s=49, moved_s=-26)


def test_a_note_on_the_whole_song_has_no_place_to_lose():
    assert carried(at(None)) == Carried(note=at(None), at_s=None)


@pytest.mark.parametrize(("old_s", "new_s"), [(5, 0), (50, 30), (59.9, 30)])
def test_what_was_cut_stands_at_the_cut(old_s, new_s):
    found = carried(at(old_s))
    assert (found.lost, found.sure, found.at_s, found.until_s) == (True, False, new_s, None)
    assert found.note.text == "vocal up"


def test_a_stretch_that_was_cut_in_part_keeps_the_rest():
    over_the_cut = carried(at(35, 50))
    assert (over_the_cut.at_s, over_the_cut.until_s) == (25, 30)
    assert (over_the_cut.lost, over_the_cut.sure) == (False, False)
    into_the_song = carried(at(5, 15))
    assert (into_the_song.at_s, into_the_song.until_s, into_the_song.sure) == (0, 5, False)
    across = carried(at(35, 65))
    assert (across.at_s, across.until_s) == (25, 39)


def test_a_weak_alignment_is_not_sure():
    assert not carried(at(20), aligned((0, 100, 0, 100), confidence=0.3)).sure


def test_versions_that_do_not_align_lose_the_place_not_the_note():
    found = carried(at(20), Alignment(old_duration_s=100, new_duration_s=90))
    assert (found.lost, found.at_s, found.note) == (True, None, at(20))


def test_the_same_version_moves_nothing():
    assert carried(at(33.5, 40), same_time(100)) == Carried(note=at(33.5, 40), at_s=33.5, until_s=40)


@st.composite
def alignments(draw: st.DrawFn) -> Alignment:
    old_s = new_s = 0.0
    spans = []
    for _ in range(draw(st.integers(1, 5))):
        old_s += draw(st.sampled_from([0.0, 0.5, 7.3]))
        new_s += draw(st.sampled_from([0.0, 4.0]))
        length_s, speed = draw(st.floats(1, 20)), draw(st.sampled_from([1.0, 0.96, 1.04, 1.3]))
        spans.append((old_s, old_s + length_s, new_s, new_s + speed * length_s))
        old_s, new_s = spans[-1][1], spans[-1][3]
    return aligned(*spans)


TIMES = st.floats(0, 130)


@settings(deadline=None, max_examples=60)
@given(alignments(), st.lists(TIMES, min_size=2, max_size=20))
def test_time_never_runs_backwards(alignment, times):
    found = [new_s for old_s in sorted(times) if (new_s := alignment.new_time(old_s)) is not None]
    assert found == sorted(found)
    notes = [Note(id=str(i), text="", at_s=old_s) for i, old_s in enumerate(sorted(times))]
    places = [one.at_s for one in carry(notes, alignment)]
    assert places == sorted(places)


@settings(deadline=None, max_examples=60)
@given(alignments(), TIMES)
def test_there_and_back(alignment, old_s):
    new_s = alignment.new_time(old_s)
    if new_s is not None:
        back_s = alignment.old_time(new_s)
        joints = [s.old_start_s for s in alignment.stretches] + [s.old_end_s for s in alignment.stretches]
        at_a_joint = min(abs(old_s - joint) for joint in joints) < 1e-6
        assert at_a_joint or back_s == pytest.approx(old_s, abs=1e-6)
    assert alignment.turned().turned() == alignment


@settings(deadline=None, max_examples=60)
@given(alignments(), TIMES, st.floats(0, 30))
def test_a_stretch_never_ends_before_it_begins(alignment, at_s, length_s):
    found = carried(at(at_s, at_s + length_s), alignment)
    if not found.lost:
        assert found.at_s is not None
        assert found.until_s is not None
        assert found.until_s >= found.at_s
    assert from_json(to_json(found), Carried) == found
