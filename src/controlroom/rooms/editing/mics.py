"""Which mic of one pass is which mic of the next, and what the finished track is called."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from pathlib import Path

from controlroom.rooms.editing.plan import PlannedMic
from controlroom.song.model import Mic, Part, Pass

_TAKE_NUMBER = re.compile(r"[\s_.\-#(]*(?:\b(?:take|pass|punch|tk|t|p)\b)?[\s_.\-#]*\d*[\s_.\-)]*$", re.IGNORECASE)


def matched_mics(part: Part) -> tuple[PlannedMic, ...]:
    """Every mic of the part once, the fullest pass's first; names are unique in the part."""
    fullest = max(part.passes, key=lambda one: len(one.mics))
    tracks: list[tuple[Mic, dict[str, Path]]] = [(mic, {fullest.name: mic.path}) for mic in fullest.mics]
    for other in part.passes:
        if other is not fullest:
            _add(tracks, other)
    names = _unique([_track_name(list(files.values()), mic) for mic, files in tracks])
    return tuple(
        PlannedMic(name=name, role=mic.role, files=files) for name, (mic, files) in zip(names, tracks, strict=True)
    )


def _add(tracks: list[tuple[Mic, dict[str, Path]]], other: Pass) -> None:
    """Give each mic of a pass to the track of the same role and side, then of the most similar name, else its own."""
    waiting = list(other.mics)
    for same_role in (True, False):
        for mic in tuple(waiting):
            fitting = [
                track
                for track in tracks
                if other.name not in track[1]
                and (not same_role or (track[0].role, track[0].side) == (mic.role, mic.side))
            ]
            if fitting:
                max(fitting, key=lambda track: _alike(track[0].path, mic.path))[1][other.name] = mic.path
                waiting.remove(mic)
    tracks.extend((mic, {other.name: mic.path}) for mic in waiting)


def _alike(one: Path, other: Path) -> float:
    return SequenceMatcher(None, one.stem.lower(), other.stem.lower()).ratio()


def _track_name(paths: list[Path], mic: Mic) -> str:
    """What the files' names share, without the take's number."""
    stems = [path.stem for path in paths]
    if len(set(stems)) == 1:
        return stems[0]
    shared = _TAKE_NUMBER.sub("", _shared_beginning(stems)).strip(" _-.")
    return shared if len(shared) > 1 else mic.role


def _shared_beginning(names: list[str]) -> str:
    shortest = min(names, key=len)
    same = (len({name[at] for name in names}) == 1 for at in range(len(shortest)))
    return shortest[: next((at for at, alike in enumerate(same) if not alike), len(shortest))]


def _unique(names: list[str]) -> list[str]:
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return unique
