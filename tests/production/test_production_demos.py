"""Demos that arrive in a folder: found again whatever was done to them, and heard once only."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.base.errors import InputRefused
from controlroom.production import demos
from controlroom.production.demos import Before, changes_since, find_on, kept_fingerprint, shelf_of
from controlroom.sample.composition import compose
from controlroom.sample.demo import telephone_demo
from controlroom.sound.doubt import Doubt
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

RATE_HZ = 48000


def find_before(path: Path, folder: Path, cache: Path | None = None) -> Before:
    return find_on(shelf_of(folder, cache=cache), path, cache=cache)


@pytest.fixture(scope="module")
def songs() -> dict[str, Audio]:
    return {
        name: Audio(telephone_demo(compose(seed, 96.0, None, 32.0)), RATE_HZ) for name, seed in (("a", 1), ("b", 2))
    }


@pytest.fixture
def folder(tmp_path: Path, songs: dict[str, Audio]) -> Path:
    place = tmp_path / "demos"
    (place / "2024").mkdir(parents=True)
    write(place / "2024" / "first.wav", songs["a"], Format("wav", bits=16))
    write(place / "other.flac", songs["b"], Format("flac", bits=16))
    (place / "broken.wav").write_bytes(b"RIFF nothing")
    (place / "notes.txt").write_text("call them back")
    return place


def test_a_demo_comes_back(folder, songs, tmp_path):
    write(
        tmp_path / "again.mp3",
        Audio(0.4 * songs["a"].samples[:, 5 * RATE_HZ :], RATE_HZ),
        Format("mp3", bitrate_kbps=96),
    )
    found = find_before(tmp_path / "again.mp3", folder, cache=tmp_path / "cache")
    (seen,) = found.seen
    assert seen.path == folder / "2024" / "first.wav"
    assert seen.says == "the same recording as first.wav"
    assert (found.searched, found.unreadable) == (2, (folder / "broken.wav",))
    if found.acoustid is None:
        assert [doubt.about for doubt in found.doubts] == ["AcoustID"]
    else:
        assert seen.acoustid_agreement > 0.7


def test_it_is_not_found_in_itself(folder, tmp_path):
    assert find_before(folder / "2024" / "first.wav", folder, cache=tmp_path / "cache").seen == ()


def test_a_shelf_is_made_once_for_a_morning(folder, songs, tmp_path):
    shelf = shelf_of(folder, cache=tmp_path / "cache")
    for name, seen in (("a", "first.wav"), ("b", "other.flac")):
        write(tmp_path / f"{name}.wav", Audio(songs[name].samples[:, RATE_HZ:], RATE_HZ), Format("wav", bits=16))
        found = find_on(shelf, tmp_path / f"{name}.wav", cache=tmp_path / "cache")
        assert [each.path.name for each in found.seen] == [seen]


def test_without_fpcalc_the_own_match_is_enough(folder, songs, tmp_path, monkeypatch):
    monkeypatch.setattr(demos, "acoustid", lambda path: Doubt(about="AcoustID", because="it is not installed"))
    write(tmp_path / "tape.wav", Audio(songs["b"].samples, round(1.03 * RATE_HZ)), Format("wav", bits=16))
    found = find_before(tmp_path / "tape.wav", folder, cache=tmp_path / "cache")
    assert [each.says for each in found.seen] == [
        "the same recording as other.flac, 3.0 % faster, 0.5 semitones higher"
    ]
    assert found.acoustid is None
    assert found.seen[0].acoustid_agreement is None


def test_a_file_is_heard_once(folder, tmp_path, monkeypatch):
    cache, path = tmp_path / "cache", folder / "other.flac"
    made = kept_fingerprint(path, cache=cache)
    moved = path.rename(folder / "renamed.flac")
    monkeypatch.setattr(demos, "fingerprint", lambda *_: pytest.fail("heard again"))
    assert kept_fingerprint(moved, cache=cache) == made


def test_a_cache_that_is_damaged_or_not_writable_is_done_without(folder, tmp_path):
    cache, path = tmp_path / "cache", folder / "other.flac"
    made = kept_fingerprint(path, cache=cache)
    (kept,) = cache.iterdir()
    kept.write_bytes(kept.read_bytes()[:1000])
    assert kept_fingerprint(path, cache=cache) == made
    assert len(kept.read_bytes()) > 1000
    (tmp_path / "a file").write_text("")
    assert kept_fingerprint(path, cache=tmp_path / "a file") == made


def test_what_cannot_be_asked(folder, tmp_path):
    with pytest.raises(InputRefused, match="no folder"):
        find_before(folder / "other.flac", folder / "nowhere")
    with pytest.raises(InputRefused):
        find_before(folder / "broken.wav", folder, cache=tmp_path / "cache")
    with pytest.raises(InputRefused):
        find_before(folder / "gone.wav", folder, cache=tmp_path / "cache")


def test_what_changed_is_told_from_files_and_reports(folder, songs, tmp_path):
    at = 20 * RATE_HZ
    cut = np.concatenate([songs["a"].samples[:, :at], songs["a"].samples[:, at + 4 * RATE_HZ :]], axis=1)
    write(tmp_path / "shorter.wav", Audio(cut, RATE_HZ), Format("wav", bits=16))
    reports = [
        {"file": {"duration_s": end_s}, "form": {"sections": [{"start_s": 0, "end_s": end_s, "label": "verse"}]}}
        for end_s in (32.0, 28.0)
    ]
    found = changes_since(folder / "2024" / "first.wav", tmp_path / "shorter.wav", tuple(reports), cache=tmp_path / "c")
    assert found.kind == "same recording"
    assert [each.says for each in found.changes] == ["The verse is 4 s shorter.", "4 s shorter (0:28 instead of 0:32)."]
