"""Is a number at the end of a name a take, or does it belong to the instrument? Decided by all files of a folder.

"Tom 1", "Gtr 2", "BV 3" are instruments; "Vox_02" is a take; "Vox 2" is one when the evidence says so: in a folder of
its own singer, or when several names carry the same numbers and the files of each number are as long as one another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from controlroom.song.items import Item, settled
from controlroom.song.naming import is_generic
from controlroom.song.roles import split_words
from controlroom.song.words import words_of

_Key = tuple[tuple[str, ...], str | None]

_ONE_AT_A_TIME = {"lead vocal", "bass"}
_LAYERED = {"backing vocal", "percussion", "drums"}
_CONSOLIDATED_FILES = 4


def settle_numbers(items: Sequence[Item]) -> list[Item]:
    """Give each item of one folder its base (with the instrument's number) and the mark of its take."""
    groups: dict[_Key, list[Item]] = {}
    for item in items:
        groups.setdefault(_key(item), []).append(item)
    proven = _proven_by_length(groups) | _proven_by_kit(groups)
    exported = _exported_together(items)
    return [_settled(item, key, groups, proven, exported) for key, members in groups.items() for item in members]


def _key(item: Item) -> _Key:
    return (split_words(item.reading.base), item.side)


def _settled(item: Item, key: _Key, groups: dict[_Key, list[Item]], proven: set[_Key], exported: bool) -> Item:
    reading = item.reading
    strength = reading.strength
    is_take = (
        strength == "said"
        or (strength == "padded" and _padded_is_take(item, key, groups, exported))
        or (strength == "loose" and (key in proven or _loose_is_take(item)))
    )
    return settled(item, reading.base, reading.mark) if is_take else settled(item, reading.whole, ())


def _padded_is_take(item: Item, key: _Key, groups: dict[_Key, list[Item]], exported: bool) -> bool:
    numbers = _numbers(groups[key])
    if len(numbers) < 2:
        return True
    if item.in_kit:
        others = [_numbers(members) for other, members in groups.items() if other != key and members[0].in_kit]
        return item.guess.role != "tom" if not others else 2 * sum(len(each) > 1 for each in others) >= len(others)
    return item.in_takes or not exported or item.family in _ONE_AT_A_TIME


def _loose_is_take(item: Item) -> bool:
    """In takes/lead vocal/ "1", "Vox 1" are takes; in takes/backing vocals/ "BV 1" is a voice."""
    if not item.in_takes:
        return False
    if is_generic(item.reading.base):
        return True
    if item.in_kit or item.family in _LAYERED:
        return False
    plural = item.folder.rstrip().lower().endswith("s") and item.family not in _ONE_AT_A_TIME
    beyond = set(split_words(item.reading.base)) - set(split_words(item.folder))
    return not plural and (item.family in _ONE_AT_A_TIME or not beyond or item.guess.confidence >= 0.9)


def _proven_by_length(groups: dict[_Key, list[Item]]) -> set[_Key]:
    """Names that share their numbers, where each number's files are equally long and the numbers' lengths differ."""
    proven: set[_Key] = set()
    for keys in _sharing_numbers(groups).values():
        by_number: dict[int | None, list[float]] = {}
        for key in keys:
            for item in groups[key]:
                by_number.setdefault(item.reading.number, []).append(item.seconds)
        alike = all(max(lengths) - min(lengths) <= 0.02 for lengths in by_number.values())
        means = [sum(lengths) / len(lengths) for lengths in by_number.values()]
        if len(keys) >= 2 and alike and max(means) - min(means) > 0.1:
            proven |= keys
    return proven


def _proven_by_kit(groups: dict[_Key, list[Item]]) -> set[_Key]:
    """In takes/drums/: three or more microphones, all of them with the same numbers."""
    kit = {key for key, members in groups.items() if members[0].in_kit and members[0].in_takes}
    sharing = [keys & kit for keys in _sharing_numbers(groups).values()]
    return next((keys for keys in sharing if len(keys) >= 3 and keys == kit), set())


def _sharing_numbers(groups: dict[_Key, list[Item]]) -> dict[tuple[int, ...], set[_Key]]:
    sharing: dict[tuple[int, ...], set[_Key]] = {}
    for key, members in groups.items():
        numbers = _numbers(members)
        if len(numbers) >= 2 and len(numbers) == len(members):
            sharing.setdefault(tuple(sorted(numbers)), set()).add(key)
    return sharing


def _numbers(members: Iterable[Item]) -> set[int]:
    return {item.reading.number for item in members if item.reading.number is not None}


def _exported_together(items: Sequence[Item]) -> bool:
    """Files all of one length come from an export: their numbers are rather the tracks' than takes."""
    lengths = [item.seconds for item in items]
    return len(items) >= _CONSOLIDATED_FILES and max(lengths) - min(lengths) <= 0.001 * max(lengths)


def says_more_than(base: str, folder: str) -> bool:
    """Whether a name has words that its folder's name has not."""
    return bool(set(words_of(base)) - set(words_of(folder)))
