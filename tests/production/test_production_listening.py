"""Listening in company: a record to be like, what was here before, pictures, auditions; and a folder as a queue."""

from __future__ import annotations

from pathlib import Path

import pytest

from controlroom.base.errors import InputRefused
from controlroom.production.listening import Wishes
from controlroom.production.morning import demos_in, listen_to_all, queue_of
from controlroom.sample import rough_mix
from controlroom.sound.files import AudioFile, Format, probe, write
from controlroom.sound.signal import Audio

SECONDS = 40


@pytest.fixture(scope="module")
def songs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A song at 100 BPM, another at 110, the first one shortened, and a text."""
    folder = tmp_path_factory.mktemp("demos")
    paths = {name: folder / f"{name}.wav" for name in ("song", "record", "shorter", "text")}
    song, _ = rough_mix(3, 100.0, "D major", SECONDS)
    write(paths["song"], song, Format("wav", 16))
    write(paths["record"], rough_mix(8, 110.0, "A minor", SECONDS)[0], Format("wav", 16))
    write(paths["shorter"], Audio(song.read(0, round(0.7 * song.frames)), song.rate_hz), Format("wav", 16))
    paths["text"].write_text("no sound")
    return paths


def test_a_folder_is_heard_and_put_in_order(songs):
    (folder,) = {path.parent for path in songs.values()}
    paths = demos_in([folder])
    assert {path.name for path in paths} == {f"{name}.wav" for name in songs}
    answers = listen_to_all(paths, Wishes(), library=folder)
    assert [answer.path for answer in answers] == paths
    said = {answer.path.stem: answer for answer in answers}
    assert "not audio" in said["text"].refusal
    assert said["song"].said["rhythm"]["tempo_bpm"] == pytest.approx(100.0, rel=0.01)
    queue = queue_of(answers)
    assert Path(queue[0].name).stem == "text"
    needs = {Path(one.name).stem: one.need for one in queue}
    assert needs["song"] == needs["shorter"] == "new version"
    assert needs["record"] != "new version"
    (seen,) = said["shorter"].said["before"]["seen"]
    assert seen["says"] == "the same recording as song.wav"


def test_a_folder_without_sound_is_refused(tmp_path):
    with pytest.raises(InputRefused, match="no audio file"):
        demos_in([tmp_path])


def test_beside_a_record_its_tempo_can_be_tried(songs, tmp_path):
    wishes = Wishes(references=(songs["record"],), pictures=tmp_path / "pictures", auditions=tmp_path / "tries")
    (answer,) = listen_to_all([songs["song"]], wishes)
    told = {one["figure"]: one for one in answer.said["compared"]["differences"]}
    assert told["tempo_bpm"]["reference"] == pytest.approx(110.0, rel=0.01)
    (tempo,) = [point for point in answer.said["advice"] if point["kind"] == "tempo"]
    assert "110 BPM" in tempo["says"]
    number = f"{tempo['priority']:02d}"
    sides = [probe(tmp_path / "tries" / f"{number} {side}.wav") for side in ("original", "try")]
    assert sides[1].frames / sides[0].frames == pytest.approx(100 / 110, abs=0.05)
    for name in ("song", "spectrum", "spectrogram"):
        assert (tmp_path / "pictures" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (tmp_path / "pictures" / f"{name}.svg").read_text()


def test_what_changed_since_the_last_demo_is_said(songs):
    (answer,) = listen_to_all([songs["shorter"]], Wishes(previous=songs["song"]))
    changed = answer.said["changed"]
    assert changed["kind"] == "same recording"
    assert any("shorter" in change["says"] or "gone" in change["says"] for change in changed["changes"])


def test_a_record_that_cannot_be_read_is_refused_by_its_name(songs):
    with pytest.raises(InputRefused, match=r"text\.wav"):
        listen_to_all([songs["song"]], Wishes(references=(songs["text"],)))


def test_the_report_says_where_its_place_is_in_the_file(songs):
    with AudioFile(songs["song"]) as file:
        length_s = file.frames / file.rate_hz
    (answer,) = listen_to_all([songs["song"]], Wishes())
    sections = answer.said["form"]["sections"]
    assert all(0 <= one["start_s"] < one["end_s"] <= length_s + 0.1 for one in sections)
    assert all(one["at_s"] is None or 0 <= one["at_s"] <= length_s for one in answer.said["advice"])
