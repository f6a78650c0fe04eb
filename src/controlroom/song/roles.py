"""What plays in a file, told from its name and, when that says nothing, modestly from its sound.

The names stand in `roles.toml`, for people to read and extend. A guess carries its confidence:
0.9 and above: the name says it; about 0.7: the name says several things; 0.5 and below: a hint; 0: unknown.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files

import msgspec

from controlroom.song.model import Guess, Side
from controlroom.song.traits import SoundTraits, role_from_sound
from controlroom.song.words import plain, words_of

__all__ = [
    "FAMILIES",
    "ROLES",
    "Guess",
    "SoundTraits",
    "family_of",
    "guess_role",
    "known_role",
    "role_from_name",
    "role_from_sound",
    "split_words",
]


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"finer": "with"}):
    family: str
    words: tuple[str, ...] = ()
    hints: tuple[str, ...] = ()
    finer: dict[str, tuple[str, ...]] = {}


class _Match(msgspec.Struct, frozen=True):
    role: str
    sure: bool
    start: int
    end: int


def _table() -> dict[str, _Entry]:
    text = files("controlroom.song").joinpath("roles.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), dict[str, _Entry])


_TABLE = _table()

ROLES: tuple[str, ...] = tuple(_TABLE)
FAMILIES: tuple[str, ...] = tuple(dict.fromkeys(entry.family for entry in _TABLE.values()))

_SIDES: dict[str, Side] = {
    "l": "L", "left": "L", "lft": "L", "links": "L", "gauche": "L", "izq": "L", "izquierda": "L", "sinistra": "L",
    "r": "R", "right": "R", "rgt": "R", "rechts": "R", "droite": "R", "der": "R", "derecha": "R", "destra": "R",
}  # fmt: skip
_JOINTS = ("+", "&", "/", " and ", " und ", " y ", " et ")
_PLACES = {"room", "overhead"}
_SHORT = {"oh", "bv", "lv", "di", "hh", "rm", "sn", "bd", "ac", "ag", "fx", "gt", "bg", "ld", "in", "bs"}


def family_of(role: str) -> str:
    """The family a role is mixed with; "other" for a role that is not known."""
    entry = _TABLE.get(role)
    return entry.family if entry else "other"


def known_role(text: str) -> str | None:
    """The role that a person means by `text` ("Lead Vox", "kick in"), None when it is none."""
    for role in ROLES:
        if plain(role) == plain(text.strip()):
            return role
    guess = role_from_name(text)
    return guess.role if guess.confidence >= 0.6 else None


def guess_role(name: str, traits: SoundTraits | None = None) -> Guess:
    """The name's guess where it is sure, else whichever of name and sound is surer."""
    named = role_from_name(name)
    if traits is None or named.confidence >= 0.6:
        return named
    heard = role_from_sound(traits)
    if named.confidence and family_of(heard.role) == family_of(named.role):
        return Guess(role=named.role, side=named.side, confidence=named.confidence + heard.confidence / 2)
    if heard.confidence > named.confidence:
        return Guess(role=heard.role, side=named.side, confidence=heard.confidence)
    return named


@lru_cache(maxsize=8192)
def role_from_name(name: str) -> Guess:
    """Guess from a file, folder or track name (without its suffix)."""
    tokens = _split_unknown(words_of(name))
    matches = _matches(tokens)
    taken = {place for match in matches for place in range(match.start, match.end)}
    sides = {_SIDES[word] for place, word in enumerate(tokens) if place not in taken and word in _SIDES}
    side = sides.pop() if len(sides) == 1 else None
    if not matches:
        return Guess(side=side)
    role, confidence = _choose(matches, any(joint in f" {plain(name)} " for joint in _JOINTS))
    fine = _finer(role, tokens, matches)
    if not any(match.sure for match in matches) and fine != role:
        confidence = 0.7
    return Guess(role=fine, side=side, confidence=confidence)


def split_words(name: str) -> tuple[str, ...]:
    """The words of a name with known words taken apart and plurals dropped: "OHL_03" is "oh", "l", "03"."""
    return tuple(_singular(word) for word in _split_unknown(words_of(name)))


def _choose(matches: list[_Match], joined: bool) -> tuple[str, float]:
    """One role and a confidence out of all that the name says."""
    sure = [match for match in matches if match.sure]
    if not sure:
        first = max(matches, key=lambda match: (match.role not in _PLACES, match.end - match.start, -match.start))
        return first.role, 0.5
    roles = list(dict.fromkeys(match.role for match in sure))
    if len(roles) == 1:
        return roles[0], 0.95
    if sure[-1].role == "effects":
        return "effects", 0.8  # "Snare Verb" is the reverb, "Delay Piano" a piano
    roles = [role for role in roles if role != "effects"]
    families = {family_of(role) for role in roles}
    if families <= {"drums", "percussion"}:
        return _one_of_the_kit(roles)
    pitched = [role for role in roles if role not in _PLACES and role not in ("printed stem", "drums")]
    if len(pitched) == 1:
        return pitched[0], 0.9
    roles = pitched or roles
    if joined:
        return roles[0], 0.7
    return _head_of(roles), 0.75


def _one_of_the_kit(roles: list[str]) -> tuple[str, float]:
    """ "Drums Kick" is the kick, "Kick Room" the room, "Kick Hats" a drum sub-mix."""
    if places := [role for role in roles if role in _PLACES]:
        return places[-1], 0.9
    pieces = [role for role in roles if role != "drums"]
    return (pieces[0], 0.9) if len(pieces) == 1 else ("drums", 0.75)


def _head_of(roles: list[str]) -> str:
    """ "Piano Strings": English names end with what it is; a bass is a bass by whatever it is made, a singer sings."""
    for role in ("bass", "backing vocal"):
        if role in roles:
            return role
    specific = (
        [role for role in roles if role != "guitar"] if any(role.endswith(" guitar") for role in roles) else roles
    )
    return specific[-1]


def _finer(role: str, tokens: tuple[str, ...], matches: list[_Match]) -> str:
    """ "snare" with "top" anywhere beside it is "snare top"."""
    taken = {
        place
        for match in matches
        if match.role == role or (match.sure and match.role not in ("printed stem",))
        for place in range(match.start, match.end)
    }
    free = [word if place not in taken else "" for place, word in enumerate(tokens)]
    for fine, signs in _TABLE[role].finer.items():
        for sign in signs:
            phrase = words_of(sign)
            if any(tuple(free[at : at + len(phrase)]) == phrase for at in range(len(free))):
                return fine
    return role


@cache
def _phrases() -> tuple[tuple[tuple[str, ...], str, bool], ...]:
    """(words, role, sure), longest first; sure ones before hints."""
    rows = [
        (words_of(text), role, sure)
        for role, entry in _TABLE.items()
        for sure, texts in ((True, (role, *entry.words)), (False, entry.hints))
        for text in texts
        if role != "unknown"
    ]
    return tuple(sorted(rows, key=lambda row: (-len(row[0]), not row[2], -sum(map(len, row[0])), row[0])))


@cache
def _by_first_word() -> dict[str, tuple[tuple[tuple[str, ...], str, bool], ...]]:
    rows: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for row in _phrases():
        rows.setdefault(row[0][0], []).append(row)
    return {word: tuple(found) for word, found in rows.items()}


def _matches(tokens: tuple[str, ...]) -> list[_Match]:
    """Every phrase of the table in the name, longest first, no word used twice; in the order of the name."""
    found = sorted(_all_matches(tokens), key=lambda m: (m.start - m.end, not m.sure, m.start))
    taken: set[int] = set()
    kept = []
    for match in found:
        places = set(range(match.start, match.end))
        if not places & taken:
            taken |= places
            kept.append(match)
    return sorted(kept, key=lambda match: match.start)


def _all_matches(tokens: tuple[str, ...]) -> Iterator[_Match]:
    singular = tuple(_singular(word) for word in tokens)
    for start, word in enumerate(tokens):
        for first in {word, singular[start]}:
            for phrase, role, sure in _by_first_word().get(first, ()):
                end = start + len(phrase)
                if len(phrase) <= len(tokens) - start and all(
                    said in (tokens[start + place], singular[start + place]) for place, said in enumerate(phrase)
                ):
                    yield _Match(role, sure, start, end)


@cache
def _vocabulary() -> frozenset[str]:
    said = {word for phrase, _, _ in _phrases() for word in phrase}
    placed = {
        w for entry in _TABLE.values() for signs in entry.finer.values() for sign in signs for w in words_of(sign)
    }
    return frozenset(said | placed)


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _split_unknown(tokens: tuple[str, ...]) -> tuple[str, ...]:
    """Words written together are taken apart where every piece is known: "leadguitar", "snrbot", "ohl"."""
    parts: list[str] = []
    for word in tokens:
        if word.isdecimal() or word in _vocabulary() or _singular(word) in _vocabulary() or word in _SIDES:
            parts.append(word)
        else:
            parts.extend(_pieces(word) or (word,))
    return tuple(parts)


@lru_cache(maxsize=8192)
def _pieces(word: str, most: int = 3) -> tuple[str, ...]:
    """The fewest known words that make up `word`; empty when there are none."""
    if not word.isascii():
        return _pieces_without_blanks(word)
    best: tuple[str, ...] = ()
    for cut in range(len(word), 1, -1):
        head, rest = word[:cut], word[cut:]
        if not _is_piece(head) or (rest and most == 1):
            continue
        tail = () if not rest else (rest,) if rest in ("l", "r") and most < 4 else _pieces(rest, most - 1)
        if rest and not tail:
            continue
        if not best or len(tail) + 1 < len(best):
            best = (head, *tail)
    return best


def _is_piece(word: str) -> bool:
    return word in _SHORT or (len(word) >= 3 and (word in _vocabulary() or _singular(word) in _vocabulary()))


def _pieces_without_blanks(word: str) -> tuple[str, ...]:
    """Japanese, Korean and Chinese names carry no blanks: take the longest known word inside."""
    inside = [known for known in _vocabulary() if len(known) >= 2 and not known.isascii() and known in word]
    return (max(inside, key=lambda known: (len(known), known)),) if inside else ()
