"""References on the command line, kept profiles, and the references of a song in its walk."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.signal

from controlroom.base.canonical import to_json
from controlroom.base.errors import InputRefused, UsageError
from controlroom.production.master_file import master_file
from controlroom.production.material import material_of, read_files
from controlroom.production.options import Options
from controlroom.production.reference import Named, Toward, amounts_of, named, read_profile, toward_of
from controlroom.production.results import MixMade, Story
from controlroom.production.song_references import liked, turned
from controlroom.production.workshop import Workshop
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mastering.reference import Amounts, from_toml
from controlroom.song.model import Sheet
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio
from controlroom.store.ledger import Ledger


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`mix.wav`, a `bright.wav` and a `dark.wav` record, `silent.wav`: eight seconds each."""
    folder = tmp_path_factory.mktemp("records")
    noise = np.random.default_rng(1).standard_normal((2, 8 * 44100))
    pink = scipy.signal.lfilter([0.049922, -0.095993, 0.050613, -0.004409], [1, -2.494956, 2.017266, -0.522189], noise)
    pink *= 0.6 + 0.4 * np.sin(2 * np.pi * np.arange(8 * 44100) / 22050)
    change = np.diff(pink, prepend=0.0)
    for name, samples in {
        "mix": pink,
        "bright": pink + change,
        "dark": pink - 0.3 * change,
        "silent": 0 * pink,
    }.items():
        write(folder / f"{name}.wav", Audio(samples, 44100), Format("wav", 24))
    return folder


def test_references_are_named_with_weights(tmp_path: Path) -> None:
    assert named("a.wav") == Named(Path("a.wav"), 1.0)
    assert named("a.wav=0.5") == Named(Path("a.wav"), 0.5)
    assert named("E=mc2.wav") == Named(Path("E=mc2.wav"), 1.0)
    odd = tmp_path / "take=2"
    odd.touch()
    assert named(str(odd)) == Named(odd, 1.0)
    for bad in ("a.wav=0", "a.wav=-1", "a.wav=nan", "a.wav=inf"):
        with pytest.raises(UsageError):
            named(bad)


def test_a_weight_that_is_no_number_is_said(tmp_path: Path) -> None:
    record = tmp_path / "a.wav"
    record.touch()
    with pytest.raises(UsageError) as refused:
        named(f"{record}=abc")
    assert "no number above 0" in refused.value.why
    assert named(f"{record}x=abc") == Named(Path(f"{record}x=abc"))  # no such file: a name, not a weight


def test_amounts_are_said_by_name() -> None:
    assert amounts_of("tone=0.5, WIDTH=0") == Amounts(tone=0.5, width=0.0)
    assert amounts_of(None) == Amounts()
    for bad in ("tone", "tone=much", "warmth=1", "tone=2", ",", "tone=nan"):
        with pytest.raises(UsageError):
            amounts_of(bad)
    with pytest.raises(UsageError):
        toward_of([], "tone=1")


def test_a_kept_profile_does_what_its_records_did(files: Path, tmp_path: Path) -> None:
    kept = tmp_path / "liked.toml"
    both = [Named(files / "bright.wav", 3.0), Named(files / "dark.wav")]
    made = Toward(both, save_profile=kept).guide()
    assert made is not None
    assert made.profile.names == ("bright", "dark")
    assert from_toml(kept.read_text()).whole == made.profile.whole
    assert read_profile([Named(kept)]).whole == made.profile.whole
    assert Toward([]).guide() is None


def test_what_is_no_reference_is_refused_by_name(files: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.toml"
    for text in ("not toml [", 'schema = "another/1"', ""):
        broken.write_text(text)
        with pytest.raises(InputRefused, match=r"broken\.toml"):
            read_profile([Named(broken)])
    with pytest.raises(InputRefused, match=r"silent\.wav"):
        read_profile([Named(files / "silent.wav")])
    kept = read_profile([Named(files / "silent.wav"), Named(files / "dark.wav")])
    assert [finding.code for finding in kept.findings] == ["reference_silent"]


def test_a_file_is_mastered_toward_records(files: Path, tmp_path: Path) -> None:
    wishes = toward_of([str(files / "bright.wav")], "loudness=1", None, tmp_path / "pictures")
    told = master_file(files / "mix.wav", tmp_path / "out.wav", toward=wishes)
    with AudioFile(files / "bright.wav") as record:
        wanted = Hearing(record).loudness.integrated_lufs
    assert told["loudness"]["integrated_lufs"] == pytest.approx(wanted, abs=0.2)
    assert told["reference"]["worst_off_db"] < 1.5 < told["reference"]["worst_before_db"]
    assert sorted(path.name for path in (tmp_path / "pictures").iterdir()) == [
        "bands.svg",
        "correction.svg",
        "spectrum.svg",
    ]


def test_a_song_goes_toward_its_references_once(files: Path, tmp_path: Path) -> None:
    names = [Path(name) for name in ("mix.wav", "bright.wav", "silent.wav")]
    sources, _ = read_files(files, names)
    material = material_of(Sheet(title="Song"), sources, takes=[], mixes=names[:1], references=names[1:])
    with AudioFile(files / "mix.wav") as signal:
        survey = Hearing(signal).survey
    story = Story(material=material, mix=MixMade(path=files / "mix.wav", key="k", survey=survey))
    ledger = Ledger(tmp_path / "out")
    ledger.home.mkdir(parents=True)
    shop = Workshop(tmp_path / "out", ledger, Options())
    heard = liked(story, shop)
    assert heard.profile is not None
    assert [(finding.code, finding.path) for finding in heard.findings] == [("reference_silent", "silent.wav")]
    proposal = MasterPlan(rate_hz=44100, target_lufs=-16.0)
    once = turned(story, shop, proposal, heard.profile)
    assert once.plan.match
    assert once.plan.target_lufs == -16.0
    calls: list[float] = []
    again = turned(story, shop, proposal, heard.profile, lambda done, total, what="": calls.append(done))
    assert not calls
    assert to_json(again) == to_json(once)
