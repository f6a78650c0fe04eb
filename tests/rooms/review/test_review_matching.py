"""Side by side at one loudness: attenuation only, over what the versions share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controlroom.rooms.review import match
from controlroom.sound.meter import LoudnessSeries, metered
from controlroom.sound.signal import Audio
from controlroom.sound.versions import Alignment, Stretch, same_time

RATE_HZ = 48000


def heard(*parts: tuple[float, float]) -> LoudnessSeries:
    """The loudness of pink-ish noise at (gain dB, seconds), ..."""
    draw = np.random.default_rng(1)
    pieces = [10 ** (gain_db / 20) * 0.1 * draw.standard_normal(round(s * RATE_HZ)) for gain_db, s in parts]
    return metered(Audio(np.concatenate(pieces).astype(np.float32), RATE_HZ)).series()


def straight(old_s: float, new_s: float, length_s: float) -> Alignment:
    stretch = Stretch(
        old_start_s=old_s, old_end_s=old_s + length_s, new_start_s=new_s, new_end_s=new_s + length_s, confidence=1.0
    )
    return Alignment(kind="same recording", old_duration_s=20, new_duration_s=20, stretches=(stretch,))


def test_the_louder_is_turned_down():
    found = match({"mix": heard((0, 10)), "master": heard((6, 10))}, {"master": same_time(10)}, "mix")
    assert found["mix"].gain_db == 0.0
    assert found["master"].gain_db == pytest.approx(-6.0, abs=0.05)
    assert found["master"].heard_s == pytest.approx(9.7, abs=0.2)


def test_only_the_shared_passage_counts():
    """The new version has a loud ending that the old one has not."""
    versions = {"old": heard((0, 10)), "new": heard((0, 10), (20, 10))}
    assert match(versions, {"new": straight(0, 0, 10)}, "old")["new"].gain_db == pytest.approx(0.0, abs=0.3)
    assert match(versions, {}, "old")["new"].gain_db < -10  # by all of it, for it has nothing in common


def test_a_moved_passage_is_found():
    versions = {"old": heard((-20, 5), (0, 10)), "new": heard((-6, 10), (10, 5))}
    found = match(versions, {"new": straight(5, 0, 10)}, "old")
    assert found["new"].gain_db == 0.0
    assert found["old"].gain_db == pytest.approx(-6.0, abs=0.2)


@pytest.mark.parametrize("silent", [heard((-200, 10)), heard((0, 0.1))])
def test_silence_has_no_loudness_and_says_so(silent):
    found = match({"mix": heard((0, 10)), "other": silent}, {"other": same_time(10)}, "mix")
    assert found["other"].gain_db is None
    assert found["other"].why


def test_versions_that_do_not_align_say_so():
    found = match({"mix": heard((0, 10)), "other": heard((6, 10))}, {"other": Alignment()}, "mix")
    assert found["mix"].gain_db == 0.0
    assert (found["other"].gain_db, "align" in found["other"].why) == (None, True)


def test_versions_that_share_nothing_say_so():
    versions = {"mix": heard((0, 20)), "a": heard((0, 20)), "b": heard((0, 20))}
    found = match(versions, {"a": straight(0, 0, 8), "b": straight(10, 10, 8)}, "mix")
    assert {one.gain_db for one in found.values()} == {None}
    assert all("share" in one.why for one in found.values())


LEVELS = st.lists(st.floats(-40, 20) | st.none(), min_size=1, max_size=5)


@settings(deadline=None, max_examples=60)
@given(LEVELS)
def test_never_louder_and_the_quietest_stays(levels):
    quiet = np.full(60, -120.0, np.float32)
    versions = {
        str(i): LoudnessSeries(
            hop_s=0.1, momentary_lufs=quiet if level is None else quiet * 0 + level - 20, short_term_lufs=quiet
        )
        for i, level in enumerate(levels)
    }
    found = match(versions, {name: same_time(6.0) for name in versions}, "0")
    gains = [one.gain_db for one in found.values() if one.gain_db is not None]
    assert all(gain_db <= 0 for gain_db in gains)
    assert not gains or max(gains) == 0
    assert len(gains) == sum(level is not None for level in levels)
    after = [one.heard_lufs + one.gain_db for one in found.values() if one.gain_db is not None]
    assert after == pytest.approx([min(after, default=0)] * len(after), abs=1e-9)
