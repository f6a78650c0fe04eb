"""People as the studio knows them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio


class Person(models.Model):
    """Somebody we work with. `ipi` (CISAC IPI name number) and `isni` (ISO 27729) are kept without separators."""

    KINDS: ClassVar = [
        ("artist", "Artist"),
        ("musician", "Musician"),
        ("engineer", "Engineer"),
        ("producer", "Producer"),
        ("writer", "Writer"),
        ("manager", "Manager"),
        ("label", "Label"),
        ("other", "Other"),
    ]
    TONES: ClassVar = [("warm", "Warm"), ("brief", "Brief"), ("formal", "Formal")]
    LANGUAGES: ClassVar = [
        ("", "As they write"),
        ("en", "English"),
        ("de", "German"),
        ("es", "Spanish"),
        ("fr", "French"),
        ("ja", "Japanese"),
    ]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=160)
    kind = models.CharField(max_length=16, choices=KINDS, default="artist")
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=60, blank=True)
    time_zone = models.CharField(max_length=64, blank=True)
    tone = models.CharField("tone of our letters", max_length=8, choices=TONES, default="warm")
    language = models.CharField("language of our letters", max_length=8, choices=LANGUAGES, blank=True)
    ipi = models.CharField("IPI", max_length=11, blank=True)
    isni = models.CharField("ISNI", max_length=16, blank=True)
    notes = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        indexes: ClassVar = [models.Index(fields=["studio", "name"]), models.Index(fields=["studio", "email"])]

    def __str__(self) -> str:
        return self.name
