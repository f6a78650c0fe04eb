"""A walk that is stopped in any room leaves whole files and an open door, and the next one goes on from there."""

from __future__ import annotations

import shutil
import threading

import pytest

from controlroom.base.errors import Cancelled, SurroundingsFailed
from controlroom.production.material import read_material
from controlroom.production.options import STAGES
from controlroom.production.shares import shared_out
from controlroom.production.walk import produce_song
from controlroom.sound.files import AudioFile

WORKING = STAGES[1:]


def stopping(stage, *, after):
    """A watch that stops the walk in `stage`, at the first call beyond the share `after` of it."""

    def watch(name):
        def progress(done, total, what=""):
            if name == stage and done / total > after:
                raise Cancelled

        return progress

    return watch


def whole(out):
    assert [path for path in out.rglob("*") if ".part" in path.name] == []
    for path in out.rglob("*.wav"):
        with AudioFile(path) as sound:
            assert not sound.info.truncated


@pytest.mark.parametrize("after", [0.0, 0.6])
def test_a_walk_stopped_in_every_room_goes_on_and_ends_the_same(raw_song, produced, tmp_path, after):
    material, out = read_material(raw_song), tmp_path / "out"
    for stage in WORKING:
        with pytest.raises(Cancelled):
            produce_song(material, out, watch=stopping(stage, after=after))
        whole(out)
        assert not (out / "report.html").exists()
    calls = {}

    def counting(name):
        def progress(done, total, what=""):
            calls[name] = calls.get(name, 0) + 1

        return progress

    walk = produce_song(material, out, watch=counting)
    assert walk.story.delivered == produced[1].story.delivered
    assert (out / "report.html").exists()
    assert calls["mastering"] < 20  # what was rendered before the stop in the next room is not rendered again
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_while_one_walks_another_is_refused_and_afterwards_not(raw_song, tmp_path):
    material, out = read_material(raw_song), tmp_path / "out"

    def watch(name):
        if name == "tracking":
            with pytest.raises(SurroundingsFailed, match="another walk"):
                produce_song(material, out)
        return stopping("tracking", after=0.0)(name)

    for _ in range(2):
        with pytest.raises(Cancelled):
            produce_song(material, out, watch=watch)


def test_work_side_by_side_stops_with_the_first_error():
    began, seen = threading.Barrier(2, timeout=20), []

    def work(item, share):
        began.wait()
        if item == "fails":
            raise SurroundingsFailed("disk", "no space left")
        for k in range(100_000):
            share(k, 100_000)
            seen.append(k)

    with pytest.raises(SurroundingsFailed, match="no space left"):
        shared_out(work, ["long", "fails"], lambda done, total, what="": None)
    assert len(seen) < 100_000


def test_shares_add_up():
    told = []
    results = shared_out(
        lambda item, share: share(1, 2) or item * 2, [1, 2, 3], lambda done, total, what="": told.append(done / total)
    )
    assert results == [2, 4, 6]
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_a_killed_walks_remains_are_swept(raw_song, produced, tmp_path):
    out = tmp_path / "out"
    shutil.copytree(produced[0] / "out", out)
    (out / "mix" / ".0a1b2c3d4e5f.part.wav").write_bytes(b"half")
    produce_song(read_material(raw_song), out)
    whole(out)
