"""Files of one part into passes: what was recorded together, and where each pass sits on the song's time line."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import count, pairwise

import msgspec

from controlroom.song.items import Item, together
from controlroom.song.model import Mic, Pass
from controlroom.song.words import natural

PUNCH_SHARE = 0.5
"""A punch-in is at most this share of the longest pass."""
PUNCH_AFTER_S = 0.5
OTHER_HOUR_S = 300.0
WHOLE_SHARE = 0.7


class Clock(msgspec.Struct, frozen=True):
    """Where time stamps count from: stretches of a session or a day, (begin_s, end_s) each, and the longest file."""

    stretches: tuple[tuple[float, float], ...] = ()
    longest_s: float = 0.0

    def since_start_s(self, stamp_s: float | None) -> float:
        """Seconds since the beginning of the stretch that `stamp_s` lies in."""
        if stamp_s is None:
            return 0.0
        return next((stamp_s - begin for begin, end in self.stretches if begin <= stamp_s <= end), 0.0)


def song_clock(items: Sequence[Item]) -> Clock:
    """Time stamps are the session's time line when the files overlap one another on it.

    Where a gap longer than the longest file and than five minutes parts them they were recorded at different hours (a
    recorder that stamps the time of day, a file stamped 0 by a tool): each stretch then counts from its own beginning.
    """
    spans = sorted(filter(None, (_span([item]) for item in items)))
    if not spans:
        return Clock()
    longest = max(item.seconds for item in items)
    stretches = [spans[0]]
    for begin, end in spans[1:]:
        if begin - stretches[-1][1] > max(longest, OTHER_HOUR_S):
            stretches.append((begin, end))
        else:
            stretches[-1] = (stretches[-1][0], max(stretches[-1][1], end))
    return Clock(tuple(stretches), longest)


def of_part(clock: Clock, passes: Sequence[Sequence[Item]]) -> Clock:
    """A song cannot be played twice in a row on one time line: passes as long as the song that follow one another were
    stamped by the time of day, and each begins anew."""
    spans = sorted(filter(None, (_span(items) for items in passes)))
    whole = [(begin, end) for begin, end in spans if end - begin >= WHOLE_SHARE * clock.longest_s]
    in_a_row = len(whole) > 1 and all(first[1] <= second[0] for first, second in pairwise(whole))
    return Clock((*whole, *clock.stretches), clock.longest_s) if in_a_row else clock


def into_passes(items: Sequence[Item]) -> list[list[Item]]:
    """Files of one part as passes, in the order of their marks."""
    ways: list[Callable[[Item], Hashable]] = [lambda item: (item.pass_folder, item.mark)]
    if len({_scene_take(item) for item in items}) > 1 and all(_scene_take(item) for item in items):
        ways.append(_scene_take)
    grouped = [_by(items, way) for way in ways]
    passes = next((found for found in grouped if len(found) > 1 and not _clashes(found)), grouped[0])
    if len(passes) > 1 and not _complete(passes):
        passes = _aligned(items, passes)
    runs = [run for found in passes for run in _without_clashes(found)]
    return sorted(runs, key=lambda run: (natural(run[0].pass_folder), natural(" ".join(run[0].mark))))


def _by(items: Sequence[Item], way: Callable[[Item], Hashable]) -> list[list[Item]]:
    found: dict[Hashable, list[Item]] = {}
    for item in items:
        found.setdefault(way(item), []).append(item)
    return list(found.values())


def _scene_take(item: Item) -> tuple[str, str] | None:
    take = item.facts.ixml.get("TAKE", "").strip()
    return (item.facts.ixml.get("SCENE", ""), take) if take else None


def _identity(item: Item) -> tuple[str, str | None, bool]:
    return (item.base.casefold(), item.side, item.reading.copy)


def _clashes(passes: Sequence[Sequence[Item]]) -> bool:
    return any(len({_identity(item) for item in items}) < len(items) for items in passes)


def _complete(passes: Sequence[Sequence[Item]]) -> bool:
    """Every pass has the same microphones."""
    return len({frozenset(_identity(item) for item in items) for items in passes}) == 1


def _aligned(items: Sequence[Item], passes: list[list[Item]]) -> list[list[Item]]:
    """Take numbers that ran apart ("Kick_03" with "Snare_05"): go by length and time stamp, then by rank."""
    prints = _by(items, lambda item: (item.pass_folder, item.facts.frames, item.facts.time_reference_s))
    if len(prints) < len(passes) and not _clashes(prints):
        return prints
    by_mic = _by(items, _identity)
    counts = {len(takes) for takes in by_mic}
    if len(by_mic) > 1 and len(counts) == 1 and len(passes) > counts.copy().pop():
        runs = [list(run) for run in zip(*by_mic, strict=True)]
        if all(together(run) for run in runs):
            return runs
    return passes


def _without_clashes(items: list[Item]) -> list[list[Item]]:
    """One microphone twice in a pass means two passes."""
    runs: list[list[Item]] = []
    for item in items:
        free = next((run for run in runs if _identity(item) not in map(_identity, run)), None)
        if free is None:
            runs.append([item])
        else:
            free.append(item)
    return runs


def placed(passes: Sequence[Sequence[Item]], clock: Clock) -> tuple[Pass, ...]:
    """Passes with their names, starts and whether they are punch-ins."""
    longest = max(item.seconds for items in passes for item in items)
    spans = [span for span in map(_span, passes) if span and span[1] - span[0] > PUNCH_SHARE * longest]
    clock = of_part(clock, passes)
    names = _names(passes)
    made: list[Pass] = []
    for name, items in zip(names, passes, strict=True):
        span = _span(items)
        made.append(
            Pass(
                name=name,
                mics=tuple(Mic(path=item.facts.path, role=item.guess.role, side=item.side) for item in items),
                start_s=clock.since_start_s(span[0] if span else None),
                punch_in=len(passes) > 1 and _is_punch(items, span, spans, longest),
            )
        )
    return tuple(sorted(made, key=lambda run: run.punch_in))


def _span(items: Sequence[Item]) -> tuple[float, float] | None:
    stamps = [item.facts.time_reference_s for item in items if item.facts.time_reference_s is not None]
    return (min(stamps), min(stamps) + max(item.seconds for item in items)) if stamps else None


def _is_punch(
    items: Sequence[Item], span: tuple[float, float] | None, spans: Sequence[tuple[float, float]], longest_s: float
) -> bool:
    """Named so, or much shorter than the others and stamped inside their span (a false start begins where they do)."""
    if any(item.reading.punch for item in items):
        return True
    if span is None or span[1] - span[0] > PUNCH_SHARE * longest_s:
        return False
    return any(begin + PUNCH_AFTER_S < span[0] and span[1] <= end + PUNCH_AFTER_S for begin, end in spans)


def _names(passes: Sequence[Sequence[Item]]) -> list[str]:
    """How a person would call each pass: its folder, "take 3", "punch-in"; never two the same."""
    said = [items[0].pass_folder or (items[0].reading.label if items[0].mark else "") for items in passes]
    names: list[str] = []
    for label, items in zip(said, passes, strict=True):
        unmarked = "take 1" if "take 1" not in said else items[0].base
        name = label or ("punch-in" if any(item.reading.punch for item in items) else unmarked)
        more = count(2)
        while name in names:
            name = f"{label or unmarked} ({next(more)})"
        names.append(name)
    return names
