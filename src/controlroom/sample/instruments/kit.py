"""A drum kit, struck: each stroke is synthesised once per variant, as it leaves drum or cymbal (one metre away).

Drum heads are sums of decaying modes (ratios of a circular membrane: Rossing, "Science of Percussion Instruments",
2000, ch. 2), their pitch falls as the head relaxes. Cymbals are hundreds of inharmonic modes and noise.
"""

from __future__ import annotations

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured
from controlroom.sound.filters import Band
from controlroom.sound.kernels import kernel

Floats = npt.NDArray[np.float64]

DRUMS = ("kick", "snare", "ghost", "side stick", "rack tom", "floor tom", "hat", "open hat", "ride", "crash")
VARIANTS = 3  # strokes of the same drum never sound quite the same


class Stroke(msgspec.Struct, frozen=True):
    """One stroke. `sound` is what everything hears; `wires` are the snare's wires, which its lower side hears most."""

    sound: Row
    wires: Row | None = None


def strike(drum: str, chance: np.random.Generator) -> Stroke:
    """One variant of a drum, full velocity."""
    if drum == "kick":
        return Stroke(_kick(chance))
    if drum in ("snare", "ghost"):
        return _snare(chance, soft=drum == "ghost")
    if drum == "side stick":
        return Stroke(_side_stick(chance))
    if drum in ("rack tom", "floor tom"):
        return Stroke(_tom(chance, 138.0 if drum == "rack tom" else 92.0))
    if drum in ("hat", "open hat"):
        return Stroke(_hat(chance, opened=drum == "open hat"))
    return Stroke(_ride(chance) if drum == "ride" else _crash(chance))


def _time(seconds: float) -> Floats:
    return np.arange(round(seconds * RATE_HZ)) / RATE_HZ


def _fall(time: Floats, decay_s: float) -> Floats:
    """An envelope that has fallen by 60 dB after `decay_s`."""
    fallen: Floats = np.exp(-6.9078 * time / decay_s)
    return fallen


def _noise(frames: int, bands: list[Band], chance: np.random.Generator) -> Row:
    return coloured(chance.standard_normal(frames, dtype=np.float32), bands)


def _swept(time: Floats, low_hz: float, rise_hz: float, fall_s: float) -> Floats:
    """The phase of a head whose pitch falls from `low_hz + rise_hz` to `low_hz`."""
    phase: Floats = 2 * np.pi * (low_hz * time + rise_hz * fall_s * (1 - np.exp(-time / fall_s)))
    return phase


def _kick(chance: np.random.Generator) -> Row:
    time = _time(0.55)
    low = 52.0 * (1 + 0.01 * chance.standard_normal())
    body = np.sin(_swept(time, low, 90.0, 0.018)) * _fall(time, 0.42) * (1 - np.exp(-time / 0.0012))
    shell = 0.22 * np.sin(_swept(time, 118.0, 60.0, 0.012)) * _fall(time, 0.16)
    beater = _noise(
        time.size, [Band("highpass", 900.0), Band("bell", 3200.0, 6.0, 0.9), Band("lowpass", 7000.0)], chance
    )
    click = 0.2 * beater * _fall(time, 0.028)
    return np.asarray(body + shell + click, np.float32)


def _snare(chance: np.random.Generator, *, soft: bool) -> Stroke:
    time = _time(0.45)
    pitch = 186.0 * (1 + 0.008 * chance.standard_normal())
    modes = np.array([1.0, 1.593, 2.136, 2.295, 2.653])
    strength = np.array([1.0, 0.55, 0.3, 0.22, 0.15]) * chance.uniform(0.8, 1.2, 5)
    decay_s = np.array([0.26, 0.2, 0.15, 0.13, 0.11]) * (0.8 if soft else 1.0)
    head = sum(
        level * np.sin(_swept(time, pitch * ratio, 26.0 * ratio, 0.012)) * _fall(time, length)
        for ratio, level, length in zip(modes, strength, decay_s, strict=True)
    )
    stick = _noise(time.size, [Band("highpass", 1200.0), Band("lowpass", 4000.0 if soft else 9000.0)], chance)
    sound = 0.55 * head + (0.12 if soft else 0.35) * stick * _fall(time, 0.02)
    rattle = _noise(
        time.size,
        [Band("highpass", 1500.0), Band("bell", 4200.0, 5.0, 0.7), Band("highshelf", 9000.0, -3.0)],
        chance,
    )
    onset = 1 - np.exp(-time / 0.0022)
    wires = 0.42 * rattle * onset * (0.75 * _fall(time, 0.19) + 0.25 * _fall(time, 0.33))
    return Stroke(sound.astype(np.float32), wires.astype(np.float32))


def _side_stick(chance: np.random.Generator) -> Row:
    time = _time(0.2)
    knock = sum(
        level * np.sin(2 * np.pi * hz * time) * _fall(time, length)
        for hz, level, length in ((420.0, 0.35, 0.07), (905.0, 0.6, 0.06), (1720.0, 0.8, 0.05), (2650.0, 0.4, 0.035))
    )
    tick = _noise(time.size, [Band("highpass", 2500.0)], chance) * _fall(time, 0.012)
    return np.asarray(0.7 * knock * (1 - np.exp(-time / 0.0003)) + 0.3 * tick, np.float32)


def _tom(chance: np.random.Generator, low_hz: float) -> Row:
    time = _time(0.95)
    pitch = low_hz * (1 + 0.004 * chance.standard_normal())
    head = sum(
        level * np.sin(_swept(time, pitch * ratio, 0.16 * pitch * ratio, 0.05)) * _fall(time, length)
        for ratio, level, length in ((1.0, 1.0, 0.75), (1.593, 0.42, 0.4), (2.136, 0.2, 0.26), (2.653, 0.1, 0.18))
    )
    stick = _noise(time.size, [Band("highpass", 700.0), Band("lowpass", 6000.0)], chance) * _fall(time, 0.022)
    return np.asarray(head * (1 - np.exp(-time / 0.0006)) + 0.25 * stick, np.float32)


def _cymbal(
    seconds: float, low_hz: float, high_hz: float, modes: int, decay_s: float, chance: np.random.Generator
) -> Row:
    """Inharmonic modes as dense as those of a plate (evenly over frequency); high ones are shorter. RMS about 1."""
    out = np.zeros(round(seconds * RATE_HZ), np.float32)
    hz = low_hz + (high_hz - low_hz) * np.sort(chance.random(modes))
    level = np.abs(chance.standard_normal(modes)) * np.sqrt(2 / modes)
    length_s = decay_s * chance.uniform(0.6, 1.2, modes) * (low_hz / hz) ** 0.35
    _modes(out, hz / RATE_HZ, level, np.exp(-6.9078 / (length_s * RATE_HZ)), 2 * np.pi * chance.random(modes))
    return out


def _hat(chance: np.random.Generator, *, opened: bool) -> Row:
    seconds, decay_s = (0.75, 1.1) if opened else (0.2, 0.2)
    metal = _cymbal(seconds, 2800.0, 15500.0, 240, decay_s, chance)
    time = _time(seconds)
    hiss = _noise(time.size, [Band("highpass", 5500.0)], chance)
    sizzle = hiss * (_fall(time, 0.7) if opened else _fall(time, 0.11))
    return coloured(np.asarray(0.16 * metal + 0.14 * sizzle, np.float32), [Band("highpass", 2600.0)])


def _ride(chance: np.random.Generator) -> Row:
    time = _time(1.8)
    wash = _cymbal(1.8, 900.0, 15500.0, 480, 2.6, chance) * (0.35 + 0.65 * (1 - np.exp(-time / 0.04)))
    ping = _cymbal(1.8, 2600.0, 9500.0, 110, 1.0, chance)
    stick = _noise(time.size, [Band("highpass", 3500.0)], chance) * _fall(time, 0.018)
    tail = np.minimum((1.8 - time) / 0.2, 1.0)
    return np.asarray((0.07 * wash + 0.14 * ping + 0.14 * stick) * tail, np.float32)


def _crash(chance: np.random.Generator) -> Row:
    time = _time(2.8)
    metal = _cymbal(2.8, 420.0, 15500.0, 420, 3.4, chance) * (1 - np.exp(-time / 0.003))
    hiss = _noise(time.size, [Band("highpass", 3000.0)], chance)
    burst = hiss * (0.5 * _fall(time, 0.3) + 0.3 * _fall(time, 2.0)) * (1 - np.exp(-time / 0.004))
    tail = np.minimum((2.8 - time) / 0.3, 1.0)
    return np.asarray((0.3 * metal + 0.25 * burst) * tail, np.float32)


@kernel
def _modes(out: Row, step: Floats, level: Floats, keep: Floats, phase: Floats) -> None:
    """Add decaying sines: frequency in turns a sample, amplitude, factor a sample, phase. Until -100 dB."""
    for mode in range(step.shape[0]):
        turn_re = keep[mode] * np.cos(2 * np.pi * step[mode])
        turn_im = keep[mode] * np.sin(2 * np.pi * step[mode])
        re = level[mode] * np.cos(phase[mode])
        im = level[mode] * np.sin(phase[mode])
        audible = int(np.log(1e-5 / level[mode]) / np.log(keep[mode])) if level[mode] > 1e-5 else 0
        for i in range(min(audible, out.shape[0])):
            out[i] += np.float32(im)
            re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re
