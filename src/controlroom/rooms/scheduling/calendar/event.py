"""A session as it stands in calendars: what is written into an invitation, and what answers are held against."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Literal, cast
from zoneinfo import ZoneInfo

import msgspec

from controlroom.base.errors import UsageError

Partstat = Literal["needs-action", "accepted", "declined", "tentative"]
"""How somebody answered (RFC 5545 §3.2.12), as far as we keep it: who delegates has not answered."""

Status = Literal["confirmed", "tentative", "cancelled"]

FIRST_YEAR, LAST_YEAR = 1970, 2200

_EMAIL = re.compile(r"[^\s@<>\"',;:\x00-\x20\x7f]+@[^\s@<>\"',;:\x00-\x20\x7f]+")


class Attendee(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody invited, `needed` or optional (RFC 5545 §3.2.16). `answered_at` and `answered_sequence`: when, and to
    which SEQUENCE, the answer was given that `partstat` keeps."""

    email: str
    name: str = ""
    needed: bool = True
    partstat: Partstat = "needs-action"
    answered_at: datetime | None = None
    answered_sequence: int = 0

    def __post_init__(self) -> None:
        check_email(self.email)


class Organizer(msgspec.Struct, frozen=True, kw_only=True):
    """Who invites; answers go to this address."""

    email: str
    name: str = ""

    def __post_init__(self) -> None:
        check_email(self.email)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One session in calendars.

    `start` and `end` are aware, in the same named zone (`zoneinfo.ZoneInfo`), and times that exist there (`wall_time`
    in zones.py makes them). `stamp`: when it was last changed (DTSTAMP of the feed, RFC 5545 §3.8.7.2). `alarm_min`:
    minutes before the start. `url` is http or https. UsageError where one of these does not hold.
    """

    uid: str
    summary: str
    start: datetime
    end: datetime
    organizer: Organizer
    stamp: datetime
    sequence: int = 0
    description: str = ""
    location: str = ""
    attendees: tuple[Attendee, ...] = ()
    url: str = ""
    alarm_min: int | None = None
    status: Status = "confirmed"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[^\x00-\x20\x7f]{1,255}", self.uid):
            raise UsageError("The session", "its calendar id is empty, too long or holds spaces", "Give it another.")
        if not isinstance(self.start.tzinfo, ZoneInfo) or self.start.tzinfo.key is None:
            raise UsageError(self.summary, "its start has no named time zone", "Say where it takes place.")
        if not FIRST_YEAR <= self.start.year <= self.end.year <= LAST_YEAR:
            raise UsageError(self.summary, f"{self.start.year} is no year for a session", "Check its date.")
        if self.end.tzinfo is None or self.stamp.tzinfo is None:
            raise UsageError(self.summary, "its end or its stamp has no time zone", "Say where it takes place.")
        if self.end.tzinfo is not self.start.tzinfo:
            raise UsageError(self.summary, "it starts in one time zone and ends in another", "Give both in one zone.")
        if not instant(self.start) < instant(self.end):
            raise UsageError(self.summary, "it ends before it starts", "Set a later end.")
        if any(at.replace(fold=0) != _through_utc(at).replace(fold=0) for at in (self.start, self.end)):
            raise UsageError(self.summary, "the clocks skip this time of day", "Take the time that wall_time gives.")
        if self.url and not re.fullmatch(r"https?://[^\s\x00-\x20\x7f]+", self.url):
            raise UsageError(self.url, "it is not a web address", "Begin it with https://.")

    @property
    def zone(self) -> str:
        """Key of the zone (IANA)."""
        return cast(ZoneInfo, self.start.tzinfo).key

    def invited(self, email: str) -> Attendee | None:
        """Who was invited under this address, upper and lower case alike."""
        wanted = same_email(email)
        return next((one for one in self.attendees if same_email(one.email) == wanted), None)


def instant(at: datetime) -> datetime:
    """The same instant in UTC: two times in one zone compare by their wall time otherwise, wrong around a change."""
    return at.astimezone(UTC)


def same_email(email: str) -> str:
    """An address as it is compared: no `mailto:`, lower case."""
    text = email.strip()
    return (text[7:] if text[:7].lower() == "mailto:" else text).strip().casefold()


def is_email(email: str) -> bool:
    """It can stand in a calendar as an address."""
    return _EMAIL.fullmatch(email) is not None


def check_email(email: str) -> None:
    """UsageError unless `is_email`."""
    if not is_email(email):
        raise UsageError(email or "An empty address", "it is not an e-mail address", "Write it as name@example.org.")


def _through_utc(at: datetime) -> datetime:
    return at.astimezone(UTC).astimezone(at.tzinfo)
