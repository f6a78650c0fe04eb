"""Answers to invitations that come by mail (REPLY, COUNTER): believed only from the address that was invited."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from controlroom.base.finding import Finding
from controlroom.desk.accounts.actor import house
from controlroom.desk.calendar import actions
from controlroom.desk.calendar.events import event_of
from controlroom.desk.calendar.models import Seat, Session
from controlroom.desk.calendar.planning import whole
from controlroom.desk.mail import signals
from controlroom.desk.mail.models import MailMessage
from controlroom.desk.songs.actions import tell
from controlroom.rooms.scheduling import calendar as room

SAID = {
    "accepted": "comes to",
    "declined": "cannot come to",
    "tentative": "may come to",
    "counter": "proposes another time for",
}


@receiver(signals.arrived, dispatch_uid="calendar.answers")
def read_answers(sender: object, message: MailMessage, **_: Any) -> None:
    """Keep what the message answers. What does not count is told beside the message, and changes nothing."""
    findings = [found for text in message.calendars for found in _read(message, str(text))]
    if findings:
        message.findings = [*message.findings, *(found.to_json() for found in findings)]
        message.save(update_fields=["findings"])


def _read(message: MailMessage, text: str) -> tuple[Finding, ...]:
    sessions = whole(Session.objects.filter(studio_id=message.studio_id, uid__in=room.uids_in(text)))
    findings: tuple[Finding, ...] = ()
    for session in sessions.exclude(starts_at=None):
        answer = room.read_answer(text, message.from_email, event_of(session))
        findings += answer.findings
        if answer.counts and answer.kind in SAID:
            _keep(message, session, answer)
    return findings


def _keep(message: MailMessage, session: Session, answer: room.Answer) -> None:
    seat = next((each for each in session.seats.all() if each.person.email.lower() == answer.by), None)
    if seat is None:
        return
    proposed = (answer.proposed.start, answer.proposed.end) if answer.proposed else None
    at = answer.stamp or message.at or timezone.now()
    row = actions.record_answer(seat, answer.kind, via="mail", at=at, comment=answer.comment, proposed=proposed)
    if row.answered_at == at:
        _tell(session, row)


def _tell(session: Session, seat: Seat) -> None:
    for each in session.songs.all():
        tell(house(session.studio_id), each.song, "said", f"{seat.person.name} {SAID[seat.answer]} {session.title}")
