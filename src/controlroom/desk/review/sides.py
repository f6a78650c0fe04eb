"""A song's versions side by side: their order and keys, their clock, and what each is turned down by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from controlroom.desk.review.lineups import alignment_of, versions_of
from controlroom.desk.review.models import Lineup
from controlroom.desk.songs.models import Recording
from controlroom.sound.versions import Alignment

KEYS = 9
SAME_DB = 0.05  # nobody hears less, and it is not shown
WHOLE = "It is matched by all of it: no passage is known that it shares with this version."
NOT_YET = "It is matched by all of it until it is lined up with this version."
UNKNOWN = "Its loudness is not known, so it cannot be matched."

Map = list[list[float]]


@dataclass(frozen=True)
class Side:
    """A version beside the current one. `key`: what is pressed for it; `gain_db`: how far it is turned down, None where
    that is not known; `map`: its time -> the current one's, [] the same, None where they do not line up,
    or where nobody knows it yet (`waits`).
    """

    recording: Recording
    key: str
    gain_db: float | None
    gain_why: str
    map: Map | None
    alignment: Alignment | None
    waits: bool = False

    @property
    def matched(self) -> str:
        """ "Mix 4 −0.8 dB", or nothing where it is not turned down."""
        if self.gain_db is None or self.gain_db > -SAME_DB:
            return ""
        return f"{self.recording.label} −{-self.gain_db:.1f} dB"


def sides_of(current: Recording, *, beside: Recording | None = None, alone: bool = False) -> tuple[Side, ...]:
    """Every version that is heard on the current one's page, in the order of the tabs. Two queries."""
    rows = beside_each_other(current, beside=beside, alone=alone)
    lineups = _lineups(current, rows)
    levels = _levels(current, rows, lineups)
    quietest = min((level for level in levels.values() if level is not None), default=0.0)
    keys = _keys(rows)
    sides = []
    for row in rows:
        alignment = _toward(current, row, lineups.get(row.pk))
        level = levels[row.pk]
        waits = row != current and row.pk not in lineups
        sides.append(
            Side(
                recording=row,
                key=keys[row.pk],
                gain_db=None if level is None else round(min(quietest - level, 0.0), 2),
                gain_why=_why(level, alignment or row == current, waits),
                map=[] if row == current else _map(alignment),
                alignment=alignment,
                waits=waits,
            )
        )
    return tuple(sides)


def beside_each_other(current: Recording, *, beside: Recording | None = None, alone: bool = False) -> list[Recording]:
    """What is heard on a version's page: all versions as they came, references last, and what is asked for.

    `alone`: that version only.
    """
    if alone:
        return [current]
    rows = {row.pk: row for row in versions_of(current.song).defer("info", "findings")}
    rows.update({row.pk: row for row in (beside, current) if row is not None})
    return sorted(rows.values(), key=lambda row: (row.kind == "reference", row.created_at, row.pk))


def _keys(rows: Sequence[Recording]) -> dict[int, str]:
    """1 to 9 for the newest nine, R for the first reference."""
    keys = {row.pk: "" for row in rows}
    numbered = [row for row in rows if row.kind != "reference"][-KEYS:]
    keys |= {row.pk: str(key) for key, row in enumerate(numbered, start=1)}
    reference = next((row for row in rows if row.kind == "reference"), None)
    return keys | ({reference.pk: "R"} if reference else {})


def _lineups(current: Recording, rows: Sequence[Recording]) -> dict[int, Lineup]:
    """By the other version."""
    if len(rows) < 2:
        return {}
    found = Lineup.objects.filter(Q(old=current) | Q(new=current))
    return {each.new_id if each.old_id == current.pk else each.old_id: each for each in found}


def _levels(current: Recording, rows: Sequence[Recording], lineups: dict[int, Lineup]) -> dict[int, float | None]:
    """How much louder than the current one each is (LU): over the passage both share, else over all of both."""
    return {row.pk: 0.0 if row == current else _louder(current, row, lineups.get(row.pk)) for row in rows}


def _louder(current: Recording, row: Recording, lineup: Lineup | None) -> float | None:
    if lineup is not None and lineup.old_lufs is not None and lineup.new_lufs is not None:
        louder = lineup.new_lufs - lineup.old_lufs
        return louder if lineup.new_id == row.pk else -louder
    if row.integrated_lufs is None or current.integrated_lufs is None:
        return None
    return row.integrated_lufs - current.integrated_lufs


def _why(level: float | None, shared: object, waits: bool) -> str:
    """Why it is not matched, or not by what both share."""
    if level is None:
        return UNKNOWN
    return "" if shared else NOT_YET if waits else WHOLE


def _toward(current: Recording, row: Recording, lineup: Lineup | None) -> Alignment | None:
    """From the row's time to the current one's."""
    if lineup is None or not lineup.aligned:
        return None
    alignment = alignment_of(lineup)
    return alignment if lineup.new_id == current.pk else alignment.turned()


def _map(alignment: Alignment | None) -> Map | None:
    if alignment is None:
        return None
    points = [
        [round(here_s, 5), round(there_s, 5)]
        for stretch in alignment.stretches
        for here_s, there_s in (
            (stretch.old_start_s, stretch.new_start_s),
            (stretch.old_end_s, stretch.new_end_s),
        )
    ]
    return [] if all(math.isclose(here_s, there_s, abs_tol=1e-5) for here_s, there_s in points) else points


def match_words(sides: Sequence[Side], current: Recording) -> str:
    """What the match chip says: which version is turned down, the current one's first."""
    here = next((side for side in sides if side.recording == current), None)
    if here is not None and here.matched:
        return here.matched
    loudest = min(
        (side for side in sides if side.gain_db is not None), key=lambda side: side.gain_db or 0.0, default=None
    )
    return loudest.matched if loudest is not None else ""
