"""When review listens: a version has been heard, and something is about to be put away."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import pre_save
from django.dispatch import receiver

from controlroom.base.errors import UsageError
from controlroom.desk.review.carrying import ask_carrying
from controlroom.desk.review.lineups import PLAYED_KINDS
from controlroom.desk.review.models import Approval
from controlroom.desk.songs.models import Recording
from controlroom.desk.songs.signals import heard


@receiver(heard, dispatch_uid="review.carry")
def on_heard(recording: Recording, **_: Any) -> None:
    """A version that can be played gets the notes of those before it."""
    if recording.kind in PLAYED_KINDS and recording.archived_at is None:
        ask_carrying(recording)


@receiver(pre_save, sender=Recording, dispatch_uid="review.keep-approved")
def keep_approved(instance: Recording, update_fields: frozenset[str] | None = None, **_: Any) -> None:
    """What was approved is kept."""
    touched = update_fields is None or "archived_at" in update_fields
    if not touched or instance.archived_at is None or instance.pk is None:
        return
    approval = Approval.objects.filter(recording_id=instance.pk).first()
    if approval is not None:
        raise UsageError(
            instance.label,
            f"{approval.who} approved it, and what is approved is kept",
            "Say in a note what has changed since.",
        )
