"""The mics of one pass against each other, heard where the mic in question has its own hits.

What nature does is no fault: overheads and rooms come late, the snare's lower head moves the other way. What cables and
converters do is: one mic turned over against the rest of the kit, a delay between the two sides of a pair, two pickups
of one instrument that cancel each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from controlroom.base.finding import Finding, Severity, Value
from controlroom.rooms.tracking.report import Relation
from controlroom.song.mics import CENTRE, SPOTS
from controlroom.song.model import Mic, Side
from controlroom.sound.arrival import Arrival, agreed, arrival, attacks_of, together
from controlroom.sound.correlation import delay_between
from controlroom.sound.hearing import Hearing
from controlroom.sound.signal import Channels, Signal

Hearings: TypeAlias = Mapping[Path, Hearing]

LATEST_S = {"overhead": 0.01, "room": 0.04}
APART_MS = {"overhead": 0.3, "room": 1.0}
"""More than this between left and right, for what stands in the middle, is heard as pulled to one side."""
PICKUP_LATEST_MS, PICKUP_APART_MS = 20.0, 0.3
PICKUP_SURE, PICKUP_CORRELATION = 6.0, 0.12
FIGHTS_BELOW = -0.3
SPEED_OF_SOUND_M_PER_MS = 0.343


class Ear(msgspec.Struct, frozen=True, kw_only=True):
    """One channel of one microphone file; `channel` is None where the file has only one."""

    mic: Mic
    signal: Signal
    side: Side | None = None
    channel: int | None = None


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What an ear far off hears of a close mic."""

    close: Mic
    far: Ear
    arrival: Arrival

    @property
    def delay_ms(self) -> float:
        return 1000 * self.arrival.delay_s

    def relation(self) -> Relation:
        return Relation(
            mic=self.far.mic.path,
            other=self.close.path,
            channel=self.far.channel,
            delay_ms=round(self.delay_ms, 3),
            polarity=self.arrival.polarity,
            correlation=round(self.arrival.correlation, 3),
            sure=round(self.arrival.sure, 1),
        )


def ears_of(hearings: Hearings, mics: Sequence[Mic], role: str) -> list[Ear]:
    """The channels of all mics of a role; those of a stereo file are its left and its right."""
    ears: list[Ear] = []
    for mic in mics:
        if mic.role != role:
            continue
        signal = hearings[mic.path].signal
        if signal.channels == 2:
            sides: tuple[Side, Side] = ("L", "R")
            ears += [
                Ear(mic=mic, signal=Channels(signal, [at]), side=side, channel=at) for at, side in enumerate(sides)
            ]
        else:
            ears.append(Ear(mic=mic, signal=signal, side=mic.side))
    return ears


def heard_from_afar(hearings: Hearings, mics: Sequence[Mic]) -> list[Heard]:
    """Every close mic of a kit in every overhead and room, at the close mic's own hits."""
    ears = {role: ears_of(hearings, mics, role) for role in LATEST_S}
    found: list[Heard] = []
    for spot in mics:
        if spot.role not in SPOTS or not any(ears.values()):
            continue
        signal = hearings[spot.path].signal
        attacks = attacks_of(hearings[spot.path].waveform, signal)
        for role, latest_s in LATEST_S.items():
            for ear in ears[role]:
                there = arrival(signal, ear.signal, attacks, latest_s)
                if there:
                    found.append(Heard(close=spot, far=ear, arrival=there))
    return found


def findings_of_polarity(heard: Sequence[Heard]) -> Iterator[Finding]:
    """A close mic that is upside down where the others agree with the overheads; or an overhead, where they do not.

    Kick and snare reach an overhead from different sides of their heads: one voice alone accuses nobody.
    """
    votes = [one for one in heard if one.far.mic.role == "overhead"]
    spots = list(dict.fromkeys(one.close.path for one in votes))
    turned_ears = {ear for ear in {_ear_key(one.far) for one in votes} if _against_most(votes, ear)}
    for path, channel in sorted(turned_ears, key=str):
        yield _about(path, "cross_wired", "warning", channel, other="the close mics")
    for path in spots:
        own = [
            one.arrival.polarity * (-1 if _ear_key(one.far) in turned_ears else 1)
            for one in votes
            if one.close.path == path
        ]
        if len(spots) > 1 and own and all(polarity < 0 for polarity in own):
            yield _about(path, "cross_wired", "warning", other="the overheads")


def _ear_key(ear: Ear) -> tuple[Path, int | None]:
    return ear.mic.path, ear.channel


def _against_most(votes: Sequence[Heard], ear: tuple[Path, int | None]) -> bool:
    polarities = [one.arrival.polarity for one in votes if _ear_key(one.far) == ear]
    return len(polarities) > 2 and sum(polarities) < 0


def findings_of_pairs(hearings: Hearings, mics: Sequence[Mic], heard: Sequence[Heard]) -> Iterator[Finding]:
    """Kick and snare reach left and right of a pair at the same time, or the whole kit leans to one side."""
    for role, apart_ms in APART_MS.items():
        ears = ears_of(hearings, mics, role)
        for left in (ear for ear in ears if ear.side == "L"):
            for right in (ear for ear in ears if ear.side == "R"):
                later_ms = _right_later_ms(left, right, heard)
                if abs(later_ms) > apart_ms:
                    late, early = (right, left) if later_ms > 0 else (left, right)
                    yield _about(
                        late.mic.path,
                        "pair_delay",
                        "warning",
                        late.channel,
                        delay_ms=round(abs(later_ms), 2),
                        centimetres=round(100 * abs(later_ms) * SPEED_OF_SOUND_M_PER_MS),
                        other=early.mic.path.name if early.channel is None else "the other channel",
                    )


def _right_later_ms(left: Ear, right: Ear, heard: Sequence[Heard]) -> float:
    laters: list[float] = []
    for close in {one.close.path for one in heard if one.close.role in CENTRE}:
        by_ear = {_ear_key(one.far): one.delay_ms for one in heard if one.close.path == close}
        if _ear_key(left) in by_ear and _ear_key(right) in by_ear:
            laters.append(by_ear[_ear_key(right)] - by_ear[_ear_key(left)])
    return agreed(laters)


def pickups(hearings: Hearings, mics: Sequence[Mic]) -> list[Relation]:
    """The amp against the DI of one instrument."""
    found = []
    for direct in (mic for mic in mics if mic.role == "bass DI"):
        for amp in (mic for mic in mics if mic.role == "bass amp"):
            one, two = hearings[direct.path].signal, hearings[amp.path].signal
            if one.rate_hz != two.rate_hz:
                continue
            delay = delay_between(one, two, PICKUP_LATEST_MS, hearings[direct.path].levels.active)
            if abs(delay.correlation) >= PICKUP_CORRELATION and delay.clarity >= PICKUP_SURE:
                found.append(
                    Relation(
                        mic=amp.path,
                        other=direct.path,
                        delay_ms=round(1000 * delay.frames / one.rate_hz, 3),
                        polarity=delay.polarity,
                        correlation=round(abs(delay.correlation), 3),
                        sure=round(delay.clarity, 1),
                    )
                )
    return found


def findings_of_pickups(relations: Sequence[Relation]) -> Iterator[Finding]:
    for one in relations:
        if one.polarity < 0:
            yield _about(one.mic, "pickup_polarity", "warning", other=one.other.name)
        if abs(one.delay_ms) > PICKUP_APART_MS:
            late, early = (one.mic, one.other) if one.delay_ms > 0 else (one.other, one.mic)
            yield _about(late, "pickup_delay", "info", delay_ms=round(abs(one.delay_ms), 2), other=early.name)


def findings_of_fights(hearings: Hearings, heard: Sequence[Heard], accused: set[str | None]) -> Iterator[Finding]:
    """A close mic that is wired right and still cancels an overhead, by its distance: the worst place of each."""
    worst: dict[Path, tuple[float, Heard]] = {}
    for one in heard:
        if one.close.path.as_posix() in accused or one.far.mic.role != "overhead":
            continue
        close = hearings[one.close.path]
        sum_of_both = together(close.signal, one.far.signal, attacks_of(close.waveform, close.signal))
        if sum_of_both < min(FIGHTS_BELOW, worst.get(one.close.path, (0.0,))[0]):
            worst[one.close.path] = (sum_of_both, one)
    for path, (_, one) in worst.items():
        yield _about(path, "spot_fights", "info", other=one.far.mic.path.name, delay_ms=round(one.delay_ms, 1))


def _about(path: Path, code: str, severity: Severity, channel: int | None = None, **args: Value) -> Finding:
    return Finding(code=code, severity=severity, path=path.as_posix(), channel=channel, args=args)
