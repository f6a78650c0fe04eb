"""Polarity and alignment inside a part. What is natural stays: overheads and rooms are late, never moved to a spot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from controlroom.rooms.mixing.report import MixReport, Relation

Polarity = Literal[1, -1]

PAIR_APART_MS = 0.6  # a pair set up with a tape measure is closer than this to the kick and snare
FIGHTS_BELOW = -0.15  # correlation in the sum, in the polarity that is right
MOSTLY = 0.6  # when so many close mics are turned over against the overheads, these are the odd ones out
LEAST_MS = 0.02


class Alignment(msgspec.Struct, frozen=True):
    """What is done to one track before anything else."""

    polarity: Polarity = 1
    delay_ms: float = 0.0
    reasons: tuple[str, ...] = ()

    def flipped(self, reason: str) -> Alignment:
        return Alignment(-1 if self.polarity == 1 else 1, self.delay_ms, (*self.reasons, reason))

    def moved(self, by_ms: float, reason: str) -> Alignment:
        return Alignment(self.polarity, round(self.delay_ms + by_ms, 3), (*self.reasons, reason))


Alignments = dict[str, Alignment]


def alignments(report: MixReport) -> Alignments:
    """Polarity and delay of every track that needs any."""
    done: Alignments = {}
    spots = [relation for relation in report.relations if relation.kind == "spot"]
    for pair in (relation for relation in report.relations if relation.kind == "pair"):
        _mend_pair(done, pair, spots)
    _turn_spots(done, _by_track(spots))
    for companion in (relation for relation in report.relations if relation.kind == "companion"):
        _join(done, companion, report)
    return done


def _of(done: Mapping[str, Alignment], name: str) -> Alignment:
    return done.get(name, Alignment())


def _by_track(relations: list[Relation]) -> dict[str, list[Relation]]:
    grouped: dict[str, list[Relation]] = {}
    for relation in relations:
        grouped.setdefault(relation.track, []).append(relation)
    return grouped


def _mend_pair(done: Alignments, pair: Relation, spots: list[Relation]) -> None:
    """A delay between left and right, and one of the two wired the wrong way round."""
    if abs(pair.delay_ms) > PAIR_APART_MS:
        late = pair.reference if pair.delay_ms > 0 else pair.track
        reason = (
            f"{abs(pair.delay_ms):.2f} ms later than the other side: moved to it, so that the centre is the centre."
        )
        done[late] = _of(done, late).moved(-abs(pair.delay_ms), reason)
    if pair.polarity < 0:
        turned = pair.track if _votes(spots, pair.track) < _votes(spots, pair.reference) else pair.reference
        done[turned] = _of(done, turned).flipped("Wired the wrong way round against the other side: turned over.")


def _votes(spots: list[Relation], overhead: str) -> float:
    """How far the close mics agree with an overhead's polarity."""
    return sum(relation.correlation for relation in spots if relation.reference == overhead)


def _turn_spots(done: Alignments, spots: dict[str, list[Relation]]) -> None:
    """Close mics turned over against the overheads, and those that fight them because of their distance."""
    against = {name: _agreement(done, relations) < 0 for name, relations in spots.items()}
    if len(spots) >= 3 and sum(against.values()) > MOSTLY * len(spots):
        overheads = {relation.reference for relations in spots.values() for relation in relations}
        for name in sorted(overheads):
            done[name] = _of(done, name).flipped("Most close mics are turned over against it: turned over.")
        against = {name: not is_against for name, is_against in against.items()}
    for name, relations in spots.items():
        if against[name]:
            done[name] = _of(done, name).flipped("Turned over against the overheads (a cross-wired mic): turned back.")
        still = [relation for relation in relations if not _of(done, relation.reference).delay_ms] or relations
        together = [relation.together * relation.polarity for relation in still]
        if sum(together) / len(together) < FIGHTS_BELOW:
            later_ms = min(relation.delay_ms + _of(done, relation.reference).delay_ms for relation in relations)
            if later_ms > LEAST_MS:
                reason = f"Its low end fights the overheads, that hear it {later_ms:.2f} ms later: moved to them."
                done[name] = _of(done, name).moved(later_ms, reason)


def _agreement(done: Alignments, relations: list[Relation]) -> float:
    """The signed correlation of a close mic with the overheads as they are turned now."""
    return sum(relation.correlation * _of(done, relation.reference).polarity for relation in relations)


def _join(done: Alignments, relation: Relation, report: MixReport) -> None:
    """Two mics or pickups of one source: the second follows the first's polarity; a DI is moved to its amp.

    When one of them was moved to the overheads, the other goes along.
    """
    first, second = _of(done, relation.track), _of(done, relation.reference)
    if relation.polarity * first.polarity * second.polarity < 0:
        below = report.track(relation.reference).role == "snare bottom"
        natural = "Looks at the drum from below: turned over against the top mic."
        crossed = "Turned over against its other mic: turned back."
        second = done[relation.reference] = second.flipped(natural if below else crossed)
    direct = report.track(relation.track).role == "bass DI"
    fights = relation.together * relation.polarity < FIGHTS_BELOW
    apart_ms = relation.delay_ms + second.delay_ms - first.delay_ms
    if (direct or fights) and abs(apart_ms) > LEAST_MS:
        early = relation.track if apart_ms > 0 else relation.reference
        reason = f"Arrives {abs(apart_ms):.2f} ms before its other {'pickup' if direct else 'mic'}: moved to it."
        done[early] = _of(done, early).moved(abs(apart_ms), reason)
        return
    for name, other in ((relation.track, second), (relation.reference, first)):
        if other.delay_ms and not _of(done, name).delay_ms:
            done[name] = _of(done, name).moved(other.delay_ms, "Stays with its other mic, that was moved.")
