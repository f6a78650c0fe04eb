"""Speech made song: the syllables of a speaker sung to melodies, so that many people's voices can be learnt from.

A vocoder (WORLD: M. Morise, F. Yokomori and K. Ozawa, 2016; package `pyworld`) takes spectra from speech; vowels are
stretched to notes, consonants keep their length, and pitch glides, trembles and overshoots as singers' does (T. Saitou,
M. Goto, M. Unoki and M. Akagi, "Speech-to-singing synthesis", WASPAA 2007). Melodies follow the harmony they are
sung to.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyworld

RATE_HZ, STEP_S = 16000, 0.005
SHORTEST, HEAD = 14, 8  # steps: of a syllable; of its beginning and end, which are not stretched
BEFORE = 24  # steps of consonants at most
DIP_DB = 4.0  # between two syllables
LOW_VOICE_HZ = 165.0
PART_OF_A_BEAT = ((0.25, 0.04), (0.5, 0.42), (1, 0.28), (1.5, 0.1), (2, 0.06), (3, 0.05), (4, 0.05))


class Syllable(NamedTuple):
    """Spectra (steps, bins; natural logarithm of power), aperiodicity, and how many steps of it are consonants."""

    spectra: np.ndarray
    noise: np.ndarray
    consonants: int


class Manner(NamedTuple):
    """How somebody sings: range, vibrato, how long pitch takes from note to note, and how it trembles."""

    lowest_hz: float
    highest_hz: float
    vibrato_hz: float
    vibrato_cents: float
    glide_s: float
    tremble_cents: float
    beat_s: float


def syllables_of(speech):
    """(syllables, pitches in Hz) of a row of speech at 16 kHz."""
    speech = speech / max(np.abs(speech).max(), 1e-9) * 0.7 + 1e-5 * np.random.default_rng(0).standard_normal(
        len(speech)
    )
    rough, times = pyworld.dio(speech, RATE_HZ, f0_floor=60, f0_ceil=500)
    f0_hz = pyworld.stonemask(speech, rough, times, RATE_HZ)
    spectra = np.log(pyworld.cheaptrick(speech, f0_hz, times, RATE_HZ)).astype(np.float32)
    noise = pyworld.d4c(speech, f0_hz, times, RATE_HZ).astype(np.float32)
    level_db = 4.34 * np.logaddexp.reduce(spectra, axis=1)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (f0_hz > 0).astype(int), [0]]))).reshape(-1, 2)
    found, last = [], 0
    for voiced, end in edges:
        borders = [voiced, *dips(level_db[voiced:end], voiced), end]
        for k, (first, stop) in enumerate(pairwise(borders)):
            if stop - first >= SHORTEST and level_db[first:stop].max() > np.percentile(level_db, 95) - 25:
                begin = max(first - BEFORE, last) if k == 0 else first
                found.append(Syllable(spectra[begin:stop], noise[begin:stop], first - begin))
                last = stop
    return found, f0_hz[f0_hz > 0]


def dips(level_db, at):
    """Where a voiced stretch falls apart into syllables."""
    smooth, found, i = np.convolve(level_db, np.ones(9) / 9, "same"), [], 12
    while i < len(smooth) - 12:
        around = smooth[i - 12 : i + 13]
        if smooth[i] == around.min() and around.max() - smooth[i] > DIP_DB:
            found.append(at + i)
            i += 12
        i += 1
    return found


def manner_of(speaking_hz, draw):
    lowest_hz = (95 if speaking_hz < LOW_VOICE_HZ else 190) * 2 ** draw.uniform(-0.1, 0.25)
    tuned = draw.random() < 0.15  # by a machine
    return Manner(
        lowest_hz=lowest_hz,
        highest_hz=lowest_hz * 2 ** draw.uniform(0.8, 1.4),
        vibrato_hz=draw.uniform(4.5, 6.8),
        vibrato_cents=draw.choice([0, 0, 15, 30, 60, 100]) * draw.uniform(0.6, 1.3),
        glide_s=0.0 if tuned else draw.uniform(0.03, 0.14),
        tremble_cents=0.0 if tuned else draw.uniform(3, 14),
        beat_s=60 / draw.uniform(70, 160) * draw.choice([0.5, 0.75, 1, 1, 1.5, 2]),
    )


class Line:
    """A sung line of `seconds`, written syllable by syllable."""

    def __init__(self, seconds, bins, manner, draw):
        self.count, self.manner, self.draw = int(seconds / STEP_S), manner, draw
        self.f0_hz = np.zeros(self.count)
        self.spectra = np.full((self.count, bins), -25.0, np.float32)
        self.noise = np.ones((self.count, bins), np.float32)
        ringing = np.exp(-np.arange(200) / 40)
        slow = np.convolve(draw.standard_normal(self.count), ringing / np.sqrt((ringing**2).sum()), "same")
        self.tremble = slow * manner.tremble_cents
        self.before_hz = None

    def sing(self, syllable, start_s, length_s, hz):
        """Lay a syllable down; when it ends."""
        first, gap = int(start_s / STEP_S), int(self.draw.choice([0, 0, 0, 4, 12])) if self.before_hz else 0
        places = stretched(syllable, max(int(length_s / STEP_S) - gap, 2 * HEAD), self.draw)[: self.count - first]
        last = first + len(places)
        loud = np.percentile(syllable.spectra[syllable.consonants :].max(axis=1), 80)
        self.spectra[first:last] = syllable.spectra[places] + self.draw.uniform(-0.8, 0.4) - 0.7 * loud
        self.noise[first:last] = syllable.noise[places]
        pitch = hz * 2 ** ((self.course(len(places), hz) + self.tremble[first:last]) / 1200)
        unvoiced = (places < syllable.consonants) & (syllable.noise[places].mean(axis=1) > 0.4)
        self.f0_hz[first:last] = np.where(unvoiced, 0, pitch)
        self.before_hz = hz
        return (last + gap) * STEP_S

    def course(self, count, hz):
        """Cents beside the note: from the note before or from below, over it and back, vibrato, and off at the end."""
        manner, draw, time_s = self.manner, self.draw, np.arange(count) * STEP_S
        cents = np.zeros(count)
        if manner.glide_s:
            start = 1200 * np.log2(self.before_hz / hz) if self.before_hz else -draw.uniform(0, 300) * draw.integers(2)
            over = -np.sign(start) * draw.uniform(0, 30)
            cents += start * np.exp(-2.2 * time_s / manner.glide_s)
            cents += over * np.exp(-(((time_s - 1.5 * manner.glide_s) / (manner.glide_s + 0.02)) ** 2))
            if draw.random() < 0.12:
                cents -= draw.uniform(50, 400) * np.clip((time_s - time_s[-1] + 0.12) / 0.12, 0, 1)
        swell = np.clip((time_s - 0.2) / 0.3, 0, 1)
        return cents + manner.vibrato_cents * swell * np.sin(
            2 * np.pi * manner.vibrato_hz * time_s + draw.uniform(0, 6)
        )


def stretched(syllable, count, draw):
    """The steps of a syllable that a note of `count` steps goes through."""
    vowel = len(syllable.spectra) - syllable.consonants
    consonants = min(syllable.consonants, max(count // 3, 4))
    head, left = min(HEAD, vowel // 3), max(count - consonants, HEAD)
    middle = np.linspace(head, vowel - head - 1, max(left - 2 * head, 1))
    wander = np.convolve(draw.standard_normal(len(middle) + 60), np.hanning(41) / 6, "same")[30 : 30 + len(middle)]
    middle = np.clip(middle + draw.uniform(0, 2) * wander, 0, vowel - 1)
    inside = np.concatenate([np.arange(head), middle, np.arange(vowel - head, vowel)])[:left]
    return np.concatenate([np.arange(-consonants, 0), inside]).astype(int) + syllable.consonants


def line_of(syllables, speaking_hz, chroma, seconds, draw):
    """A line sung to `chroma` (quarters of a second, 12): phrases with rests between, mostly in the speaker's order."""
    manner = manner_of(speaking_hz, draw)
    line = Line(seconds, syllables[0].spectra.shape[1], manner, draw)
    steps = np.arange(*(int(np.ceil(12 * np.log2(hz / 440))) for hz in (manner.lowest_hz, manner.highest_hz)))
    note, at, now_s = steps[len(steps) // 2], int(draw.integers(len(syllables))), draw.uniform(0, 3)
    parts, often = np.array(PART_OF_A_BEAT).T
    while now_s < seconds - 1:
        end_s, line.before_hz = min(now_s + draw.uniform(1.5, 6.5), seconds - 0.3), None
        while now_s < end_s:
            length_s = min(np.clip(manner.beat_s * draw.choice(parts, p=often), 0.14, 4.0), seconds - 0.05 - now_s)
            heard = chroma[min(int((now_s + length_s / 2) * 4), len(chroma) - 1)]
            weight = (heard[steps % 12] + 0.01) ** 1.5 * np.exp(-np.abs(steps - note) / 2.5)
            note = int(draw.choice(steps, p=weight / weight.sum()))
            at = (at + 1) % len(syllables) if draw.random() < 0.7 else int(draw.integers(len(syllables)))
            now_s = line.sing(syllables[at], now_s, length_s, 440 * 2 ** (note / 12))
        now_s += draw.uniform(0.3, 1.2) if draw.random() < 0.6 else draw.uniform(1.5, 6)
    return line


def coloured(line, draw):
    """Another throat: formants moved, a singer's formant, brighter or darker, breathier."""
    bins = line.spectra.shape[1]
    places, hz = np.arange(bins) / draw.uniform(0.9, 1.12), np.arange(bins) * RATE_HZ / 2 / (bins - 1)
    spectra = np.stack([np.interp(places, np.arange(bins), row) for row in line.spectra])
    if draw.random() < 0.4:
        spectra += draw.uniform(0.6, 2.0) * np.exp(-(((hz - draw.uniform(2700, 3300)) / 450) ** 2))
    spectra += draw.uniform(-0.25, 0.25) * np.log2(np.maximum(hz, 100) / 1000)
    noise = np.maximum(line.noise, draw.choice([0, 0, 0.1, 0.3]) * np.sqrt(hz / 8000))
    return np.exp(np.minimum(spectra, 12)), np.clip(noise, 1e-4, 1).astype(float)


def sung(line, draw):
    """A row at 16 kHz: the line alone, doubled, or with voices in thirds, fourths, fifths or octaves."""
    spectra, noise = coloured(line, draw)
    voices = [pyworld.synthesize(line.f0_hz, spectra, noise, RATE_HZ, 1000 * STEP_S)]
    kind = draw.choice(["one", "one", "one", "double", "harmony", "octave"])
    for _ in range(0 if kind == "one" else int(draw.integers(1, 3))):
        cents = {"double": draw.uniform(-18, 18), "harmony": 100 * draw.choice([3, 4, -5, -3, 7])}.get(
            kind, draw.choice([-1200, 1200])
        )
        wander = np.convolve(draw.standard_normal(line.count), np.hanning(120) / 12, "same") * draw.uniform(3, 12)
        other = pyworld.synthesize(line.f0_hz * 2 ** ((cents + wander) / 1200), spectra, noise, RATE_HZ, 1000 * STEP_S)
        voices.append(draw.uniform(0.4, 0.9) * np.roll(other, int(draw.uniform(0, 0.03) * RATE_HZ)))
    whole = np.sum(voices, axis=0)
    return (whole / (np.abs(whole).max() + 1e-9) * 0.5).astype(np.float32)
