"""What people do with jobs: ask for one, call it off, ask again."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from controlroom.base.canonical import identity
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.jobs.carrier import enqueue
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.works import WORKS


def effect_of(name: str, arguments: dict[str, Any], song_id: int | None) -> str:
    """What a work brings about, as a hash: the same of two jobs that do the same."""
    return identity(name, arguments, song_id)


def ask(actor: Actor, name: str, says: str, song_id: int | None, arguments: dict[str, Any]) -> Job:
    """The live job that brings this about, made where there is none; it begins when the transaction is kept."""
    queue = WORKS[name].queue
    effect = effect_of(name, arguments, song_id)
    live = Job.objects.filter(studio_id=actor.studio_id, effect=effect, state__in=LIVE)
    while (known := live.first()) is None:
        with suppress(IntegrityError), transaction.atomic():  # somebody may ask for the same in this very moment
            job = Job.objects.create(
                studio_id=actor.studio_id,
                song_id=song_id,
                work=name,
                arguments=arguments,
                effect=effect,
                queue=queue,
                says=says[:300],
                who=actor.name,
                who_key=actor.key,
            )
            transaction.on_commit(partial(enqueue, job.pk), robust=True)
            return job
    return known


def call_off(actor: Actor, job: Job) -> Job:
    """Stop a job: at once while it waits; a running one is told, and stops within seconds. A finished one stays."""
    actor.must("write")
    mine = Job.objects.filter(pk=job.pk, studio_id=actor.studio_id)
    mine.filter(state__in=LIVE).update(cancel=True)
    # The flag comes first: whatever claims the row or puts it back in between has seen it.
    mine.filter(state="waiting", cancel=True).update(state="cancelled", ended_at=timezone.now())
    return mine.get()


def again(actor: Actor, job: Job) -> Job:
    """Ask anew for a job that failed or was cancelled; any other is given back as it is."""
    actor.must("write")
    if job.state not in ("failed", "cancelled"):
        return job
    return ask(actor, job.work, job.says, job.song_id, job.arguments)
