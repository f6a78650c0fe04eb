"""Files into parts, passes and mics, by folder, name, time stamp and what the recorder wrote into them.

`takes/<part>/` says what a part is. In a folder without parts each file is its own part, except what was plainly
recorded together: the microphones of a kit, left and right, DI and amp, numbered takes of one name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from controlroom.base.files import safe_name
from controlroom.song.items import KIT_ROLES, Item, items_of, same_words, together
from controlroom.song.model import FileFacts, Part, Sheet
from controlroom.song.numbers import says_more_than, settle_numbers
from controlroom.song.passes import Clock, into_passes, placed, song_clock
from controlroom.song.printed import looks_printed
from controlroom.song.roles import family_of, role_from_name, split_words
from controlroom.song.tables import phrases, places_of

_MICROPHONES = {"overhead", "room", "kick in", "kick out", "snare top", "snare bottom"}
_LEAST_KIT = 3
_SIDES = {"l", "r", "left", "right"}
_LAYERS = {
    "double",
    "dbl",
    "dt",
    "harmony",
    "harm",
    "quad",
    "triple",
    "octave",
    "oct",
    "low",
    "high",
    "adlib",
    "whisper",
    "unison",
}
_ONE_PLAYER = {"lead vocal", "bass"}
_STEM_WORDS = {"stem", "printed", "print", "submix", "bus"}


def group(files: Sequence[FileFacts], sheet: Sheet) -> tuple[Part, ...]:
    """The parts of a song. `sheet.roles` overrules what names say, `sheet.stems` whether they are finished stems."""
    items = items_of(files, sheet)
    printed = looks_printed(files) if sheet.stems is None else sheet.stems
    folders = dict.fromkeys(item.folder for item in items)
    named: list[tuple[str, list[Item]]] = []
    for folder in folders:
        bucket = [item for item in items if item.folder == folder]
        named += _stems(bucket) if printed else _parts(settle_numbers(bucket))
    clock = song_clock(items)
    names = _unique([name for name, _ in named])
    return tuple(_part(name, members, clock, printed) for name, (_, members) in zip(names, named, strict=True))


def _part(name: str, members: Sequence[Item], clock: Clock, printed: bool) -> Part:
    passes = into_passes(members)
    stem = len(passes) == 1 and all(_STEM_WORDS & set(split_words(item.base)) for item in members)
    return Part(name=name, role=_family(name, members), passes=placed(passes, clock), printed=printed or stem)


def _family(name: str, members: Sequence[Item]) -> str:
    """What most of its files are; the part's own name where they say nothing."""
    known = [item.family for item in members if item.guess.role not in ("unknown", "printed stem")]
    if not known:
        return family_of(role_from_name(name).role)
    return max(dict.fromkeys(known), key=known.count)


def _stems(bucket: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """Every stem its own part; only the two halves of a split stereo file belong together."""
    whole: dict[tuple[str, bool], list[Item]] = {}
    for item in bucket:
        halved = item.facts.channels == 1 and item.side is not None
        name = _without_side(item.reading.whole) if halved else item.facts.path.stem
        whole.setdefault((name, halved), []).append(item)
    stems: list[tuple[str, list[Item]]] = []
    for (name, halved), members in whole.items():
        pair = halved and {item.side for item in members} == {"L", "R"} and len(members) == 2 and together(members)
        stems += (
            [(name, members)] if pair or len(members) == 1 else [(item.facts.path.stem, [item]) for item in members]
        )
    return stems


def _parts(bucket: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    if bucket[0].in_takes:
        return _parts_of_folder(bucket)
    kit = _kit(bucket)
    rest = [item for item in bucket if item not in kit]
    found = [("Drums", kit)] if kit else []
    for members in _by_instrument(rest):
        alike = len(members) == 1 or all(together(run) for run in into_passes(members))
        found += [(_common_name(members), members)] if alike else [(_written(run), run) for run in _by_base(members)]
    return sorted(found, key=lambda named: bucket.index(named[1][0]))


def _kit(bucket: Sequence[Item]) -> list[Item]:
    """The microphones of a drum kit, when these are microphones and not drum stems; none where they do not fit."""
    kit = [item for item in bucket if item.in_kit or _suggests_kit(item)]
    if len(kit) < _LEAST_KIT or not any(item.guess.role in _MICROPHONES for item in kit):
        return []
    usual = max(into_passes(kit), key=len)
    lengths = sorted(item.seconds for item in usual)
    middle = lengths[len(lengths) // 2]
    fitting = [item for item in kit if item not in usual or abs(item.seconds - middle) <= 0.01 * middle]
    return fitting if len(fitting) >= _LEAST_KIT else []


def _suggests_kit(item: Item) -> bool:
    """ "Rack", "FT", "Amb L": a hint of a drum microphone and nothing else in the name."""
    guesses = [role_from_name(word) for word in split_words(item.base) if not word.isdecimal() and word not in _SIDES]
    return item.guess.role in KIT_ROLES and all(guess.role in KIT_ROLES for guess in guesses)


def _parts_of_folder(bucket: Sequence[Item]) -> list[tuple[str, list[Item]]]:
    """takes/<part>/ is one part, unless its files are plainly several players or layers."""
    folder = bucket[0].folder
    family = _family(folder, bucket)
    home = family_of(role_from_name(folder).role)
    if "drums" in (home, family):
        foreign = [
            item for item in bucket if item.guess.confidence >= 0.9 and item.family not in ("drums", "percussion")
        ]
        kit = [item for item in bucket if item not in foreign]
        return (
            [(folder, kit), *_named_after(folder, _by_instrument(foreign))] if kit else _named_after(folder, [foreign])
        )
    clusters = _by_instrument(bucket, family if home == "other" else home, folder)
    if len(clusters) > 1 and _recorded_at_once(clusters):
        clusters = [list(bucket)]
    return [(folder, clusters[0])] if len(clusters) == 1 else _named_after(folder, clusters)


def _recorded_at_once(clusters: Sequence[Sequence[Item]]) -> bool:
    """Several names with the same takes, equally long: one performance on several microphones."""
    members = [item for cluster in clusters for item in cluster]
    families = {item.family for item in members if item.guess.confidence >= 0.6}
    same_takes = len({frozenset((item.pass_folder, item.mark) for item in cluster) for cluster in clusters}) == 1
    return len(families) <= 1 and same_takes and all(together(run) for run in into_passes(members))


def _named_after(folder: str, clusters: Sequence[Sequence[Item]]) -> list[tuple[str, list[Item]]]:
    named = []
    for members in clusters:
        name = _common_name(members)
        beyond = says_more_than(name, folder)
        named.append((f"{folder} {name}" if beyond and not same_words(name, folder) else folder, list(members)))
    return named


def _by_instrument(items: Sequence[Item], home: str = "", folder: str = "") -> list[list[Item]]:
    """Items that differ at most in side, microphone and take, together."""
    found: dict[tuple[str, ...], list[Item]] = {}
    for item in items:
        key = _layer(item, home) if home in _ONE_PLAYER else _instrument(item, folder)
        found.setdefault(key, []).append(item)
    return list(found.values())


def _layer(item: Item, home: str) -> tuple[str, ...]:
    """In takes/lead vocal/ all is one singer, but a double or a harmony sounds with the lead, not instead of it."""
    other = (item.family,) if item.family != home and item.guess.confidence >= 0.75 else ()
    return (*other, *sorted(_LAYERS & set(split_words(item.base))), *(("copy",) if item.reading.copy else ()))


def _instrument(item: Item, folder: str = "") -> tuple[str, ...]:
    words = split_words(item.base)
    gone = places_of(words, phrases("mics", "words")) | places_of(words, phrases("passes", "decoration"))
    if item.family in ("keys", "percussion"):
        gone |= places_of(words, phrases("mics", "ends"))
    kept = tuple(word for at, word in enumerate(words) if at not in gone and word not in _SIDES)
    if folder:
        kept = tuple(word for word in kept if word not in split_words(folder))
    elif not kept:
        kept = words
    return (*kept, "copy") if item.reading.copy else kept


def _by_base(members: Sequence[Item]) -> list[list[Item]]:
    found: dict[tuple[str, str | None], list[Item]] = {}
    for item in members:
        found.setdefault((item.base.casefold(), item.side), []).append(item)
    return list(found.values())


def _written(members: Sequence[Item]) -> str:
    """The name of a part all of whose files are called the same."""
    first = members[0]
    name = (first.base or first.facts.path.stem) + (" copy" if first.reading.copy else "")
    return f"{name} {first.side}" if first.side and first.side.lower() not in split_words(name) else name


def _common_name(members: Sequence[Item]) -> str:
    """What the names have in common: "Bass" of "Bass DI" and "Bass Amp"."""
    bases = list(dict.fromkeys(item.base for item in members))
    if len(bases) == 1:
        return (_without_side(bases[0]) if len(members) > 1 else _written(members)) or members[0].facts.path.stem
    pieces = [re.split(r"[ _.]+", base) for base in bases]
    shared = set.intersection(*({piece.casefold() for piece in each} for each in pieces))
    common = [piece for piece in pieces[0] if piece.casefold() in shared]
    return " ".join(common) or _without_side(min(bases, key=len)) or members[0].facts.path.stem


def _without_side(base: str) -> str:
    pieces = base.replace("_", " ").split()
    return " ".join(piece for piece in pieces if piece.casefold() not in _SIDES) or base


def _unique(names: Sequence[str]) -> list[str]:
    """No two parts of one name, nor of one file name: folders under out/ are called after them."""
    taken: set[str] = set()
    unique = []
    for name in (name.strip() or "untitled" for name in names):
        free, number = name, 2
        while safe_name(free).casefold() in taken:
            free, number = f"{name} ({number})", number + 1
        taken.add(safe_name(free).casefold())
        unique.append(free)
    return unique
