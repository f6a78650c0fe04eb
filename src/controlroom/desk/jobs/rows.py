"""The moves of a job's row while somebody works on it.

Each is one short statement, fenced by the attempt: whoever has lost the row to another attempt changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from controlroom.desk.jobs.carrier import enqueue
from controlroom.desk.jobs.models import Job


@dataclass(frozen=True)
class Attempt:
    """The `number`-th time that `job` (its primary key) is tried."""

    job: int
    number: int

    @property
    def rows(self) -> QuerySet[Job]:
        """The job, as long as it runs in this attempt."""
        return Job.objects.filter(pk=self.job, state="running", attempts=self.number)

    def called_off(self) -> bool | None:
        """Whether somebody wants it stopped; None when the row is not this attempt's any more."""
        return self.rows.values_list("cancel", flat=True).first()

    def beat(self) -> None:
        """Say that it is alive."""
        self.rows.update(heartbeat_at=timezone.now())

    def report(self, progress: float, step: str) -> None:
        """Say how far it is, 0..1, and what it is at."""
        self.rows.update(progress=progress, step=_line(step, 200))

    def done(self, result: Any) -> bool:
        return self._end("done", progress=1.0, result=result)

    def failed(self, says: str) -> bool:
        return self._end("failed", error=_line(says, 2000))

    def cancelled(self) -> bool:
        return self._end("cancelled")

    def _end(self, state: str, **fields: Any) -> bool:
        return bool(self.rows.update(state=state, ended_at=timezone.now(), step="", worker="", **fields))

    def hand_back(self, *, counts: bool, unheard_since: datetime | None = None) -> bool:
        """Let it wait for another worker; `counts`: this attempt is one of the few that it has."""
        rows = self.rows.filter(cancel=False)
        if unheard_since is not None:
            rows = rows.filter(heartbeat_at__lt=unheard_since)
        with transaction.atomic():
            moved = rows.update(
                state="waiting",
                worker="",
                progress=0.0,
                step="",
                heartbeat_at=None,
                attempts=F("attempts") - (0 if counts else 1),
            )
            if moved:
                transaction.on_commit(partial(enqueue, self.job), robust=True)
        return bool(moved)


def claim(job_id: int, worker: str) -> Attempt | None:
    """Take a waiting job; None where another was faster or nobody wants it any more."""
    now = timezone.now()
    taken = Job.objects.filter(pk=job_id, state="waiting", cancel=False).update(
        state="running",
        worker=worker[:80],
        attempts=F("attempts") + 1,
        progress=0.0,
        step="",
        started_at=now,
        heartbeat_at=now,
    )
    return Attempt(job_id, Job.objects.values_list("attempts", flat=True).get(pk=job_id)) if taken else None


def _line(text: str, most: int) -> str:
    """Text that every database keeps: one line, without NUL."""
    return " ".join(text.replace("\0", " ").split())[:most]
