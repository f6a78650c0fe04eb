"""A job's row is the truth about it: what it is for, how far it is, whether it should stop."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone

from controlroom.desk.accounts.models import Studio
from controlroom.desk.songs.models import Song

LIVE = ("waiting", "running")


class Job(models.Model):
    """`effect`: hash of what it brings about; one live job for each. `progress` 0..1, `step` what it is at now.

    `heartbeat_at` is renewed while its child lives; a stale one puts the job back into the queue.
    """

    STATES: ClassVar = [
        ("waiting", "Waiting"),
        ("running", "Running"),
        ("done", "Done"),
        ("failed", "Failed"),
        ("cancelled", "Cancelled"),
    ]

    studio = models.ForeignKey(Studio, on_delete=models.CASCADE)
    song = models.ForeignKey(Song, on_delete=models.CASCADE, null=True, blank=True, related_name="jobs")
    work = models.CharField(max_length=60)
    arguments: models.JSONField[Any, Any] = models.JSONField(default=dict)
    effect = models.CharField(max_length=64)
    queue = models.CharField(max_length=8, default="quick")
    says = models.CharField(max_length=300)
    who = models.CharField(max_length=160)
    who_key = models.CharField(max_length=40)
    task_id = models.CharField(max_length=64, blank=True)
    state = models.CharField(max_length=10, choices=STATES, default="waiting")
    progress = models.FloatField(default=0.0)
    step = models.CharField(max_length=200, blank=True)
    cancel = models.BooleanField(default=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=80, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    result: models.JSONField[Any, Any] = models.JSONField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["studio", "effect"], condition=models.Q(state__in=LIVE), name="one_live_job"
            )
        ]
        indexes: ClassVar = [
            models.Index(fields=["studio", "state", "-created_at"]),
            models.Index(fields=["song", "-created_at"]),
        ]

    def __str__(self) -> str:
        return self.says

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def left_s(self) -> float | None:
        """About how many seconds are left; None while nobody can tell."""
        if self.state != "running" or self.started_at is None or self.progress < 0.05:
            return None
        spent_s = (timezone.now() - self.started_at).total_seconds()
        return spent_s * (1 - self.progress) / self.progress
