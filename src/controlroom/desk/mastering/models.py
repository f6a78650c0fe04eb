"""Masters that were made on the mastering desk."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.songs.models import Recording


class Mastering(models.Model):
    """A master of a mix: what was wished, what was decided, what came of it. A row stands only for what was made.

    `key`: hash of the engine, the mix and the wishes; the same asked again is this one. `wishes`: as `wishes.Wishes`;
    `proposal`: the plan before steps were switched off, `plan`: what was rendered (both TOML); `facts`: what was
    measured, as `making.Made.facts`.
    """

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    mix = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="masterings")
    master = models.ForeignKey(Recording, on_delete=models.CASCADE, related_name="mastered_by")
    key = models.CharField(max_length=64)
    wishes: models.JSONField[Any, Any] = models.JSONField(default=dict)
    proposal = models.TextField()
    plan = models.TextField()
    facts: models.JSONField[Any, Any] = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-at", "-pk"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["mix", "key"], name="one_mastering")]

    def __str__(self) -> str:
        return f"{self.master_id} of {self.mix_id}"
