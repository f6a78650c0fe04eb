"""How a take was performed: in tune with itself, in time with the grid."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from controlroom.rooms.tracking import TakeReport, decide, measure_take
from controlroom.sound.files import AudioFile, AudioInfo
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 24000
SCALE = (6000, 6200, 6400, 6500, 6700, 6900, 6700, 6500, 6400, 6200, 6000)


def sung(misses: dict[int, float] | None = None, tuning: float = 0.0) -> np.ndarray:
    row = 1e-4 * np.random.default_rng(1).standard_normal(round((len(SCALE) * 0.6 + 2) * RATE_HZ))
    times_s = np.arange(round(0.55 * RATE_HZ)) / RATE_HZ
    for at, cents in enumerate(SCALE):
        cents_now = cents + tuning + (misses or {}).get(at, 0.0) + 20 * np.sin(2 * np.pi * 5.5 * times_s)
        phase = 2 * np.pi * np.cumsum(440 * 2 ** ((cents_now - 6900) / 1200)) / RATE_HZ
        tone = sum(np.sin(k * phase) / k for k in range(1, 9))
        first = round((1 + 0.6 * at) * RATE_HZ)
        row[first : first + len(tone)] += 0.1 * tone * np.minimum(np.minimum(times_s, 0.55 - times_s) / 0.03, 1)
    return row


def played(lates_ms: np.ndarray, bpm: float = 120.0, start_s: float = 1.0) -> np.ndarray:
    row = 1e-4 * np.random.default_rng(2).standard_normal(round((start_s + len(lates_ms) * 30 / bpm + 1) * RATE_HZ))
    times_s = np.arange(round(0.12 * RATE_HZ)) / RATE_HZ
    pick = np.random.default_rng(3).standard_normal(len(times_s)) * np.exp(-times_s / 0.02)
    for at, late_ms in enumerate(lates_ms):
        first = round((start_s + at * 30 / bpm + late_ms / 1000) * RATE_HZ)
        row[first : first + len(pick)] += 0.2 * pick
    return row


def checked(row: np.ndarray, role: str, **options: object) -> TakeReport:
    info = AudioInfo(path=Path("a.wav"), container="wav", codec="pcm_f32", rate_hz=48000, channels=1, frames=len(row))
    return decide(measure_take(Hearing(Audio(row, RATE_HZ)), info, role, **options))  # type: ignore[arg-type]


def test_a_note_that_is_missed_is_named_with_its_place() -> None:
    report = checked(sung({4: 45.0}), "lead vocal")
    assert report.pitch is not None
    (off,) = report.pitch.worst
    assert off.note == "G4"
    assert off.cents == pytest.approx(45, abs=6)
    assert off.start_s == pytest.approx(1 + 0.6 * 4, abs=0.1)
    assert [finding.code for finding in report.findings if finding.code == "off_note"] == ["off_note"]


def test_who_is_in_tune_with_himself_is_in_tune() -> None:
    report = checked(sung(tuning=28.0), "lead vocal")
    assert report.pitch is not None
    assert report.pitch.median_cents < 6
    assert report.pitch.tuning_hz == pytest.approx(440 * 2 ** (28 / 1200), abs=0.8)
    assert report.pitch.worst == ()


def test_the_key_tells_a_sharp_note_from_a_flat_one() -> None:
    """65 cents above F is 35 below F sharp; in C major nobody meant F sharp."""
    report = checked(sung({3: 65.0}), "lead vocal", key="C major")
    assert report.pitch is not None
    (off,) = report.pitch.worst
    assert off.note == "F4"
    assert off.cents == pytest.approx(65, abs=6)
    assert any(finding.severity == "warning" for finding in report.findings if finding.code == "off_note")


def test_pitch_is_asked_of_single_voices_only() -> None:
    row = sung({4: 45.0})
    assert checked(row, "keys").pitch is None
    assert checked(row, "lead vocal", printed=True).pitch is None
    draw = np.random.default_rng(5).standard_normal(len(row))
    assert checked(0.05 * draw, "lead vocal").pitch is None


def test_timing_against_the_grid() -> None:
    draw = np.random.default_rng(4)
    tight = checked(played(draw.normal(0, 3, 48)), "guitar", tempo_bpm=120.0)
    loose = checked(played(draw.normal(0, 24, 48)), "guitar", tempo_bpm=120.0)
    assert tight.timing is not None
    assert loose.timing is not None
    assert tight.timing.grid == "1/16"
    assert tight.timing.spread_ms < 6
    assert tight.timing.median_ms is None
    assert 18 < loose.timing.spread_ms < 42
    assert "loose_timing" in {finding.code for finding in loose.findings}
    assert "loose_timing" not in {finding.code for finding in tight.findings}


def test_late_on_the_whole_needs_the_place_of_a_beat() -> None:
    late = checked(played(np.full(48, 12.0)), "guitar", tempo_bpm=120.0, first_beat_s=1.0)
    assert late.timing is not None
    assert late.timing.median_ms == pytest.approx(12, abs=2)
    early = checked(played(np.full(48, -12.0)), "guitar", tempo_bpm=120.0, first_beat_s=0.5)
    assert early.timing is not None
    assert early.timing.median_ms == pytest.approx(-12, abs=2)


def test_without_a_tempo_or_off_the_grid_there_is_no_figure() -> None:
    draw = np.random.default_rng(6)
    assert checked(played(draw.normal(0, 3, 48)), "guitar").timing is None
    assert checked(played(draw.normal(0, 3, 48), bpm=137.0), "guitar", tempo_bpm=120.0).timing is None


@pytest.mark.recordings
def test_a_real_singer(recordings: Path) -> None:
    with AudioFile(recordings / "voice" / "vocadito_1.wav") as take:
        report = decide(measure_take(Hearing(take), take.info, "lead vocal"))
    assert report.pitch is not None
    assert report.pitch.voiced_s > 10
    assert 8 < report.pitch.median_cents < 22
    assert not {finding.code for finding in report.findings} - {"off_note"}
