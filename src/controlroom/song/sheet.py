"""`song.toml`: read forgivingly, refused precisely, written for people to edit."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal
from pathlib import Path
from typing import Any

import tomli_w

from controlroom.base.errors import InputRefused, SongFileError
from controlroom.base.files import write_text
from controlroom.base.finding import Finding
from controlroom.song.identifiers import isrc_with_hyphens, iswc_with_dots
from controlroom.song.model import Person, Sheet, Split
from controlroom.song.sheet_fields import Reader
from controlroom.song.tomlines import lines_of
from controlroom.song.validate import validate_people, validate_references, validate_splits

SHEET_NAME = "song.toml"
MOST_BYTES = 1 << 20


def read_sheet(folder: Path) -> Sheet:
    """What `folder/song.toml` says; an empty `Sheet` where there is none.

    Raises `SongFileError` with file and line where something cannot be meant: what stood there, what was expected.
    """
    return _read(folder)[0]


def sheet_findings(folder: Path) -> tuple[Finding, ...]:
    """What deserves a word in `folder/song.toml`: keys nobody knows, splits that do not add up, missing references."""
    sheet, unknown = _read(folder)
    notes = [
        Finding(code="song_key_unknown", severity="info", path=SHEET_NAME, args={"key": k, "line": n})
        for k, n in unknown
    ]
    return (*notes, *validate_splits(sheet), *validate_people(sheet), *validate_references(sheet, folder))


def write_sheet(folder: Path, sheet: Sheet) -> None:
    """Write `folder/song.toml` anew, whole or not at all; comments that stood in it are gone."""
    write_text(folder / SHEET_NAME, "# What this song is. `controlroom` reads it; edit it freely.\n\n" + to_text(sheet))


def _read(folder: Path) -> tuple[Sheet, list[tuple[str, int]]]:
    path = folder / SHEET_NAME
    if not path.exists():
        return Sheet(), []
    text = _text(path)
    values = _values(path, text)
    song = values.pop("song", None)
    lines = lines_of(text)
    if isinstance(song, dict):  # a [song] table is read as if its keys stood at the top
        values = {**song, **values}
        lines = {(place[1:] if place[0] == "song" and len(place) > 1 else place): line for place, line in lines.items()}
    elif song is not None:
        values.setdefault("title", song)
    reader = Reader(path, values, lines)
    return reader.sheet(), reader.unknown


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputRefused(path, error.strerror or "it cannot be read", "Check who may read it.") from error
    if len(data) > MOST_BYTES:
        raise SongFileError(path, 0, "it is larger than a megabyte", "Keep notes elsewhere; song.toml holds facts.")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SongFileError(path, 1, "it is saved as UTF-16", "Save it as UTF-8.")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SongFileError(path, line, "a letter here is not UTF-8", "Save the file as UTF-8.") from error


def _values(path: Path, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise _syntax_error(path, text, str(error)) from error
    except RecursionError as error:
        raise SongFileError(path, 0, "its brackets are nested too deeply", "Write one value a line.") from error


def _syntax_error(path: Path, text: str, message: str) -> SongFileError:
    place = re.search(r"\(at line (\d+), column \d+\)", message)
    written = text.split("\n")
    line = int(place[1]) if place else max(len(written), 1)
    while line > 1 and not place and not written[line - 1].strip():
        line -= 1
    said = written[line - 1].strip() if line <= len(written) else ""
    why = re.sub(r"\s*\(at .*\)$", "", message)
    return SongFileError(path, line, f"{_lowered(why)}: {_short(said)}", _hint(said, why))


def _hint(said: str, why: str) -> str:
    if "overwrite" in why.lower() or "declare" in why.lower():
        return "Write each key once."
    if "unterminated string" in why.lower():
        return "Close the quotes."
    pair = re.fullmatch(r"([\w-]+)\s*=\s*(?=[^\s\"'\[{])(.*?)\s*", said)
    if pair:
        return f'Put quotes around words: {pair[1]} = "{pair[2]}".'
    bare = re.fullmatch(r"([\w-]+)\s*[:\s]\s*(.+)", said)
    if bare and "=" not in said:
        return f'Write it as: {bare[1]} = "{bare[2]}".'
    return 'Each line reads: key = "value". Check quotes and brackets here.'


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _short(text: str) -> str:
    return f"`{text}`" if len(text) <= 60 else f"`{text[:57]}...`"


def to_text(sheet: Sheet) -> str:
    """A sheet as TOML; reading it again gives the same sheet."""
    top: dict[str, Any] = {
        "title": sheet.title or None,
        "artist": sheet.artist or None,
        "tempo_bpm": sheet.tempo_bpm,
        "key": sheet.key,
        "meter": sheet.meter,
        "rate_hz": sheet.rate_hz,
        "isrc": isrc_with_hyphens(sheet.isrc) if sheet.isrc else None,
        "iswc": iswc_with_dots(sheet.iswc) if sheet.iswc else None,
        "stems": sheet.stems,
        "album": sheet.album or None,
        "label": sheet.label or None,
        "upc": sheet.upc,
        "date": sheet.date or None,
        "copyright": sheet.copyright or None,
        "language": sheet.language or None,
        "explicit": sheet.explicit,
        "splits_agreed": sheet.splits_agreed,
        "samples": sheet.samples,
        "references": [path.as_posix() for path in sheet.references] or None,
        "roles": dict(sheet.roles) or None,
        "people": [_person(person) for person in sheet.people] or None,
        "splits": [_split(split) for split in sheet.splits] or None,
    }
    return tomli_w.dumps({key: value for key, value in top.items() if value is not None})


def _person(person: Person) -> dict[str, Any]:
    pairs = {
        "name": person.name,
        "roles": list(person.roles),
        "email": person.email,
        "ipi": person.ipi,
        "isni": person.isni,
    }
    return {key: value for key, value in pairs.items() if value}


def _split(split: Split) -> dict[str, Any]:
    return {"name": split.name, "share": str(split.share), "of": split.of}


def template(title: str, artist: str) -> str:
    """A `song.toml` to fill in: what is known, and the rest explained."""
    known = tomli_w.dumps({"title": title, "artist": artist})
    return known + _REST


_REST = """
# Fill in what you know; leave out what you don't. Lines that begin with # are notes.

# tempo = 120              # beats per minute
# key = "F# minor"         # also "F#m" or "Fis-Moll"
# meter = "4/4"
# isrc = "QZ-ABC-24-00001" # the recording's code, when it has one
# references = ["references/a released song.wav"]  # songs whose sound you like
# stems = true             # the recordings are finished stems: keep their balance

# Recordings go into takes/<part>/: takes/drums/, takes/lead vocal/ ... one folder for each player.
# What a file is, where its name does not say it:
# [roles]
# "Audio 1" = "lead vocal"

# Who made it:
# [[people]]
# name = "Ana Example"
# roles = ["singer", "writer"]
# email = "ana@example.org"

# What shops and libraries ask for at the release:
# language = "en"          # of the words
# explicit = false
# upc = "036000291452"
# label = "House Records"
# samples = "none"         # or "cleared", or "open"
# splits_agreed = true     # everybody has said yes to the shares below

# Who owns what share. The shares of the work (the song as written) add up to 100%, and those of the recording too.
# [[splits]]
# name = "Ana Example"
# share = "50%"            # also "1/2" or 0.5
# of = "work"              # or "recording"
"""
