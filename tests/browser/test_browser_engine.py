"""The player's engine in Chromium, by what comes out of it: exact samples, no clicks, in sync, little memory, clear words.

The engine is rendered through an OfflineAudioContext that stops every 1,024 frames to let it look and act; one run uses the
real clock.
"""

from __future__ import annotations

import json
import shutil

import numpy as np
import pytest
from browser.engine_page.bench import FLAGS, Shelf, render, serving, unpack

RATE_HZ = 48000
SWITCH_FRAMES = 384  # 8 ms
FADE_FRAMES = 240  # 5 ms
FULL_SCALE = {"s16": 2**15, "s24": 2**23, "f32": 1}
EXACT = 1e-6  # what two gains that sum to 1 leave of rounding: -120 dBFS


@pytest.fixture(scope="module")
def shelf():
    return Shelf()


@pytest.fixture(scope="module")
def page(shelf):
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with serving(shelf) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page()
        page.goto(f"{address}/page/page.html")
        page.wait_for_function("window.bench")
        yield page
        browser.close()


def noise(seconds: float, sample: str = "s24", channels: int = 2, rate_hz: int = RATE_HZ) -> np.ndarray:
    """White noise as integers of that depth; every sample is another, so a slip of one frame shows."""
    full = FULL_SCALE[sample]
    frames = round(seconds * rate_hz)
    return np.random.default_rng(5).integers(-full, full, (channels, frames), dtype=np.int64)


def sine(seconds: float, amplitude: float = 0.5, hz: float = 220.0) -> np.ndarray:
    return np.tile(amplitude * np.sin(2 * np.pi * hz * np.arange(round(seconds * RATE_HZ)) / RATE_HZ), (2, 1))


def onset(samples: np.ndarray) -> int:
    return int(np.flatnonzero(np.any(samples != 0, axis=0))[0])


def roughness(samples: np.ndarray) -> float:
    """The largest second difference after the song's own onset: small for anything smooth, as large as the jump for a click."""
    return float(np.abs(np.diff(samples[:, onset(samples) + 2 :], n=2)).max())


def smooth_bound(amplitude: float, fade_frames: int, voices: int = 1, hz: float = 220.0) -> float:
    """The most that a sine under straight fades may bend: its own curve, the corner of the fade, their product."""
    step = 2 * np.pi * hz / RATE_HZ
    return voices * amplitude * (step**2 + 1 / fade_frames + 2 * step / fade_frames)


@pytest.mark.parametrize(
    ("sample", "channels", "rate_hz"),
    [("s16", 2, 44100), ("s24", 2, 48000), ("s24", 1, 44100), ("f32", 2, 96000), ("s16", 6, 48000)],
)
def test_one_version_comes_out_bit_for_bit(page, shelf, sample, channels, rate_hz):
    made = noise(6.3, sample, channels, rate_hz) if sample != "f32" else noise(6.3, "s24", channels, rate_hz) / 2**23
    version = shelf.version("exact", made, rate_hz, sample)
    heard = render(page, clockHz=rate_hz, versions=[version], seconds=6.0, acts=[[0, "play"]])["samples"]
    source = (made / FULL_SCALE[sample]).astype(np.float32)[[0, -1 if channels == 1 else 1]]
    start = onset(heard)
    assert start < 0.1 * rate_hz
    assert np.array_equal(heard[:, start:], source[:, : heard.shape[1] - start])


def test_a_song_ends_with_its_last_sample_and_stops(page, shelf):
    made = noise(2.2)
    heard = render(page, clockHz=RATE_HZ, versions=[shelf.version("end", made)], seconds=3, acts=[[0, "play"]])
    start = onset(heard["samples"])
    source = made.astype(np.float32)  # f32: as it is
    assert np.array_equal(heard["samples"][:, start : start + made.shape[1]], source)
    assert not heard["samples"][:, start + made.shape[1] :].any()
    assert heard["states"][-1]["playing"] is False
    assert heard["positions"][-1][2] == pytest.approx(2.2)


def test_a_hundred_switches_between_identical_versions_are_the_source(page, shelf):
    made = noise(11)
    versions = [shelf.version(name, made, sample="s24") for name in "ab"]
    acts = [[0, "play"], *([0.25 + 0.0937 * n, "select", "ba"[n % 2]] for n in range(100))]
    done = render(page, clockHz=RATE_HZ, versions=versions, seconds=10, acts=acts)
    heard, source = done["samples"], (made / 2**23).astype(np.float32)
    assert len({(state["at"], state["current"]) for state in done["states"]}) >= 100  # every switch was made
    start = onset(heard)
    assert np.abs(heard[:, start:] - source[:, : heard.shape[1] - start]).max() < EXACT


def test_switching_between_two_levels_does_not_click(page, shelf):
    versions = [shelf.version("loud", sine(11, 0.5)), shelf.version("soft", sine(11, 0.125))]
    times = 0.25 + np.cumsum(np.random.default_rng(2).uniform(0.005, 0.18, 100))
    acts = [[0, "play"], *([float(at), "select", ["soft", "loud"][n % 2]] for n, at in enumerate(times))]
    heard = render(page, clockHz=RATE_HZ, versions=versions, seconds=10.5, acts=acts)["samples"]
    assert roughness(heard) < smooth_bound(0.5, SWITCH_FRAMES)


def test_the_crossfade_is_a_straight_line_of_8_ms(page, shelf):
    ones = np.ones((2, 4 * RATE_HZ))
    versions = [shelf.version("one", ones), shelf.version("none", 0 * ones)]
    acts = [[0, "play"], [1, "select", "none"], [2, "select", "one"]]
    heard = render(page, clockHz=RATE_HZ, versions=versions, seconds=3, acts=acts)["samples"][0]
    between = np.flatnonzero((heard > 0) & (heard < 1))
    falling = between[between < 1.5 * RATE_HZ]
    assert 0.005 < len(falling) / RATE_HZ < 0.010
    assert np.allclose(np.diff(heard[falling]), -1 / SWITCH_FRAMES, atol=1e-6)
    assert falling[0] - RATE_HZ < 0.06 * RATE_HZ  # heard within 60 ms of the key


def test_the_louder_version_is_turned_down_in_20_ms(page, shelf):
    version = shelf.version("louder", np.ones((2, 4 * RATE_HZ)), gain_db=-6.0)
    acts = [[0, "play"], [1, "setMatch", False], [1.01, "setMatch", True], [2, "setMatch", False]]
    heard = render(page, clockHz=RATE_HZ, versions=[version], seconds=3, acts=acts)["samples"][0]
    assert heard[RATE_HZ] == pytest.approx(10 ** (-6 / 20), abs=1e-6)
    assert heard[-1] == 1.0
    assert np.abs(np.diff(heard[RATE_HZ:])).max() < 1.02 * (1 - 10 ** (-6 / 20)) / (0.02 * RATE_HZ)


def test_versions_stay_within_one_sample_for_a_minute(page, shelf):
    clicks = np.zeros((2, 64 * RATE_HZ))
    clicks[:, :: RATE_HZ // 2] = 0.9
    cut = 59259.26  # frames of intro that the second version does not have; a fraction, as alignments are
    versions = [
        shelf.version("whole", clicks),
        shelf.version("cut", clicks[:, round(cut) :], map=[[0, cut / RATE_HZ], [62, 62 + cut / RATE_HZ]]),
    ]
    acts = [[0, "play"], [0, "seek", 1.5], *([1 + 1.171 * n, "select", ["cut", "whole"][n % 2]] for n in range(50))]
    heard = render(page, clockHz=RATE_HZ, versions=versions, seconds=61, acts=acts)["samples"][0]
    found = np.flatnonzero(heard > 0.45)
    grid = found[0] + (RATE_HZ // 2) * np.round((found - found[0]) / (RATE_HZ / 2))
    assert np.abs(found - grid).max() <= 1
    assert len(np.unique(grid)) == len(range(found[0], len(heard), RATE_HZ // 2))  # none is missing
    assert heard[found].min() > 0.85  # none is halved by a slip inside a crossfade
