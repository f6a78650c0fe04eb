"""Songs and everything that sounds in them."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.people.models import Person

STAGES: list[tuple[str, str]] = [
    ("demo", "Demo"),
    ("pre-production", "Pre-production"),
    ("recording", "Recording"),
    ("editing", "Editing"),
    ("mixing", "Mixing"),
    ("mastering", "Mastering"),
    ("delivered", "Delivered"),
]
DEMO_STATES: list[tuple[str, str]] = [
    ("new", "New"),
    ("listening", "Listening"),
    ("shortlisted", "Shortlisted"),
    ("answered", "Answered"),
    ("signed", "Signed"),
    ("declined", "Declined"),
]
SAMPLES: list[tuple[str, str]] = [("none", "None in it"), ("cleared", "Cleared"), ("open", "Not cleared yet")]
WAITING_STATES = ("new", "listening", "shortlisted")
"""Demos of which something is still to be decided: their senders wait."""
KINDS: list[tuple[str, str]] = [
    ("demo", "Demo"),
    ("take", "Take"),
    ("rough", "Rough mix"),
    ("mix", "Mix"),
    ("master", "Master"),
    ("reference", "Reference"),
    ("deliverable", "Deliverable"),
]
VERSION_KINDS = ("demo", "rough", "mix", "master")
"""Kinds that are stacked: demo 1, demo 2, mix 1, ..."""
WHOLE_SONGS = (*VERSION_KINDS, "reference")
"""Kinds that are whole songs: they get a demo report and a fingerprint. Takes are checked by their own room."""


class Song(models.Model):
    """One song, from the demo to its delivery.

    `demo_state`: what we make of the demo (`DemoStep` has how it came to that); "" for a song that never was one here.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="songs")
    title = models.CharField(max_length=200)
    artist = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="songs")
    stage = models.CharField(max_length=16, choices=STAGES, default="demo")
    demo_state = models.CharField("becomes of the demo", max_length=12, choices=DEMO_STATES, blank=True, default="new")
    tempo_bpm = models.FloatField("tempo", null=True, blank=True)
    key = models.CharField(max_length=24, blank=True)
    meter = models.CharField(max_length=12, blank=True)
    isrc = models.CharField("ISRC", max_length=12, blank=True)
    target_lufs = models.FloatField("loudness of the master", null=True, blank=True)
    album = models.CharField(max_length=200, blank=True)
    label = models.CharField(max_length=120, blank=True)
    upc = models.CharField("UPC", max_length=14, blank=True)
    iswc = models.CharField("ISWC", max_length=11, blank=True)
    date = models.CharField("release date", max_length=10, blank=True)
    copyright = models.CharField(max_length=200, blank=True)
    language = models.CharField("language of the words", max_length=12, blank=True)
    explicit = models.BooleanField(null=True, blank=True)
    samples = models.CharField("samples of others", max_length=8, choices=SAMPLES, blank=True)
    cover = models.ForeignKey("Blob", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    lyrics = models.TextField(blank=True)
    notes = models.TextField(blank=True)
    due_on = models.DateField("due", null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    answered_at = models.DateTimeField("demo answered", null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-touched_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["studio", "archived_at", "stage", "-touched_at"]),
            models.Index(fields=["studio", "archived_at", "demo_state"]),
            models.Index(fields=["studio", "title"]),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def artist_name(self) -> str:
        return self.artist.name if self.artist else ""

    @property
    def waits(self) -> bool:
        """Whether something is still to be decided of its demo."""
        return self.demo_state in WAITING_STATES


class Credit(models.Model):
    """What somebody did on a song."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="credits")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="credits")
    role = models.CharField(max_length=60)

    class Meta:
        ordering: ClassVar = ["role", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["song", "person", "role"], name="one_credit")]

    def __str__(self) -> str:
        return f"{self.person}, {self.role}"


class Part(models.Model):
    """What one player or singer contributes: drums, lead vocal, bass."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="parts")
    name = models.CharField(max_length=80)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["song", "name"], name="one_part")]

    def __str__(self) -> str:
        return self.name


class Blob(models.Model):
    """A file's bytes, kept once by their SHA-256 (`blobs.py` knows where)."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["studio", "sha256"], name="one_blob")]

    def __str__(self) -> str:
        return self.sha256[:12]


class Recording(models.Model):
    """One sounding file of a song: a take's mic, a version, a reference, a deliverable.

    `state`: arrived (not heard yet), heard, refused (`refusal` says why, for people). `info` is the `AudioInfo`,
    `listening` the demo report, `loudness` the meter's result with its blocks (`loudness_blocks`), all as JSON.
    """

    STATES: ClassVar = [("arrived", "Arrived"), ("heard", "Heard"), ("refused", "Refused")]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="recordings")
    kind = models.CharField(max_length=12, choices=KINDS)
    part = models.ForeignKey(Part, on_delete=models.SET_NULL, null=True, blank=True, related_name="recordings")
    number = models.PositiveIntegerField(default=1)
    name = models.CharField(max_length=255)
    says = models.CharField("what is new", max_length=400, blank=True)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=STATES, default="arrived")
    refusal = models.TextField(blank=True)
    rate_hz = models.PositiveIntegerField(null=True, blank=True)
    channels = models.PositiveSmallIntegerField(null=True, blank=True)
    frames = models.BigIntegerField(null=True, blank=True)
    codec = models.CharField(max_length=32, blank=True)
    samples_sha256 = models.CharField(max_length=64, blank=True)
    integrated_lufs = models.FloatField(null=True, blank=True)
    true_peak_dbtp = models.FloatField(null=True, blank=True)
    range_lu = models.FloatField(null=True, blank=True)
    info: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    findings: models.JSONField[Any, Any] = models.JSONField(default=list, blank=True)
    made_by = models.CharField(max_length=160)
    made_by_key = models.CharField(max_length=40)
    made_from = models.CharField("key of the render", max_length=64, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["song", "kind", "number"], condition=models.Q(kind__in=VERSION_KINDS), name="one_version"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["song", "archived_at", "kind", "number"]),
            models.Index(fields=["studio", "state", "kind"]),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """ "Mix 4", or the file's name where it is no version."""
        return f"{self.get_kind_display()} {self.number}" if self.kind in VERSION_KINDS else self.name

    @property
    def noticed(self) -> int:
        """How many findings there are."""
        return len(self.findings)

    @property
    def duration_s(self) -> float | None:
        return self.frames / self.rate_hz if self.frames is not None and self.rate_hz else None


class Rendition(models.Model):
    """What was made of a recording once, for listening and looking: kept as a blob, made again when missing.

    `kind`: pcm-48000 (a WAV at that rate, played by Range), light (AAC), peaks, survey, fingerprint, listening.
    `facts`: what its reader needs to know (pcm: offset, frames, sample).
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="renditions")
    kind = models.CharField(max_length=24)
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="+")
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict, blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["recording", "kind"], name="one_rendition")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.recording_id}"


class Event(models.Model):
    """A line of a song's timeline: what arrived, what was made, who said what, what was decided."""

    KINDS: ClassVar = [("arrived", "Arrived"), ("made", "Made"), ("said", "Said"), ("decided", "Decided")]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=8, choices=KINDS)
    says = models.CharField(max_length=400)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, null=True, blank=True, related_name="events")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["song", "-at"])]

    def __str__(self) -> str:
        return self.says


class DemoStep(models.Model):
    """A demo came into another state: who said so, why, what it was before. One that was taken back stays, marked."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="demo_steps")
    state = models.CharField(max_length=12, choices=DEMO_STATES)
    before = models.CharField(max_length=12, choices=DEMO_STATES)
    reason = models.CharField(max_length=200, blank=True)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)
    taken_back_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["song", "-at"]), models.Index(fields=["studio", "state"])]

    def __str__(self) -> str:
        return f"{self.song_id}: {self.state}"


class Upload(models.Model):
    """A file on its way (tus 1.0): what has arrived lies in a part file, whose length is the offset.

    `song` is empty for a demo that makes a song of its own; `recording` is what it became.
    """

    token = models.UUIDField(primary_key=True, default=uuid.uuid4)
    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, null=True, blank=True, related_name="uploads")
    kind = models.CharField(max_length=12, choices=KINDS, default="take")
    part_name = models.CharField(max_length=80, blank=True)
    name = models.CharField(max_length=255)
    size = models.BigIntegerField()
    says = models.CharField(max_length=400, blank=True)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    recording = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name


class PlanEdit(models.Model):
    """A plan as somebody changed it on the page, kept until it is taken back.

    `plan` names it as production does ("mix", "master", "delivery", "edit/<part>"); an empty `text` means: the
    proposal again. `before` is the plan as it stood.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="plan_edits")
    plan = models.CharField(max_length=120)
    text = models.TextField(blank=True)
    before = models.TextField(blank=True)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.plan} by {self.who}"


class Chapter(models.Model):
    """What a room last said of a song: verdicts, checks, figures, as its page shows them (JSON, by stage)."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="chapters")
    stage = models.CharField(max_length=12)
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["song", "stage"], name="one_chapter")]

    def __str__(self) -> str:
        return f"{self.stage} of {self.song_id}"
