"""An album from a folder: files that join to the programme, a disc that says the same, a plan to change."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from controlroom.base.errors import Cancelled, InputRefused, UsageError
from controlroom.production.album import album_folder, asked_formats, songs_of
from controlroom.production.early import asked_target
from controlroom.sound.files import AudioFile, Format, Metadata, write
from controlroom.sound.signal import Audio, Samples

RATE = 44100
SUFFIXES = {"flac": "*.flac", "alac": "*.m4a", "wav": "*.wav", "aac": "*.m4a"}


def _song(seed: int, seconds: float = 6.0, level: float = 0.1, rate_hz: int = RATE) -> Audio:
    rng = np.random.default_rng(seed)
    frames = round(seconds * rate_hz)
    beat = 0.2 + np.exp(-(np.arange(frames) / rate_hz % 0.5) / 0.08)
    sound = rng.normal(0, level, (2, frames)) * beat
    ramp = rate_hz // 10
    sound[:, :ramp] *= np.linspace(0, 1, ramp)
    sound[:, -ramp:] *= np.linspace(1, 0, ramp)
    return Audio(np.clip(sound, -1, 1), rate_hz)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "Our Album"
    place.mkdir()
    for k in (1, 2, 10):
        write(place / f"{k} - Song {k}.wav", _song(k), Format("wav", 24))
    return place


def _decoded(paths: list[Path]) -> Samples:
    parts = []
    for path in paths:
        with AudioFile(path) as file:
            parts.append(file.read(0, file.frames))
    return np.concatenate(parts, axis=1)


def test_the_files_of_every_kind_join_to_one_programme(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    made = album_folder(folder, out, target=(-16.0, ""), formats=("flac", "alac", "wav", "aac", "cue", "ddp"))
    assert all(check["passed"] for check in made["checks"]), made["checks"]
    assert [track["title"] for track in made["tracks"]] == ["Song 1", "Song 2", "Song 10"]
    joined = {kind: _decoded(sorted((out / kind).glob(SUFFIXES[kind]))) for kind in SUFFIXES}
    disc = _decoded([out / "cd" / "Our Album.wav"])
    assert {sound.shape for sound in joined.values()} == {disc.shape}
    np.testing.assert_array_equal(joined["flac"], joined["wav"])
    np.testing.assert_array_equal(joined["alac"], joined["wav"])
    assert np.abs(joined["wav"] - disc).max() < 3 / 32768
    error = (joined["aac"] - joined["wav"]).astype(float)
    assert np.mean(error**2) < 0.1 * np.mean(joined["wav"].astype(float) ** 2)
    image = np.fromfile(out / "ddp" / "IMAGE.DAT", "<i2").reshape(-1, 2).T[:, 150 * 588 :]
    np.testing.assert_array_equal(image[:, : disc.shape[1]] / 32768, disc)
    lengths = [track["duration_s"] for track in made["tracks"]]
    assert sum(lengths) == pytest.approx(disc.shape[1] / RATE)


def test_every_file_is_listed_with_its_sum(folder: Path, tmp_path: Path) -> None:
    made = album_folder(folder, tmp_path / "out", formats=("flac", "cue"))
    listed = dict(reversed(line.split("  ")) for line in (tmp_path / "out" / "SHA256SUMS").read_text().splitlines())
    assert listed == {file["path"]: file["sha256"] for file in made["files"]}
    there = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*") if path.is_file()}
    assert there == {*listed, "SHA256SUMS", "album.toml"}


def test_the_proposal_is_kept_once_and_a_persons_plan_is_followed(folder: Path, tmp_path: Path) -> None:
    album_folder(folder, tmp_path / "a", formats=("flac",))
    proposed = tomllib.loads((folder / "album.toml").read_text())
    assert [track["file"] for track in proposed["tracks"]] == [f"{k} - Song {k}.wav" for k in (1, 2, 10)]
    (folder / "album.toml").write_text(
        'title = "Two"\nupc = "4006381333931"\n[[tracks]]\nfile = "10 - Song 10.wav"\ntitle = "Ten"\n'
        '[[tracks]]\nfile = "1 - Song 1.wav"\ngap_s = 3.5\nisrc = "DE-AB1-26-00001"\n'
    )
    made = album_folder(folder, tmp_path / "b", formats=("flac", "cue"))
    first, second = made["tracks"]
    assert (first["title"], second["isrc"]) == ("Ten", "DEAB12600001")
    assert second["start_s"] == pytest.approx(9.5, abs=1 / 75)
    assert "CATALOG 4006381333931" in (tmp_path / "b" / "cd" / "Two.cue").read_text()
    assert (folder / "album.toml").read_text().startswith('title = "Two"')
    with AudioFile(next((tmp_path / "b" / "flac").glob("02*"))) as file:
        assert (file.info.tags["title"], file.info.tags["album"], file.info.tags["isrc"]) == (
            "Song 1",
            "Two",
            "DEAB12600001",
        )


def test_the_same_album_has_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        album_folder(folder, tmp_path / name)
    sums = [(tmp_path / name / "SHA256SUMS").read_text() for name in ("a", "b")]
    assert sums[0] == sums[1]


def test_another_rate_gets_a_disc_limited_at_its_own(tmp_path: Path) -> None:
    place = tmp_path / "x"
    place.mkdir()
    write(
        place / "1.wav", _song(1, rate_hz=48000), Format("wav", 24), metadata=Metadata(title="One", isrc="DEAB12600009")
    )
    made = album_folder(place, tmp_path / "out", formats=("flac", "cue"))
    assert made["plan"]["rate_hz"] == 48000
    assert made["tracks"][0]["isrc"] == "DEAB12600009"
    names = [check["name"] for check in made["checks"] if check["passed"]]
    assert {"true peak", "CD: true peak"} <= set(names)


def test_mono_songs_sound_from_both_sides_and_as_loud(tmp_path: Path) -> None:
    place = tmp_path / "x"
    place.mkdir()
    write(place / "1.wav", _song(1), Format("wav", 24))
    write(place / "2.wav", Audio(_song(2).samples[:1], RATE), Format("wav", 24))
    made = album_folder(place, tmp_path / "out", formats=("flac",), target=(-16.0, ""))
    assert all(check["passed"] for check in made["checks"]), made["checks"]
    sides = _decoded([tmp_path / "out" / "flac" / "02 2.flac"])
    assert np.abs(sides[0] - sides[1]).max() < 4 / 2**23
    write(place / "3.wav", Audio(np.zeros((3, RATE)), RATE), Format("wav", 24))
    (place / "album.toml").unlink()
    with pytest.raises(InputRefused, match="3 channels"):
        album_folder(place, tmp_path / "out2")


def test_what_is_no_disc_makes_no_disc_and_says_why(tmp_path: Path) -> None:
    place = tmp_path / "x"
    place.mkdir()
    write(place / "1.wav", _song(1, 2.0), Format("wav", 24))
    made = album_folder(place, tmp_path / "out", formats=("flac", "cue", "ddp"))
    assert [f["code"] for f in made["findings"] if f["severity"] == "blocking"] == ["disc_track_short"]
    assert not (tmp_path / "out" / "cd").exists()
    assert len(list((tmp_path / "out" / "flac").iterdir())) == 2  # the track, and its CUE sheet


def test_song_folders_stand_for_their_mixes(tmp_path: Path) -> None:
    place = tmp_path / "x"
    for k in (1, 2):
        (place / f"song {k}" / "mixes").mkdir(parents=True)
        (place / f"song {k}" / "song.toml").write_text(f'title = "No. {k}"\nartist = "We"\n')
        write(place / f"song {k}" / "mixes" / "mix.wav", _song(k), Format("wav", 24))
    assert [(song.file, song.title, song.artist) for song in songs_of(place)] == [
        ("song 1", "No. 1", "We"),
        ("song 2", "No. 2", "We"),
    ]
    assert album_folder(place, tmp_path / "out", formats=("flac",))["plan"]["artist"] == "We"
    (place / "song 3").mkdir()
    (place / "song 3" / "song.toml").write_text('title = "No. 3"\n')
    with pytest.raises(InputRefused, match="no mix"):
        songs_of(place)


def test_what_cannot_be_an_album_is_refused_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputRefused, match="no songs"):
        album_folder(tmp_path / "empty", out)
    with pytest.raises(InputRefused):
        album_folder(tmp_path / "nowhere", out)
    meant = ('[[tracks]]\nfile = "gone.wav"\n', "title = 3 3", '[[tracks]]\nfiel = "1 - Song 1.wav"\n')
    figures = ("target_lufs = nan", "ceiling_dbtp = 3.0", "rate_hz = 22050", 'medium = "tape"')
    for text in (*meant, *figures):
        (folder / "album.toml").write_text(text)
        with pytest.raises(InputRefused):
            album_folder(folder, out)
    for name in ("../other.wav", "/etc/passwd"):
        (folder / "album.toml").write_text(f'[[tracks]]\nfile = "{name}"\n')
        with pytest.raises(UsageError, match="outside"):
            album_folder(folder, out)
    (folder / "album.toml").unlink()
    (folder / "3 broken.wav").write_bytes(b"RIFF no sound")
    with pytest.raises(InputRefused, match="broken"):
        album_folder(folder, out)
    assert not out.exists()
    assert not (folder / "album.toml").exists()


def test_a_cancelled_album_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    def stop(done: float, total: float, what: str = "") -> None:
        if done / total > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        album_folder(folder, tmp_path / "out", progress=stop)
    assert {path.name for path in tmp_path.iterdir()} == {"Our Album"}


def test_targets_and_formats_are_said_in_words() -> None:
    assert [asked_target(said) for said in ("auto", "-9", "Vinyl")] == [(None, ""), (-9.0, ""), (None, "vinyl")]
    assert asked_formats(["ddp", "aac"]) == ("aac", "ddp")
    for wrong in ("loud", "9", "nan"):
        with pytest.raises(UsageError):
            asked_target(wrong)
    with pytest.raises(UsageError, match="mp3"):
        asked_formats(["mp3"])


def test_a_target_that_is_asked_for_replaces_that_of_an_earlier_proposal(folder: Path, tmp_path: Path) -> None:
    album_folder(folder, tmp_path / "first", target=(None, "vinyl"), formats=("flac",))
    kept = album_folder(folder, tmp_path / "kept", formats=("flac",))
    louder = album_folder(folder, tmp_path / "louder", target=(-15.0, ""), formats=("flac",))
    assert kept["plan"]["medium"] == "vinyl"
    assert (louder["plan"]["medium"], louder["plan"]["target_lufs"]) == ("", -15.0)
    assert louder["plan"]["ceiling_dbtp"] == -1.0
