"""The singers in the booth: lead passes with their weak phrases, the punch-in, two backing voices."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from controlroom.base.progress import SILENT, Progress
from controlroom.sample.composition import Phrase, Score
from controlroom.sample.instruments.singer import Delivery, Singer, Sound, sing
from controlroom.sample.instruments.tone import RATE_HZ, Row, coloured, frame, gain, noisy, peak_of
from controlroom.sample.mistakes import Clipped, Mistakes
from controlroom.sample.randomness import chance
from controlroom.sound.filters import Band

_TRACT = {"tenor": 1.03, "alto": 1.16}
_MICROPHONE = (Band("highpass", 65.0), Band("bell", 3200.0, 2.0, 0.7), Band("highshelf", 5500.0, 6.5, 0.6))
_OFF_AXIS = (Band("highpass", 420.0, q=0.6), Band("highshelf", 4000.0, -6.0))
_THIN_DB, _THIN_NOISE_DBFS = -9.0, -50.0
_LEVEL = gain(-21.0)  # of the preamplifier: the loudest phrases peak near -10 dBFS
_FLOOR_DBFS = -68.0
_BOOTH = ((0.0021, 0.07), (0.0034, -0.05), (0.0057, 0.045), (0.0083, -0.03), (0.0121, 0.02))  # (s, strength)
_BREATH_ROOM_S = 0.9
PUNCH_BEFORE_S, PUNCH_AFTER_S = 1.2, 0.7


def lead_singer(score: Score) -> Singer:
    """The lead voice of the song."""
    return Singer(name="lead", tract=_TRACT[score.voice], a4_hz=score.tuning_hz)


def lead_pass(score: Score, mistakes: Mistakes, at: int, progress: Progress = SILENT) -> Row:
    """One pass of the lead vocal from beginning to end."""
    deliveries = mistakes.deliveries[at]
    sounds = _sung(score.lead, lead_singer(score), deliveries, score.seed, f"lead {at}", progress)
    row = np.zeros(frame(score.duration_s), np.float32)
    for sound, delivery in zip(sounds, deliveries, strict=True):
        _add(row, _thinned(sound, score.seed, at) if delivery.thin else _close(sound.row), frame(sound.start_s))
    row *= np.float32(_LEVEL)
    if at == mistakes.clipped_pass:
        _clip(row, mistakes.clipped)
    return noisy(row, _FLOOR_DBFS, chance(score.seed, "booth", at))


def good_pass(score: Score, singer: Singer) -> tuple[Row, list[Sound]]:
    """The lead vocal as it is meant, nothing of it weak; and phrase by phrase as it left the singer's mouth."""
    sounds = list(_sung(score.lead, singer, [Delivery()] * len(score.lead), score.seed, "lead 0", SILENT))
    row = np.zeros(frame(score.duration_s), np.float32)
    for sound in sounds:
        _add(row, _close(sound.row) * np.float32(_LEVEL), frame(sound.start_s))
    return noisy(row, _FLOOR_DBFS, chance(score.seed, "booth", 0)), sounds


def punch_in(score: Score, mistakes: Mistakes) -> tuple[float, Row]:
    """(start on the time line in seconds, sound) of the phrase that was sung once more."""
    phrase = score.lead[mistakes.punch]
    start_s = max(phrase.start_s - PUNCH_BEFORE_S, 0.0)
    draw = chance(score.seed, "lead punch")
    sound = sing(phrase, lead_singer(score), Delivery(), draw, room_s=0.7)
    row = np.zeros(frame(min(phrase.end_s + PUNCH_AFTER_S, score.duration_s)) - frame(start_s), np.float32)
    _add(row, _close(sound.row) * np.float32(_LEVEL), frame(sound.start_s) - frame(start_s))
    return frame(start_s) / RATE_HZ, noisy(row, _FLOOR_DBFS, draw)


def backing(score: Score, mistakes: Mistakes | None, high: bool, progress: Progress = SILENT) -> Row:
    """One backing voice: softer consonants, straighter tone, farther from the microphone."""
    tract = _TRACT[score.voice] * (1.04 if high else 0.97)
    singer = Singer(
        name="backing", tract=tract, effort=-0.12, breathiness=0.07, vibrato_hz=5.1 if high else 5.8,
        vibrato_cents=18.0, consonants=0.55, loose_ms=14.0, loose_cents=6.0,
        a4_hz=score.tuning_hz,
    )  # fmt: skip
    phrases = score.high if high else score.low
    deliveries = [Delivery() for _ in phrases]
    if high and mistakes:
        phrase, note = mistakes.sharp_backing
        off = [0.0] * len(phrases[phrase].notes)
        off[note] = mistakes.sharp_backing_cents
        deliveries[phrase] = Delivery(cents=tuple(off))
    row = np.zeros(frame(score.duration_s), np.float32)
    name = "backing high" if high else "backing low"
    for sound in _sung(phrases, singer, deliveries, score.seed, name, progress):
        _add(row, _close(sound.row), frame(sound.start_s))
    row = coloured(row * np.float32(_LEVEL * gain(-1.0)), [Band("lowshelf", 250.0, -3.0)])
    return noisy(row, _FLOOR_DBFS, chance(score.seed, "booth", name))


def demo_voice(score: Score, progress: Progress = SILENT) -> Row:
    """The lead voice as it was sung into a telephone, before anybody thought of a studio."""
    deliveries = [Delivery()] * len(score.lead)
    row = np.zeros(frame(score.duration_s), np.float32)
    for sound in _sung(score.lead, lead_singer(score), deliveries, score.seed, "demo", progress):
        _add(row, sound.row * np.float32(_LEVEL), frame(sound.start_s))
    return row


def _sung(
    phrases: Sequence[Phrase], singer: Singer, deliveries: Sequence[Delivery], seed: int, name: str, progress: Progress
) -> Iterator[Sound]:
    before_s = 0.0
    for at, (phrase, delivery) in enumerate(zip(phrases, deliveries, strict=True)):
        room_s = min(phrase.start_s - before_s - 0.1, _BREATH_ROOM_S)
        yield sing(phrase, singer, delivery, chance(seed, name, at), room_s=room_s)
        before_s = phrase.end_s
        progress(at + 1, len(phrases))


def _add(row: Row, sound: Row, start: int) -> None:
    first, last = max(-start, 0), min(sound.size, row.size - start)
    if last > first:
        row[start + first : start + last] += sound[first:last]


def _close(row: Row) -> Row:
    """Close to a condenser microphone, in a booth that answers a little."""
    out = coloured(row, _MICROPHONE)
    for late_s, strength in _BOOTH:
        late = frame(late_s)
        out[late:] += np.float32(strength) * row[:-late]
    return out


def _thinned(sound: Sound, seed: int, at: int) -> Row:
    """A phrase sung away from the microphone, with the room's noise turned up."""
    thin = coloured(_close(sound.row), _OFF_AXIS) * np.float32(gain(_THIN_DB))
    noise = noisy(np.zeros_like(thin), _THIN_NOISE_DBFS, chance(seed, "thin", at, frame(sound.start_s)))
    fade = frame(0.05)
    noise[:fade] *= np.linspace(0, 1, fade, dtype=np.float32)
    noise[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return thin + noise / np.float32(_LEVEL)


def _clip(row: Row, word: Clipped) -> None:
    """Turn one word up until its vowels pass full scale by `over_db`, and cut them there."""
    first, last = frame(word.start_s - 0.06), min(frame(word.end_s + 0.02), row.size)
    part = row[first:last]
    ramp = frame(0.03)
    window = np.ones(part.size, np.float32)
    window[:ramp] = np.linspace(0, 1, ramp, dtype=np.float32)
    window[-ramp:] = np.linspace(1, 0, ramp, dtype=np.float32)
    loud = np.float32(gain(word.over_db) / peak_of(coloured(part, [Band("lowpass", 2000.0)])))
    row[first:last] = np.clip(part * (1 + (loud - 1) * window), -1.0, 1.0)
