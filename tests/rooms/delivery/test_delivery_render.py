"""What was written is what was mastered: read back, measured, listed and summed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import msgspec
import numpy as np
import pytest
import soundfile
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from wavinfo import WavInfoReader

from controlroom.base.errors import Cancelled, UsageError
from controlroom.rooms import delivery
from controlroom.sound.files import AudioFile, Format, probe, write
from controlroom.sound.signal import Audio

NAMES = {"title": "A/B “side” 🎹", "artist": "Zoë & Co", "isrc": "DEABC2600001", "composer": "Zoë"}


def _audio(rate_hz: int = 48000, seconds: float = 3.0, peak: float = 0.85) -> Audio:
    rng = np.random.default_rng(5)
    samples = rng.standard_normal((2, round(rate_hz * seconds)))
    return Audio(peak * samples / np.abs(samples).max() * np.hanning(samples.shape[1]) ** 0.25, rate_hz)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, delivery.Delivered]:
    folder = tmp_path_factory.mktemp("delivery")
    return folder, delivery.render({48000: _audio()}, delivery.decide(rate_hz=48000, **NAMES), folder)


def _file(delivered: tuple[Path, delivery.Delivered], kind: str) -> Path:
    folder, made = delivered
    return folder / next(file.path for file in made.files if file.kind == kind)


def test_the_files_have_the_songs_name_and_the_sound_has_its_length(delivered) -> None:
    folder, made = delivered
    name = "Zoë & Co - A-B “side” 🎹"
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [f"{name}.wav", f"{name}.flac", f"{name}.mp3", f"{name} (master sheet).pdf", "manifest.json", "SHA256SUMS"]
    )
    assert [file.frames for file in made.files[:3]] == [_audio().frames] * 3
    assert all(check.passed for check in made.checks)


def test_wav_and_flac_hold_the_same_24_bits(delivered) -> None:
    wav, flac = (soundfile.read(_file(delivered, kind), dtype="int32")[0] for kind in ("wav", "flac"))
    np.testing.assert_array_equal(wav, flac)
    np.testing.assert_allclose(wav.T / 2**31, _audio().samples, atol=3 * 2**-24)


def test_the_wav_carries_bext_with_loudness(delivered) -> None:
    bext = WavInfoReader(str(_file(delivered, "wav")), bext_encoding="utf-8").bext
    assert "Controlroom" in bext.originator
    told = next(file for file in delivered[1].files if file.kind == "wav")
    assert bext.loudness_value == pytest.approx(told.integrated_lufs, abs=0.01)
    assert bext.max_true_peak == pytest.approx(told.true_peak_dbtp, abs=0.01)


def test_flac_and_mp3_carry_the_names(delivered) -> None:
    flac, mp3 = FLAC(_file(delivered, "flac")), ID3(_file(delivered, "mp3"))
    assert (flac["title"][0], flac["artist"][0], flac["isrc"][0]) == (NAMES["title"], NAMES["artist"], NAMES["isrc"])
    assert (str(mp3["TIT2"]), str(mp3["TPE1"]), str(mp3["TSRC"])) == (NAMES["title"], NAMES["artist"], NAMES["isrc"])
    assert mp3.version[:2] == (2, 4)


def test_the_mp3_has_320_kbps(delivered) -> None:
    path = _file(delivered, "mp3")
    assert path.stat().st_size * 8 / 3.0 / 1000 == pytest.approx(320, rel=0.05)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")
def test_sha256sum_agrees(delivered) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=delivered[0], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert done.stdout.count(": OK") == 5


def test_the_manifest_lists_size_and_sound_of_every_file(delivered) -> None:
    folder, made = delivered
    manifest = json.loads((folder / "manifest.json").read_text())
    assert (manifest["schema"], manifest["title"]) == ("controlroom.manifest/1", NAMES["title"])
    assert [entry["path"] for entry in manifest["files"]] == [file.path for file in made.files[:4]]
    for entry in manifest["files"]:
        assert entry["sha256"] == hashlib.sha256((folder / entry["path"]).read_bytes()).hexdigest()
    for entry in manifest["files"][:3]:
        assert entry["bytes"] == (folder / entry["path"]).stat().st_size
        assert {"rate_hz", "channels", "frames", "integrated_lufs", "true_peak_dbtp"} <= set(entry)


def test_the_same_delivery_has_the_same_bytes(delivered, tmp_path: Path) -> None:
    again = delivery.render({48000: _audio()}, delivery.decide(rate_hz=48000, **NAMES), tmp_path)
    assert [file.sha256 for file in again.files] == [file.sha256 for file in delivered[1].files]


def test_a_master_of_a_higher_rate_comes_with_its_own_mp3_master(tmp_path: Path) -> None:
    plan = delivery.decide(rate_hz=96000, **NAMES)
    write(tmp_path / "96.wav", _audio(96000), Format("wav", 32))
    made = delivery.render({96000: tmp_path / "96.wav", 48000: _audio(48000)}, plan, tmp_path / "out")
    assert [(file.kind, file.rate_hz) for file in made.files[:3]] == [("wav", 96000), ("flac", 96000), ("mp3", 48000)]
    with pytest.raises(UsageError, match="48000"):
        delivery.render({96000: _audio(96000)}, plan, tmp_path / "never")
    assert not (tmp_path / "never").exists()


def test_overs_of_the_codec_are_said(tmp_path: Path) -> None:
    plan = delivery.decide(rate_hz=48000, **NAMES)
    square = Audio(np.sign(np.sin(np.arange(3 * 48000) * 0.35)) * np.hanning(3 * 48000) ** 0.1, 48000)
    made = delivery.render({48000: square}, msgspec.structs.replace(plan, items=plan.items[2:]), tmp_path)
    found = {finding.code: finding for finding in made.findings}
    assert found["delivery_codec_overs"].severity == "warning"
    assert found["delivery_codec_overs"].args["codec"] == "MP3 (48 kHz 320 kbps)"
    assert not next(check for check in made.checks if check.name == "mp3 true peak").passed


def test_progress_rises_and_cancelling_leaves_nothing_half_made(tmp_path: Path) -> None:
    told: list[float] = []
    plan = delivery.decide(rate_hz=48000, **NAMES)
    delivery.render({48000: _audio()}, plan, tmp_path / "a", lambda done, total, what="": told.append(done / total))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)

    def stop(done: float, total: float, what: str = "") -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        delivery.render({48000: _audio()}, plan, tmp_path / "b", stop)
    left = list((tmp_path / "b").iterdir()) if (tmp_path / "b").exists() else []
    assert left == []


EVERYTHING = delivery.decide(
    rate_hz=48000,
    formats=["all"],
    alternates=["instrumental"],
    label="House",
    markers=(delivery.Marker(at_s=0.0, label="Intro"), delivery.Marker(at_s=1.25, label="Chorus")),
    **NAMES,
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, delivery.Delivered]:
    folder = tmp_path_factory.mktemp("everything")
    masters = {48000: _audio(), 44100: _audio(44100)}
    return folder, delivery.render(masters, EVERYTHING, folder, alternates={"instrumental": {48000: _audio(peak=0.4)}})


def test_every_format_is_the_master_in_its_length_and_in_its_place(everything) -> None:
    folder, made = everything
    sound = [file for file in made.files if file.frames]
    assert [file.kind for file in sound] == ["wav", "wav", "flac", "alac", "mp3", "mp3", "aac", "opus", "wav"]
    assert all(check.passed for check in made.checks)
    assert len({check.name for check in made.checks}) == 2 * len(sound)
    for file in sound[:8]:
        master = _audio(file.rate_hz)
        with AudioFile(folder / file.path) as back:
            samples = back.read(0, back.frames)
        assert samples.shape == master.samples.shape
        middle = slice(master.frames // 2, master.frames // 2 + 8192)
        spectra = np.fft.rfft(master.samples[0, middle]), np.fft.rfft(samples[0, middle])
        correlation = np.fft.irfft(spectra[0].conj() * spectra[1])
        assert np.argmax(correlation) == 0, file.path


def test_sixteen_bits_are_dithered_once_from_a_master_of_their_own(everything) -> None:
    path = next(file.path for file in everything[1].files if file.bits == 16)
    values = soundfile.read(everything[0] / path, dtype="int16")[0].T.astype(np.float64)
    error = values - _audio(44100).samples * 2.0**15
    assert np.mean(error) == pytest.approx(0.0, abs=0.01)
    assert np.var(error) == pytest.approx(0.25, rel=0.03)  # TPDF of two steps and rounding


def test_the_instrumental_is_a_recording_of_its_own(everything) -> None:
    folder, made = everything
    file = next(file for file in made.files if file.version)
    assert (file.version, file.path) == ("instrumental", f"{EVERYTHING.name} (Instrumental).wav")
    info = probe(folder / file.path)
    assert info.tags["title"].endswith("(Instrumental)")
    assert "isrc" not in info.tags
    with pytest.raises(UsageError, match="instrumental 48000"):
        delivery.render({48000: _audio(), 44100: _audio(44100)}, EVERYTHING, folder / "never")


def test_wav_carries_loudness_names_and_markers_as_wavinfo_reads_them(everything) -> None:
    folder, made = everything
    found = WavInfoReader(str(folder / made.files[0].path), info_encoding="utf-8", bext_encoding="utf-8")
    told = made.files[0]
    xml = found.ixml.raw_xml
    assert found.ixml.project == NAMES["title"]
    assert [track.name for track in found.ixml.track_list] == ["Left", "Right"]
    assert float(xml.findtext("LOUDNESS/LOUDNESS_VALUE")) == pytest.approx(told.integrated_lufs, abs=0.01)
    assert float(xml.findtext("LOUDNESS/MAX_TRUE_PEAK_LEVEL")) == pytest.approx(told.true_peak_dbtp, abs=0.02)
    assert (xml.findtext("ASWG/isrcId"), xml.findtext("ASWG/musicPublisher")) == (NAMES["isrc"], "House")
    assert xml.findtext("SPEED/FILE_SAMPLE_RATE") == "48000"
    assert [frame for _, frame in found.cues.each_cue()] == [0, 60_000]
    assert [found.cues.label_and_note(name)[0] for name, _ in found.cues.each_cue()] == ["Intro", "Chorus"]
    assert found.bext.version == 2
    disc = WavInfoReader(str(folder / made.files[1].path))
    assert [frame for _, frame in disc.cues.each_cue()] == [0, 55_125]


def test_the_cover_goes_along_and_into_the_files(tmp_path: Path) -> None:
    data = b"\xff\xd8\xff\xe0" + bytes(500)
    cover = delivery.Cover(data=data, kind="jpeg", width_px=3000, height_px=3000, colours="rgb")
    plan = delivery.decide(rate_hz=48000, **NAMES)
    made = delivery.render({48000: _audio()}, plan, tmp_path, cover=cover)
    (file,) = (file for file in made.files if file.kind == "cover")
    assert (tmp_path / file.path).read_bytes() == data
    assert FLAC(tmp_path / f"{plan.name}.flac").pictures[0].data == data


def test_the_bytes_change_with_the_engine_only(tmp_path: Path) -> None:
    """The golden bytes of a format of our own making: new ones need a new ENGINE, and a line here."""
    steps = np.random.default_rng(7).integers(-(2**20), 2**20, (2, 20_000)) / 2**23
    plan = delivery.decide(rate_hz=48000, formats=["wav24"], markers=EVERYTHING.markers, label="House", **NAMES)
    made = delivery.render({48000: Audio(steps, 48000)}, plan, tmp_path)
    assert {3: "5c7c16581f5395aa"}[delivery.ENGINE] == made.files[0].sha256[:16]
