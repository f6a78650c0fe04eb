"""What arrives is listened to; what cannot be is refused with a sentence, and nothing breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk.songs_kit import Asked

from controlroom.base.errors import InputRefused
from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions, blobs, listening, signals
from controlroom.desk.songs.models import Recording, Song
from controlroom.sound.files import AudioFile, Format

pytestmark = pytest.mark.django_db


def analyse(recording: Recording) -> Recording:
    works.WORKS["songs.analyse"].run(SILENT, recording=recording.pk)
    recording.refresh_from_db()
    return recording


def test_a_mix_is_measured_and_its_renditions_are_kept(heard: Recording) -> None:
    assert heard.state == "heard"
    assert (heard.rate_hz, heard.channels, heard.frames, heard.codec) == (48000, 2, 48000, "pcm_s24")
    assert heard.integrated_lufs == pytest.approx(-20.0, abs=2.5)
    assert heard.info["container"] == "wav"
    assert heard.info["path"] == "Paper Lanterns mix.wav"  # no place on this machine
    assert listening.survey_of(heard).frames == 48000
    assert listening.fingerprint_of(heard).duration_s == 1.0
    assert listening.report_of(heard)["file"]["rate_hz"] == 48000


def test_the_samples_are_named_by_the_hash_of_their_floats(heard: Recording) -> None:
    with AudioFile(blobs.path_of(heard.blob)) as file:
        samples = np.ascontiguousarray(file.read(0, file.frames).T).astype("<f4").tobytes()
    assert heard.samples_sha256 == hashlib.sha256(samples).hexdigest()


def test_the_same_sound_in_another_container_has_the_same_hash(
    producer: User, song: Song, wav: Callable[..., Path]
) -> None:
    plain = actions.arrive(producer.actor, song, wav("a.wav"), kind="mix", name="a.wav")
    flac = actions.arrive(producer.actor, song, wav("a.flac", Format("flac", bits=24)), kind="mix", name="a.flac")
    assert analyse(plain).samples_sha256 == analyse(flac).samples_sha256 != ""


def test_the_peaks_cover_the_whole_length_in_eight_bits(heard: Recording) -> None:
    peaks = json.loads(listening.path_of(heard, "peaks").read_bytes())
    assert len(peaks["low"]) == len(peaks["high"]) == 2
    assert len(peaks["low"][0]) * peaks["bin_s"] == pytest.approx(1.0, abs=peaks["bin_s"])
    assert -128 <= min(peaks["low"][0]) < 0 < max(peaks["high"][0]) <= 127


def test_the_signal_is_sent_and_versions_are_prepared(
    mix: Recording, asked: list[Asked], django_capture_on_commit_callbacks: Callable[..., object]
) -> None:
    told: list[Recording] = []

    def listener(recording: Recording, **_: object) -> None:
        told.append(recording)

    signals.heard.connect(listener)
    try:
        works.WORKS["songs.listen"].run(SILENT, song=mix.song_id)
    finally:
        signals.heard.disconnect(listener)
    assert told == [mix]
    assert ("songs.pcm", {"recording": mix.pk, "rate_hz": 48000}) in [(each.name, each.arguments) for each in asked]


def test_twice_comes_to_the_same_end(heard: Recording) -> None:
    before = (heard.samples_sha256, heard.renditions.count(), heard.song.events.count())
    analyse(heard)
    assert (heard.samples_sha256, heard.renditions.count(), heard.song.events.count()) == before


def test_a_take_gets_no_demo_report(producer: User, song: Song, wav: Callable[..., Path]) -> None:
    take = actions.arrive(producer.actor, song, wav("kick.wav"), kind="take", name="kick.wav", part="Drums")
    analyse(take)
    assert take.state == "heard"
    assert listening.report_of(take) is None
    assert listening.survey_of(take) is not None


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("lyrics.wav", b"these are words, not sound\n" * 40, "it is not audio that we know"),
        ("empty.wav", b"", "it is empty"),
        ("silent.wav", b"", "there is no sound in it, not one sample"),
    ],
)
def test_what_is_no_sound_is_refused_with_a_sentence(
    producer: User, song: Song, tmp_path: Path, name: str, data: bytes, why: str
) -> None:
    if name == "silent.wav":
        import wave

        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(44100)
    else:
        (tmp_path / name).write_bytes(data)
    recording = actions.arrive(producer.actor, song, tmp_path / name, kind="demo", name=name)
    analyse(recording)
    assert recording.state == "refused"
    assert recording.refusal.startswith(f"{name}: {why}")
    assert str(tmp_path) not in recording.refusal
    assert song.events.filter(recording=recording, says=recording.refusal).count() == 1
    analyse(recording)
    assert song.events.filter(recording=recording, says=recording.refusal).count() == 1


def test_a_file_gone_from_the_disk_leaves_its_state(mix: Recording) -> None:
    blobs.path_of(mix.blob).unlink()
    with pytest.raises(InputRefused, match="gone from the disk"):
        analyse(mix)
    mix.refresh_from_db()
    assert mix.state == "arrived"


@pytest.mark.parametrize(
    ("format", "rate_hz", "sample", "original"),
    [
        (Format("wav", bits=24), 48000, "s24", True),
        (Format("wav", bits=16), 48000, "s16", True),
        (Format("wav", bits=32), 48000, "f32", True),
        (Format("wav", bits=24), 44100, "f32", False),
        (Format("flac", bits=16), 48000, "s16", False),
        (Format("mp3"), 48000, "f32", False),
    ],
)
def test_the_samples_lie_where_the_facts_say(
    producer: User,
    song: Song,
    wav: Callable[..., Path],
    format: Format,
    rate_hz: int,
    sample: str,
    original: bool,
) -> None:
    path = wav(f"v{format.suffix}", format)
    recording = analyse(actions.arrive(producer.actor, song, path, kind="mix", name=path.name))
    works.WORKS["songs.pcm"].run(SILENT, recording=recording.pk, rate_hz=rate_hz)
    made = listening.rendition(recording, f"pcm-{rate_hz}")
    facts = made.facts
    assert facts["sample"] == sample
    assert (made.blob_id == recording.blob_id) is original
    kinds = {"s16": 2, "s24": 3, "f32": 4}
    data = blobs.path_of(made.blob).read_bytes()[facts["offset"] :]
    assert len(data) - facts["frames"] * facts["channels"] * kinds[sample] in (0, 1)
    with AudioFile(blobs.path_of(made.blob)) as file:
        first = file.read(0, 1)[:, 0]
        assert (file.frames, file.rate_hz) == (facts["frames"], rate_hz)
    if sample == "f32":
        assert np.frombuffer(data[: 4 * facts["channels"]], "<f4") == pytest.approx(first)
    if sample == "s16":
        assert np.frombuffer(data[: 2 * facts["channels"]], "<i2") / 2**15 == pytest.approx(first)


def test_a_light_stream_is_small_and_as_long(heard: Recording) -> None:
    works.WORKS["songs.light"].run(SILENT, recording=heard.pk)
    with AudioFile(listening.path_of(heard, "light")) as file:
        assert (file.info.codec, file.frames) == ("aac", heard.frames)


def test_the_clock_is_the_newest_versions_rate(producer: User, song: Song, wav: Callable[..., Path]) -> None:
    assert listening.clock_hz(song) == 48000
    for rate_hz, clock_hz in ((44100, 44100), (32000, 44100), (192000, 96000)):
        path = wav(f"{rate_hz}.wav", rate_hz=rate_hz, seconds=0.5)
        analyse(actions.arrive(producer.actor, song, path, kind="mix", name=path.name))
        assert listening.clock_hz(song) == clock_hz


@pytest.mark.recordings
def test_a_real_demo_gives_the_song_its_tempo_and_key(producer: User, asked: list[Asked], recordings: Path) -> None:
    path = recordings / "songs" / "caesium" / "Master.m4a"
    fresh = actions.create_song(producer.actor, title="Fresh")
    demo = analyse(actions.arrive(producer.actor, fresh, path, kind="demo", name=path.name))
    fresh.refresh_from_db()
    report = listening.report_of(demo)
    assert demo.state == "heard"
    assert demo.integrated_lufs == pytest.approx(report["loudness"]["integrated_lufs"])
    assert fresh.tempo_bpm == pytest.approx(report["rhythm"]["tempo_bpm"], abs=0.06)
    assert fresh.key == report["harmony"]["key"]
    assert fresh.events.filter(says__startswith="Heard in Demo 1: ").count() == 1
