"""Invitations as iCalendar text: REQUEST, its update, CANCEL (iTIP, RFC 5546; carried by mail as in RFC 6047),
the copy for one's own calendar (CalDAV, RFC 4791), and the feed that others subscribe to."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from icalendar import Alarm, Calendar, vCalAddress, vDuration, vText, vUri
from icalendar import Event as VEvent

from controlroom.rooms.scheduling.calendar.event import Attendee, Event, Organizer, instant, same_email
from controlroom.rooms.scheduling.calendar.vtimezone import vtimezone

PRODID = "-//Controlroom//Calendar//EN"
REFRESH = timedelta(hours=1)  # how often a feed's reader should look again

_FORBIDDEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def request(event: Event, now: datetime) -> str:
    """An invitation (RFC 5546 §3.2.2) to all attendees of `event`; `now` (aware) becomes its DTSTAMP."""
    calendar = _calendar("REQUEST")
    calendar.add_component(_vevent(event, now, rsvp=True))
    return _text(calendar, [event])


def revised(before: Event, after: Event) -> Event:
    """`after` as it must be sent: SEQUENCE raised over `before` where time, place or standing changed (RFC 5546
    §2.1.4); whoever is asked anew has not answered yet."""
    if not _moved(before, after):
        return msgspec.structs.replace(after, sequence=before.sequence)
    asked = tuple(msgspec.structs.replace(one, partstat="needs-action") for one in after.attendees)
    return msgspec.structs.replace(after, sequence=before.sequence + 1, attendees=asked)


def update(before: Event, after: Event, now: datetime) -> str:
    """The invitation again, changed. Keep `revised(before, after)`: it is what answers are held against."""
    return request(revised(before, after), now)


def cancelled(event: Event) -> Event:
    """The event as it stands after it was called off."""
    if event.status == "cancelled":
        return event
    return msgspec.structs.replace(event, status="cancelled", sequence=event.sequence + 1)


def cancel(event: Event, now: datetime, *, only: Collection[str] = ()) -> str:
    """Call it off (RFC 5546 §3.2.5). Keep `cancelled(event)`.

    `only`: these addresses are no longer wanted, the session stands for the others; it goes to them alone, and what is
    kept is `revised` without them.
    """
    calendar = _calendar("CANCEL")
    if only:
        gone = {same_email(email) for email in only}
        out = tuple(one for one in event.attendees if same_email(one.email) in gone)
        event = msgspec.structs.replace(event, attendees=out, sequence=event.sequence + 1)
    else:
        event = cancelled(event)
    calendar.add_component(_vevent(event, now, alarm=False))
    return _text(calendar, [event])


def stored(event: Event, now: datetime) -> str:
    """The copy for the producer's own calendar: no METHOD (RFC 4791 §4.1), and a server that could invite is told that
    we have done it already (SCHEDULE-AGENT, RFC 6638 §7.1)."""
    calendar = _calendar("")
    calendar.add_component(_vevent(event, now, agent="CLIENT"))
    return _text(calendar, [event])


def feed(events: Sequence[Event], name: str, now: datetime) -> str:
    """A calendar to subscribe to (PUBLISH, RFC 5546 §3.2.1): all `events`, called-off ones marked so, nobody's address
    but the organizer's. The same events give the same text; `now` stands in it only while there are no events."""
    calendar = _calendar("PUBLISH")
    title = _clean(name)
    calendar.add("name", title)
    calendar.add("x-wr-calname", title)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    calendar.add("last-modified", max((instant(event.stamp) for event in events), default=instant(now)))
    for event in sorted(events, key=lambda one: (instant(one.start), one.uid)):
        bare = msgspec.structs.replace(event, attendees=())
        calendar.add_component(_vevent(bare, event.stamp))
    return _text(calendar, events)


def _moved(before: Event, after: Event) -> bool:
    def place(event: Event) -> tuple[object, ...]:
        return instant(event.start), instant(event.end), event.zone, event.location, event.status

    return place(before) != place(after)


def _calendar(method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODID)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method)
    return calendar


def _vevent(event: Event, stamp: datetime, *, rsvp: bool = False, agent: str = "", alarm: bool = True) -> VEvent:
    entry = VEvent()
    entry.add("uid", event.uid)
    entry.add("dtstamp", _whole(stamp))
    entry.add("last-modified", _whole(stamp))
    entry.add("sequence", event.sequence)
    for key, at in zip(("dtstart", "dtend"), _written(event), strict=True):
        entry.add(key, at)
    entry.add("status", event.status.upper())
    entry.add("transp", "TRANSPARENT" if event.status == "cancelled" else "OPAQUE")
    for key, text in (("summary", event.summary), ("description", event.description), ("location", event.location)):
        if text:
            entry.add(key, _clean(text))
    if event.url:
        entry.add("url", vUri(event.url))
    entry.add("organizer", _address(event.organizer, {"SCHEDULE-AGENT": agent} if agent else {}))
    for one in event.attendees:
        entry.add("attendee", _attendee(one, rsvp, agent))
    if alarm and event.alarm_min is not None and event.status != "cancelled":
        entry.add_component(_alarm(event))
    return entry


def _written(event: Event) -> tuple[datetime, datetime]:
    """Start and end as they are written.

    A local time that comes twice means the first (RFC 5545 §3.3.5); one in the second hour can only be said in UTC.
    """
    start, end = _whole_seconds(event.start), _whole_seconds(event.end)
    if any(at.fold and at.replace(fold=0).utcoffset() != at.utcoffset() for at in (start, end)):
        return instant(start), instant(end)
    return start.replace(fold=0), end.replace(fold=0)


def _attendee(one: Attendee, rsvp: bool, agent: str) -> vCalAddress:
    params = {
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT" if one.needed else "OPT-PARTICIPANT",
        "PARTSTAT": one.partstat.upper(),
    }
    if rsvp:
        params["RSVP"] = "TRUE"
    if agent:
        params["SCHEDULE-AGENT"] = agent
    return _address(one, params)


def _address(who: Attendee | Organizer, params: dict[str, str]) -> vCalAddress:
    address = vCalAddress(f"mailto:{who.email}")
    for key, value in {"CN": _clean(who.name).replace("\n", " ") or who.email, **params}.items():
        address.params[key] = vText(value)
    return address


def _alarm(event: Event) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", timedelta(minutes=-(event.alarm_min or 0)))
    alarm.add("description", _clean(event.summary) or "Session")
    return alarm


def _text(calendar: Calendar, events: Sequence[Event]) -> str:
    """The finished text; the zones stand before what uses them, as some readers want."""
    for k, zone in enumerate(sorted({event.zone for event in events} & calendar.get_used_tzids())):
        years = [at.year for event in events if event.zone == zone for at in (event.start, event.end)]
        calendar.subcomponents.insert(k, vtimezone(zone, min(years), max(years)))
    written: Any = calendar.to_ical()
    return bytes(written).decode("utf-8")


def _clean(text: str) -> str:
    """Without the control characters that no calendar may hold (RFC 5545 §3.1); line ends as \\n."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _whole(at: datetime) -> datetime:
    return _whole_seconds(at).astimezone(UTC)


def _whole_seconds(at: datetime) -> datetime:
    return at.replace(microsecond=0)
