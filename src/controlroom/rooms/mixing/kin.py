"""How the mics of one part stand to each other: delays and polarities, heard where the quieter of the two plays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from controlroom.rooms.mixing.report import Kin, Relation, TrackIn
from controlroom.sound.correlation import delay_between
from controlroom.sound.signal import Signal

PAIR_MOST_MS, SPOT_MOST_MS, COMPANION_MOST_MS = 8.0, 12.0, 6.0
SPOTS = ("kick in", "kick out", "kick", "snare top", "snare", "tom", "hi-hat", "ride")
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
    """Every relation that matters inside the parts; needs the tracks' signals, and leaves out those that have none."""
    heard = {name: track for name, track in tracks.items() if track.signal is not None and not track.printed}
    parts: dict[str, dict[str, TrackIn]] = {}
    for name, track in heard.items():
        parts.setdefault(track.part, {})[name] = track
    return tuple(relation for part in parts.values() for relation in _inside(part))


def _inside(part: Mapping[str, TrackIn]) -> Iterable[Relation]:
    overheads = _named(part, ("overhead",))
    left, right = _sides(part, overheads)
    if left and right:
        yield from _relation(part, left, right, "pair", PAIR_MOST_MS)
    for spot in _named(part, SPOTS):
        for overhead in overheads:
            yield from _relation(part, spot, overhead, "spot", SPOT_MOST_MS)
    for one, other in COMPANIONS:
        for first in _named(part, (one,))[:1]:
            for second in _named(part, (other,))[:1]:
                yield from _relation(part, first, second, "companion", COMPANION_MOST_MS)


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


def _relation(part: Mapping[str, TrackIn], name: str, reference: str, kind: Kin, most_ms: float) -> Iterable[Relation]:
    one, other = _signal(part[name]), _signal(part[reference])
    if one.rate_hz != other.rate_hz:
        return
    where = _hits(part[name])
    as_they_are = delay_between(one, other, 0.0, where)
    delay = delay_between(one, other, most_ms, where)
    likest = max(delay, as_they_are, key=lambda one: abs(one.correlation)) if kind == "companion" else delay
    side = part[reference].side
    if kind == "spot" and side is None:
        left, right = _sides(part, _named(part, ("overhead",)))
        side = "L" if reference == left else "R" if reference == right else None
    yield Relation(
        track=name,
        reference=reference,
        kind=kind,
        delay_ms=round(1000.0 * delay.frames / one.rate_hz, 3),
        polarity=likest.polarity,
        correlation=round(likest.correlation, 3),
        clarity=round(delay.clarity, 1),
        together=round(as_they_are.correlation, 3),
        side=side,
    )


def _hits(track: TrackIn) -> list[tuple[float, float]] | None:
    """Spans around the strongest onsets of a track, well apart, in order; None where it has none."""
    onsets = track.survey.onsets
    ranked = sorted(zip(onsets.strengths, onsets.times_s, strict=True), reverse=True)
    chosen: list[float] = []
    for _, at_s in ranked:
        if len(chosen) < HITS and all(abs(at_s - other) >= APART_S for other in chosen):
            chosen.append(float(at_s))
    return [(at_s - BEFORE_HIT_S, at_s + AFTER_HIT_S) for at_s in sorted(chosen)] or None
