"""What keeps the queue honest: jobs whose worker died are tried again, lost ones found, old ones cleared away."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from controlroom.desk.jobs.carrier import enqueue
from controlroom.desk.jobs.models import Job
from controlroom.desk.jobs.rows import Attempt

STALE_S = 20.0
"""A running job that was not heard of for so long has lost its worker."""
MOST_ATTEMPTS = 3
KEPT = timedelta(days=30)
TASKS_KEPT = timedelta(days=2)
GAVE_UP = (
    f"The machine stopped {MOST_ATTEMPTS} times in the middle of it: most likely its memory ran out. "
    "Close other programs and try again."
)


def requeue_stale(stale_s: float = STALE_S) -> int:
    """Let jobs wait again whose worker is gone, and carry those anew whose task got lost; says how many."""
    since = timezone.now() - timedelta(seconds=stale_s)
    moved = 0
    for job in Job.objects.filter(state="running", heartbeat_at__lt=since):
        attempt = Attempt(job.pk, job.attempts)
        if job.cancel:
            attempt.cancelled()
        elif job.attempts >= MOST_ATTEMPTS:
            attempt.failed(GAVE_UP)
        else:
            moved += attempt.hand_back(counts=True, unheard_since=since)
    ready = {str(pk) for pk in DBTaskResult.objects.ready().values_list("pk", flat=True)}
    for pk, task_id in Job.objects.filter(state="waiting", created_at__lt=since).values_list("pk", "task_id"):
        if task_id not in ready:  # its worker died between taking the task and claiming the job
            enqueue(pk)
            moved += 1
    return moved


def tidy() -> None:
    """Clear away jobs that ended long ago, and the tasks that carried jobs."""
    now = timezone.now()
    Job.objects.filter(ended_at__lt=now - KEPT).delete()
    DBTaskResult.objects.filter(enqueued_at__lt=now - TASKS_KEPT).exclude(status="READY").delete()
