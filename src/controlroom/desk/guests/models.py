"""Links for people without an account."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import Studio
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Recording, Song


class GuestLink(models.Model):
    """One person's way to a song, to one version of it, or (no song) to the demo box.

    Its address is signed with the desk's secret (`tokens.py`) over the row's key and `nonce`: who reads the database
    cannot make one. `name` is asked once where the person is not known.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    recording = models.ForeignKey(Recording, on_delete=models.CASCADE, null=True, blank=True, related_name="links")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, blank=True, related_name="links")
    name = models.CharField(max_length=160, blank=True)
    nonce = models.CharField(max_length=32)
    rights: models.JSONField[Any, Any] = models.JSONField(default=list)
    password = models.CharField(max_length=160, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    made_by = models.CharField(max_length=160)
    made_by_key = models.CharField(max_length=40)
    created_at = models.DateTimeField(default=timezone.now)
    opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.guest_name or 'a guest'}: {self.song or 'demo box'}"

    @property
    def guest_name(self) -> str:
        return self.person.name if self.person else self.name

    @property
    def state(self) -> str:
        """open, revoked or expired."""
        if self.revoked_at:
            return "revoked"
        return "expired" if self.expires_at and self.expires_at <= timezone.now() else "open"

    @property
    def actor(self) -> Actor:
        return Actor(
            studio_id=self.studio_id,
            name=self.guest_name or "A guest",
            key=f"guest:{self.pk}",
            rights=frozenset(self.rights),
            person_id=self.person_id,
        )
