"""What somebody should know of, until they do."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.songs.models import Song


class Notice(models.Model):
    """One thing that happened, for one user; `group` is what is told together (a song's version, a job)."""

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    song = models.ForeignKey(Song, on_delete=models.CASCADE, null=True, blank=True)
    group = models.CharField(max_length=80)
    says = models.CharField(max_length=400)
    url = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [
            models.Index(fields=["user", "seen_at", "-created_at"]),
            models.Index(fields=["mailed_at", "created_at"]),
        ]

    def __str__(self) -> str:
        return self.says
