"""Real stems with their faders scrambled: the balance comes back."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from controlroom.rooms.mixing import MixPlan, TrackIn, decide, measure, rehearse, render, standing
from controlroom.rooms.mixing.plan import TrackPlan
from controlroom.song.roles import role_from_name
from controlroom.sound.files import AudioFile
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio, Signal, blocks

SCRAMBLED_DB = np.array([11.0, -8.0, -12.0, 5.0, -3.0, 9.0])
SECONDS = 40


def error_lu(gains: np.ndarray) -> float:
    """Mean distance from the known balance after the best common gain."""
    return float(np.abs(gains - np.median(gains)).mean())


@pytest.fixture(scope="module")
def scrambled(recordings: Path) -> Iterator[dict[str, tuple[str, Signal]]]:
    """Part of six stems of a released song, each at a gain of its own, as raw tracks."""
    names = ["VOX LEAD", "MINILOGUE_SYNTH", "KICK", "SNARE", "TRAP BEAT", "BGVOX ALT"]
    with ExitStack() as stack:
        tracks: dict[str, tuple[str, Signal]] = {}
        for name, gain_db in zip(names, SCRAMBLED_DB, strict=True):
            stem = stack.enter_context(AudioFile(recordings / "songs" / "potassium" / f"{name}.m4a"))
            samples = stem.read(60 * stem.rate_hz, SECONDS * stem.rate_hz) * np.float32(10 ** (gain_db / 20))
            tracks[name] = (role_from_name(name).role, Audio(samples, stem.rate_hz))
        yield tracks


@pytest.mark.recordings
def test_scrambled_faders_come_back(scrambled: dict[str, tuple[str, Signal]]) -> None:
    signals = {name: signal for name, (_, signal) in scrambled.items()}
    report = measure({name: TrackIn(Hearing(signal).survey, role) for name, (role, signal) in scrambled.items()})
    plan = rehearse(signals, decide(report), report)
    with render(signals, plan) as mix:
        for _ in blocks(mix):
            pass
        heard, stands = mix.heard(), standing(mix)
    known = [
        (one.gain_db, gain_db) for one, gain_db in zip(stands, SCRAMBLED_DB, strict=True) if one.gain_db is not None
    ]
    gains, scrambles = (np.array(column) for column in zip(*known, strict=True))
    assert len(known) >= 4
    assert error_lu(gains + scrambles) < 4.0
    assert error_lu(gains + scrambles) < 0.6 * error_lu(scrambles)
    assert heard.voice_over_band_lu is None or -1.0 < heard.voice_over_band_lu < 4.5
    assert heard.loudness.true_peak_dbtp == pytest.approx(-6.0, abs=2.5)
    assert heard.mono_loss_lu is not None
    assert heard.mono_loss_lu < 2.0


@pytest.mark.recordings
def test_stems_at_unity_are_their_sum(recordings: Path) -> None:
    with ExitStack() as stack:
        paths = sorted((recordings / "band").glob("*.mp3"))
        signals: dict[str, Signal] = {path.stem: stack.enter_context(AudioFile(path)) for path in paths}
        tracks = tuple(TrackPlan(name=name, path=name, role="unknown", printed=True) for name in signals)
        plan = MixPlan(rate_hz=next(iter(signals.values())).rate_hz, tracks=tracks)
        with render(signals, plan) as mix:
            mixed = mix.read(0, 200_000)
        total = sum(one.read(0, 200_000).astype(np.float64) for one in signals.values())
    assert np.array_equal(mixed, np.asarray(total, np.float32))
