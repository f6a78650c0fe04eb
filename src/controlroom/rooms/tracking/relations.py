"""The mics of one pass against each other, heard where the mic in question has its own hits.

What nature does is no fault: overheads and rooms come late, the snare's lower head moves the other way. What cables and
converters do is: one mic turned over against the rest of the kit, a delay between the two sides of a pair, two pickups
of one instrument that cancel each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.tracking.report import Relation
from controlroom.song.model import Mic
from controlroom.sound.correlation import delay_between
from controlroom.sound.hearing import Hearing

Hearings: TypeAlias = Mapping[Path, Hearing]
Where: TypeAlias = list[tuple[float, float]]

SPOTS = ("kick in", "kick out", "kick", "snare top", "snare", "tom", "hi-hat", "ride", "percussion")
CENTRE = ("snare top", "snare", "kick in", "kick out", "kick")
PAIRS_APART_MS = {"overhead": 0.3, "room": 1.0}
"""More than this between left and right, for what stands in the middle, is heard as pulled to one side."""
SPOT_MOST_MS, PAIR_MOST_MS, PICKUP_MOST_MS = 10.0, 8.0, 20.0

HITS = 12
HIT_SHARE = 0.5
HIT_APART_S, HIT_BEFORE_S, HIT_AFTER_S = 0.15, 0.02, 0.15
SURE_CORRELATION, SURE_CLARITY = 0.12, 6.0
FIGHTS_BELOW = -0.3
SPEED_OF_SOUND_M_PER_MS = 0.343


def hits_of(hearing: Hearing) -> Where:
    """Spans around a mic's own loudest hits, well apart, in order: the bleed of others does not come near them."""
    wave = hearing.waveform
    peaks = np.maximum(wave.highest, -wave.lowest).max(axis=0, initial=0.0)
    if not len(peaks) or peaks.max() <= 0:
        return []
    chosen: list[float] = []
    for bin_ in np.argsort(-peaks, kind="stable"):
        at_s = float(bin_) * wave.bin_s
        if len(chosen) == HITS or peaks[bin_] < HIT_SHARE * peaks.max():
            break
        if all(abs(at_s - other) >= HIT_APART_S for other in chosen):
            chosen.append(at_s)
    reach_s = wave.bin_s + HIT_AFTER_S
    return [(max(at_s - HIT_BEFORE_S, 0.0), at_s + reach_s) for at_s in sorted(chosen)]


def relation(hearings: Hearings, mic: Path, other: Path, most_ms: float, where: Where) -> Relation | None:
    """How `mic` hears what `other` hears; None where they cannot be compared or have nothing in common."""
    one, two = hearings[other].signal, hearings[mic].signal
    if one.rate_hz != two.rate_hz or not where:
        return None
    delay = delay_between(one, two, most_ms, where)
    if abs(delay.correlation) < SURE_CORRELATION or delay.clarity < SURE_CLARITY:
        return None
    return Relation(
        mic=mic,
        other=other,
        delay_ms=round(1000 * delay.frames / one.rate_hz, 3),
        polarity=delay.polarity,
        correlation=round(abs(delay.correlation), 3),
        clarity=round(delay.clarity, 1),
    )


def of_roles(mics: Sequence[Mic], *roles: str) -> list[Mic]:
    return [mic for mic in mics if mic.role in roles]


def spots_against_overheads(hearings: Hearings, mics: Sequence[Mic]) -> list[Relation]:
    """Every close mic against every overhead, at the close mic's own hits."""
    found = []
    for spot in of_roles(mics, *SPOTS):
        where = hits_of(hearings[spot.path])
        for overhead in of_roles(mics, "overhead"):
            found.append(relation(hearings, overhead.path, spot.path, SPOT_MOST_MS, where))
    return [one for one in found if one]


def findings_of_polarity(relations: Sequence[Relation], mics: Sequence[Mic]) -> Iterator[Finding]:
    """A close mic that hears its drum upside down, where the others agree with the overheads.

    When most of them disagree with one overhead, it is the overhead that is turned over.
    """
    votes = {mic.path: [it for it in relations if it.other == mic.path] for mic in of_roles(mics, *SPOTS)}
    turned = {path for path, against in votes.items() if against and all(it.polarity < 0 for it in against)}
    heard = {path for path, against in votes.items() if against}
    if len(turned) > len(heard) / 2 and len(heard) > 2:
        for overhead in of_roles(mics, "overhead"):
            yield _about(overhead.path, "cross_wired", "warning", other="the close mics")
        return
    for path in sorted(turned):
        if len(heard) > 1:
            yield _about(path, "cross_wired", "warning", other="the overheads")
    for overhead in of_roles(mics, "overhead"):
        against = [it for it in relations if it.mic == overhead.path and it.other not in turned]
        if len(against) > 1 and sum(it.polarity for it in against) < -len(against) / 2:
            yield _about(overhead.path, "cross_wired", "warning", other="the close mics")


def pair_relations(hearings: Hearings, mics: Sequence[Mic]) -> list[tuple[Relation, str]]:
    """Right against left of every pair, with its role: overheads and rooms at the hits of kick and snare."""
    centre = [span for mic in of_roles(mics, *CENTRE) for span in hits_of(hearings[mic.path])]
    found = []
    for left in (mic for mic in mics if mic.side == "L"):
        for right in (mic for mic in mics if mic.side == "R" and mic.role == left.role):
            where = sorted(centre) if centre and left.role in PAIRS_APART_MS else hits_of(hearings[left.path])
            if one := relation(hearings, right.path, left.path, PAIR_MOST_MS, where):
                found.append((one, left.role))
    return found


def findings_of_pairs(pairs: Sequence[tuple[Relation, str]]) -> Iterator[Finding]:
    for one, role in pairs:
        late, early = (one.mic, one.other) if one.delay_ms > 0 else (one.other, one.mic)
        apart_ms = abs(one.delay_ms)
        if apart_ms > PAIRS_APART_MS.get(role, np.inf):
            centimetres = round(100 * apart_ms * SPEED_OF_SOUND_M_PER_MS)
            yield _about(
                late, "pair_delay", "warning", delay_ms=round(apart_ms, 2), other=early.name, centimetres=centimetres
            )
        elif one.polarity < 0 and apart_ms < 0.1:
            yield _about(one.mic, "cross_wired", "warning", other=one.other.name)


def pickup_relations(hearings: Hearings, mics: Sequence[Mic]) -> list[Relation]:
    """The amp against the DI of one instrument."""
    found = []
    for direct in of_roles(mics, "bass DI"):
        for amp in of_roles(mics, "bass amp"):
            where = hits_of(hearings[direct.path])
            found.append(relation(hearings, amp.path, direct.path, PICKUP_MOST_MS, where))
    return [one for one in found if one]


def findings_of_pickups(relations: Sequence[Relation]) -> Iterator[Finding]:
    for one in relations:
        if one.polarity < 0:
            yield _about(one.mic, "pickup_polarity", "warning", other=one.other.name)
        if abs(one.delay_ms) > PAIRS_APART_MS["overhead"]:
            late, early = (one.mic, one.other) if one.delay_ms > 0 else (one.other, one.mic)
            yield _about(late, "pickup_delay", "info", delay_ms=round(abs(one.delay_ms), 2), other=early.name)


def findings_of_fights(hearings: Hearings, relations: Sequence[Relation], accused: set[str]) -> Iterator[Finding]:
    """A close mic that is wired right and still cancels the overheads, by its distance."""
    told = set(accused)
    for one in relations:
        if one.polarity < 0 or one.other.as_posix() in told:
            continue
        where = hits_of(hearings[one.other])
        together = delay_between(hearings[one.other].signal, hearings[one.mic].signal, 0.0, where).correlation
        if together < FIGHTS_BELOW:
            told.add(one.other.as_posix())
            yield _about(one.other, "spot_fights", "info", other=one.mic.name, delay_ms=round(one.delay_ms, 2))


def _about(path: Path, code: str, severity: Severity, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, path=path.as_posix(), args=args)
