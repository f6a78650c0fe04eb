"""What a file's name says of it: which kind of recording it is, which part it belongs to, how its song is called."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from controlroom.desk.people.text import one_line
from controlroom.song.folder import AUDIO_SUFFIXES
from controlroom.song.naming import is_generic, read_name
from controlroom.song.roles import family_of, role_from_name
from controlroom.song.tables import entries
from controlroom.song.whole import kind_of
from controlroom.song.words import plain, words_of

_ZONES = {"takes": "take", "demos": "demo", "mixes": "mix", "masters": "master", "references": "reference"}
_ROUGH = {"rough", "ruff", "roughmix", "monitor"}
_DEMO = {"demo", "demos", "voicememo", "memo", "sketch", "idea"}
_IN_BRACKETS = re.compile(r"(?i)[(\[]\s*(?:demo|rough|mix|master|final|v?\d+|\s)*[)\]]")
_NO_TITLE = re.compile(r"(?i)(?:[\s-]+(?:demo|rough|mix|master|final|bounce|v?\d{1,2}))+$")
_NUMBER = re.compile(
    r"(?i)(?:\b|_)(?:mix|master|demo|rough|version|ver|v)[\s_.#-]*0*([1-9]\d?)(?!\d|\s?k?hz|\s?k\b|[\s-]?bit)"
)


class Meant(NamedTuple):
    """`part` is "" where the name does not say one."""

    kind: str
    part: str


class Named(NamedTuple):
    title: str
    artist: str


def meant(name: str, folder: str = "", title: str = "") -> Meant:
    """What a file is; `folder` is where it lay when it was dropped ("takes/Drums"), `title` the song's."""
    stem = PurePosixPath(name).stem
    folders = [place for place in PurePosixPath(folder.replace("\\", "/")).parts if place not in ("/", ".", "..")]
    zones = [kind for place in folders for zone, kind in _ZONES.items() if plain(place) in entries("folders", zone)]
    kind = _kind(stem, title, zones)
    sounds = PurePosixPath(name).suffix.lower() in AUDIO_SUFFIXES
    return Meant(kind, _part(stem, folders) if kind == "take" and sounds else "")


def _kind(stem: str, title: str, zones: list[str]) -> str:
    words = set(words_of(stem))
    said = kind_of(stem, title)
    if "take" in zones:
        return "take"
    if _ROUGH & words and (said == "mix" or zones[-1:] == ["mix"]):
        return "rough"
    if zones:
        return "master" if zones[-1] == "mix" and said == "master" else zones[-1]
    if _DEMO & words:
        return "demo"
    return said if said in ("mix", "master", "reference") else "take"


def _part(stem: str, folders: list[str]) -> str:
    """The nearest folder that names a part, else what the name says without its take number; a kit is one part."""
    for place in reversed(folders):
        if plain(place) not in (*entries("folders", "plain"), *entries("folders", "takes")) and (
            role_from_name(place).confidence >= 0.6 or len(folders) > 1
        ):
            return one_line(place, 80)
    base = read_name(stem).base
    guess = role_from_name(base)
    if guess.confidence >= 0.6 and family_of(guess.role) == "drums":
        return "Drums"
    return "" if is_generic(base) else one_line(base.replace("_", " "), 80)


def number_said(name: str) -> int | None:
    """The number that a version's name gives it: 3 of "Song mix 3.wav" and of "Song_v03.wav"."""
    said = _NUMBER.findall(PurePosixPath(name).stem)
    return int(said[-1]) if said else None


def song_named(name: str) -> Named:
    """Title and artist of a demo's song, from its file's name: "Mara Lind - Paper Lanterns (demo).mp3"."""
    stem = re.sub(r"[\s_]+", " ", PurePosixPath(name).stem)
    artist, dash, title = stem.partition(" - ")
    if not dash:
        artist, title = "", stem
    bare = re.sub(
        r"[(\[]\s*[)\]]", "", _NO_TITLE.sub("", re.sub(r"([(\[])\s*(?i:demo|rough|mix)\s*([)\]])", "", title))
    )
    return Named(one_line(bare.strip(" -_.")) or one_line(title) or "Untitled", one_line(artist, 160))
