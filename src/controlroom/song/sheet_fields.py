"""The fields of `song.toml`, one by one: what people may write there and what it becomes."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal, NoReturn, TypeVar

from controlroom.base.errors import SongFileError
from controlroom.song import identifiers, musical
from controlroom.song.model import Person, Samples, Sheet, Split
from controlroom.song.roles import ROLES, known_role
from controlroom.song.tomlines import Place, line_of
from controlroom.song.words import plain

T = TypeVar("T")

_KNOWN: dict[str, tuple[str, ...]] = {
    "title": ("name", "song"),
    "artist": ("artists", "band"),
    "tempo": ("tempo_bpm", "bpm"),
    "key": ("key_signature",),
    "meter": ("metre", "time", "time_signature", "signature"),
    "isrc": (),
    "iswc": (),
    "rate": ("rate_hz", "sample_rate", "sample_rate_hz", "samplerate"),
    "stems": ("printed",),
    "people": ("person", "credits"),
    "splits": ("split", "shares"),
    "references": ("reference", "refs"),
    "roles": ("role", "parts"),
    "album": ("record",),
    "label": (),
    "upc": ("ean", "barcode", "gtin"),
    "date": ("released", "release_date"),
    "copyright": ("p_line", "c_line"),
    "language": ("lang",),
    "explicit": (),
    "splits_agreed": ("splits_signed",),
    "samples": ("sample",),
}
_ANSWERS = {"yes": True, "true": True, "ja": True, "si": True, "oui": True, "no": False, "false": False, "nein": False}
_CORRECT = "Correct it, or leave the line out."
_WORK = {"work", "song", "composition", "publishing", "writing", "songwriting", "works", "music and lyrics"}
_RECORDING = {"recording", "master", "sound recording", "recordings", "masters", "master recording"}


class Reader:
    """Reads the values of one file; `unknown` collects (key, line) of what nobody knows."""

    def __init__(self, path: Path, values: dict[str, Any], lines: dict[Place, int]) -> None:
        self.path, self.lines = path, lines
        self.values: dict[str, tuple[str, Any]] = {}
        self.unknown: list[tuple[str, int]] = []
        for written, value in values.items():
            said = plain(written).strip().replace(" ", "_").replace("-", "_")
            name = next((name for name, others in _KNOWN.items() if said == name or said in others), None)
            if name is None:
                self.unknown.append((written, line_of(lines, (written,))))
            else:
                self.values[name] = (written, value)

    def sheet(self) -> Sheet:
        return Sheet(
            title=self.field("title", "a title", _words) or "",
            artist=self.field("artist", "a name", _names) or "",
            tempo_bpm=self.field("tempo", "beats per minute, like 120 (20 to 400)", musical.tempo_bpm),
            key=self.field("key", 'a key, like "F# minor" or "Bb major"', musical.key_name),
            meter=self.field("meter", 'a meter, like "4/4" or "6/8"', musical.meter_name),
            isrc=self.field("isrc", 'an ISRC, like "QZ-ABC-24-00001"', _text_of(identifiers.isrc)),
            iswc=self.field("iswc", 'an ISWC, like "T-034.524.680-1"', _text_of(identifiers.iswc)),
            rate_hz=self.field("rate", "a sample rate, like 48000", musical.rate_in_hz),
            stems=self.field("stems", "true or false", _yes_or_no),
            people=self.people(),
            splits=self.splits(),
            references=self.references(),
            roles=self.roles(),
            **self.release(),
        )

    def release(self) -> dict[str, Any]:
        """What a release is told beside the song's own facts."""
        return {
            "album": self.field("album", "a title", _words) or "",
            "label": self.field("label", "a name", _words) or "",
            "upc": self.field("upc", 'a UPC or EAN, like "036000291452"', _code_of(identifiers.ean)),
            "date": self.field("date", "a date, like 2026-11-05", _date) or "",
            "copyright": self.field("copyright", 'a line, like "2026 House Records"', _words) or "",
            "language": self.field("language", 'a language by its code, like "en" or "pt-BR"', _language) or "",
            "explicit": self.field("explicit", "true or false", _yes_or_no),
            "splits_agreed": self.field("splits_agreed", "true or false", _yes_or_no),
            "samples": self.field("samples", '"none", "cleared" or "open"', _samples),
        }

    def field(self, name: str, expected: str, read: Callable[[Any], T | None]) -> T | None:
        written, value = self.values.get(name, (name, None))
        if value is None or value == "":
            return None
        meant = read(value)
        if meant is None:
            self.refuse((written,), expected, value)
        return meant

    def refuse(
        self, place: Place, expected: str, stood: Any, next_step: str = "Correct it, or leave the line out."
    ) -> NoReturn:
        name = next(str(part) for part in reversed(place) if isinstance(part, str))
        why = f"{name} should be {expected}, here stands {_shown(stood)}"
        raise SongFileError(self.path, line_of(self.lines, place), why, next_step)

    def references(self) -> tuple[Path, ...]:
        written, value = self.values.get("references", ("references", []))
        rows = value if isinstance(value, list) else [value]
        for at, row in enumerate(rows):
            if not isinstance(row, str):
                self.refuse((written, at), "the name of a file", row)
        return tuple(Path(row.strip()) for row in rows if row.strip())

    def roles(self) -> dict[str, str]:
        written, value = self.values.get("roles", ("roles", {}))
        if not isinstance(value, dict):
            self.refuse((written,), 'a table, like [roles] and below it "Audio 1" = "lead vocal"', value)
        roles = {}
        for name, said in value.items():
            role = known_role(said) if isinstance(said, str) else None
            if role is None:
                self.refuse((written, name), f"one of {', '.join(ROLES)}", said, "Choose one of them.")
            roles[name] = role
        return roles

    def people(self) -> tuple[Person, ...]:
        written, value = self.values.get("people", ("people", []))
        if isinstance(value, str):
            value = [value]
        if isinstance(value, dict):
            if "name" in value:
                return (self.person((written,), value),)
            return tuple(self.person((written, name), _entry(name, said, "roles")) for name, said in value.items())
        if not isinstance(value, list):
            self.refuse((written,), 'a list of [[people]], each with name = "..."', value)
        return tuple(self.person((written, at), row) for at, row in enumerate(value))

    def person(self, place: Place, row: Any) -> Person:
        if isinstance(row, str):
            match = re.fullmatch(r"\s*(.*?)\s*(?:\((.*)\))?\s*", row)
            row = {"name": match[1], "roles": match[2] or ""} if match else {}
        if not isinstance(row, dict) or not _words(row.get("name")):
            self.refuse(place, 'somebody with name = "..."', row)
        self.note_unknown(place, row, {"name", "roles", "role", "email", "mail", "ipi", "isni"})
        return Person(
            name=_words(row["name"]) or "",
            roles=self.person_roles(place, row),
            email=_words(row.get("email", row.get("mail"))),
            ipi=_words(row.get("ipi")),
            isni=_words(row.get("isni")),
        )

    def person_roles(self, place: Place, row: dict[str, Any]) -> tuple[str, ...]:
        key = "roles" if "roles" in row else "role"
        said = row.get(key, [])
        rows = re.split(r"\s*[,;/&]\s*", said) if isinstance(said, str) else said
        if not isinstance(rows, list) or not all(isinstance(item, str) for item in rows):
            self.refuse((*place, key), 'words, like ["singer", "writer"]', said)
        return tuple(item.strip() for item in rows if item.strip())

    def splits(self) -> tuple[Split, ...]:
        written, value = self.values.get("splits", ("splits", []))
        if isinstance(value, list):
            return tuple(self.split((written, at), row) for at, row in enumerate(value))
        if not isinstance(value, dict):
            self.refuse((written,), 'a list of [[splits]], each with name and share = "50%"', value)
        splits: list[Split] = []
        for name, said in value.items():  # [splits] Ana = "50%", or [splits.recording] Ana = "50%"
            if isinstance(said, dict) and _of(name):
                splits += [
                    self.split((written, name, who), {"name": who, "share": share, "of": name})
                    for who, share in said.items()
                ]
            else:
                splits.append(self.split((written, name), _entry(name, said, "share")))
        return tuple(splits)

    def split(self, place: Place, row: Any) -> Split:
        if not isinstance(row, dict) or not _words(row.get("name")):
            self.refuse(place, 'a split with name = "..." and share = "50%"', row)
        self.note_unknown(place, row, {"name", "share", "of"})
        share = musical.share_of_one(row.get("share"))
        if share is None:
            at = (*place, "share") if (*place, "share") in self.lines else place
            self.refuse(at, 'a share, like "50%", "1/2" or 0.5', row.get("share", "nothing"))
        of = _of(row.get("of", "work"))
        if of is None:
            self.refuse((*place, "of"), '"work" or "recording"', row["of"])
        return Split(name=_words(row["name"]) or "", share=share, of=of)

    def note_unknown(self, place: Place, row: dict[str, Any], known: set[str]) -> None:
        self.unknown += [(str(key), line_of(self.lines, (*place, key))) for key in row if key not in known]


def _entry(name: str, said: Any, key: str) -> dict[str, Any]:
    return {"name": name, **said} if isinstance(said, dict) else {"name": name, key: said}


def _of(said: Any) -> Literal["work", "recording"] | None:
    word = plain(str(said)).strip()
    return "work" if word in _WORK else "recording" if word in _RECORDING else None


def _words(value: Any) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return " ".join(str(value).split()) or None


def _names(value: Any) -> str | None:
    if isinstance(value, list) and value and all(_words(item) for item in value):
        return " & ".join(_words(item) or "" for item in value)
    return _words(value)


def _code_of(read: Callable[[str], str | None]) -> Callable[[Any], str | None]:
    """As text, or as a number that lost no zero in front."""
    return lambda value: read(str(value)) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _date(value: Any) -> str | None:
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    return text if re.fullmatch(r"\d{4}(-\d{2}(-\d{2}([T ][\d:.+Z-]*)?)?)?", text) else None


def _language(value: Any) -> str | None:
    said = value.strip() if isinstance(value, str) else ""
    return said if re.fullmatch(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*", said) else None


def _samples(value: Any) -> Samples | None:
    word = plain(str(value)).strip().lower()
    known: dict[str, Samples] = {"none": "none", "no": "none", "false": "none", "cleared": "cleared", "open": "open"}
    return known.get(word)


def _text_of(read: Callable[[str], str | None]) -> Callable[[Any], str | None]:
    return lambda value: read(value) if isinstance(value, str) else None


def _yes_or_no(value: Any) -> bool | None:
    if isinstance(value, bool):
        return value
    word = plain(value).strip() if isinstance(value, str) else ""
    return (
        True
        if word in ("yes", "true", "ja", "si", "oui")
        else False
        if word in ("no", "false", "nein", "non")
        else None
    )


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else f"{text[:57]}..."
