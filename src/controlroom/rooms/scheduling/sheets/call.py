"""The call sheet: who comes when and where, and what each of them prepares. Frozen values."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from controlroom.rooms.scheduling.sheets.clock import city, clock, clock_beside, day, length, offset, short_day


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody's call: `part` is what they do, `at` when they are wanted, in the studio's zone. `zone` (IANA) is where
    they are, for those who join from elsewhere. `answer`: how they answered, in a word ("coming"), "" where open."""

    name: str
    at: datetime
    part: str = ""
    zone: str = ""
    needed: bool = True
    answer: str = ""


class SongCall(msgspec.Struct, frozen=True, kw_only=True):
    """A song that is worked on: `parts` to record, `version` to prepare with, `references` to have heard."""

    title: str
    artist: str = ""
    parts: tuple[str, ...] = ()
    key: str = ""
    tempo_bpm: float | None = None
    version: str = ""
    references: tuple[str, ...] = ()
    notes: str = ""


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where: the room, the address in lines, how to find in."""

    name: str
    address: str = ""
    directions: str = ""


class Contact(msgspec.Struct, frozen=True, kw_only=True):
    """Whom to call when something is late."""

    name: str
    role: str = ""
    phone: str = ""
    email: str = ""


class Break(msgspec.Struct, frozen=True, kw_only=True):
    """A pause; no `at` where it comes as it comes."""

    length_min: int
    at: datetime | None = None


class VoiceRest(msgspec.Struct, frozen=True, kw_only=True):
    """A singer's rest before they sing at `until`: `rest_h` hours are wanted; `last_end`: when they last sang."""

    name: str
    until: datetime
    rest_h: float
    last_end: datetime | None = None

    @property
    def kept(self) -> bool:
        """There is at least as much time as is wanted."""
        return self.last_end is None or self.until - self.last_end >= timedelta(hours=self.rest_h)

    def says(self) -> str:
        """The rest in a sentence."""
        until = f"No singing before {clock(self.until)}"
        if self.last_end is None:
            return f"{until}; {self.rest_h:g} h of rest before it."
        here = self.last_end.astimezone(self.until.tzinfo)
        had = length(int((self.until - self.last_end).total_seconds() // 60))
        says = f"{until}. The last session ended {short_day(here)}, {clock(here)}: {had} of rest"
        return f"{says}." if self.kept else f"{says}, less than the {self.rest_h:g} h wanted. Start gently."


class CallSheet(msgspec.Struct, frozen=True, kw_only=True):
    """Everything somebody needs to know to come prepared.

    `start` and `end` are playing time, aware, in the studio's zone (`ZoneInfo`); `setup_from` and `teardown_until` lie
    around it. `stamp`: when the sheet was made; it is printed, and dates the PDF.
    """

    title: str
    studio: str
    start: datetime
    end: datetime
    place: Place
    stamp: datetime
    setup_from: datetime | None = None
    teardown_until: datetime | None = None
    breaks: tuple[Break, ...] = ()
    calls: tuple[Call, ...] = ()
    songs: tuple[SongCall, ...] = ()
    gear: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    rests: tuple[VoiceRest, ...] = ()
    notes: str = ""

    def page(self) -> dict[str, Any]:
        """What the page and the PDF show: finished strings only."""
        stamp = self.stamp.astimezone(self.start.tzinfo)
        zone = self.start.tzinfo.key if isinstance(self.start.tzinfo, ZoneInfo) else ""
        return {
            "kind": "call",
            "label": "Call sheet",
            "title": self.title,
            "studio": self.studio,
            "day": day(self.start),
            "hours": f"{clock(self.start)} to {clock_beside(self.end, self.start)}",
            "zone": f"All times are {city(zone)} time ({offset(self.start)}), unless a city is named.",
            "as_of": f"As of {short_day(stamp)} {stamp.year}, {clock(stamp)}",
            "times": [{"what": what, "when": when} for what, when in self._times()],
            "place": {
                "name": self.place.name,
                "address": self.place.address.splitlines(),
                "directions": self.place.directions,
            },
            "calls": [_call(call, self.start) for call in sorted(self.calls, key=lambda one: (one.at, not one.needed))],
            "songs": [_song(song) for song in self.songs],
            "gear": list(self.gear),
            "contacts": [
                {"name": one.name, "role": one.role, "how": [how for how in (one.phone, one.email) if how]}
                for one in self.contacts
            ],
            "rests": [{"name": rest.name, "says": rest.says(), "kept": rest.kept} for rest in self.rests],
            "notes": self.notes.splitlines(),
        }

    def _times(self) -> list[tuple[str, str]]:
        times = [("Setup from", clock_beside(self.setup_from, self.start))] if self.setup_from else []
        times.append(("Session", f"{clock(self.start)} to {clock_beside(self.end, self.start)}"))
        for pause in self.breaks:
            at = f"{clock_beside(pause.at, self.start)}, " if pause.at else ""
            times.append(("Break", f"{at}{length(pause.length_min)}"))
        if self.teardown_until:
            times.append(("Teardown until", clock_beside(self.teardown_until, self.start)))
        return times


def _call(call: Call, start: datetime) -> dict[str, Any]:
    own = ""
    if call.zone:
        there = call.at.astimezone(ZoneInfo(call.zone))
        if there.utcoffset() != call.at.utcoffset():
            own = f"{clock_beside(there, call.at)} in {city(call.zone)}"
    return {
        "at": clock_beside(call.at, start),
        "name": call.name,
        "part": call.part,
        "own": own,
        "optional": not call.needed,
        "answer": call.answer,
    }


def _song(song: SongCall) -> dict[str, Any]:
    tempo = "" if song.tempo_bpm is None else f"{song.tempo_bpm:.1f}".removesuffix(".0") + " BPM"
    return {
        "title": song.title,
        "artist": song.artist,
        "parts": list(song.parts),
        "facts": [fact for fact in (song.key, tempo) if fact],
        "version": song.version,
        "references": list(song.references),
        "notes": song.notes.splitlines(),
    }
