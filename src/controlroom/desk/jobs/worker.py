"""A worker of one queue: `python -m controlroom.desk.jobs.worker QUEUE`. One job at a time, for ever."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time

from controlroom.desk.kin import end_with_parent
from controlroom.desk.setup import setup
from controlroom.desk.works import run_routines

LOOK_S = 0.3
KEEP_S = 5.0
TIDY_S = 3600.0

log = logging.getLogger(__name__)


def serve(queue: str, stopping: threading.Event) -> None:
    """Carry out what comes into `queue` until `stopping`, or until whoever started this is gone.

    Looking costs one read; only a task that is there is claimed in a transaction.
    """
    from django.db import DatabaseError, close_old_connections, connection

    from controlroom.desk.jobs import keeping

    parent = os.getppid()
    keep_at = tidy_at = 0.0
    while not stopping.is_set() and os.getppid() == parent:
        try:
            close_old_connections()
            now = time.monotonic()
            if now >= keep_at:
                keeping.requeue_stale()
                keep_at = now + KEEP_S
            if now >= tidy_at:
                keeping.tidy()
                tidy_at = now + TIDY_S
            if queue == "quick":
                _routines(now)
            if _carry_one(queue):
                continue
        except DatabaseError as error:
            log.warning("%s: the database does not answer: %s", queue, error)
            connection.close()
        stopping.wait(LOOK_S)


def _routines(now: float) -> None:
    """Do the routines that are due. One that breaks is due again later; the jobs do not wait for that."""
    try:
        run_routines(now)
    except Exception:
        log.exception("a routine broke")


def _carry_one(queue: str) -> bool:
    """Do the next task of the queue; False when none waits."""
    from django_tasks_db.management.commands.db_worker import Worker
    from django_tasks_db.models import DBTaskResult

    if not DBTaskResult.objects.ready().filter(queue_name=queue).exists():
        return False
    Worker(
        queue_names=[queue],
        excluded_queue_names=[],
        backend_name="default",
        worker_id=f"{queue}-{os.getpid()}",
        interval=0.0,
        startup_delay=False,
        batch=True,
        max_tasks=1,
    ).run()
    return True


def main(queue: str) -> None:
    setup()
    from controlroom.desk.jobs.supervisor import STOPPING

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: STOPPING.set())
    end_with_parent()
    serve(queue, STOPPING)


if __name__ == "__main__":
    main(sys.argv[1])
