"""The player's engine in Chromium, by what comes out: exact samples, no clicks, in sync, little memory, clear words.

The engine is rendered through an OfflineAudioContext that stops every 2,048 frames to let it look and act; one run uses
the real clock.
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
STEP_FRAMES = 2048  # between two looks of the bench
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
    """The largest second difference after the song's onset: small for what is smooth, the jump itself for a click."""
    return float(np.abs(np.diff(samples[:, onset(samples) + 2 :], n=2)).max())


def smooth_bound(amplitude: float, fade_frames: int, voices: int = 1, hz: float = 220.0) -> float:
    """The most a sine under straight fades may bend: its own curve, two corners that meet, the slopes' product."""
    step = 2 * np.pi * hz / RATE_HZ
    return voices * amplitude * (step**2 + 2 / fade_frames + 2 * step / fade_frames)


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
    assert falling[0] - RATE_HZ < 0.045 * RATE_HZ + STEP_FRAMES  # 45 ms after the bench has looked


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
    heard = render(page, clockHz=RATE_HZ, versions=versions, seconds=61, acts=acts, step=8192)["samples"][0]
    found = np.flatnonzero(heard > 0.45)
    grid = found[0] + (RATE_HZ // 2) * np.round((found - found[0]) / (RATE_HZ / 2))
    assert np.abs(found - grid).max() <= 1
    assert len(np.unique(grid)) == len(range(found[0], len(heard), RATE_HZ // 2))  # none is missing
    assert heard[found].min() > 0.85  # none is halved by a slip inside a crossfade


def test_seeking_pausing_and_playing_do_not_click(page, shelf):
    version = shelf.version("long", sine(60))
    random = np.random.default_rng(3)
    acts: list[list] = [[0, "play"]]
    for at in 0.5 + 0.27 * np.arange(30):
        acts.append([float(at), "seek", float(random.uniform(0, 55))])
        acts += [[float(at) + 0.004, "seek", 20.02]] if random.random() < 0.3 else []  # twice in one breath
        acts += [[float(at) + 0.1, "pause"], [float(at) + 0.1 + random.uniform(0, 0.1), "play"]]
    heard = render(page, clockHz=RATE_HZ, versions=[version], seconds=9.5, acts=acts)["samples"]
    assert roughness(heard) < smooth_bound(0.5, FADE_FRAMES, voices=2)


def test_the_playhead_is_at_once_where_it_is_sent(page, shelf):
    version = shelf.version("sent", sine(30))
    acts = [[0, "play"], [1, "seek", 10], [1, "seek", 20.5]]
    positions = render(page, clockHz=RATE_HZ, versions=[version], seconds=2, acts=acts)["positions"]
    sent = [place for at, _, place in positions if at >= 1]
    assert sent[0] == 20.5
    assert sent[-1] == pytest.approx(20.5 + 0.9, abs=0.1)


def test_a_loop_has_its_exact_length_and_no_gap(page, shelf):
    made = noise(12)
    version = shelf.version("loop", made, sample="s24")
    acts = [[0, "play"], [0, "loop", 1.0, 1.73], [7, "loop"]]
    done = render(page, clockHz=RATE_HZ, versions=[version], seconds=9, acts=acts)
    heard, period = done["samples"][0], round(0.73 * RATE_HZ)
    first = onset(done["samples"]) + round(1.73 * RATE_HZ)  # where the song goes back for the first time
    turns = [heard[first + n * period :][:period][FADE_FRAMES:] for n in range(6)]
    assert all(np.array_equal(turn, turns[0]) for turn in turns)
    at, place = (round(RATE_HZ * float(done["positions"][-1][which])) for which in (0, 2))
    assert place > 2.5 * RATE_HZ  # it goes on when the loop is taken away
    assert np.array_equal(heard[at - RATE_HZ : at], (made[0] / 2**23).astype(np.float32)[place - RATE_HZ : place])
    short = render(page, clockHz=RATE_HZ, versions=[shelf.version("short", sine(5))], seconds=4,
                   acts=[[0, "play"], [0.2, "loop", 0.5, 0.62], [2, "seek", 3], [2.5, "seek", 0.55]])  # fmt: skip
    assert roughness(short["samples"]) < smooth_bound(0.5, FADE_FRAMES, voices=2)


def numbered_beats(beats: int, spacing_frames: int) -> np.ndarray:
    """One click a beat; its height says which."""
    samples = np.zeros((2, beats * spacing_frames + RATE_HZ))
    samples[:, : beats * spacing_frames : spacing_frames] = (np.arange(beats) + 1) / 1000
    return samples


def test_a_version_at_another_tempo_follows_by_bar(page, shelf):
    at_120 = numbered_beats(80, RATE_HZ // 2)
    at_100 = numbered_beats(80, round(0.6 * RATE_HZ))
    versions = [shelf.version("120", at_120), shelf.version("100", at_100, map=[[0, 0], [24, 20], [48, 40]])]
    acts = [[0, "play"], *([0.9 + 1.7 * n, "select", ["100", "120"][n % 2]] for n in range(12))]
    heard = render(page, clockHz=RATE_HZ, versions=versions, seconds=22, acts=acts)["samples"][0]
    beats = heard[np.flatnonzero(heard)] * 1000 - 1
    counted = beats[np.abs(beats - np.round(beats)) < 0.01]  # one inside a crossfade may be doubled or halved
    assert np.array_equal(np.unique(np.round(counted)), np.round(counted))  # upwards, none twice
    assert len(counted) >= 36
    assert np.diff(counted).max() <= 2


def test_memory_stays_small_on_ten_minutes(page, shelf):
    version = shelf.version("x", np.zeros((2, 600 * RATE_HZ), np.int8), sample="s16")
    versions = [version | {"id": name} for name in "xyz"]
    random = np.random.default_rng(4)
    acts: list[list] = [[0, "play"], [12, "loop", 3, 4.5]]
    acts += [[float(at), "seek", float(random.uniform(0, 590))] for at in random.uniform(0.2, 20, 25)]
    acts += [[float(at), "select", str(random.choice(list("xyz")))] for at in random.uniform(0.2, 20, 25)]
    shelf.requests.clear()
    done = render(page, clockHz=RATE_HZ, versions=versions, seconds=20, acts=acts)
    assert 6 * RATE_HZ <= done["heldMost"] <= done["bound"] <= 30 * RATE_HZ
    assert done["errors"] == []
    ranges = [asked.removeprefix("bytes=").split("-") for path, asked in shelf.requests if path.startswith("/pcm/")]
    assert max(int(last) - int(first) + 1 for first, last in ranges) <= RATE_HZ * 4  # never more than a second


def test_a_slow_network_fades_waits_and_goes_on_where_it_was(page, shelf):
    version = shelf.version("late", sine(12))
    late = {"url": "/pcm/late", "from": 44 + 4 * RATE_HZ * 8, "until": 6.0}
    done = render(page, clockHz=RATE_HZ, versions=[version], seconds=9, acts=[[0, "play"]], late=late)
    assert roughness(done["samples"]) < smooth_bound(0.5, FADE_FRAMES)
    assert "slow" in [state["waiting"] for state in done["states"]]
    assert done["states"][-1]["waiting"] is None
    positions = np.array([place for _, _, place in done["positions"]])
    assert np.diff(positions).min() >= -0.001
    assert np.diff(positions).max() < 0.1  # nothing is skipped
    assert 4.5 < positions[-1] < 7.1  # it went on; how soon, the machine's own network decides


def test_a_switch_waits_for_its_sound_while_the_old_version_plays_on(page, shelf):
    versions = [
        shelf.version("here", np.ones((2, 8 * RATE_HZ))),
        shelf.version("coming", np.ones((2, 8 * RATE_HZ)) / 2),
    ]
    late = {"url": "/pcm/coming", "from": 0, "until": 3.0}
    acts = [[0, "play"], [1, "select", "coming"]]
    done = render(page, clockHz=RATE_HZ, versions=versions, seconds=5, acts=acts, late=late)
    heard = done["samples"][0]
    assert (heard[RATE_HZ : 3 * RATE_HZ] == 1).all()
    assert (heard[round(3.2 * RATE_HZ) :] == 0.5).all()
    waiting = [state for state in done["states"] if state["waiting"]]
    assert {(state["wanted"], state["current"], state["waiting"]) for state in waiting} == {
        ("coming", "here", "loading")
    }


def test_a_loop_goes_on_until_the_other_version_is_there(page, shelf):
    versions = [shelf.version("round", sine(8)), shelf.version("after", sine(8))]
    late = {"url": "/pcm/after", "from": 0, "until": 4.0}
    acts = [[0, "play"], [0.1, "loop", 1.0, 1.5], [2, "select", "after"]]
    done = render(page, clockHz=RATE_HZ, versions=versions, seconds=6, acts=acts, late=late)
    assert roughness(done["samples"]) < smooth_bound(0.5, FADE_FRAMES, voices=2)
    looped = [place for at, _, place in done["positions"] if at > 1.6]
    assert 0.99 < min(looped) < max(looped) < 1.51  # in the other version too
    assert done["positions"][-1][1] == "after"


@pytest.mark.parametrize(
    ("manner", "says"),
    [
        ("404", "not on the server any more (404)"),
        ("403", "may no longer listen to faulty (403)"),
        ("416", "not what this page expects (416)"),
        ("whole", "not what this page expects (200)"),
        ("500", "server failed while sending faulty (500)"),
        ("short", "sent less of faulty than was asked for"),
        ("broken", "connection broke while loading faulty"),
    ],
)
def test_a_faulty_server_gets_a_sentence_and_a_second_try(page, shelf, manner, says):
    version = shelf.version("faulty", noise(3))
    shelf.manners["faulty"] = manner
    try:
        state = page.evaluate(LOAD, {"clockHz": RATE_HZ, "versions": [version]})
    finally:
        shelf.manners.clear()
    assert says in state["error"]
    assert state["waiting"] == "loading"
    again = page.evaluate("() => { window.engine.retry(); return window.bench.outcome(window.engine); }")
    assert (again["error"], again["waiting"]) == (None, None)


LOAD = """(what) => {
  window.engine = window.bench.loader(JSON.parse(JSON.stringify(what)));
  return window.bench.outcome(window.engine);
}"""


def test_the_real_clock_is_as_clean(page, shelf):
    made = noise(6)
    versions = [shelf.version(name, made, sample="s24") for name in "ab"]
    acts = [[0.5 + 0.211 * n, "select", "ba"[n % 2]] for n in range(10)]
    done = page.evaluate(
        "(what) => window.bench.live(what)",
        json.loads(json.dumps({"clockHz": RATE_HZ, "versions": versions, "seconds": 3, "acts": acts})),
    )
    heard, source = unpack(done["samples"]), (made / 2**23).astype(np.float32)
    start = onset(heard)
    at = int(np.flatnonzero(np.isclose(source[0], heard[0, start + 4800], atol=1e-9))[0]) - 4800
    length = np.flatnonzero(heard[0])[-1] - start - RATE_HZ // 10  # the end is cut off wherever the clock stood
    assert length > 2 * RATE_HZ
    assert np.abs(heard[:, start : start + length] - source[:, at : at + length])[:, 4800:].max() < EXACT
