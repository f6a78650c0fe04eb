"""How a job reaches a worker: a task of the queue carries its id, nothing more."""

from __future__ import annotations

from django_tasks import task

from controlroom.desk.jobs.models import Job
from controlroom.desk.works import WORKS

FIRST = 10
"""Priority of what a page waits for."""


@task(queue_name="quick")
def run_job(job_id: int) -> None:
    """What a worker does with a job's id."""
    from controlroom.desk.jobs.supervisor import supervise  # only a worker needs it, and it puts jobs back from there

    supervise(job_id)


def enqueue(job_id: int) -> None:
    """Put a waiting job into its queue. One that waits no longer is left alone."""
    job = Job.objects.filter(pk=job_id, state="waiting").first()
    if job is not None:
        work = WORKS.get(job.work)  # none: an older Controlroom had it, and the child will say so
        priority = FIRST if work and work.first else 0
        carried = run_job.using(queue_name=job.queue, priority=priority).enqueue(job_id)
        Job.objects.filter(pk=job_id).update(task_id=carried.id)
