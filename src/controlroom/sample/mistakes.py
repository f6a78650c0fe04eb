"""What goes wrong in the session, decided before a note is played: where, in which pass, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import msgspec
import numpy as np

from controlroom.sample.composition import Hit, Phrase, Score
from controlroom.sample.instruments.singer import Delivery
from controlroom.sample.randomness import chance

LEAD_PASSES, DRUM_PASSES = 3, 2
_SLIPS_A_PASS = 3
_TOGETHER_S = 0.015  # strokes that close are one stroke of the drummer
_WEAK = ("off-pitch", "late", "thin")


class Slip(msgspec.Struct, frozen=True):
    """The strokes meant at `at_s` come `shift_s` later (earlier when negative)."""

    at_s: float
    shift_s: float


class Clipped(msgspec.Struct, frozen=True):
    """A word of a phrase that was too loud for the converter."""

    phrase: int
    word: str
    start_s: float
    end_s: float
    over_db: float


class Mistakes(msgspec.Struct, frozen=True, kw_only=True):
    """`slips` by drum pass; `weak` and `deliveries` by lead pass and phrase; `punch` is the phrase sung once more."""

    slips: tuple[tuple[Slip, ...], ...]
    late_bass: int
    late_bass_s: float
    hum_hz: float
    hum_dbfs: float
    click_s: float
    overhead_delay_s: float
    weak: tuple[tuple[str | None, ...], ...]
    deliveries: tuple[tuple[Delivery, ...], ...]
    punch: int
    clipped_pass: int
    clipped: Clipped
    sharp_backing: tuple[int, int]  # phrase and note of the high voice
    sharp_backing_cents: float


def draw_mistakes(score: Score) -> Mistakes:
    """The mistakes of the song's seed."""
    draw = chance(score.seed, "mistakes")
    punch, clipped, weak = _weaknesses(len(score.lead), draw)
    deliveries = tuple(
        tuple(_delivery(phrase, kind, draw) for phrase, kind in zip(score.lead, kinds, strict=True)) for kinds in weak
    )
    clipped_pass = next(at for at, kinds in enumerate(weak) if kinds[clipped] == "clipped")
    quiet = next(section for section in score.sections if section.label == "verse")
    quiet_s = score.grid.at(score.grid.first_beat(quiet.begin))
    high = int(draw.integers(len(score.high)))
    return Mistakes(
        slips=_slips(score, draw),
        late_bass=_late_bass(score, draw),
        late_bass_s=float(draw.uniform(0.035, 0.048)),
        hum_hz=float(draw.choice((50.0, 60.0))),
        hum_dbfs=-46.0,
        click_s=quiet_s + score.grid.beat_s * float(draw.uniform(1.2, 1.4)),
        overhead_delay_s=0.0013,
        weak=weak,
        deliveries=deliveries,
        punch=punch,
        clipped_pass=clipped_pass,
        clipped=_clipped_word(score.lead[clipped], clipped),
        sharp_backing=(high, int(draw.integers(len(score.high[high].notes)))),
        sharp_backing_cents=float(draw.uniform(50, 75)),
    )


def performed(hits: Sequence[Hit], slips: Sequence[Slip]) -> list[Hit]:
    """The strokes with the slips of one pass."""
    out = []
    for hit in hits:
        shift_s = sum(slip.shift_s for slip in slips if abs(hit.at_s - slip.at_s) < _TOGETHER_S)
        out.append(msgspec.structs.replace(hit, at_s=hit.at_s + shift_s))
    return out


def _slips(score: Score, draw: np.random.Generator) -> tuple[tuple[Slip, ...], ...]:
    """Back beats that come early or late, others in every pass, spread over the song."""
    backbeats = [hit.at_s for hit in score.drums if hit.drum in ("snare", "side stick") and not _in_fill(score, hit)]
    places = np.array_split(np.array(backbeats[1:]), _SLIPS_A_PASS * DRUM_PASSES)
    chosen = [float(draw.choice(place)) for place in places if place.size]
    passes: list[tuple[Slip, ...]] = []
    for at in range(DRUM_PASSES):
        shifts = draw.uniform(0.026, 0.048, len(chosen)) * draw.choice((-1, 1), len(chosen))
        passes.append(
            tuple(Slip(at_s, float(s)) for at_s, s in list(zip(chosen, shifts, strict=True))[at::DRUM_PASSES])
        )
    return tuple(passes)


def _in_fill(score: Score, hit: Hit) -> bool:
    near = 1.1 * score.grid.beat_s
    return any("tom" in other.drum and abs(other.at_s - hit.at_s) < near for other in score.drums)


def _late_bass(score: Score, draw: np.random.Generator) -> int:
    """A bass note on a first beat in the middle of the song, with silence enough around it."""
    notes = score.bass
    clear = [
        at
        for at in range(len(notes) // 4, len(notes) - 2)
        if notes[at].end_s - notes[at].start_s > 0.15 and notes[at].start_s - notes[at - 1].start_s > 0.15
    ]
    return int(draw.choice(clear))


def _weaknesses(count: int, draw: np.random.Generator) -> tuple[int, int, tuple[tuple[str | None, ...], ...]]:
    """(phrase for the punch-in, phrase with the clipped word, what is weak by pass and phrase).

    One phrase is weak in every pass, and is sung once more; every other phrase has at least one good pass.
    """
    order = [int(at) for at in draw.permutation(count)]
    punch, clipped = order[0], order[1]
    weak: list[list[str | None]] = [[None] * count for _ in range(LEAD_PASSES)]
    for at in range(LEAD_PASSES):
        weak[at][punch] = _WEAK[at]
    weak[1][clipped] = "clipped"
    for place, phrase in enumerate(order[1:]):
        spoiled = (0, 2)[place % 2] if phrase == clipped else place % LEAD_PASSES
        weak[spoiled][phrase] = _WEAK[(place + place // LEAD_PASSES) % len(_WEAK)]
    return punch, clipped, tuple(tuple(kinds) for kinds in weak)


def _delivery(phrase: Phrase, kind: str | None, draw: np.random.Generator) -> Delivery:
    count = len(phrase.notes)
    if kind == "late":
        return Delivery(late_s=float(draw.uniform(0.08, 0.13)))
    if kind == "thin":
        return Delivery(thin=True)
    if kind == "off-pitch":
        off = draw.uniform(40, 90, count) * draw.choice((-1, 1))
        kept = draw.permutation(count)[: max((count + 1) // 2, 1)]
        return Delivery(cents=tuple(float(off[at]) if at in kept else 0.0 for at in range(count)))
    return Delivery()


def _clipped_word(phrase: Phrase, at: int) -> Clipped:
    """The phrase's word of about half a second."""
    notes = phrase.notes
    firsts = [note for note in range(len(notes)) if notes[note].syllable.text]
    words = [notes[first:following] for first, following in pairwise([*firsts, len(notes)])]
    word = min(words, key=lambda sung: abs(sung[-1].end_s - sung[0].start_s - 0.5))
    return Clipped(at, word[0].syllable.text, word[0].start_s, word[-1].end_s, 4.0)
