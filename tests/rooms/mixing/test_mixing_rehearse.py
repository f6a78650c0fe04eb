"""A whole small mix: measured, decided, rehearsed, rendered."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from controlroom.rooms.mixing import MixPlan, MixReport, TrackIn, decide, measure, rehearse, render, standing
from controlroom.rooms.mixing.balance import faders
from controlroom.rooms.mixing.rehearse import PASSAGE_S, loudest_passages_s
from controlroom.sound.signal import Audio, Signal, blocks

RATE_HZ = 48000
SECONDS = 24


def song() -> dict[str, tuple[str, np.ndarray]]:
    """A voice in two passages of different level, spiky drums, a bass, two guitars with low rumble."""
    rng = np.random.default_rng(11)
    times_s = np.arange(SECONDS * RATE_HZ) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 220 * k * times_s) / k for k in range(1, 12))
    voice = buzz * (0.05 + 0.07 * (times_s > 12)) * (np.sin(2 * np.pi * 0.4 * times_s) > -0.5)
    beat = np.exp(-(times_s % 0.5) / 0.05) * rng.standard_normal(len(times_s)) * 0.3
    bass = 0.2 * np.sin(2 * np.pi * 55 * times_s) * (1 + 0.3 * np.sin(2 * np.pi * 110 * times_s))
    strings = [sum(np.sin(2 * np.pi * f * k * times_s) / k for k in (1, 2, 3)) for f in (196.0, 247.0)]
    rumble = 0.05 * np.sin(2 * np.pi * 30 * times_s)
    return {
        "Vox": ("lead vocal", voice),
        "Drums": ("drums", beat),
        "Bass": ("bass", bass),
        "Gtr 1": ("electric guitar", 0.03 * strings[0] + rumble),
        "Gtr 2": ("electric guitar", 0.3 * strings[1] + rumble),
    }


@pytest.fixture(scope="module")
def signals() -> dict[str, Signal]:
    return {name: Audio(samples, RATE_HZ) for name, (_, samples) in song().items()}


@pytest.fixture(scope="module")
def mixed(arrive: Callable[..., TrackIn], signals: dict[str, Signal]) -> tuple[MixReport, MixPlan, MixPlan]:
    report = measure({name: arrive(samples, role) for name, (role, samples) in song().items()})
    proposed = decide(report)
    return report, proposed, rehearse(signals, proposed, report)


def test_a_raw_song_becomes_a_mix(mixed: tuple[MixReport, MixPlan, MixPlan], signals: dict[str, Signal]) -> None:
    report, _, plan = mixed
    with render(signals, plan) as mix:
        for _ in blocks(mix):
            pass
        heard, stands = mix.heard(), {one.name: one for one in standing(mix)}
    assert heard.loudness.true_peak_dbtp == pytest.approx(-6.0, abs=1.5)
    assert heard.voice_over_band_lu is not None
    assert 0.0 <= heard.voice_over_band_lu <= 4.0
    assert heard.mono_loss_lu is not None
    assert heard.mono_loss_lu < 2.0
    assert heard.low_correlation is not None
    assert heard.low_correlation > 0.8
    wanted = faders(report)
    off = np.array([(stands[name].gain_db or 0.0) - wanted[name].gain_db for name in wanted if name != "Vox"])
    assert np.ptp(off) < 1.5  # what was decided is what stands, whatever inserts and buses do


def test_its_reasons_are_given(mixed: tuple[MixReport, MixPlan, MixPlan]) -> None:
    for track in mixed[2].tracks:
        assert track.reasons
        assert all(reason.endswith((".", ":")) for reason in track.reasons)


def test_the_guitars_are_equal_and_opposite(mixed: tuple[MixReport, MixPlan, MixPlan]) -> None:
    left, right = (mixed[2].track(name) for name in ("Gtr 1", "Gtr 2"))
    assert left.pan == -right.pan != 0.0
    assert left.gain_db - right.gain_db == pytest.approx(20.0, abs=1.5)
    assert any(band.kind == "highpass" for band in left.eq)


def test_it_is_rehearsed_the_same_every_time(
    mixed: tuple[MixReport, MixPlan, MixPlan], signals: dict[str, Signal]
) -> None:
    report, proposed, plan = mixed
    assert rehearse(signals, proposed, report) == plan


def test_at_unity_there_is_nothing_to_rehearse(
    mixed: tuple[MixReport, MixPlan, MixPlan], signals: dict[str, Signal]
) -> None:
    plan = decide(mixed[0], unity=True)
    assert rehearse(signals, plan, mixed[0]) is plan


def test_passages_do_not_overlap_and_lie_inside(mixed: tuple[MixReport, MixPlan, MixPlan]) -> None:
    starts = sorted(loudest_passages_s(mixed[0], mixed[2]))
    assert starts[0] >= 0
    assert starts[-1] <= SECONDS - PASSAGE_S
    assert np.diff(starts).min() >= PASSAGE_S


@pytest.mark.parametrize("frames", [1, 100, RATE_HZ])
def test_the_shortest_of_songs(arrive: Callable[..., TrackIn], frames: int) -> None:
    track = arrive(np.full(frames, 0.1), "keys")
    report = measure({"A": track})
    signals: dict[str, Signal] = {"A": Audio(np.full(frames, 0.1), RATE_HZ)}
    plan = rehearse(signals, decide(report), report)
    with render(signals, plan) as mix:
        assert sum(block.shape[1] for block in blocks(mix)) == mix.frames >= frames
