"""Hear the passes of a part: where they can be joined, and how good each take of each phrase is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import msgspec

from controlroom.base.progress import SILENT, Progress, ticking
from controlroom.rooms.editing.bounds import heard_pass
from controlroom.rooms.editing.contour import contour_of
from controlroom.rooms.editing.grid import Grid, Hits, grid_of, merged, meter_beats, tempo_heard
from controlroom.rooms.editing.joints import Heard, bar_joints, loudness_at, phrase_joints
from controlroom.rooms.editing.mics import matched_mics
from controlroom.rooms.editing.players import LATE_ROLES, strong, timing_misses_ms
from controlroom.rooms.editing.report import EditReport, HeardPass, Joint, Phrase, Score
from controlroom.rooms.editing.same import common_time, same_sound
from controlroom.rooms.editing.scores import faults_within, has, level_misses_db, score, sounding
from controlroom.rooms.editing.voices import Sung, lags_s, pitch_misses
from controlroom.song.model import Part, Pass
from controlroom.sound.hearing import Hearing
from controlroom.sound.intonation import HeldNote, held_notes, scale_of, tuning_cents
from controlroom.sound.parallel import side_by_side

Hearings: TypeAlias = Mapping[Path, Hearing]

LOW_ROLES = ("kick in", "kick out", "kick")
VOICES = ("lead vocal", "backing vocal")
PUNCH_SHARE, LEAST_APART_S = 0.5, 0.1
BEFORE_A_HIT_S = 0.006
"""A joint lies this far before a hit: half a crossfade, and some air."""


def measure(
    part: Part,
    hearings: Hearings,
    *,
    tempo_bpm: float | None = None,
    meter: str | None = None,
    key: str | None = None,
    progress: Progress = SILENT,
) -> EditReport:
    """Hear all passes of a part; `hearings` (with their signals) by the paths of its mics.

    One pass costs a few short reads around its first and last sound. Several cost one more reading of every file, and
    the pitch of the voices.
    """
    bounds = [
        heard_pass(one, [(hearings[mic.path].signal, hearings[mic.path]) for mic in one.mics], printed=part.printed)
        for one in part.passes
    ]
    bounds = _with_punch_ins(bounds)
    mics = matched_mics(part)
    if len(bounds) == 1:
        phrase = Phrase(start_s=bounds[0].start_s, end_s=bounds[0].end_s, sounding=True, scores={})
        return EditReport(part=part.name, role=part.role, mics=mics, passes=tuple(bounds), phrases=(phrase,))
    tick = ticking(progress, len(bounds), "comparing the passes")

    def hear(place: tuple[Pass, HeardPass]) -> Heard:
        one, heard = place
        contour = contour_of([hearings[mic.path].signal for mic in one.mics], one.start_s)
        if part.role in VOICES:
            _ = hearings[one.mics[0].path].pitch  # costs the most: done here, side by side
        tick()
        return Heard(heard=heard, contour=contour)

    passes = side_by_side(hear, zip(part.passes, bounds, strict=True))
    together = common_time(passes)
    ears = _Ears(part, hearings, tempo_bpm, meter, scale_of(key))
    start_s, end_s = min(it.start_s for it in bounds), max(it.end_s for it in bounds)
    joints_s = _apart(ears.joints(passes), start_s, end_s) if together else []
    stretches = list(pairwise([start_s, *joints_s, end_s]))
    return EditReport(
        part=part.name,
        role=part.role,
        mics=mics,
        passes=tuple(bounds),
        phrases=tuple(ears.phrases(passes, stretches)),
        joints=tuple(ears.joint(passes, at_s) for at_s in joints_s),
        common_time=together,
    )


def _with_punch_ins(passes: Sequence[HeardPass]) -> list[HeardPass]:
    """A pass that lies inside another and is less than half as long is a punch-in, whether anybody called it so."""
    longest = max(passes, key=lambda it: it.end_s - it.start_s)

    def inside(it: HeardPass) -> bool:
        short = it.end_s - it.start_s < PUNCH_SHARE * (longest.end_s - longest.start_s)
        return short and longest.start_s < it.start_s and it.end_s < longest.end_s

    return [msgspec.structs.replace(it, punch_in=it.punch_in or inside(it)) for it in passes]


def _apart(joints_s: Sequence[float], start_s: float, end_s: float) -> list[float]:
    """Joints in order, each a little away from the one before it and from the ends."""
    kept: list[float] = []
    for at_s in sorted(joints_s):
        if at_s - (kept[-1] if kept else start_s) >= LEAST_APART_S and end_s - at_s >= LEAST_APART_S:
            kept.append(at_s)
    return kept


class _Ears:
    """What is listened for in one part."""

    def __init__(
        self, part: Part, hearings: Hearings, tempo_bpm: float | None, meter: str | None, scale: frozenset[int]
    ) -> None:
        self._hearings, self._scale = hearings, scale
        self._sings = part.role in VOICES
        self._passes = {one.name: one for one in part.passes}
        self._hits = {} if self._sings else {one.name: self._hits_of(one) for one in part.passes}
        hits = merged([mic for mics in self._hits.values() for mic in mics])
        low = merged([mic for one in part.passes if self._hits for mic in self._hits_of(one, LOW_ROLES)])
        self._grid: Grid | None = None
        if self._hits:
            self._grid = grid_of(hits, low, tempo_bpm or tempo_heard(hits), meter_beats(meter))

    def _hits_of(self, one: Pass, roles: tuple[str, ...] = ()) -> list[Hits]:
        """The onsets of each mic (of these roles) on the song's time line; of the late ones where there is no other."""
        near = [mic for mic in one.mics if (mic.role in roles if roles else mic.role not in LATE_ROLES)]
        chosen = near if near or roles else list(one.mics)
        onsets = [self._hearings[mic.path].onsets for mic in chosen]
        return [(it.times_s + one.start_s, it.strengths) for it in onsets]

    def joints(self, passes: Sequence[Heard]) -> list[float]:
        if self._grid is None:
            return phrase_joints(passes)
        start_s = min(it.heard.sound_start_s or it.heard.start_s for it in passes)
        end_s = max(it.heard.sound_end_s or it.heard.end_s for it in passes)
        onsets = [strong(mic) for mics in self._hits.values() for mic in mics]
        return bar_joints(self._grid.joints_s(start_s, end_s), onsets, BEFORE_A_HIT_S)

    def joint(self, passes: Sequence[Heard], at_s: float) -> Joint:
        """Before a hit nobody hears how loud the last one still rings."""
        loud_db = {it.name: 0.0 if self._grid else round(loudness_at(it, at_s), 1) for it in passes}
        mics = {it.name: self._hearings[self._passes[it.name].mics[0].path].signal for it in passes}
        starts_s = {it.name: it.heard.start_s for it in passes}
        return Joint(at_s=round(at_s, 4), loud_db=loud_db, correlated=same_sound(mics, starts_s, at_s))

    def phrases(self, passes: Sequence[Heard], stretches: Sequence[tuple[float, float]]) -> list[Phrase]:
        sung = {it.name: self._sung(it) for it in passes} if self._sings else {}
        hits = {name: [strong(mic) for mic in mics] for name, mics in self._hits.items()}
        late_ms = timing_misses_ms(hits, self._grid, stretches)
        return [
            Phrase(
                start_s=round(start_s, 4),
                end_s=round(end_s, 4),
                sounding=sounding(passes, start_s, end_s),
                scores=self._scores(passes, sung, late, start_s, end_s),
            )
            for (start_s, end_s), late in zip(stretches, late_ms, strict=True)
        ]

    def _scores(
        self, passes: Sequence[Heard], sung: Mapping[str, Sung], late: dict[str, float], start_s: float, end_s: float
    ) -> dict[str, Score]:
        there = [it for it in passes if has(it, passes, start_s, end_s)]
        misses: dict[str, tuple[float, float]] = {}
        if self._sings:
            lags = lags_s(there, start_s, end_s)
            late = {name: 1000 * abs(lag_s) for name, lag_s in lags.items()}
            misses = pitch_misses({it.name: sung[it.name] for it in there}, lags, start_s, end_s, self._scale)
        level_db = level_misses_db(there, start_s, end_s)
        scores = {}
        for name in (it.name for it in there):
            one = self._passes[name]
            levels = [self._hearings[mic.path].levels for mic in one.mics]
            cost, count = faults_within(levels, one.start_s, start_s, end_s)
            pitch, drift = misses.get(name, (None, None))
            scores[name] = score(
                pitch_cents=pitch,
                unsteady_cents=drift,
                timing_ms=late.get(name),
                level_db=level_db.get(name),
                faults=cost,
                fault_count=count,
                sung=self._sings,
            )
        return scores

    def _sung(self, heard: Heard) -> Sung:
        one = self._passes[heard.name]
        notes = held_notes(self._hearings[one.mics[0].path].pitch)
        moved = tuple(_moved(note, one.start_s) for note in notes)
        return Sung(notes=moved, tuning_cents=tuning_cents(notes))


def _moved(note: HeldNote, by_s: float) -> HeldNote:
    return msgspec.structs.replace(note, start_s=note.start_s + by_s, end_s=note.end_s + by_s)
