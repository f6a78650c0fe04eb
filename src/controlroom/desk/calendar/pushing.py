"""The producer's own calendar (CalDAV): sessions are written into it, and what else stands there is read as busy."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from controlroom.base.errors import SurroundingsFailed
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar import keeping
from controlroom.desk.calendar.events import event_of
from controlroom.desk.calendar.models import Availability, Rules, Session
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.mail.secrets import opened, sealed
from controlroom.desk.people.models import Person
from controlroom.outside import caldav
from controlroom.rooms.scheduling import calendar as room


def account_of(rules: Rules) -> caldav.CalDavAccount:
    return caldav.CalDavAccount(
        url=rules.caldav_url,
        user=rules.caldav_user,
        password=opened(rules.caldav_secret),
        ca_file=settings.MAIL_CA,
    )


def keep_calendar(actor: Actor, *, caldav_url: str, caldav_user: str, word: str, caldav_person: Person | None) -> str:
    """Write sessions into this calendar from now on; its name. Of a server's address its first calendar is taken.

    "" and no address: none. Raises `SurroundingsFailed` where the server is not reached or lets nobody write.
    """
    actor.must("manage")
    before = rules_of(actor.studio_id)
    secret = sealed(word) if word or not caldav_url else before.caldav_secret
    fields = {"caldav_user": caldav_user, "caldav_secret": secret, "caldav_person": caldav_person, "caldav_error": ""}
    if not caldav_url:
        keeping.change_rules(actor, caldav_url="", **fields)
        return ""
    tried = Rules(studio_id=actor.studio_id, caldav_url=caldav_url, caldav_user=caldav_user, caldav_secret=secret)
    found = [each for each in caldav.calendars(account_of(tried)) if each.may_write]
    if not found:
        raise SurroundingsFailed(caldav_url, "you may write into no calendar there", "Make one, or ask for the right.")
    chosen = next((each for each in found if each.url.rstrip("/") == caldav_url.rstrip("/")), found[0])
    keeping.change_rules(actor, caldav_url=chosen.url, **fields)
    from controlroom.desk.calendar.jobs import ask_push_all

    ask_push_all(actor)
    return chosen.name


def push_one(session: Session) -> str:
    """Bring the own calendar up to date for one session; what became of it, in a sentence.

    A copy that was changed there is written over: the desk is where sessions are planned.
    """
    rules = rules_of(session.studio_id)
    if not rules.caldav_url:
        return "No calendar is set up."
    try:
        pushed = _write(rules, session)
    except SurroundingsFailed as error:
        Rules.objects.filter(pk=rules.pk).update(caldav_error=str(error))
        return str(error)
    Rules.objects.filter(pk=rules.pk).update(caldav_error="")
    Session.objects.filter(pk=session.pk).update(pushed=pushed | {"touched_at": session.touched_at.isoformat()})
    return f"{session.title} {'stands in' if pushed else 'is out of'} your calendar"


def _write(rules: Rules, session: Session) -> dict[str, str]:
    account = account_of(rules)
    if session.state in ("wanted", "cancelled") or session.starts_at is None:
        if session.pushed.get("etag") is not None:
            caldav.delete(account, session.uid)
        return {}
    text = room.stored(event_of(session), timezone.now())
    try:
        return {"etag": caldav.put(account, session.uid, text, session.pushed.get("etag", ""))}
    except caldav.ChangedElsewhere as changed:
        return {"etag": caldav.put(account, session.uid, text, changed.etag)}


def read_own(rules: Rules) -> str:
    """Read when the calendar's owner is busy: everything in it but our own sessions."""
    person, now = rules.caldav_person, timezone.now()
    if person is None:
        return "It is said of nobody whose calendar it is."
    first, last = now - timedelta(days=1), now + keeping.READ_AHEAD
    try:
        texts = caldav.busy_ics(account_of(rules), first, last)
    except SurroundingsFailed as error:
        Rules.objects.filter(pk=rules.pk).update(caldav_error=str(error))
        return str(error)
    ours = set(Session.objects.filter(studio_id=rules.studio_id).values_list("uid", flat=True))
    zone = person.time_zone or rules.studio.time_zone
    spans = []
    for text in texts:
        if not ours.intersection(room.uids_in(text)):
            found = room.busy_in(
                text, now - timedelta(days=1), now + keeping.READ_AHEAD, me=person.email or None, zone=zone
            )
            spans += [(span.start, span.end) for span in found.spans]
    row, _ = Availability.objects.get_or_create(person=person)
    keeping.read_busy(row, sorted(spans))
    Rules.objects.filter(pk=rules.pk).update(caldav_read_at=now, caldav_error="")
    return f"{person.name} is busy {len(spans)} times"
