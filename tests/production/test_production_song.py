"""A song whose originals lie anywhere, under names that say nothing."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
import pytest

from controlroom.base.errors import InputRefused
from controlroom.base.files import sha256_of
from controlroom.production.material import Material, material_of, read_material
from controlroom.production.options import STAGES, Options
from controlroom.production.walk import produce_song
from controlroom.song.model import Sheet
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.resample import Resampled


def in_blobs(material: Material, blobs: Path) -> Material:
    """The same material, its originals copied to files named by their hash."""
    blobs.mkdir()
    sources = {}
    for path, source in material.sources.items():
        blob = blobs / source.sha256
        shutil.copyfile(source.at, blob)
        sources[path] = msgspec.structs.replace(source, at=blob)
    song = material.song
    return material_of(song.sheet, sources, takes=material.takes, demos=song.demos, mixes=song.mixes)


def files_of(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): sha256_of(p) for p in folder.rglob("*") if p.is_file()}


@pytest.fixture(scope="module")
def from_blobs(raw_song, tmp_path_factory):
    """The walk of the same song from blobs: the folder it was made in, the walk, and the calls of its progress."""
    folder = tmp_path_factory.mktemp("desk")
    material = in_blobs(read_material(raw_song), folder / "blobs")
    calls = dict.fromkeys(STAGES[1:], 0)

    def watch(name):
        def progress(done, total, what=""):
            assert 0 <= done <= total
            calls[name] += 1

        return progress

    return folder, produce_song(material, folder / "made" / "song 7", watch=watch), calls


def test_a_walk_from_blobs_makes_what_the_walk_from_the_folder_makes(from_blobs, produced):
    folder, walk, _ = from_blobs
    made, twin = files_of(folder / "made" / "song 7"), files_of(produced[0] / "out")
    same = {name for name in twin if ".controlroom" not in name and name != "report.html"}
    assert {name: made.get(name) for name in same} == {name: twin[name] for name in same}
    assert walk.report == folder / "made" / "song 7" / "report.html"
    assert "takes/drums/" in walk.report.read_text()
    assert [take.report for take in walk.story.the_takes.takes] == [
        take.report for take in produced[1].story.the_takes.takes
    ]


def test_a_walk_from_blobs_writes_nothing_elsewhere(from_blobs):
    folder, _, _ = from_blobs
    assert all(name == sha256 for name, sha256 in files_of(folder / "blobs").items())
    assert {path.name for path in folder.iterdir()} == {"blobs", "made"}
    assert {path.name for path in (folder / "made").iterdir()} == {"song 7"}


def test_no_room_goes_silent_for_long(from_blobs):
    """A stop is asked for at many places of every room."""
    assert min(from_blobs[2].values()) > 20, from_blobs[2]


def test_a_supplied_mix_from_a_blob_is_mastered(raw_song, tmp_path):
    material = read_material(raw_song)
    demo = material.sources[material.song.demos[0]]
    mix = Path("mixes/rough.wav")
    material = material_of(Sheet(title="Rough"), {mix: demo}, takes=[], mixes=[mix])
    material = in_blobs(material, tmp_path / "blobs")
    walk = produce_song(material, tmp_path / "out", Options(until="mastering"))
    assert walk.story.the_mix.path == tmp_path / "blobs" / demo.sha256
    assert walk.story.the_master.facts.loudness.integrated_lufs == pytest.approx(
        walk.story.the_master.plan.target_lufs, abs=0.1
    )
    assert "Rough.wav" in {path.name for path in walk.story.the_master.paths.values()}


def test_a_song_without_recordings_is_refused_by_its_title():
    with pytest.raises(InputRefused, match="Empty Song: there is no recording in it"):
        material_of(Sheet(title="Empty Song"), {}, takes=[])


@pytest.mark.parametrize("kind", ["wav", "flac", "alac", "mp3", "aac", "opus", "vorbis"])
def test_a_file_without_a_suffix_opens_by_its_content(raw_song, tmp_path, kind):
    form = Format(kind)
    with AudioFile(next((raw_song / "demo").iterdir())) as demo:
        sound = demo if demo.rate_hz == 48000 else Resampled(demo, 48000)
        write(tmp_path / f"named{form.suffix}", sound, form)
    shutil.copyfile(tmp_path / f"named{form.suffix}", tmp_path / "blob")
    with AudioFile(tmp_path / f"named{form.suffix}") as named, AudioFile(tmp_path / "blob") as blob:
        assert msgspec.structs.replace(blob.info, path=named.path) == named.info
        assert (blob.read(0, 48000) == named.read(0, 48000)).all()
        assert named.frames == blob.frames


def test_references_masters_and_what_was_set_aside_are_known(raw_song, tmp_path):
    folder = tmp_path / "Song"
    shutil.copytree(raw_song, folder)
    demo = next((folder / "demo").iterdir())
    for name in ("references/Their Song.wav", "masters/Old Master.wav", "takes/click/Click.wav", "liked.wav"):
        (folder / name).parent.mkdir(exist_ok=True, parents=True)
        shutil.copyfile(demo, folder / name)
    sheet = (folder / "song.toml").read_text()
    (folder / "song.toml").write_text('references = ["liked.wav"]\n' + sheet)
    material = read_material(folder)
    assert material.references == (Path("liked.wav"), Path("references/Their Song.wav"))
    assert [material.sources[path].at for path in material.references] == [folder / p for p in material.references]
    assert material.masters == (Path("masters/Old Master.wav"),)
    assert material.set_aside == (Path("takes/click/Click.wav"),)
    page = produce_song(material, tmp_path / "out", Options(until="tracking")).report.read_text()
    assert "References:</span> liked.wav, references/Their Song.wav<" in page
    assert "Masters, left as they are:</span> masters/Old Master.wav<" in page
    assert "Set aside:</span> takes/click/Click.wav<" in page
