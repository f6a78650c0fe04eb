"""One song through the rooms: what comes out, what is kept, what is made again."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from controlroom.production.mastering import unheeded
from controlroom.production.options import Options
from controlroom.production.report import told
from controlroom.production.walk import produce
from controlroom.rooms.mastering import MasterPlan
from controlroom.sound.files import AudioFile, Format, write
from controlroom.sound.meter import measure_loudness
from controlroom.sound.signal import Audio, in_memory


def made(folder: Path) -> dict[str, int]:
    """Every file under out/ and when it was written."""
    files = [p for p in (folder / "out").rglob("*") if p.is_file() and ".controlroom" not in p.parts]
    return {p.relative_to(folder).as_posix(): p.stat().st_mtime_ns for p in files}


def changed(before: dict[str, int], after: dict[str, int]) -> set[str]:
    return {name for name in after if after[name] != before.get(name)}


def edited(plan: str) -> str:
    """A master plan whose target somebody set to -18."""
    return re.sub(r"(?m)^target_lufs = .*$", "target_lufs = -18.0", plan)


def test_the_walk_ends_in_masters_at_their_target(produced):
    folder, walk = produced
    with AudioFile(next((folder / "out" / "masters").glob("*.wav"))) as master:
        loudness = measure_loudness(master)
        assert master.info.codec == "pcm_f32"
    assert loudness.integrated_lufs == pytest.approx(walk.story.master.plan.target_lufs, abs=0.1)
    assert any(reason.startswith("The mix carries") for reason in walk.story.master.plan.reasons)
    assert loudness.true_peak_dbtp <= -1.0
    assert [run.name for run in walk.stages] == [
        "reading",
        "tracking",
        "editing",
        "mixing",
        "mastering",
        "delivery",
        "report",
    ]


def test_what_is_delivered_is_what_the_checksums_say(produced):
    folder, _ = produced
    delivery = folder / "out" / "delivery"
    kinds = {p.suffix for p in delivery.iterdir()}
    assert {".wav", ".flac", ".mp3", ".json"} <= kinds
    subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=delivery, check=True)
    manifest = json.loads((delivery / "manifest.json").read_text())
    assert {file["kind"] for file in manifest["files"]} == {"wav", "flac", "mp3", "sheet"}


def test_originals_are_untouched_and_everything_made_is_under_out(raw_song, produced):
    folder, _ = produced
    originals = {p.relative_to(raw_song): p.read_bytes() for p in raw_song.rglob("*") if p.is_file()}
    found = [p for p in folder.rglob("*") if p.is_file() and not p.is_relative_to(folder / "out")]
    assert {p.relative_to(folder): p.read_bytes() for p in found} == originals


def test_the_report_is_one_page_that_asks_nobody(produced):
    folder, walk = produced
    page = walk.report.read_text()
    assert walk.report == folder / "out" / "report.html"
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", page)
    assert "<script src" not in page
    assert "stylesheet" not in page
    assert page.count("<svg") > 10
    assert page.count("<audio") == 2


def test_a_second_walk_makes_nothing_again(again):
    folder = again()
    produce(folder)
    before = made(folder)
    produce(folder)
    assert changed(before, made(folder)) <= {"out/report.html"}


def test_changing_one_take_makes_only_what_depends_on_it(again):
    folder = again()
    produce(folder)
    before = made(folder)
    take = next((folder / "takes").rglob("*ass*DI*.wav"))
    with AudioFile(take) as sound:
        quieter = Audio(in_memory(sound).samples * 0.5, sound.rate_hz)
        reference = sound.info.time_reference
    from controlroom.sound.files import Metadata

    write(take, quieter, Format("wav", 24), metadata=Metadata(time_reference=reference))
    produce(folder)
    touched = changed(before, made(folder))
    edits = {name for name in touched if name.startswith("out/edits/") and name.endswith(".wav")}
    assert edits
    assert all("ass" in name for name in edits)
    assert any(name.startswith("out/mix/") for name in touched)
    assert any(name.startswith("out/masters/") for name in touched)


def test_until_stops(raw_song, tmp_path):
    folder = tmp_path / "Song"
    shutil.copytree(raw_song, folder)
    walk = produce(folder, Options(until="editing"))
    assert [run.name for run in walk.stages] == ["reading", "tracking", "editing", "report"]
    assert not (folder / "out" / "mix").exists()


def test_from_makes_anew(again):
    folder = again()
    produce(folder)
    before = made(folder)
    produce(folder, Options(start="mastering"))
    touched = changed(before, made(folder))
    assert any(name.startswith("out/masters/") for name in touched)
    assert not any(name.startswith(("out/edits/", "out/mix/")) for name in touched)


def test_an_edited_plan_is_kept_rendered_and_said(again):
    folder = again()
    plan = folder / "out" / "masters" / "plan.toml"
    proposed = plan.read_text()
    plan.write_text(edited(proposed))
    walk = produce(folder)
    assert walk.story.master.facts.loudness.integrated_lufs == pytest.approx(-18.0, abs=0.1)
    assert "plan_edited" in {finding.code for finding in walk.story.master.findings}
    walk = produce(folder, Options(replan=True))
    assert walk.story.master.facts.loudness.integrated_lufs > -17.0
    assert plan.read_text() == proposed


def test_an_edited_plan_whose_ground_has_changed_is_kept_and_said(again):
    folder = again()
    plan = folder / "out" / "masters" / "plan.toml"
    plan.write_text(edited(plan.read_text()))
    with AudioFile(next((folder / "out" / "mix").glob("*.wav"))) as ours:
        write(folder / "mixes" / "Theirs.wav", Audio(0.5 * in_memory(ours).samples, ours.rate_hz), Format("wav", 24))
    walk = produce(folder, Options(until="mastering"))
    assert walk.story.master.facts.loudness.integrated_lufs == pytest.approx(-18.0, abs=0.1)
    assert "plan_outdated" in {finding.code for finding in walk.story.master.findings}


def test_what_an_edited_plan_does_not_follow_is_said(again):
    folder = again()
    plan = folder / "out" / "masters" / "plan.toml"
    plan.write_text(edited(plan.read_text()))
    walk = produce(folder, Options(target_lufs=-16.0, ceiling_dbtp=-2.0, until="mastering"))
    assert walk.story.master.facts.loudness.integrated_lufs == pytest.approx(-18.0, abs=0.1)
    (said,) = [line for line in told(walk.story) if "masters/plan.toml was changed by hand" in line]
    assert "--target -16 --ceiling -2 changes nothing in it" in said
    assert said in [finding["says"] for finding in walk.to_json()["findings"]]
    assert said in walk.report.read_text()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (Options(target_lufs=-18.0, ceiling_dbtp=-1.0), ""),
        (Options(), ""),
        (Options(target_lufs=-9.0), "--target -9"),
        (Options(medium="vinyl"), "--target vinyl"),
    ],
)
def test_only_what_was_asked_for_and_is_otherwise_counts(options: Options, says: str):
    assert unheeded(options, MasterPlan(rate_hz=48000, target_lufs=-18.0)) == says


def test_a_destinations_rules_are_held_against_its_master(tmp_path):
    folder = tmp_path / "Song"
    (folder / "mixes").mkdir(parents=True)
    noise = 0.02 * np.random.default_rng(8).standard_normal((6, 5 * 48000))
    write(folder / "mixes" / "Surround.wav", Audio(noise, 48000), Format("wav", 24))
    walk = produce(folder, Options(medium="vinyl", until="mastering"))
    assert "medium_channels" in {finding.code for finding in walk.story.master.findings}
    assert "channels" in {check.name for check in walk.story.master.facts.checks if not check.passed}


def test_a_supplied_mix_is_taken_instead_of_ours(raw_song, tmp_path):
    folder = tmp_path / "Song"
    shutil.copytree(raw_song, folder)
    with AudioFile(next((folder / "demo").iterdir())) as demo:
        write(folder / "mixes" / "engineer.wav", demo, Format("wav", 24))
    walk = produce(folder)
    assert walk.story.mix.path == folder / "mixes" / "engineer.wav"
    assert walk.story.mix.plan is None
    assert not (folder / "out" / "mix").exists()
    target_lufs = walk.story.master.plan.target_lufs
    assert walk.story.master.facts.loudness.integrated_lufs == pytest.approx(target_lufs, abs=0.1)
