"""The lines of an iCalendar file that we ask for, taken out of it in one pass, whatever else is in there.

No component is built and no value is understood here. A file of any size, depth or wickedness costs one walk along its
first `MOST_BYTES`; what is left after that is small enough for libraries that trust their input.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO
from typing import NamedTuple

import msgspec

from controlroom.base.finding import Finding, Value

MOST_BYTES = 16 << 20
MOST_PARTS = 20_000  # kept
MOST_LINES = 400  # asked for, in one component
LONGEST_LINE = 2048  # but for lists of times, which are cut into their values at once
LISTS = frozenset({"RDATE", "EXDATE", "FREEBUSY"})
_NAME = re.compile(r"[A-Za-z0-9-]+")
_PARAM = re.compile(r';([A-Za-z0-9-]+)=((?:"[^"]*"|[^";:])*)')
_WORDS = frozenset({"ATTENDEE", "COMMENT", "SUMMARY"})
_MOST_ZONES = 64
_MOST_ZONE_LINES = 120


class Prop(NamedTuple):
    """One line: parameters (names in capitals) and the raw value."""

    params: dict[str, str]
    value: str


class Part(msgspec.Struct):
    """A VEVENT or VFREEBUSY: its lines by name, unread. `overlong`: some that say when it is had to be dropped."""

    kind: str
    lines: dict[str, list[str]] = msgspec.field(default_factory=dict)
    split: dict[str, list[Prop]] = msgspec.field(default_factory=dict)
    count: int = 0
    overlong: bool = False

    def has(self, name: str) -> bool:
        return name in self.lines

    def value(self, name: str) -> str:
        """The raw value of the first line of that name, "" where there is none or it cannot be split."""
        return next((prop.value for prop in self.props(name)), "")

    def props(self, name: str) -> list[Prop]:
        """All lines of that name, taken apart once; one that is no content line is passed over."""
        if name not in self.split:
            found = map(split_line, self.lines.get(name, ()))
            self.split[name] = [prop for prop in found if prop is not None]
        return self.split[name]


class Skimmed(msgspec.Struct):
    """`method` (capitals), `zone` (X-WR-TIMEZONE), `parts` in the order of the file; `zones`: TZID -> its VTIMEZONE."""

    method: str = ""
    zone: str = ""
    is_calendar: bool = False
    parts: list[Part] = msgspec.field(default_factory=list)
    zones: dict[str, str] = msgspec.field(default_factory=dict)
    findings: list[Finding] = msgspec.field(default_factory=list)


def split_line(line: str) -> Prop | None:
    """A content line taken apart (RFC 5545 §3.1): the raw value, parameters without quotes. None where it is none."""
    at = _NAME.match(line)
    params = {}
    place = at.end() if at else 0
    while (found := _PARAM.match(line, place)) is not None:
        params[found[1].upper()] = found[2].replace('"', "")
        place = found.end()
    return Prop(params, line[place + 1 :].strip()) if line[place : place + 1] == ":" else None


def text_of(value: str) -> str:
    """A TEXT value without its escapes (RFC 5545 §3.3.11) and control characters."""
    text = re.sub(r"\\([nN,;\\])", lambda found: "\n" if found[1] in "nN" else found[1], value)
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f]", "", text)


def skim(ics: bytes | str, wanted: frozenset[str], keep: Callable[[Part], bool] = lambda _: True) -> Skimmed:
    """The lines named in `wanted` (capitals) of every VEVENT and VFREEBUSY that `keep` approves, and the zones.

    Never raises, if `keep` does not."""
    data = ics.encode("utf-8", "replace") if isinstance(ics, str) else bytes(ics)
    found = Skimmed()
    if len(data) > MOST_BYTES:
        args: dict[str, Value] = {"size_mb": round(len(data) / 1e6), "read_mb": round(MOST_BYTES / 1e6)}
        found.findings.append(Finding(code="calendar_too_large", severity="warning", args=args))
        data = data[: data.rfind(b"\n", 0, MOST_BYTES) + 1]
    if data.startswith(b"\xef\xbb\xbf"):
        data = data[3:]
    # Unfolded as bytes: a fold may lie within a character (RFC 5545 §3.1).
    data = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n ", b"").replace(b"\n\t", b"")
    _Walk(found, wanted, keep).along(data)
    return found


class _Walk:
    """Where we are: in which component we asked for (`part`), in a zone (`zone`), how deep in things to pass over."""

    def __init__(self, found: Skimmed, wanted: frozenset[str], keep: Callable[[Part], bool]) -> None:
        self._found = found
        self._approves = keep
        self._wanted = {name.encode() for name in wanted}
        self._part: Part | None = None
        self._zone: list[str] | None = None
        self._passing = 0

    def along(self, data: bytes) -> None:
        for line in BytesIO(data):
            name = line[:24].partition(b":")[0].partition(b";")[0].rstrip().upper()
            if not name:
                continue
            if len(self._found.parts) >= MOST_PARTS:
                args: dict[str, Value] = {"read": MOST_PARTS}
                self._found.findings.append(Finding(code="calendar_too_many", severity="warning", args=args))
                return
            if name == b"BEGIN":
                self._begin(line)
            elif name == b"END":
                self._end(line)
            elif self._zone is not None:
                self._zone.append(_decoded(line[:LONGEST_LINE])) if len(self._zone) < _MOST_ZONE_LINES else None
            elif self._part is not None:
                if not self._passing and name in self._wanted:
                    self._keep(self._part, name.decode(), line)
            elif name == b"METHOD":
                self._found.method = _decoded(line[:64]).partition(":")[2].strip().upper()
            elif name == b"X-WR-TIMEZONE":
                self._found.zone = _decoded(line[:256]).partition(":")[2].strip()
        self._close()

    def _keep(self, part: Part, name: str, line: bytes) -> None:
        if part.count >= MOST_LINES or (len(line) > LONGEST_LINE and name not in LISTS):
            part.overlong = part.overlong or name not in _WORDS
            return
        part.count += 1
        part.lines.setdefault(name, []).append(_decoded(line))

    def _begin(self, line: bytes) -> None:
        kind = _kind(line)
        if kind in ("VEVENT", "VFREEBUSY"):  # these are never within another: an END before it was lost
            self._close()
            self._part = Part(kind)
        elif kind == "VTIMEZONE":
            self._close()
            self._zone = [_decoded(line)]
        elif self._zone is not None:
            self._zone.append(_decoded(line[:64]))
        elif self._part is not None:
            self._passing += 1
        elif kind == "VCALENDAR":
            self._found.is_calendar = True

    def _end(self, line: bytes) -> None:
        kind = _kind(line)
        if self._zone is not None:
            self._zone.append(_decoded(line[:64]))
        if kind in ("VEVENT", "VFREEBUSY", "VTIMEZONE", "VCALENDAR"):
            self._close()
        elif self._passing:
            self._passing -= 1

    def _close(self) -> None:
        found = self._found
        if self._part is not None and self._approves(self._part):
            found.parts.append(self._part)
        if self._zone is not None and len(found.zones) < _MOST_ZONES and len(self._zone) < _MOST_ZONE_LINES:
            tzid = next((line.partition(":")[2] for line in self._zone if line.upper().startswith("TZID")), "")
            found.zones.setdefault(tzid.strip(), "\n".join(self._zone))
        self._part, self._zone, self._passing = None, None, 0


def _kind(line: bytes) -> str:
    return _decoded(line[:32]).partition(":")[2].strip().upper()


def _decoded(line: bytes) -> str:
    return line.rstrip(b"\r\n").decode("utf-8", "replace")
