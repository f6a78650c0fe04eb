"""One take: each fault is found, at its place, and nothing else is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr

from controlroom.base.finding import sentences
from controlroom.rooms.tracking import TakeReport, decide, measure_take
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 48000


def facts(row: np.ndarray, rate_hz: int, **more: Any) -> AudioInfo:
    rows = np.atleast_2d(row)
    given: dict[str, Any] = {"container": "wav", "codec": "pcm_s24", "bits": 24, **more}
    return AudioInfo(path=Path("a.wav"), rate_hz=rate_hz, channels=rows.shape[0], frames=rows.shape[1], **given)


def checked(
    row: np.ndarray, role: str = "guitar", *, rate_hz: int = RATE_HZ, file: dict[str, Any] | None = None, **options: Any
) -> TakeReport:
    hearing = Hearing(Audio(row, rate_hz))
    return decide(measure_take(hearing, facts(row, rate_hz, **(file or {})), role, **options))


def codes(report: TakeReport) -> set[str]:
    return {finding.code for finding in report.findings}


def phrases(seconds: float = 8.0, level: float = 0.3, floor_db: float = -75.0) -> np.ndarray:
    """A plucked instrument with pauses, in a quiet room."""
    draw = np.random.default_rng(3)
    row = draw.standard_normal(round(seconds * RATE_HZ)) * 10 ** (floor_db / 20)
    times_s = np.arange(round(0.9 * RATE_HZ)) / RATE_HZ
    for at, start_s in enumerate(np.arange(1.0, seconds - 1.5, 0.5)):
        if at % 5 == 4:
            continue
        tone = sum(np.sin(2 * np.pi * 196 * k * times_s + k) / k**1.5 for k in range(1, 60))
        pluck = 0.5 * level * tone * np.exp(-times_s / 0.12) * np.minimum(times_s / 0.002, 1.0)
        hiss = 0.05 * level * draw.standard_normal(len(times_s)) * np.exp(-times_s / 0.03)
        first = round(start_s * RATE_HZ)
        row[first : first + len(times_s)] += pluck + hiss
    return row


def test_a_clean_take_is_a_keeper() -> None:
    report = checked(phrases())
    assert report.findings == ()
    assert report.verdict == "keeper"
    assert report.noise_db == pytest.approx(-75, abs=1.0)


def test_a_clipped_word_is_found_where_it_is() -> None:
    row = phrases()
    first, last = round(3.5 * RATE_HZ), round(3.9 * RATE_HZ)
    row[first:last] = np.clip(12 * row[first:last], -0.9, 0.9)
    report = checked(row)
    clipped = [finding for finding in report.findings if finding.code == "clipped"]
    assert clipped
    assert all(3.49 < finding.start_s < 3.91 for finding in clipped if finding.start_s is not None)
    assert report.verdict in ("usable", "retake")


def test_a_take_that_is_clipped_all_over_is_done_again() -> None:
    assert checked(np.clip(12 * phrases(12.0), -0.8, 0.8)).verdict == "retake"


def test_a_click_is_found_where_it_is() -> None:
    row = phrases()
    row[round(4.3 * RATE_HZ)] += 0.4
    (click,) = checked(row).findings
    assert click.code == "click"
    assert click.start_s == pytest.approx(4.3, abs=0.001)
    assert checked(row).verdict == "usable"
    assert checked(row, printed=True).verdict == "keeper"


def test_a_dropout_is_found_where_it_is() -> None:
    times_s = np.arange(6 * RATE_HZ) / RATE_HZ
    row = 0.2 * np.sin(2 * np.pi * 220 * times_s) + 0.05 * np.sin(2 * np.pi * 1330 * times_s)
    row *= np.minimum(np.minimum(times_s, 6 - times_s) / 0.2, 1)
    row[round(3 * RATE_HZ) : round(3.02 * RATE_HZ)] = 0
    report = checked(row)
    (gap,) = [finding for finding in report.findings if finding.code == "dropout"]
    assert gap.start_s == pytest.approx(3.0, abs=0.003)
    assert gap.args["length_ms"] == pytest.approx(20, abs=3)


@pytest.mark.parametrize("mains_hz", [50, 60])
def test_mains_hum_is_named_and_a_bass_note_is_not(mains_hz: int) -> None:
    row = phrases(14.0)
    times_s = np.arange(len(row)) / RATE_HZ
    hum = sum(10 ** (-50 / 20) / k * np.sin(2 * np.pi * mains_hz * k * times_s) for k in (1, 2, 3, 5))
    (found,) = [finding for finding in checked(row + hum).findings if finding.code == "hum"]
    assert found.args["mains_hz"] == mains_hz
    assert "starts_inside" not in codes(checked(row + hum))
    gate = np.minimum(np.clip(5 * np.sin(2 * np.pi * 0.25 * times_s), 0, 1), 1)
    note = gate * sum(0.2 / k * np.sin(2 * np.pi * mains_hz * k * times_s) for k in (1, 2, 3))
    assert "hum" not in codes(checked(note, "bass"))


def test_levels_that_are_too_high_or_too_low() -> None:
    row = phrases()
    top = np.abs(row).max()
    assert "too_hot" in codes(checked(row * 0.985 / top))
    assert "over_full_scale" in codes(checked(row * 1.3 / top))
    assert "too_quiet" in codes(checked(phrases(floor_db=-115) * 0.01 / top))
    assert not codes(checked(row * 0.985 / top, printed=True))


def test_noise_is_told_where_it_is_bare() -> None:
    assert "noisy" in codes(checked(phrases(floor_db=-57), "lead vocal"))
    assert "noisy" not in codes(checked(phrases(floor_db=-75), "lead vocal"))
    assert "noisy" not in codes(checked(phrases(floor_db=-57), "snare top"))
    assert "noisy" not in codes(checked(phrases(floor_db=-57), "lead vocal", printed=True))


def test_dc_a_dead_channel_and_a_low_rate() -> None:
    assert "dc_offset" in codes(checked(phrases() + 0.01))
    assert "dead_channel" in codes(checked(np.stack([phrases(), np.zeros(8 * RATE_HZ)])))
    low = soxr.resample(phrases(), RATE_HZ, 32000)
    assert "low_rate" in codes(checked(low, rate_hz=32000))


def test_a_sound_that_went_through_a_low_rate_ends_at_a_wall() -> None:
    bright = phrases() + 0.02 * np.random.default_rng(1).standard_normal(8 * RATE_HZ)
    narrow = soxr.resample(soxr.resample(bright, RATE_HZ, 22050), 22050, RATE_HZ)
    (wall,) = [finding for finding in checked(narrow).findings if finding.code == "narrow_bandwidth"]
    assert wall.args["bandwidth_khz"] == pytest.approx(10.7, abs=0.6)
    assert "narrow_bandwidth" not in codes(checked(bright))


def test_a_file_that_starts_or_breaks_off_inside_the_sound() -> None:
    row = phrases()
    cut = row[round(1.05 * RATE_HZ) : round(5.05 * RATE_HZ)]
    assert {"starts_inside", "ends_abruptly"} <= codes(checked(cut))
    assert not {"starts_inside", "ends_abruptly"} & codes(checked(row))


def test_what_the_file_says_of_itself() -> None:
    assert checked(phrases(), file={"truncated": True}).verdict == "retake"
    found = checked(phrases(), nonfinite_samples=7).findings
    assert found[0].code == "nonfinite_samples"
    assert "7 samples" in found[0].says()


def test_silence_is_one_finding() -> None:
    report = checked(np.zeros(RATE_HZ))
    assert codes(report) == {"silent"}
    assert report.verdict == "retake"
    assert report.to_json()["peak_db"] is None


@pytest.mark.parametrize("rate_hz", [8000, 192000])
@pytest.mark.parametrize(
    "row",
    [
        np.zeros((1, 1)),
        np.full((1, 1), 0.5),
        np.full((2, 8000), 0.3),
        np.random.default_rng(1).standard_normal((24, 8000)) * 0.05,
        np.random.default_rng(1).standard_normal((1, 192000)) * 0.05,
    ],
    ids=["silent sample", "one sample", "DC", "24 channels", "one second"],
)
def test_odd_material_is_reported(row: np.ndarray, rate_hz: int) -> None:
    for role in ("lead vocal", "snare top", "unknown"):
        report = checked(row, role, rate_hz=rate_hz, tempo_bpm=120.0, key="C major")
        assert report.verdict in ("keeper", "usable", "retake")
        assert all(finding["says"] for finding in report.to_json()["findings"])


def test_every_finding_of_this_room_has_its_sentence() -> None:
    source = Path(str(measure_take.__code__.co_filename)).parent
    text = "".join(path.read_text() for path in source.glob("*.py"))
    said = {code for code in sentences() if f'"{code}"' in text}
    assert {"clipped_more", "cross_wired", "pair_delay", "spot_fights", "off_note"} <= said


@pytest.mark.recordings
@pytest.mark.parametrize(
    ("stem", "narrow"),
    [
        ("caesium/MINILOGUE_SYNTH", True),
        ("hydrogen/SWEEPS", True),
        ("hydrogen/BEEPS", False),
        ("potassium/SWEEP", False),
    ],
)
def test_finished_stems_raise_no_false_alarms(recordings: Path, stem: str, narrow: bool) -> None:
    """The narrow ones are named (a filter's sweep is not one); hum, dropouts and clipping are nowhere."""
    with AudioFile(recordings / "songs" / f"{stem}.m4a") as file:
        found = codes(measure_take(Hearing(file), file.info, "unknown", printed=True))
    assert ("narrow_bandwidth" in found) == narrow
    assert not found & {"hum", "dropout", "clipped", "dc_offset", "noisy", "silent"}
