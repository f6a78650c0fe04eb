"""The mics of a pass: what cables do is found, what distance does is not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from controlroom.rooms.tracking import PassReport, measure_pass
from controlroom.song.model import Mic, Side
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Audio

RATE_HZ = 48000
SECONDS = 9.0
BEATS = 16
# Frames from each drum to each far mic; the kick is 4 cm nearer to the left overhead.
FAR = {"kick": {"L": 190, "R": 196}, "snare": {"L": 142, "R": 142}, "tom": {"L": 150, "R": 95}}
Rows = dict[str, np.ndarray]


def strokes(kind: str, seed: int) -> np.ndarray:
    draw = np.random.default_rng(seed)
    times_s = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    pitch_hz, ring_s, knock = {"kick": (55, 0.09, 0.25), "snare": (185, 0.05, 0.8), "tom": (105, 0.15, 0.3)}[kind]
    tone = np.sin(2 * np.pi * pitch_hz * times_s) * np.exp(-times_s / ring_s)
    noise = draw.standard_normal(len(times_s)) * np.exp(-times_s / 0.012)
    return 0.5 * (tone * (1 - np.exp(-times_s / 0.0008)) + knock * noise)


@pytest.fixture(scope="module")
def kit() -> Callable[..., Rows]:
    """Close mics of kick, snare (both heads) and tom, two overheads, a room; bleed and noise in all of them."""

    def play() -> Rows:
        rows = {
            name: 1e-4 * np.random.default_rng(at).standard_normal(round(SECONDS * RATE_HZ))
            for at, name in enumerate(NAMES)
        }

        def add(name: str, sound: np.ndarray, at: int, gain: float) -> None:
            rows[name][at : at + len(sound)] += gain * sound

        for beat in range(BEATS):
            kind = "tom" if beat % 8 in (6, 7) else "snare" if beat % 2 else "kick"
            sound, at = strokes(kind, beat), round((0.5 + 0.5 * beat) * RATE_HZ)
            close = {"kick": "Kick", "snare": "Snare Top", "tom": "Tom"}[kind]
            for name in ("Kick", "Snare Top", "Tom"):
                add(name, sound, at + (0 if name == close else 60), 1.0 if name == close else 0.06)
            add("Snare Bottom", sound, at + (6 if kind == "snare" else 60), -0.5 if kind == "snare" else 0.05)
            for side in ("L", "R"):
                add(f"OH {side}", sound, at + FAR[kind][side], 0.25)
                add(f"OH {side}", sound, at + FAR[kind][side] + 260, 0.08)
            add("Room", sound, at + 900, 0.15)
        return rows

    rows = play()
    return lambda: {name: row.copy() for name, row in rows.items()}


NAMES = ("Kick", "Snare Top", "Snare Bottom", "Tom", "OH L", "OH R", "Room")
ROLES = ("kick in", "snare top", "snare bottom", "tom", "overhead", "overhead", "room")


def measured(rows: Rows, roles: dict[str, str] | None = None) -> PassReport:
    given = roles or dict(zip(NAMES, ROLES, strict=True))
    sides: dict[str, Side] = {"OH L": "L", "OH R": "R"}
    mics = tuple(Mic(path=Path(f"{name}.wav"), role=given[name], side=sides.get(name)) for name in rows)
    return measure_pass({Path(f"{name}.wav"): Hearing(Audio(row, RATE_HZ)) for name, row in rows.items()}, mics)


def faults(report: PassReport) -> set[tuple[str, str | None]]:
    return {(finding.code, finding.path) for finding in report.findings if finding.severity != "info"}


def test_a_kit_as_nature_made_it_has_no_fault(kit: Callable[..., Rows]) -> None:
    """The lower head is upside down, overheads and room are late, the kick is off the middle: all natural."""
    report = measured(kit())
    assert not faults(report)
    delays_ms = {(one.other.stem, one.mic.stem): one.delay_ms for one in report.relations}
    assert delays_ms["Snare Top", "OH L"] == pytest.approx(1000 * 142 / RATE_HZ, abs=0.05)
    assert delays_ms["Tom", "OH R"] == pytest.approx(1000 * 95 / RATE_HZ, abs=0.05)


@pytest.mark.parametrize("name", ["Tom", "Snare Top", "Kick"])
def test_a_cross_wired_close_mic_is_named(kit: Callable[..., Rows], name: str) -> None:
    rows = kit()
    rows[name] *= -1
    assert faults(measured(rows)) == {("cross_wired", f"{name}.wav")}


def test_a_cross_wired_overhead_is_named_not_the_kit(kit: Callable[..., Rows]) -> None:
    rows = kit()
    rows["OH R"] *= -1
    assert faults(measured(rows)) == {("cross_wired", "OH R.wav")}


@pytest.mark.parametrize(("late", "early"), [("OH R", "OH L"), ("OH L", "OH R")])
def test_a_delay_between_the_overheads_is_measured(kit: Callable[..., Rows], late: str, early: str) -> None:
    rows = kit()
    rows[late] = np.concatenate([np.zeros(48), rows[late][:-48]])
    report = measured(rows)
    assert faults(report) == {("pair_delay", f"{late}.wav")}
    (finding,) = [finding for finding in report.findings if finding.code == "pair_delay"]
    assert finding.args["delay_ms"] == pytest.approx(1.0, abs=0.13)
    assert early in finding.says()


def test_a_stereo_overhead_file_is_heard_as_its_two_sides(kit: Callable[..., Rows]) -> None:
    rows = kit()
    late = np.concatenate([np.zeros(48), rows.pop("OH R")[:-48]])
    rows["OH"] = np.stack([rows.pop("OH L"), late])
    roles = {**dict(zip(NAMES, ROLES, strict=True)), "OH": "overhead"}
    report = measured(rows, roles)
    (finding,) = [finding for finding in report.findings if finding.code == "pair_delay"]
    assert (finding.path, finding.channel) == ("OH.wav", 1)


def test_a_spot_that_cancels_the_overheads_is_told(kit: Callable[..., Rows]) -> None:
    """A tone whose half period is the way to the overhead: in polarity, and still cancelled."""
    rows = kit()
    times_s = np.arange(round(0.3 * RATE_HZ)) / RATE_HZ
    sound = np.sin(2 * np.pi * (RATE_HZ / 2 / 142) * times_s) * np.exp(-times_s / 0.1)
    knock = np.random.default_rng(9).standard_normal(240) * np.exp(-np.arange(240) / 40)
    sound[:240] += 0.5 * knock
    for beat in range(1, BEATS, 2):
        at = round((0.5 + 0.5 * beat) * RATE_HZ)
        rows["Snare Top"][at : at + len(sound)] += sound
        for side in ("L", "R"):
            rows[f"OH {side}"][at + 142 : at + 142 + len(sound)] += 0.5 * sound
    report = measured(rows)
    assert ("spot_fights", "Snare Top.wav") in {(finding.code, finding.path) for finding in report.findings}


@pytest.mark.parametrize("polarity", [1, -1])
def test_di_and_amp_are_compared(polarity: int) -> None:
    draw = np.random.default_rng(4)
    direct = np.zeros(6 * RATE_HZ)
    times_s = np.arange(RATE_HZ // 2) / RATE_HZ
    for at in range(11):
        note_hz = 41.2 * 2 ** (draw.integers(0, 12) / 12)
        pluck = sum(np.sin(2 * np.pi * note_hz * k * times_s + draw.uniform(0, 6)) / k for k in range(1, 25))
        direct[at * RATE_HZ // 2 :][: len(pluck)] += 0.1 * pluck * np.exp(-times_s / 0.2)
    amp = polarity * np.tanh(4 * np.concatenate([np.zeros(70), direct[:-70]])) * 0.3
    report = measured({"DI": direct, "Amp": amp}, {"DI": "bass DI", "Amp": "bass amp"})
    codes = {finding.code for finding in report.findings}
    assert ("pickup_polarity" in codes) == (polarity < 0)
    (late,) = [finding for finding in report.findings if finding.code == "pickup_delay"]
    assert late.path == "Amp.wav"
    assert late.args["delay_ms"] == pytest.approx(1000 * 70 / RATE_HZ, abs=0.1)


def test_mics_that_cannot_be_compared_are_left_alone(kit: Callable[..., Rows]) -> None:
    rows = kit()
    silent = {name: 0 * row for name, row in rows.items()}
    assert measured(silent) == PassReport()
    assert measured({"Kick": rows["Kick"]}) == PassReport()
    hearings = {Path("a.wav"): Hearing(Audio(rows["Tom"], 48000)), Path("b.wav"): Hearing(Audio(rows["OH L"], 44100))}
    mics = (Mic(path=Path("a.wav"), role="tom"), Mic(path=Path("b.wav"), role="overhead"))
    assert measure_pass(hearings, mics).findings == ()
    short = {name: row[:1] + 0.5 for name, row in rows.items()}
    assert not faults(measured(short))
