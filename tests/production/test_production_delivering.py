"""Formats, destinations, other versions and the cover: asked for, made, and told of the song's own sheet."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import msgspec
import numpy as np
import pytest
from mutagen.flac import FLAC

from controlroom.base.errors import Cancelled, InputRefused, UsageError
from controlroom.production.alternates import without
from controlroom.production.delivering import rights_of, section_markers
from controlroom.production.material import Source, material_of
from controlroom.production.options import Asked, Options, asked_for
from controlroom.production.plan_fields import plan_fields, with_changes
from controlroom.production.plan_text import checked_delivery
from controlroom.production.walk import produce
from controlroom.rooms import delivery
from controlroom.rooms.delivery import Marker, decide
from controlroom.rooms.mixing import MixPlan
from controlroom.rooms.mixing.plan import TrackPlan
from controlroom.song.model import Sheet, Split
from controlroom.sound.files import AudioFile, AudioInfo, Credit, Cue, Format, Metadata, probe, write
from controlroom.sound.form import Section
from controlroom.sound.signal import Audio


def _section(start_s: float, label: str, letter: str) -> Section:
    values = {"confidence": 0.0, "bars": None, "loudness_lufs": None, "energy": 0.0}
    return Section(start_s=start_s, end_s=start_s + 9, label=label, letter=letter, **values)


def test_markers_bear_the_names_of_sections_and_a_letter_where_none_is_sure() -> None:
    heard = [_section(0, "intro", "A"), _section(9, "section", "B"), _section(18, "pre-chorus", "C")]
    assert section_markers(heard[1:2]) == ()
    named = [(mark.at_s, mark.label) for mark in section_markers([*heard, _section(27, "section", "B")])]
    assert named == [(0, "Intro"), (9, "Section B"), (18, "Pre-chorus"), (27, "Section B")]


def test_markers_that_came_with_the_mix_are_kept(tmp_path: Path) -> None:
    noise = Audio(np.random.default_rng(2).normal(0, 0.05, (2, 48000)), 48000)
    cues = (Cue(0, "Verse"), Cue(24_000, "Drop 2"), Cue(30_000))
    write(tmp_path / "mixes" / "Song Mix.wav", noise, Format("wav", 24), metadata=Metadata(cues=cues))
    story = produce(tmp_path, Options(until="delivery")).story
    wav = next(tmp_path / "out" / "delivery" / file.path for file in story.delivered.files if file.kind == "wav")
    assert [(cue.at_frame, cue.label) for cue in probe(wav).cues] == [(0, "Verse"), (24_000, "Drop 2")]


PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452000005780000057808020000000000000000000000")
FACTS = """
album = "First"
upc = "036000291452"
language = "en"
explicit = false
isrc = "DE-ABC-26-00001"
samples = "none"
"""


@pytest.fixture(scope="module")
def delivered(produced, tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("asked") / "Song"
    shutil.copytree(produced[0], folder)
    sheet = folder / "song.toml"
    sheet.write_text(FACTS + sheet.read_text())
    (folder / "Cover.PNG").write_bytes(PNG)
    (folder / "lyrics.txt").write_text("one\ntwo", encoding="utf-8")
    asked = asked_for("wav24,flac,opus", "cd-plant", "instrumental,tv")
    return folder, produce(folder, Options(start="delivery", until="delivery", delivery=asked)).story


def test_what_was_asked_for_lies_there(delivered) -> None:
    story = delivered[1]
    sound = [(file.kind, file.rate_hz, file.version) for file in story.delivered.files if file.frames]
    rate_hz = story.the_master.plan.rate_hz
    assert sound == [
        ("wav", rate_hz, None),
        ("flac", rate_hz, None),
        ("opus", 48000, None),
        ("wav", rate_hz, "instrumental"),
        ("wav", rate_hz, "tv mix"),
    ]
    assert {file.kind for file in story.delivered.files} >= {"cover", "sheet", "manifest", "checksums"}
    assert all(check.passed for check in story.delivered.checks if "opus true peak" not in check.name)
    codes = {finding.code for finding in story.delivered.findings}
    assert "destination_no_file" in codes  # 16 bits were not asked for


def test_the_sheet_the_cover_and_the_words_go_into_the_files(delivered) -> None:
    folder, _ = delivered
    flac = FLAC(next((folder / "out" / "delivery").glob("*.flac")))
    assert (flac["album"], flac["barcode"], flac["isrc"]) == (["First"], ["0036000291452"], ["DEABC2600001"])
    assert (flac["language"], flac["lyrics"], flac["itunesadvisory"]) == (["en"], ["one\ntwo"], ["2"])
    assert flac.pictures[0].data == PNG


def test_versions_are_the_master_without_its_voices_in_time_and_at_level(delivered) -> None:
    _, story = delivered
    paths = {file.version: file.path for file in story.delivered.files if file.kind == "wav"}
    folder = delivered[0] / "out" / "delivery"
    with AudioFile(folder / paths[None]) as master, AudioFile(folder / paths["instrumental"]) as instrumental:
        assert instrumental.frames == master.frames
        at, frames = master.frames // 2, 1 << 16
        whole, part = master.read(at, frames)[0], instrumental.read(at, frames)[0]
    correlation = np.fft.irfft(np.fft.rfft(part, 2 * frames).conj() * np.fft.rfft(whole, 2 * frames))
    assert np.argmax(correlation) == 0
    assert np.std(whole - part) < 0.9 * np.std(whole)


def test_the_next_walk_delivers_the_same_again_and_nothing_new(delivered) -> None:
    folder, story = delivered
    walk = produce(folder)
    assert walk.story.delivered == story.delivered


def test_a_version_that_came_with_the_mix_is_taken(produced, tmp_path: Path) -> None:
    folder = tmp_path / "Song"
    shutil.copytree(produced[0] / "out" / "mix", folder / "mixes")
    for plan in (folder / "mixes").glob("*.toml"):
        plan.unlink()
    (mix,) = (folder / "mixes").glob("*.wav")
    with AudioFile(mix) as signal:
        quiet = Audio(0.5 * signal.read(0, signal.frames), signal.rate_hz)
    write(folder / "mixes" / f"{mix.stem} Instrumental.wav", quiet, Format("wav", 32))
    story = produce(folder).story
    assert story.the_mix.path == mix
    assert [file.version for file in story.delivered.files if file.version] == ["instrumental"]
    main, other = (file.integrated_lufs for file in story.delivered.files if file.kind == "wav")
    assert 3.0 < main - other < 6.5  # 6 dB quieter, with less for compressor and limiter to do
    with pytest.raises(UsageError, match="supplied"):
        produce(folder, Options(delivery=Asked(alternates=("tv mix",))))


def test_a_cover_that_is_no_image_is_told_with_the_delivery(tmp_path: Path) -> None:
    noise = Audio(np.random.default_rng(2).normal(0, 0.05, (2, 48000)), 48000)
    write(tmp_path / "mixes" / "Song Mix.wav", noise, Format("wav", 24))
    (tmp_path / "cover.jpg").write_text("no image")
    story = produce(tmp_path, Options(until="delivery", delivery=asked_for("wav24", "bandcamp"))).story
    assert {"cover_unreadable", "destination_no_cover"} <= {finding.code for finding in story.delivered.findings}
    assert "cover" not in {file.kind for file in story.delivered.files}
    again = produce(tmp_path).story
    assert again.delivered.findings == story.delivered.findings


def test_what_a_stopped_delivery_left_is_gone_after_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    noise = Audio(np.random.default_rng(2).normal(0, 0.05, (2, 48000)), 48000)
    write(tmp_path / "mixes" / "Song Mix.wav", noise, Format("wav", 24))
    place = tmp_path / "out" / "delivery"

    def stopped(*_: object, **__: object) -> None:
        for name in (f"{tmp_path.name}.opus", ".0123456789ab.part.mp3", "notes.txt"):
            (place / name).write_bytes(b"x")
        raise Cancelled

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "render", stopped)
        with pytest.raises(Cancelled):
            produce(tmp_path, Options(until="delivery", delivery=asked_for("wav24,opus")))
    story = produce(tmp_path, Options(until="delivery", delivery=asked_for("wav24"))).story
    listed = {file.path for file in story.delivered.files}
    assert {path.name for path in place.iterdir()} == {*listed, "plan.toml", "notes.txt"}


def _plan(*roles: str) -> MixPlan:
    tracks = tuple(TrackPlan(name=role, path=f"{role}.wav", role=role) for role in roles)
    return MixPlan(rate_hz=48000, tracks=tracks)


@pytest.mark.parametrize(
    ("version", "muted"),
    [
        ("instrumental", {"lead vocal", "backing vocal"}),
        ("tv mix", {"lead vocal"}),
        ("a cappella", {"kick", "bass"}),
    ],
)
def test_what_each_version_leaves_out(version, muted) -> None:
    plan = without(_plan("kick", "bass", "lead vocal", "backing vocal"), version)
    assert {track.name for track in plan.tracks if track.mute} == muted


def test_versions_that_cannot_be_had_are_refused() -> None:
    with pytest.raises(UsageError, match="no track is a voice"):
        without(_plan("kick", "bass"), "instrumental")
    with pytest.raises(UsageError, match="words"):
        without(_plan("lead vocal"), "clean")


@pytest.mark.parametrize(
    ("agreed", "shares", "settled"),
    [
        (None, (1,), "unknown"),
        (True, (1,), "yes"),
        (True, (Fraction(1, 2), Fraction(1, 2)), "yes"),
        (True, (Fraction(1, 2),), "no"),
        (False, (1,), "no"),
        (True, (), "unknown"),
    ],
)
def test_splits_are_agreed_when_they_are_said_to_be_and_add_up(agreed, shares, settled) -> None:
    splits = tuple(Split(name=str(k), share=Fraction(share)) for k, share in enumerate(shares))
    assert rights_of(Sheet(splits=splits, splits_agreed=agreed)).splits_agreed == settled


def test_samples_are_cleared_none_or_open() -> None:
    told = {said: rights_of(Sheet(samples=said)).samples_cleared for said in ("none", "cleared", "open", None)}
    assert told == {"none": "yes", "cleared": "yes", "open": "no", None: "unknown"}


def test_words_that_ask_for_a_delivery() -> None:
    assert len(asked_for().formats) == 8
    assert asked_for("release").formats == ("wav24", "flac", "mp3-320")
    assert asked_for("", "Spotify, cd plant").destinations == ("spotify", "cd-plant")
    assert asked_for("", "spotify").formats == ()
    assert asked_for("", "", "all").alternates == ("instrumental", "a cappella", "tv mix")
    assert asked_for("", "", "TV, acappella,a-cappella").alternates == ("tv mix", "a cappella")
    for words in (("wav32",), ("", "nowhere"), ("", "", "remix")):
        with pytest.raises(UsageError, match="there are"):
            asked_for(*words)


def test_a_cover_that_was_named_has_to_be_one(delivered, tmp_path: Path) -> None:
    folder, _ = delivered
    (tmp_path / "cover.txt").write_text("no image")
    for cover in (tmp_path / "cover.txt", tmp_path / "gone.png"):
        asked = msgspec.structs.replace(asked_for("wav24"), cover=str(cover))
        with pytest.raises(InputRefused, match=r"cover|gone"):
            produce(folder, Options(start="delivery", until="delivery", delivery=asked))


def test_all_of_a_delivery_plan_can_be_read_and_changed_on_a_form() -> None:
    plan = decide(
        rate_hz=48000,
        formats=["all"],
        destinations=["spotify"],
        alternates=["tv mix"],
        lyrics="one\ntwo",
        credits=(Credit("Ana", "writer"),),
        markers=(Marker(at_s=1.0, label="Verse"),),
    )
    labels = {group.label for group in plan_fields(plan).every_group()}
    assert {"Credit 1", "Marker 1", "File 9"} <= labels
    changes = {"items.5.vbr_quality": "2", "markers.1.at_s": "9.5", "markers.1.label": "Chorus", "credits.0": None}
    changed = with_changes(plan, {**changes, "items.8": None, "explicit": "true"})
    assert (changed.items[5].quality, changed.markers[1], changed.credits) == (
        "48 kHz V2",
        Marker(at_s=9.5, label="Chorus"),
        (),
    )
    assert (changed.versions, changed.destinations, changed.lyrics) == ((), ("spotify",), "one\ntwo")
    with pytest.raises(UsageError, match="vbr"):
        with_changes(plan, {"items.5.vbr_quality": "11"})
    with pytest.raises(UsageError, match="mp3"):
        with_changes(plan, {"items.0.vbr_quality": "1"})
    with pytest.raises(UsageError, match="nowhere"):
        checked_delivery(msgspec.structs.replace(plan, destinations=("nowhere",)))


def _source(name: str) -> Source:
    info = AudioInfo(path=Path(name), container="wav", codec="pcm_s24", rate_hz=48000, channels=2, frames=48000)
    return Source(Path("/") / name, info, name)


@pytest.mark.parametrize(
    ("names", "mixes", "alternates"),
    [
        (("Song Mix.wav", "Song Mix Instrumental.wav"), ("Song Mix.wav",), ("Song Mix Instrumental.wav",)),
        (("Song TV.wav", "Song Acapella.wav", "Song.wav"), ("Song.wav",), ("Song TV.wav", "Song Acapella.wav")),
        (("Song Instrumental.wav",), ("Song Instrumental.wav",), ()),
        (("Song vocal up.wav", "Song clean.wav"), ("Song vocal up.wav",), ("Song clean.wav",)),
    ],
)
def test_an_instrumental_beside_a_mix_is_another_version(names, mixes, alternates) -> None:
    paths = [Path("mixes") / name for name in names]
    sources = {path: _source(path.name) for path in paths}
    song = material_of(Sheet(title="Song"), sources, takes=[], mixes=paths).song
    assert tuple(path.name for path in song.mixes) == mixes
    assert tuple(path.name for path in song.alternates) == alternates
