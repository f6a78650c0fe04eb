"""The band in the studio: every file's sound, mono rows as long as the song."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from controlroom.sample.composition import Hit, Note, Score
from controlroom.sample.instruments import amplifier, electric_piano, strings
from controlroom.sample.instruments.drum_room import Kit, Mic
from controlroom.sample.instruments.kit import VARIANTS
from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured, frame, gain, noisy, peak_of, peaking_at
from controlroom.sample.mistakes import Mistakes, Slip, performed
from controlroom.sample.randomness import chance
from controlroom.sound.filters import Band
from controlroom.sound.signal import Samples

_STROKE_S = 0.075  # notes that begin closer belong to one stroke of the hand
_CHOKE_S = 0.02
_HUM = ((1, 1.0), (2, 0.45), (3, 0.6), (4, 0.12), (5, 0.35), (7, 0.2), (9, 0.1))
_CLICK = (0.62, -0.38)
_AMP_HISS_DBFS = {"bass": -71.0, "clean": -70.0, "crunch": -66.0}


def played_drums(score: Score, slips: Sequence[Slip], drum_pass: int) -> list[Hit]:
    """What the drummer really plays in a pass: slips, a hand's looseness, every stroke a little louder or softer."""
    draw = chance(score.seed, "drummer", drum_pass)
    hits = sorted(performed(score.drums, slips), key=lambda hit: (hit.at_s, hit.drum))
    together = draw.normal(0, 0.0025, len(hits)).clip(-0.006, 0.006)
    own = draw.normal(0, 0.0012, (2, len(hits))).clip(-0.003, 0.003)
    out: list[Hit] = []
    first = 0
    for at, hit in enumerate(hits):
        if hit.at_s - hits[first].at_s > 0.012:
            first = at
        off_s = float(together[first] + own[0, at])
        if any(abs(slip.at_s + slip.shift_s - hit.at_s) < 1e-6 for slip in slips):
            off_s = 0.0  # a slip is exactly as large as the truth says
        velocity = float(np.clip(hit.velocity * (1 + 30 * own[1, at]), 0.05, 1.0))
        out.append(Hit(hit.at_s + off_s, hit.drum, velocity))
    return out


def drum_mic(kit: Kit, mic: Mic, passes: Sequence[Sequence[Hit]], score: Score, mistakes: Mistakes) -> list[Row]:
    """What one microphone of the kit recorded, pass by pass, with the faults of its cable and its channel."""
    heard = kit.heard_by(mic)
    rows = []
    for drum_pass, hits in enumerate(passes):
        row = struck(heard, hits, frame(score.duration_s), chance(score.seed, "strokes", drum_pass))
        if mic.role == "tom":
            row *= np.float32(-1)
        if mic.side == "R" and drum_pass == 0:
            late = frame(mistakes.overhead_delay_s)
            row = np.concatenate([np.zeros(late, np.float32), row[:-late]])
        rows.append(noisy(row, -72.0, chance(score.seed, "noise", mic.name, drum_pass)))
    return rows


def struck(heard: dict[str, Samples], hits: Sequence[Hit], frames: int, draw: np.random.Generator) -> Row:
    """The strokes at their times. The same draws for every microphone: they hear the same strokes."""
    out = np.zeros(frames, np.float32)
    variants = draw.integers(VARIANTS, size=len(hits))
    closed = [hit.at_s for hit in hits if hit.drum in ("hat", "crash")]
    for hit, variant in zip(hits, variants, strict=True):
        sound = heard[hit.drum][int(variant)] * np.float32(hit.velocity**1.3)
        if hit.drum == "open hat":
            stop_s = min((at_s - hit.at_s for at_s in closed if at_s > hit.at_s), default=1.0)
            sound = _choked(sound, frame(stop_s))
        start = frame(hit.at_s)
        length = min(sound.size, frames - start)
        if length > 0:
            out[start : start + length] += sound[:length]
    return out


def _choked(sound: Row, after: int) -> Row:
    """An open hat that is closed after so many frames."""
    fade = frame(_CHOKE_S)
    kept = sound[: after + fade].copy()
    last = min(fade, kept.size)
    kept[-last:] *= np.linspace(1, 0, last, dtype=np.float32)
    return kept


def loosely(notes: Sequence[Note], draw: np.random.Generator, loose_ms: float) -> list[Note]:
    """Notes as a hand plays them: every stroke a few milliseconds off, every note a little louder or softer."""
    out: list[Note] = []
    begin_s, off_s = -1.0, 0.0
    for note in notes:
        if note.start_s - begin_s > _STROKE_S:
            begin_s, off_s = note.start_s, float(np.clip(draw.normal(0, loose_ms / 1000), -0.012, 0.012))
        velocity = float(np.clip(note.velocity * draw.normal(1, 0.05), 0.08, 1.0))
        out.append(
            msgspec.structs.replace(note, start_s=note.start_s + off_s, end_s=note.end_s + off_s, velocity=velocity)
        )
    return out


def bass(score: Score, mistakes: Mistakes | None) -> tuple[Row, Row]:
    """(DI, amplifier): one performance; with mistakes one note of it is late, and the DI hums."""
    draw = chance(score.seed, "bass player")
    notes = loosely(score.bass, draw, 3.5)
    if mistakes:
        start_s = score.bass[mistakes.late_bass].start_s + mistakes.late_bass_s
        notes[mistakes.late_bass] = msgspec.structs.replace(notes[mistakes.late_bass], start_s=start_s)
    string = strings.play(notes, strings.BASS, frame(score.duration_s), draw, score.tuning_hz)
    string = coloured(
        np.tanh(0.8 * peaking_at(string, 0.0)), [Band("highpass", 24.0), Band("highshelf", 900.0, 5.0, 0.6)]
    )
    amped = peaking_at(amplifier.amplified(string, amplifier.BASS_STACK), -9.0)
    direct = peaking_at(string, -10.0)
    if mistakes:
        direct += hum(direct.size, mistakes.hum_hz, mistakes.hum_dbfs)
    return noisy(direct, -74.0, draw), noisy(amped, _AMP_HISS_DBFS["bass"], draw)


def hum(frames: int, mains_hz: float, level_dbfs: float) -> Row:
    """Mains hum: the mains' frequency and its harmonics, RMS `level_dbfs`; mains frequencies repeat every second."""
    time = np.arange(RATE_HZ) / RATE_HZ
    second = np.zeros(RATE_HZ)
    for order, level in _HUM:
        second += level * np.sin(2 * np.pi * order * mains_hz * time + 0.7 * order)
    second *= gain(level_dbfs) / np.sqrt(np.mean(second**2))
    return np.resize(second.astype(np.float32), frames)


def arpeggio_guitar(score: Score, mistakes: Mistakes | None) -> Row:
    """Guitar 1: broken chords through a clean amplifier; with mistakes, a digital click in the first verse."""
    draw = chance(score.seed, "guitar 1")
    notes = loosely(score.arpeggio, draw, 4.0)
    row = amplifier.amplified(
        strings.play(notes, strings.STEEL, frame(score.duration_s), draw, score.tuning_hz), amplifier.CLEAN
    )
    row = noisy(peaking_at(row, -11.0), _AMP_HISS_DBFS["clean"], draw)
    if mistakes:
        at = frame(mistakes.click_s)
        row[at : at + len(_CLICK)] += np.array(_CLICK, np.float32)
    return row


def strum_guitar(score: Score) -> Row:
    """Guitar 2: strums and muted eighths through a driven amplifier."""
    draw = chance(score.seed, "guitar 2")
    notes = loosely(score.strum, draw, 4.5)
    row = amplifier.amplified(
        strings.play(notes, strings.NICKEL, frame(score.duration_s), draw, score.tuning_hz), amplifier.CRUNCH
    )
    return noisy(peaking_at(row, -9.0), _AMP_HISS_DBFS["crunch"], draw)


def keys(score: Score) -> tuple[Row, Row]:
    """The electric piano's two outputs."""
    draw = chance(score.seed, "keys player")
    sides = electric_piano.play(loosely(score.keys, draw, 4.0), frame(score.duration_s), score.tuning_hz)
    top = max(peak_of(side) for side in sides)
    level = np.float32(gain(-10.0) / top)
    left, right = (noisy(side * level, -73.0, draw) for side in sides)
    return left, right
