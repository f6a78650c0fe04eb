"""Notes from people, as changes of the plan: "vocal up 1 dB in chorus", "mute claps from 1:02 to 1:20".

    note     = what  change  [when]        several: joined by ";" or " and then "
    what     = a track's name, a role, a family or a bus ("vocal", "backing vocals", "drums", "bass"), "everything"
    change   = (up | louder | raise) AMOUNT dB    (down | quieter | lower) AMOUNT dB    mute    unmute
             | pan left | right [AMOUNT %] | pan centre      dry | dryer | wetter [AMOUNT dB]
    when     = in SECTION | from TIME to TIME | at TIME      TIME = 1:02, 1:02.5, 62 s

A change of level with a time becomes a ride; all others hold for the whole song.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.mixing.plan import MixPlan, Ride, TrackPlan
from controlroom.song.roles import family_of, known_role

SMALL_DB, WETTER_DB, MUTED_DB = 1.0, 3.0, -100.0
PAN_STEP = 0.3
RAMP_S = 0.05
UNDERSTOOD = (
    'Say who, what and where, such as "vocal up 1 dB in chorus", "guitars down 2 dB from 1:02 to 1:20", '
    '"keys pan left 30%", "drums wetter", "mute claps".'
)

_NUMBER = r"(?P<amount>\d+(?:[.,]\d+)?)"
_TIME = r"\d+:\d{1,2}(?:[.,]\d+)?|\d+(?:[.,]\d+)?\s*s?"
_UP = r"up|louder|raise|more|hotter"
_DOWN = r"down|quieter|lower|less|softer"
_WHEN = re.compile(
    rf"\s+(?:(?:from|between)\s+(?P<start>{_TIME})\s+(?:to|until|till|and)\s+(?P<end>{_TIME})"
    rf"|(?:in|during)\s+(?:the\s+|every\s+|each\s+)?(?!(?:{_UP}|{_DOWN}|out|mute|pan|left|right)\b)(?P<section>[\w\s-]+?))\s*$"
)
_CHANGES = (
    re.compile(rf"^(?P<what>.+?)\s+{_NUMBER}\s*(?:db|lu)\s+(?P<verb>{_UP}|{_DOWN})$"),
    re.compile(r"^(?P<verb>mute|unmute)\s+(?P<what>.+)$"),
    re.compile(r"^(?P<what>.+?)\s+(?P<verb>mute|muted|unmute|unmuted|out)$"),
    re.compile(
        rf"^(?P<what>.+?)\s+(?:a\s+(?:bit|little)\s+)?(?P<verb>{_UP}|{_DOWN})(?:\s+(?:by\s+)?{_NUMBER}\s*(?:db|lu)?)?$"
    ),
    re.compile(rf"^(?P<verb>raise|lower)\s+(?P<what>.+?)(?:\s+(?:by\s+)?{_NUMBER}\s*(?:db|lu)?)?$"),
    re.compile(
        rf"^(?:pan\s+)?(?P<what>.+?)\s+(?:pan(?:ned)?\s+)?(?:to\s+the\s+|more\s+)?(?P<verb>left|right|cent(?:re|er))(?:\s+(?:by\s+)?{_NUMBER}\s*%?)?$"
    ),
    re.compile(rf"^(?P<what>.+?)\s+(?P<verb>dry|dryer|drier|wetter|wet)(?:\s+(?:by\s+)?{_NUMBER}\s*(?:db)?)?$"),
)


class Section(NamedTuple):
    """A named stretch of the song."""

    label: str
    start_s: float
    end_s: float


class _Change(NamedTuple):
    what: str
    verb: str
    amount: float | None


Spans = tuple[tuple[float, float], ...]


def apply_note(plan: MixPlan, note: str, sections: Sequence[Section] = ()) -> MixPlan:
    """The plan with a note carried out; the note stands in its reasons.

    Raises `UsageError` that says what is understood when a word, a track or a section is not known.
    """
    for one in re.split(r"\s*(?:;|\band then\b)\s*", note.strip().lower().rstrip(".!")):
        if one:
            plan = _carried_out(plan, one, sections)
    return msgspec.structs.replace(plan, reasons=(*plan.reasons, f"Note: {note.strip()}."))


def _carried_out(plan: MixPlan, note: str, sections: Sequence[Section]) -> MixPlan:
    when = _WHEN.search(note)
    spans = _spans(when, sections) if when else ()
    change = _change(note[: when.start()] if when else note)
    chosen = _chosen(plan, change.what)
    alter = _alteration(change, spans)
    tracks = tuple(alter(track) if track.name in chosen else track for track in plan.tracks)
    return msgspec.structs.replace(plan, tracks=tracks)


def _change(text: str) -> _Change:
    for pattern in _CHANGES:
        if match := pattern.match(text.strip()):
            amount = match.groupdict().get("amount")
            return _Change(match["what"].strip(), match["verb"], float(amount.replace(",", ".")) if amount else None)
    raise UsageError(f"The note {text.strip()!r}", "it says no change that is understood", UNDERSTOOD)


def _spans(when: re.Match[str], sections: Sequence[Section]) -> Spans:
    if when["section"] is None:
        start_s, end_s = _seconds(when["start"]), _seconds(when["end"])
        if end_s <= start_s:
            raise UsageError(f"From {when['start']} to {when['end']}", "that ends before it starts", UNDERSTOOD)
        return ((start_s, end_s),)
    label = when["section"].strip()
    found = [section for section in sections if _same(section.label, label)]
    if not found:
        known = ", ".join(dict.fromkeys(section.label for section in sections))
        next_step = f"Sections known: {known}." if known else 'Say the time: "from 1:02 to 1:20".'
        raise UsageError(f"There is no section called {label!r}", "the note says to change something there", next_step)
    return tuple((section.start_s, section.end_s) for section in found)


def _same(label: str, wanted: str) -> bool:
    """ "chorus" means every chorus, "chorus 2" one of them."""
    label = label.lower().strip()
    return (
        label == wanted
        or label.rstrip("0123456789 ") == wanted.removesuffix("es").removesuffix("s")
        or (label.rstrip("0123456789 ") == wanted)
    )


def _seconds(text: str) -> float:
    minutes, _, seconds = text.replace(",", ".").rstrip("s ").rpartition(":")
    return 60.0 * float(minutes or 0) + float(seconds)


def _chosen(plan: MixPlan, what: str) -> set[str]:
    """The tracks that a person means: by name, by part of a name, by role or family, by bus."""
    wanted = what.removeprefix("the ").strip()
    if wanted in ("everything", "all", "the mix", "mix"):
        return {track.name for track in plan.tracks}
    tests: tuple[Callable[[TrackPlan], bool], ...] = (
        lambda track: track.name.lower() == wanted,
        _meant_role(wanted),
        lambda track: track.bus == wanted,
        lambda track: wanted.removesuffix("s") in re.split(r"[\W_]+", track.name.lower()),
        lambda track: len(wanted) > 2 and wanted in track.name.lower(),
    )
    for test in tests:
        if found := {track.name for track in plan.tracks if test(track)}:
            return found
    names = ", ".join(track.name for track in plan.tracks)
    raise UsageError(f"There is no track or role {what!r} in the mix", f"its tracks are {names}", UNDERSTOOD)


def _meant_role(wanted: str) -> Callable[[TrackPlan], bool]:
    """A role ("snare" means its top and bottom mics too), or the family it is ("guitars": every guitar)."""
    role = "lead vocal" if wanted in ("vocal", "vocals", "voice", "vox", "singer") else known_role(wanted)
    if role is None:
        return lambda track: False
    general = {"drums": "drums", "guitar": "guitar", "bass": "bass"}.get(role)
    if general:
        return lambda track: family_of(track.role) == general
    return lambda track: track.role == role or track.role.startswith(f"{role} ")


def _alteration(change: _Change, spans: Spans) -> Callable[[TrackPlan], TrackPlan]:
    verb, amount = change.verb, change.amount
    if re.fullmatch(_UP, verb) or re.fullmatch(_DOWN, verb):
        by_db = (SMALL_DB if amount is None else amount) * (1.0 if re.fullmatch(_UP, verb) else -1.0)
        return lambda track: _louder(track, by_db, spans)
    if verb in ("mute", "muted", "out"):
        return lambda track: ridden(track, MUTED_DB, spans) if spans else msgspec.structs.replace(track, mute=True)
    if spans:
        raise UsageError(f"{verb!r} in a part of the song", "only levels can be ridden", UNDERSTOOD)
    if verb.startswith("unmute"):
        return lambda track: msgspec.structs.replace(track, mute=False)
    if verb in ("left", "right") or verb.startswith("cent"):
        return lambda track: _panned(track, verb, PAN_STEP if amount is None else amount / 100.0)
    by_db = (WETTER_DB if amount is None else amount) * (1.0 if verb.startswith("wet") else -1.0)
    return lambda track: _wetter(track, by_db, dry=verb == "dry" and amount is None)


def _louder(track: TrackPlan, by_db: float, spans: Spans) -> TrackPlan:
    if spans:
        return ridden(track, by_db, spans)
    return msgspec.structs.replace(track, gain_db=round(track.gain_db + by_db, 2))


def _panned(track: TrackPlan, verb: str, by: float) -> TrackPlan:
    pan = 0.0 if verb.startswith("cent") else track.pan + (by if verb == "right" else -by)
    return msgspec.structs.replace(track, pan=round(min(max(pan, -1.0), 1.0), 2))


def _wetter(track: TrackPlan, by_db: float, *, dry: bool) -> TrackPlan:
    sends = {} if dry else {name: round(level + by_db, 1) for name, level in track.sends.items()}
    return msgspec.structs.replace(track, sends=sends)


def ridden(track: TrackPlan, by_db: float, spans: Spans) -> TrackPlan:
    """The track with its automation moved by `by_db` inside the spans, with ramps of 50 ms around each."""
    rides = list(track.rides) or [Ride(at_s=0.0, gain_db=0.0)]
    for start_s, end_s in spans:
        corners = (max(start_s - RAMP_S, 0.0), start_s, end_s, end_s + RAMP_S)
        levels = [_at(rides, at_s) for at_s in corners]
        inside = [(point.at_s, point.gain_db + by_db) for point in rides if start_s < point.at_s < end_s]
        outside = [(point.at_s, point.gain_db) for point in rides if not corners[0] <= point.at_s <= corners[3]]
        edges = [(corners[1], levels[1] + by_db), (corners[2], levels[2] + by_db), (corners[3], levels[3])]
        if corners[0] < corners[1]:
            edges.append((corners[0], levels[0]))
        points = sorted(outside + inside + edges)
        rides = [Ride(at_s=round(at_s, 3), gain_db=round(max(level, MUTED_DB), 2)) for at_s, level in points]
    return msgspec.structs.replace(track, rides=tuple(rides))


def _at(rides: Sequence[Ride], at_s: float) -> float:
    """The automation's level at a time."""
    before = [point for point in rides if point.at_s <= at_s]
    after = [point for point in rides if point.at_s > at_s]
    if not before or not after:
        return (before or after)[-1 if before else 0].gain_db
    low, high = before[-1], after[0]
    return low.gain_db + (high.gain_db - low.gain_db) * (at_s - low.at_s) / (high.at_s - low.at_s)
