"""What is said of a version, and what was agreed."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.songs.models import Recording, Song


class Note(models.Model):
    """A note at a time or a range of the version it was made on, or an answer to one (`parent`).

    `said_to_artist`: how it goes out to the artist, where somebody rewrote it; `text` stays what was said in the room.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="review_notes")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="notes")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, blank=True, related_name="replies")
    at_s = models.FloatField(null=True, blank=True)
    until_s = models.FloatField(null=True, blank=True)
    text = models.TextField()
    said_to_artist = models.TextField(blank=True)
    internal = models.BooleanField("only for the studio", default=False)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=160, blank=True)
    done_in = models.ForeignKey(Recording, on_delete=models.SET_NULL, null=True, blank=True, related_name="notes_done")
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["at_s", "pk"]
        indexes: ClassVar = [
            models.Index(fields=["song", "resolved_at", "deleted_at"]),
            models.Index(fields=["recording", "at_s"]),
            models.Index(fields=["studio", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.text[:60]


class Lineup(models.Model):
    """How two recordings of a song line up (`sound.versions` alignment as JSON); `aligned` False: they do not.

    `old_lufs`, `new_lufs`: how loud each is over the passage they share.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    old = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="+")
    new = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="+")
    aligned = models.BooleanField(default=True)
    alignment: models.JSONField[Any, Any] = models.JSONField(default=dict)
    old_lufs = models.FloatField(null=True, blank=True)
    new_lufs = models.FloatField(null=True, blank=True)
    engine = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["old", "new"], name="one_lineup")]

    def __str__(self) -> str:
        return f"{self.old_id} -> {self.new_id}"


class CarriedNote(models.Model):
    """Where a note of an earlier version stands in a later one; `lost`: its place was cut."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    note = models.ForeignKey(Note, on_delete=models.CASCADE, related_name="carried")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="carried_notes")
    at_s = models.FloatField(null=True, blank=True)
    until_s = models.FloatField(null=True, blank=True)
    moved_s = models.FloatField(default=0.0)
    sure = models.BooleanField(default=True)
    lost = models.BooleanField(default=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["note", "recording"], name="one_place")]

    def __str__(self) -> str:
        return f"{self.note_id} in {self.recording_id}"


class Kept(models.QuerySet["Approval"]):
    """Rows that are written once: many at a time are no more changed or taken away than one."""

    def update(self, **kwargs: Any) -> int:
        raise TypeError("an approval is never changed")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("an approval is never taken away")


class Approval(models.Model):
    """Somebody's word on the very samples they heard. It is never edited; a later version asks again."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="approvals")
    recording = models.ForeignKey(Recording, on_delete=models.PROTECT, related_name="approvals")
    samples_sha256 = models.CharField(max_length=64)
    what = models.CharField(max_length=300)
    says = models.TextField(blank=True)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[models.Manager[Approval]] = models.Manager.from_queryset(Kept)()

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["recording", "samples_sha256", "who_key"], name="one_approval")
        ]

    def __str__(self) -> str:
        return f"{self.who}: {self.what}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk is not None:
            raise TypeError("an approval is never changed")
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise TypeError("an approval is never taken away")


class ApprovalRequest(models.Model):
    """We asked somebody whether a version may go out; answered by an `Approval`, withdrawn by a later version."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, related_name="approval_requests")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="approval_requests")
    of = models.CharField("whom", max_length=160)
    of_key = models.CharField(max_length=40)
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.of}: {self.recording_id}"


class Heard(models.Model):
    """Who played a version, and when: a guest's listens are counted, a user's too."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="heard")
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["recording", "who_key"])]

    def __str__(self) -> str:
        return f"{self.who} heard {self.recording_id}"
