"""The call sheet of a session and, after it, the session sheet: the desk's rows as the values of the room."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from controlroom.base.canonical import identity
from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.calendar.models import Availability, Seat, Session, Signature, Worked
from controlroom.desk.calendar.planning import rules_of
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import one_line
from controlroom.desk.songs.models import VERSION_KINDS, Recording
from controlroom.rooms.scheduling import sheets as room

TAKES_WITHIN = timedelta(hours=18)
"""Takes that arrive this long after a session's end were recorded in it."""
MOST_REFERENCES = 6
_COMES = {"accepted": "coming", "tentative": "perhaps", "declined": "not coming", "counter": "asks for another time"}


def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo(session.studio.time_zone)


def _times(session: Session) -> tuple[datetime, datetime]:
    if session.starts_at is None or session.ends_at is None:
        raise UsageError(session.title, "it has no time yet", "Find one first.")
    return session.starts_at.astimezone(_zone(session)), session.ends_at.astimezone(_zone(session))


def call_sheet(session: Session) -> room.CallSheet:
    """What everybody needs to know to come prepared. Raises `UsageError` where the session has no time."""
    start, end = _times(session)
    seats = list(session.seats.all())
    setup, teardown = timedelta(minutes=session.setup_min), timedelta(minutes=session.teardown_min)
    return room.CallSheet(
        title=session.title,
        studio=session.studio.name,
        start=start,
        end=end,
        place=_place(session),
        stamp=session.touched_at.astimezone(start.tzinfo),
        setup_from=start - setup if session.setup_min else None,
        teardown_until=end + teardown if session.teardown_min else None,
        breaks=(room.Break(length_min=session.break_min),) if session.break_min else (),
        calls=tuple(_call(seat, start, session) for seat in seats),
        songs=_songs(session),
        gear=tuple(item.name for item in session.gear.all()),
        contacts=tuple(
            room.Contact(name=seat.person.name, role=seat.does, phone=seat.person.phone, email=seat.person.email)
            for seat in seats
            if seat.person.phone or seat.person.email
        ),
        rests=tuple(_rests(session, seats, start)),
        notes=session.notes,
    )


def _place(session: Session) -> room.Place:
    if session.room is None:
        return room.Place(name=session.studio.name)
    return room.Place(name=session.room.name, address=session.room.address)


def _call(seat: Seat, start: datetime, session: Session) -> room.Call:
    zone = seat.person.time_zone if seat.person.time_zone != session.studio.time_zone else ""
    return room.Call(
        name=seat.person.name,
        at=start,
        part=seat.does,
        zone=zone,
        needed=seat.needed,
        answer=_COMES.get(seat.answer, ""),
    )


def _songs(session: Session) -> tuple[room.SongCall, ...]:
    rows = list(session.songs.all())
    heard = Recording.objects.filter(song__in=[row.song_id for row in rows], archived_at=None).exclude(state="refused")
    newest: dict[int, str] = {}
    references: dict[int, list[str]] = {}
    for each in heard.filter(kind__in=(*VERSION_KINDS, "reference")).order_by("-created_at", "-pk"):
        if each.kind == "reference":
            references.setdefault(each.song_id, []).append(each.name)
        else:
            newest.setdefault(each.song_id, each.label)
    return tuple(
        room.SongCall(
            title=row.song.title,
            artist=row.song.artist_name,
            parts=tuple(part.strip() for part in row.parts.split(",") if part.strip()),
            key=row.song.key,
            tempo_bpm=row.song.tempo_bpm,
            version=row.version.label if row.version else newest.get(row.song_id, ""),
            references=tuple(references.get(row.song_id, ())[:MOST_REFERENCES]),
        )
        for row in rows
    )


def _rests(session: Session, seats: list[Seat], start: datetime) -> list[room.VoiceRest]:
    """What the singers should rest, where this session is for voices."""
    if session.kind != "vocals":
        return []
    known = Availability.objects.filter(person__in=[seat.person_id for seat in seats], sings=True)
    singers = set(known.values_list("person_id", flat=True))
    rest_h, sung = rules_of(session.studio_id).voice_rest_h, _last_sung(singers, start)
    return [
        room.VoiceRest(name=seat.person.name, until=start, rest_h=rest_h, last_end=sung.get(seat.person_id))
        for seat in seats
        if seat.person_id in singers
    ]


def _last_sung(singers: set[int], before: datetime) -> dict[int, datetime]:
    """When each of them sang last, within the week before."""
    sung = Seat.objects.filter(person__in=singers, session__kind="vocals", session__state__in=("booked", "done"))
    near = sung.filter(session__ends_at__lte=before, session__ends_at__gt=before - timedelta(days=7))
    return dict(near.values_list("person_id").annotate(last=Max("session__ends_at")).order_by())


def session_sheet(session: Session) -> room.SessionSheet:
    """What was: hours, takes, remarks, signatures."""
    start, end = _times(session)
    zone = _zone(session)
    worked = session.worked.select_related("person").order_by("start", "pk")
    does = {seat.person_id: seat.does for seat in session.seats.all()}
    return room.SessionSheet(
        title=session.title,
        studio=session.studio.name,
        place=session.room.name if session.room else "",
        start=start,
        end=end,
        stamp=session.touched_at.astimezone(zone),
        currency=rules_of(session.studio_id).currency,
        worked=tuple(
            room.Worked(
                name=row.person.name,
                start=row.start.astimezone(zone),
                end=row.end.astimezone(zone),
                part=does.get(row.person_id, ""),
                break_min=row.break_min,
                rate_minor=row.rate_minor,
            )
            for row in worked
        ),
        takes=_takes(session, start, end),
        remarks=session.remarks,
        signatures=tuple(
            room.SignOff(name=row.who, at=row.at.astimezone(zone), remark=row.remark)
            for row in session.signatures.all()
        ),
    )


def _takes(session: Session, start: datetime, end: datetime) -> tuple[room.Takes, ...]:
    """What arrived of the session's songs while it lasted and soon after."""
    rows = Recording.objects.filter(
        song__sessions__session=session,
        kind="take",
        archived_at=None,
        created_at__gte=start,
        created_at__lt=end + TAKES_WITHIN,
    ).select_related("song", "part")
    counted = Counter((row.song.title, row.part.name if row.part else "") for row in rows.distinct())
    return tuple(room.Takes(song=song, part=part, count=count) for (song, part), count in sorted(counted.items()))


def hash_of(session: Session) -> str:
    """What is signed: the sheet without its signatures and its date."""
    page = session_sheet(session).page()
    return identity({name: value for name, value in page.items() if name not in ("signatures", "as_of")})


@transaction.atomic
def keep_hours(
    actor: Actor, session: Session, person: Person, *, start: datetime, end: datetime, break_min: int
) -> Worked:
    """What somebody really worked; the rate is theirs as it is now. Raises `UsageError` where it cannot be."""
    actor.must("write")
    if session.state != "done":
        raise UsageError(session.title, "it is not over yet", "End it first.")
    row = Worked.objects.filter(session=session, person=person).first() or Worked(session=session, person=person)
    known = Availability.objects.filter(person=person).first()
    row.start, row.end, row.break_min = start, end, break_min
    row.rate_minor = row.rate_minor if row.pk else (known.rate_minor if known else 0)
    room.Worked(name=person.name, start=start, end=end, break_min=break_min)
    row.save()
    return row


@transaction.atomic
def fill(actor: Actor, session: Session) -> None:
    """The hours as they were planned, for everybody who has none yet and did not decline."""
    start, end = _times(session)
    known = set(session.worked.values_list("person_id", flat=True))
    for seat in session.seats.exclude(answer="declined").select_related("person"):
        if seat.person_id not in known:
            keep_hours(actor, session, seat.person, start=start, end=end, break_min=session.break_min)


def sign(session: Session, *, who: str, who_key: str, remark: str = "") -> Signature:
    """Sign the sheet as it stands. Signed again after a change, both stay."""
    if session.state != "done":
        raise UsageError(session.title, "it is not over yet", "Sign when it is.")
    sheet = hash_of(session)
    known = session.signatures.filter(who_key=who_key, sheet=sheet).first()
    return known or Signature.objects.create(
        session=session, who=who, who_key=who_key, sheet=sheet, remark=one_line(remark, 400), at=timezone.now()
    )
