"""How the mics of one part stand to each other: delays and polarities, heard where the quieter of the two plays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from controlroom.rooms.mixing.report import Relation, TrackIn
from controlroom.song.mics import CENTRE, SPOTS
from controlroom.song.model import Side
from controlroom.sound.arrival import agreed, arrival, attacks_of, together
from controlroom.sound.correlation import Delay, delay_between
from controlroom.sound.signal import Signal

PAIR_MOST_MS, COMPANION_MOST_MS = 8.0, 6.0
LATEST_S = 0.012
"""An overhead hears a close mic's drum no later than this."""
SURE_CORRELATION, SURE_CLARITY, SURE_ALONE = 0.12, 5.0, 0.35
COMPANIONS = (
    ("kick in", "kick out"),
    ("snare top", "snare bottom"),
    ("snare", "snare bottom"),
    ("bass DI", "bass amp"),
)
HITS = 16
BEFORE_HIT_S, AFTER_HIT_S = 0.03, 0.2
APART_S = 0.4


def relations(tracks: Mapping[str, TrackIn]) -> tuple[Relation, ...]:
    """Every sure relation that matters inside the parts; needs the tracks' signals, and leaves out those that have
    none."""
    heard = {name: track for name, track in tracks.items() if track.signal is not None and not track.printed}
    parts: dict[str, dict[str, TrackIn]] = {}
    for name, track in heard.items():
        parts.setdefault(track.part, {})[name] = track
    return tuple(relation for part in parts.values() for relation in _inside(part))


def _inside(part: Mapping[str, TrackIn]) -> Iterable[Relation]:
    overheads = _named(part, ("overhead",))
    left, right = _sides(part, overheads)
    sides = {name: part[name].side or ("L" if name == left else "R" if name == right else None) for name in overheads}
    spots = [relation for name in _named(part, SPOTS) for relation in _spots(part, name, sides)]
    if left and right:
        yield from _pair(part, left, right, spots)
    yield from spots
    for one, other in COMPANIONS:
        for first in _named(part, (one,))[:1]:
            for second in _named(part, (other,))[:1]:
                yield from _companions(part, first, second)


def _named(part: Mapping[str, TrackIn], roles: Sequence[str]) -> list[str]:
    return [name for name, track in part.items() if track.role in roles]


def _sides(part: Mapping[str, TrackIn], overheads: Sequence[str]) -> tuple[str | None, str | None]:
    """The left and the right one of two mono overheads, in their order where they do not say."""
    mono = [name for name in overheads if part[name].signal is not None and _signal(part[name]).channels == 1]
    left = next((name for name in mono if part[name].side == "L"), None)
    right = next((name for name in mono if part[name].side == "R"), None)
    if left is None and right is None and len(mono) == 2:
        return mono[0], mono[1]
    return left, right


def _signal(track: TrackIn) -> Signal:
    assert track.signal is not None
    return track.signal


def _spots(part: Mapping[str, TrackIn], name: str, overheads: Mapping[str, Side | None]) -> Iterable[Relation]:
    """A close mic in every overhead that hears it, at its own hits."""
    close = _signal(part[name])
    attacks = attacks_of(part[name].survey.waveform, close)
    for overhead, side in overheads.items():
        far = _signal(part[overhead])
        there = arrival(close, far, attacks, LATEST_S)
        if there:
            yield Relation(
                track=name,
                reference=overhead,
                kind="spot",
                delay_ms=round(1000 * there.delay_s, 3),
                polarity=there.polarity,
                correlation=round(there.polarity * there.correlation, 3),
                together=round(together(close, far, attacks), 3),
                side=side,
            )


def _pair(part: Mapping[str, TrackIn], left: str, right: str, spots: Sequence[Relation]) -> Iterable[Relation]:
    """Left and right by the close mics that both hear; by each other where there are none."""
    one, other = _signal(part[left]), _signal(part[right])
    if one.rate_hz != other.rate_hz:
        return
    both = [
        (first, second)
        for first in spots
        for second in spots
        if first.track == second.track and (first.reference, second.reference) == (left, right)
    ]
    middle = [second.delay_ms - first.delay_ms for first, second in both if part[first.track].role in CENTRE]
    heard = delay_between(one, other, PAIR_MOST_MS, _hits(part[left]))
    way_up = sum(first.correlation * second.correlation for first, second in both)
    if both or _is_sure(heard):
        yield Relation(
            track=left,
            reference=right,
            kind="pair",
            delay_ms=round(agreed(middle) if middle else 1000 * heard.frames / one.rate_hz, 3),
            polarity=(1 if way_up >= 0 else -1) if both else heard.polarity,
            correlation=round(heard.correlation, 3),
        )


def _companions(part: Mapping[str, TrackIn], name: str, reference: str) -> Iterable[Relation]:
    one, other = _signal(part[name]), _signal(part[reference])
    if one.rate_hz != other.rate_hz:
        return
    where = _hits(part[name])
    as_they_are = delay_between(one, other, 0.0, where)
    delay = delay_between(one, other, COMPANION_MOST_MS, where)
    likest = max(delay, as_they_are, key=lambda heard: abs(heard.correlation))
    if _is_sure(delay):
        yield Relation(
            track=name,
            reference=reference,
            kind="companion",
            delay_ms=round(1000 * delay.frames / one.rate_hz, 3),
            polarity=likest.polarity,
            correlation=round(likest.correlation, 3),
            together=round(as_they_are.correlation, 3),
        )


def _is_sure(heard: Delay) -> bool:
    """Whether the two share enough sound to go by; a low drum has a blunt peak, but a high one."""
    strength = abs(heard.correlation)
    return strength >= SURE_ALONE or (strength >= SURE_CORRELATION and heard.clarity >= SURE_CLARITY)


def _hits(track: TrackIn) -> list[tuple[float, float]] | None:
    """Spans around the strongest onsets of a track, well apart, in order; None where it has none."""
    onsets = track.survey.onsets
    ranked = sorted(zip(onsets.strengths, onsets.times_s, strict=True), reverse=True)
    chosen: list[float] = []
    for _, at_s in ranked:
        if len(chosen) < HITS and all(abs(at_s - other) >= APART_S for other in chosen):
            chosen.append(float(at_s))
    return [(at_s - BEFORE_HIT_S, at_s + AFTER_HIT_S) for at_s in sorted(chosen)] or None
