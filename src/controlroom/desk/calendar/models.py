"""Sessions, and who and what they need. All instants are UTC; a zone stands beside what people read or say."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Recording, Song

KINDS: list[tuple[str, str]] = [
    ("drums", "Drums"),
    ("rhythm", "Rhythm section"),
    ("overdub", "Overdubs"),
    ("vocals", "Vocals"),
    ("mix", "Mixing"),
    ("other", "Something else"),
]
STATES: list[tuple[str, str]] = [
    ("wanted", "Wanted"),
    ("booked", "Booked"),
    ("done", "Done"),
    ("cancelled", "Cancelled"),
]
ANSWERS: list[tuple[str, str]] = [
    ("", "No answer yet"),
    ("accepted", "Comes"),
    ("tentative", "Perhaps"),
    ("declined", "Cannot come"),
    ("counter", "Proposes another time"),
]
POLL_ANSWERS: list[tuple[str, str]] = [("likes", "Good"), ("can", "Possible"), ("cannot", "Not possible")]


def new_uid() -> str:
    """A session's name in every calendar, for ever."""
    return f"{uuid.uuid4()}@controlroom"


class Rules(models.Model):
    """What the studio asks of every plan (`House` in the room), and the producer's own calendar: sessions are written
    into it, and what else stands there is when `caldav_person` is busy.

    `feed_nonce` is signed into the address of the private feed; a new one closes the old address. `caldav_secret` is
    encrypted as mail passwords are.
    """

    studio = models.OneToOneField(Studio, on_delete=models.CASCADE, related_name="session_rules")
    slot_min = models.PositiveSmallIntegerField(default=30)
    rest_h = models.FloatField(default=10.0)
    voice_rest_h = models.FloatField(default=12.0)
    most_h = models.FloatField(default=10.0)
    budget_minor = models.PositiveBigIntegerField("budget for a day", null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR")
    feed_nonce = models.CharField(max_length=32, blank=True)
    caldav_url = models.CharField("address of the calendar", max_length=400, blank=True)
    caldav_user = models.CharField(max_length=200, blank=True)
    caldav_secret = models.TextField(blank=True)
    caldav_person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    caldav_read_at = models.DateTimeField(null=True, blank=True)
    caldav_error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"rules of {self.studio}"


class StudioRoom(models.Model):
    """A room that can be booked; `hours` as [weekday, "HH:MM", "HH:MM"] in the studio's zone (none: always open)."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="session_rooms")
    name = models.CharField(max_length=120)
    address = models.CharField(max_length=300, blank=True)
    hours: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    rate_minor = models.PositiveBigIntegerField("rate for an hour", default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Gear(models.Model):
    """Something that a session may need, of which the studio has `count`."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="gear")
    name = models.CharField(max_length=120)
    count = models.PositiveSmallIntegerField(default=1)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class Availability(models.Model):
    """When somebody can work, and what it costs: hours in their own time zone (`Person.time_zone`), busy times from an
    address of theirs (`ics_url`) or a file they gave. `read_at` is when it was read last, `error` why it could not be.
    """

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="availability")
    hours: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    rate_minor = models.PositiveBigIntegerField("rate for an hour", default=0)
    travel_min = models.PositiveSmallIntegerField("way to the studio", default=0)
    sings = models.BooleanField("sings", default=False)
    ics_url = models.CharField("address of their calendar", max_length=600, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    def __str__(self) -> str:
        return f"availability of {self.person_id}"


class Busy(models.Model):
    """A time at which somebody cannot: read from their calendar, or said. Only the time is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="busy_times")
    start = models.DateTimeField()
    end = models.DateTimeField()
    source = models.CharField(max_length=8, choices=[("calendar", "Calendar"), ("said", "Said")], default="calendar")

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        indexes: ClassVar = [models.Index(fields=["person", "end"])]

    def __str__(self) -> str:
        return f"{self.person_id} busy from {self.start:%F %H:%M}"


class Session(models.Model):
    """Time in the studio. `length_min` is playing time, breaks come to it; setup and teardown lie around it.

    `windows`: [start, end] pairs (ISO instants) within which it may lie; none: any time. `uid` and `sequence` are those
    of its invitation (RFC 5545): `sequence` rises when time or place changes after it was sent.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="sessions")
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=KINDS, default="other")
    state = models.CharField(max_length=9, choices=STATES, default="wanted")
    length_min = models.PositiveSmallIntegerField(default=240)
    setup_min = models.PositiveSmallIntegerField(default=0)
    teardown_min = models.PositiveSmallIntegerField(default=0)
    break_min = models.PositiveSmallIntegerField(default=0)
    windows: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    after = models.ManyToManyField("self", symmetrical=False, blank=True, related_name="before")
    fits = models.ManyToManyField(StudioRoom, blank=True, related_name="+")
    gear = models.ManyToManyField(Gear, blank=True, related_name="sessions")
    room = models.ForeignKey(StudioRoom, on_delete=models.SET_NULL, null=True, blank=True, related_name="sessions")
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    reasons: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    notes = models.TextField("for the call sheet", blank=True)
    remarks = models.TextField("on what was", blank=True)
    uid = models.CharField(max_length=80, unique=True, default=new_uid)
    sequence = models.PositiveIntegerField(default=0)
    invited_at = models.DateTimeField(null=True, blank=True)
    pushed: models.JSONField[Any, Any] = models.JSONField("as it stands in the own calendar", default=dict, blank=True)
    made_by = models.CharField(max_length=160)
    made_by_key = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["starts_at", "created_at", "pk"]
        indexes: ClassVar = [models.Index(fields=["studio", "state", "starts_at"])]

    def __str__(self) -> str:
        return self.title


class _Seated(models.Manager["Seat"]):
    def get_queryset(self) -> models.QuerySet[Seat]:
        return super().get_queryset().filter(gone_at=None)


class Seat(models.Model):
    """Somebody's place in a session, and what they answered to the invitation. `via`: mail, guest, or by hand.

    Who was invited and is taken out keeps the row (`gone_at`, found by `everybody` alone) until they were told.
    `proposed_start`, `proposed_end`: the time of a counter-proposal. `sent_sequence`: the newest invitation they got,
    `sent_start`: the time it named.
    """

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="seats")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="seats")
    needed = models.BooleanField(default=True)
    does = models.CharField("what they do", max_length=80, blank=True)
    answer = models.CharField(max_length=10, choices=ANSWERS, default="", blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_sequence = models.PositiveIntegerField(null=True, blank=True)
    via = models.CharField(max_length=8, blank=True)
    comment = models.CharField(max_length=400, blank=True)
    proposed_start = models.DateTimeField(null=True, blank=True)
    proposed_end = models.DateTimeField(null=True, blank=True)
    sent_sequence = models.PositiveIntegerField(null=True, blank=True)
    sent_start = models.DateTimeField(null=True, blank=True)
    gone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[_Seated] = _Seated()
    everybody: ClassVar[models.Manager[Seat]] = models.Manager()

    class Meta:
        ordering: ClassVar = ["-needed", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "person"], name="one_seat")]

    def __str__(self) -> str:
        return f"{self.person} at {self.session}"


class SessionSong(models.Model):
    """A song that is worked on, the parts that are to be recorded, and the version to prepare with."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="songs")
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="sessions")
    parts = models.CharField(max_length=300, blank=True)
    version = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "song"], name="one_session_song")]

    def __str__(self) -> str:
        return f"{self.song} at {self.session_id}"


class Slot(models.Model):
    """A time that is asked about in a session's poll."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="slots")
    start = models.DateTimeField()
    end = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "start"], name="one_slot")]

    def __str__(self) -> str:
        return f"{self.start:%F %H:%M}"


class PollAnswer(models.Model):
    """What somebody says of a slot."""

    slot = models.ForeignKey(Slot, on_delete=models.CASCADE, related_name="answers")
    seat = models.ForeignKey(Seat, on_delete=models.CASCADE, related_name="poll_answers")
    says = models.CharField(max_length=6, choices=POLL_ANSWERS)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["slot", "seat"], name="one_poll_answer")]

    def __str__(self) -> str:
        return f"{self.seat_id}: {self.says}"


class Worked(models.Model):
    """What somebody really worked in a session; `break_min` lies within, uncounted. `rate_minor` as it was then."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="worked")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="worked")
    start = models.DateTimeField()
    end = models.DateTimeField()
    break_min = models.PositiveSmallIntegerField(default=0)
    rate_minor = models.PositiveBigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["start", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["session", "person"], name="one_worked")]

    def __str__(self) -> str:
        return f"{self.person_id} worked in {self.session_id}"


class Signature(models.Model):
    """A sign-off of the session sheet: `says` is the sheet's hash, so that a later change is seen. Never changed."""

    session = models.ForeignKey(Session, on_delete=models.CASCADE, related_name="signatures")
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    sheet = models.CharField(max_length=64)
    remark = models.CharField(max_length=400, blank=True)
    at: models.DateTimeField[datetime, datetime] = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.who} signed {self.session_id}"
