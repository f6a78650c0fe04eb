"""Answers to invitations: REPLY and COUNTER (RFC 5546 §3.2.3, §3.2.7), believed only from who was invited."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal, cast

import msgspec

from controlroom.base.finding import Finding
from controlroom.rooms.scheduling.calendar.event import (
    FIRST_YEAR,
    LAST_YEAR,
    Attendee,
    Event,
    Partstat,
    same_email,
)
from controlroom.rooms.scheduling.calendar.skim import Part, Prop, Skimmed, skim, text_of
from controlroom.rooms.scheduling.calendar.times import as_instant, duration, moment
from controlroom.rooms.scheduling.calendar.zones import Zones
from controlroom.rooms.scheduling.session import Span

Kind = Literal["accepted", "declined", "tentative", "counter", "delegated", "none"]

LONGEST_COMMENT = 2000
MOST_EVENTS = 100  # looked at in one part of a mail
LONGEST = timedelta(days=14)  # of a time that somebody proposes instead

_WANTED = frozenset(
    {"UID", "SEQUENCE", "DTSTAMP", "DTSTART", "DTEND", "DURATION", "ATTENDEE", "COMMENT"},
)
_KINDS = {"ACCEPTED": "accepted", "DECLINED": "declined", "TENTATIVE": "tentative", "DELEGATED": "delegated"}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody answered. `refused`: the code of the finding for which it does not count, "" where it does.

    `kind` "none": it answers nothing (only with `refused`). `by`: the address in lower case. `proposed`: another time,
    of a counter-proposal. `stale`: to an earlier invitation, or older than one we have; it does not count either.
    `stamp` and `sequence`: which answer it is (RFC 5546 §2.1.5).
    """

    kind: Kind
    by: str
    comment: str = ""
    proposed: Span | None = None
    stale: bool = False
    refused: str = ""
    findings: tuple[Finding, ...] = ()
    stamp: datetime | None = None
    sequence: int = 0

    @property
    def counts(self) -> bool:
        """It is an answer to the session as it stands."""
        return not self.refused and not self.stale


def uids_in(ics: bytes | str) -> tuple[str, ...]:
    """Which events a text/calendar part speaks of, each once: whose answers may stand in it. Never raises."""
    parts = skim(ics, _WANTED).parts[:MOST_EVENTS]
    return tuple(dict.fromkeys(part.value("UID").strip() for part in parts if part.kind == "VEVENT"))


def read_answer(ics: bytes | str, from_email: str, event: Event) -> Answer:
    """The answer in a text/calendar part of a mail whose From is `from_email`. Never raises.

    The attendee must be who sent the mail (RFC 6047 §3), and must have been invited; an assistant's SENT-BY is not
    believed. Of several answers in one file the newest counts. Who delegates is told of, nobody else is invited by it.
    """
    by = same_email(from_email)
    skimmed = skim(ics, _WANTED)
    if not skimmed.is_calendar or not skimmed.parts:
        return _refused("answer_unreadable", by)
    if skimmed.method not in ("REPLY", "COUNTER"):
        return _refused("answer_no_answer", by, method=skimmed.method[:20] or "-")
    ours = [part for part in skimmed.parts if part.kind == "VEVENT" and part.value("UID").strip() == event.uid]
    if not ours:
        return _refused("answer_other_session", by)
    invited = event.invited(by)
    if invited is None:
        return _refused("answer_not_invited", by, email=by)
    theirs = [(part, prop) for part in ours for prop in part.props("ATTENDEE") if same_email(prop.value) == by]
    if not theirs:
        named = next((same_email(prop.value) for part in ours for prop in part.props("ATTENDEE")), "-")
        return _refused("answer_for_somebody_else", by, email=by, named=named[:100])
    part, attendee = max(theirs, key=lambda one: _age(one[0]))
    answer = _answer(skimmed, part, attendee, by)
    return _weighed(answer, event, invited)


def answered(event: Event, answer: Answer) -> Event:
    """The event with the answer noted. One that does not count, a counter-proposal and a delegation change nothing."""
    if not answer.counts or answer.kind not in ("accepted", "declined", "tentative"):
        return event
    attendees = tuple(
        msgspec.structs.replace(
            one,
            partstat=cast(Partstat, answer.kind),
            answered_at=answer.stamp,
            answered_sequence=answer.sequence,
        )
        if same_email(one.email) == answer.by
        else one
        for one in event.attendees
    )
    return msgspec.structs.replace(event, attendees=attendees)


def _age(part: Part) -> tuple[int, datetime]:
    return _sequence(part), _stamp(part) or _LONG_AGO


def _sequence(part: Part) -> int:
    text = part.value("SEQUENCE").strip()
    return int(text) if re.fullmatch(r"\d{1,9}", text) else 0


def _stamp(part: Part) -> datetime | None:
    found = next((moment(prop, lambda _: UTC) for prop in part.props("DTSTAMP")), None)
    return as_instant(found, UTC) if found is not None and FIRST_YEAR <= found.year <= LAST_YEAR else None


def _answer(skimmed: Skimmed, part: Part, attendee: Prop, by: str) -> Answer:
    comment = "\n".join(text_of(prop.value) for prop in part.props("COMMENT"))[:LONGEST_COMMENT].strip()
    said = Answer(kind="none", by=by, comment=comment, stamp=_stamp(part), sequence=_sequence(part))
    if skimmed.method == "COUNTER":
        return _countered(said, skimmed, part)
    partstat = attendee.params.get("PARTSTAT", "").upper()
    kind = cast(Kind, _KINDS.get(partstat, "none"))
    if kind == "none":
        return _with(said, "answer_says_nothing", refuse=True)
    if kind == "delegated":
        to = same_email(attendee.params.get("DELEGATED-TO", "-").strip('"'))[:100]
        return _with(msgspec.structs.replace(said, kind=kind), "answer_delegated", to=to)
    return msgspec.structs.replace(said, kind=kind)


def _countered(said: Answer, skimmed: Skimmed, part: Part) -> Answer:
    said = msgspec.structs.replace(said, kind="counter")
    zones = Zones(skimmed.zones)
    unknown: list[str] = []

    def zone_of(tzid: str) -> tzinfo:
        zone = zones.of(tzid)
        if zone is None:
            unknown.append(tzid)
        return zone or UTC

    start = next((moment(prop, zone_of) for prop in part.props("DTSTART")), None)
    end = next((moment(prop, zone_of) for prop in part.props("DTEND")), None)
    length = duration(part.value("DURATION"))
    if not isinstance(start, datetime) or unknown or not FIRST_YEAR <= start.year <= LAST_YEAR:
        return _with(said, "answer_proposes_no_time")
    first = as_instant(start, UTC)
    if isinstance(end, datetime) and FIRST_YEAR <= end.year <= LAST_YEAR:
        last = as_instant(end, UTC)
    else:
        last = first + (length or timedelta())
    if not first < last <= first + LONGEST:
        return _with(said, "answer_proposes_no_time")
    return msgspec.structs.replace(said, proposed=Span(start=first, end=last))


def _weighed(answer: Answer, event: Event, invited: Attendee) -> Answer:
    """Held against the session as it stands, and against the answer we have from the same person."""
    if event.status == "cancelled" and not answer.refused:
        return _with(answer, "answer_to_cancelled", refuse=True)
    earlier = answer.sequence < event.sequence
    if invited.answered_at is not None and not earlier:
        have = (invited.answered_sequence, invited.answered_at.astimezone(UTC))
        earlier = (answer.sequence, answer.stamp or _LONG_AGO) < have
    if not earlier:
        return answer
    return _with(msgspec.structs.replace(answer, stale=True), "answer_stale")


def _with(answer: Answer, code: str, *, refuse: bool = False, **args: str) -> Answer:
    finding = Finding(code=code, severity="warning", args={"by": answer.by[:100], **args})
    refused = code if refuse else answer.refused
    return msgspec.structs.replace(answer, findings=(*answer.findings, finding), refused=refused)


def _refused(code: str, by: str, **args: str) -> Answer:
    return _with(Answer(kind="none", by=by), code, refuse=True, **args)
