"""The form of a piece: its sections, what repeats what, how its energy moves, when the voice and the chorus come.

Read on bars (or on beats, or on steps of 2 s where nothing beats), in three steps: where sections meet
(`boundaries`), which repeat each other (`letters`), what they are called (`labels`).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sound.chroma import Chroma
from controlroom.sound.doubt import Doubt
from controlroom.sound.form.boundaries import Division, divided
from controlroom.sound.form.grid import Bars, bars_of, grid_of
from controlroom.sound.form.labels import Label, Part, labels_of
from controlroom.sound.form.letters import letters_of
from controlroom.sound.meter.loudness import LoudnessSeries
from controlroom.sound.timbre import Timbre

LEAST_S, LONGEST_S = 40.0, 1200.0  # a shorter piece is an excerpt, a longer one more than a song
LEAST_CONFIDENCE = 0.4  # below, no boundary is told
LEAST_SURE = 0.5  # below, a section has no name
NAMELESS = Label(name="section", confidence=0.0)
ENERGY_STEPS = 200
ENERGY_LU = 24.0  # below the loudest, where energy is 0
WINDOW_S = 3.0  # of short-term loudness, told of its middle
SILENT_LUFS = -70.0
VOICE_S = 1.0  # a shorter sound is no entry of the voice
CLEAR = 6.0  # the strength of a boundary that is as likely wrong as right


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """`label`: intro, verse, pre-chorus, chorus, bridge, break, instrumental, outro, or "section" where no name is
    sure; `confidence` (0 to 1) that the label is right. `letter`: sections with the same one repeat each other.
    `bars`: whole bars, None without a metre. `energy`: 0 to 1, from the quietest to the loudest of the piece."""

    start_s: float
    end_s: float
    label: str
    confidence: float
    letter: str
    bars: int | None
    loudness_lufs: float | None
    energy: float


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    at_s: float
    value: float


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """`sections` cover what sounds, without gaps. `sections_confidence`: the share of their boundaries that can be
    expected within 3 s of the true ones. `energy`: momentary energy, 0 to 1, at most 200 values."""

    sections: tuple[Section, ...] = ()
    sections_confidence: float = 0.0
    time_to_voice_s: float | None = None
    time_to_chorus_s: float | None = None
    energy: tuple[Moment, ...] = ()
    doubts: tuple[Doubt, ...] = ()


def form_of(
    timbre: Timbre,
    chroma: Chroma,
    loudness: LoudnessSeries,
    *,
    beats_s: Sequence[float] = (),
    downbeats_s: Sequence[float] = (),
    voice: Sequence[tuple[float, float]] | None = None,
) -> Form:
    """The form of a piece. Without downbeats its bars are not counted; without beats its sections begin on whole
    steps of 2 s. `voice`: spans sung, in seconds; None where nobody listened for a voice."""
    end_s = len(timbre.level_db) * timbre.hop_s
    bars = bars_of(timbre, chroma, grid_of(downbeats_s, beats_s, end_s), voice)
    if bars is None:
        return Form(doubts=(Doubt(about="form", because="nothing sounds"),))
    division = divided(bars)
    if _boundary_confidence(division) < LEAST_CONFIDENCE:
        division = Division(edges=(0, bars.count), strengths=())
    letters, sureness = letters_of(bars, division.edges)
    starts_s = bars.edges_s[list(division.edges)]
    levels = [_loudness_lufs(loudness, begin_s, end_s) for begin_s, end_s in pairwise(starts_s.tolist())]
    parts = _parts(bars, division, letters, sureness, levels)
    labels, doubts = _claimed(parts, labels_of(parts))
    sections = _sections(bars, division, letters, labels, levels)
    chorus = next((section.start_s for section in sections if section.label == "chorus"), None)
    return Form(
        sections=sections,
        sections_confidence=_boundary_confidence(division),
        time_to_voice_s=_first_entry_s(voice or ()),
        time_to_chorus_s=chorus,
        energy=_energy(loudness),
        doubts=(*doubts, *_grid_doubts(bars)),
    )


def _parts(
    bars: Bars, division: Division, letters: Sequence[str], sureness: Sequence[float], levels: Sequence[float | None]
) -> tuple[Part, ...]:
    lengths_s = np.diff(bars.edges_s)
    spans = [slice(*span) for span in pairwise(division.edges)]
    shares = np.array([lengths_s[span].sum() for span in spans])
    heard = np.array([SILENT_LUFS if level is None else level for level in levels])

    def mean(values: npt.NDArray[np.float64], span: slice) -> float:
        return float(np.average(values[span], weights=lengths_s[span]))

    full = 0.5 * (heard + np.array([mean(bars.level_db, span) for span in spans]))  # of hits, and between them
    full -= np.average(full, weights=shares)
    return tuple(
        Part(
            letter=letter,
            repeats=repeats,
            length_s=float(length_s),
            level_db=float(level_db),
            width_db=mean(bars.width_db, span),
            voice=None if bars.voice is None else mean(bars.voice, span),
        )
        for span, letter, repeats, length_s, level_db in zip(spans, letters, sureness, shares, full, strict=True)
    )


def _claimed(parts: Sequence[Part], labels: Sequence[Label]) -> tuple[tuple[Label, ...], tuple[Doubt, ...]]:
    """The labels that can be stood by, and why others cannot."""
    length_s = sum(part.length_s for part in parts)
    if length_s > LONGEST_S:
        because = "it is longer than a song"
    elif length_s < LEAST_S:
        because = "too little is heard to tell sections from each other"
    elif len(parts) < 3:
        because = "it does not change enough to have sections"
    elif all(label.name != "chorus" for label in labels):
        return tuple(labels), (Doubt(about="chorus", because="nothing that comes back stands out as the chorus"),)
    elif all(label.confidence >= LEAST_SURE for label in labels):
        return tuple(labels), ()
    else:
        because = "sections without a name could be more than one thing"
        kept = tuple(label if label.confidence >= LEAST_SURE else NAMELESS for label in labels)
        return kept, (Doubt(about="form", because=because),)
    return (NAMELESS,) * len(parts), (Doubt(about="form", because=because),)


def _grid_doubts(bars: Bars) -> tuple[Doubt, ...]:
    if not bars.grid.beaten:
        return (Doubt(about="sections", because="nothing beats, so they begin on steps of time instead of bars"),)
    if bars.grid.bars_each is None:
        return (Doubt(about="bars", because="it is not sure which beats begin them"),)
    return ()


def _sections(
    bars: Bars,
    division: Division,
    letters: Sequence[str],
    labels: Sequence[Label],
    levels: Sequence[float | None],
) -> tuple[Section, ...]:
    known = [level for level in levels if level is not None]
    return tuple(
        Section(
            start_s=round(float(bars.edges_s[begin]), 3),
            end_s=round(float(bars.edges_s[end]), 3),
            label=label.name,
            confidence=round(label.confidence, 2),
            letter=letter,
            bars=None if bars.grid.bars_each is None else (end - begin) * bars.grid.bars_each,
            loudness_lufs=None if level is None else round(level, 1),
            energy=0.0 if level is None else _from_range(level, min(known), max(known)),
        )
        for (begin, end), letter, label, level in zip(pairwise(division.edges), letters, labels, levels, strict=True)
    )


def _loudness_lufs(loudness: LoudnessSeries, start_s: float, end_s: float) -> float | None:
    """The mean power of the momentary windows within a section; None for silence."""
    first, last = round((start_s + 0.4) / loudness.hop_s), round(end_s / loudness.hop_s)
    within = loudness.momentary_lufs[max(first - 1, 0) : max(last, first)].astype(np.float64)
    heard = within[within > SILENT_LUFS]
    return float(10 * np.log10(np.mean(10 ** (heard / 10)))) if heard.size else None


def _from_range(level: float, lowest: float, highest: float) -> float:
    return round((level - lowest) / (highest - lowest), 2) if highest - lowest > 0.5 else 1.0


def _energy(loudness: LoudnessSeries) -> tuple[Moment, ...]:
    """Short-term loudness as 0 to 1."""
    levels = loudness.short_term_lufs.astype(np.float64)
    if not levels.size or levels.max() < SILENT_LUFS:
        return ()
    step = -(-len(levels) // ENERGY_STEPS)
    means = np.array([levels[at : at + step].mean() for at in range(0, len(levels), step)])
    values = np.clip(1 + (means - levels.max()) / ENERGY_LU, 0.0, 1.0)
    middles_s = (np.arange(len(means)) + 0.5) * step * loudness.hop_s - WINDOW_S / 2
    return tuple(
        Moment(at_s=round(max(float(at_s), 0.0), 2), value=round(float(value), 2))
        for at_s, value in zip(middles_s, values, strict=True)
    )


def _first_entry_s(voice: Sequence[tuple[float, float]]) -> float | None:
    return next((round(float(begin), 2) for begin, end in voice if end - begin >= VOICE_S), None)


def _boundary_confidence(division: Division) -> float:
    """The mean chance of the boundaries, each growing with its strength."""
    if not division.strengths:
        return 0.0
    strengths = np.array(division.strengths)
    return round(float(np.mean(strengths / (strengths + CLEAR))), 2)
