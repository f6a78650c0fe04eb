"""When each sound of the words is made: consonants before the beat, vowels as long as they may last."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from controlroom.sample.composition.score import Sung
from controlroom.sample.instruments.phonemes import BREATH, PHONES, Phone

_LEGATO_S = 0.09  # a shorter gap between two notes is sung through
_LONGEST_BREATH_S, _SHORTEST_BREATH_S = 0.38, 0.12


class Segment(msgspec.Struct, frozen=True):
    """One sound in time; `vowel` is its syllable's, `dies` says that silence follows."""

    phone: Phone
    start_s: float
    end_s: float
    note: int
    vowel: Phone
    dies: bool = False


def _parts(note: Sung) -> tuple[list[Phone], Phone, list[Phone]]:
    """Consonants, vowel, consonants of a syllable."""
    phones = [PHONES[sound] for sound in note.syllable.sounds]
    at = next(place for place, phone in enumerate(phones) if phone.vowel)
    return phones[:at], phones[at], phones[at + 1 :]


def _length_s(phones: Sequence[Phone]) -> float:
    return sum(phone.length_s for phone in phones)


def timeline(notes: Sequence[Sung], starts: npt.NDArray[np.float64], ends: npt.NDArray[np.float64]) -> list[Segment]:
    """Every sound of a phrase in the order of time; `starts` are where vowels begin."""
    parts = [_parts(note) for note in notes]
    onsets = [_onset_s(parts, starts, at) for at in range(len(notes))]
    segments: list[Segment] = []
    for at, (before, vowel, after) in enumerate(parts):
        start = float(starts[at])
        _append(segments, before, onsets[at], start, at, vowel)
        following = onsets[at + 1] if at + 1 < len(notes) else float("inf")
        end = min(float(ends[at]), following)
        legato = following - float(ends[at]) < _LEGATO_S
        end = following if legato else end
        closing = min(_length_s(after), 0.4 * (end - start))
        segments.append(Segment(vowel, start, end - closing, at, vowel, dies=not legato and not after))
        _append(segments, after, end - closing, end, at, vowel)
    return segments


def _onset_s(
    parts: Sequence[tuple[list[Phone], Phone, list[Phone]]], starts: npt.NDArray[np.float64], at: int
) -> float:
    """Where the consonants before a vowel begin: they take at most 45 % of the note before."""
    wanted = _length_s(parts[at][0])
    room = 0.45 * float(starts[at] - starts[at - 1]) if at else wanted
    return float(starts[at]) - min(wanted, room)


def _append(
    segments: list[Segment], phones: Sequence[Phone], start: float, end: float, note: int, vowel: Phone
) -> None:
    """Consonants one after the other, each with its share of the time."""
    total = _length_s(phones)
    for phone in phones:
        length = (end - start) * phone.length_s / total
        segments.append(Segment(phone, start, start + length, note, vowel))
        total -= phone.length_s
        start += length


def breath_segment(end_s: float, earliest_s: float) -> Segment | None:
    """The breath before a phrase, when there is time for one."""
    start_s = max(end_s - _LONGEST_BREATH_S, earliest_s)
    return Segment(BREATH, start_s, end_s, 0, BREATH) if end_s - start_s >= _SHORTEST_BREATH_S else None
