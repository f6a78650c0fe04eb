"""The process in which one job is done: `python -m controlroom.desk.jobs.child JOB ATTEMPT SUPERVISOR`."""

from __future__ import annotations

import inspect
import json
import logging
import os
import signal
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from controlroom.base.canonical import to_json
from controlroom.base.errors import Cancelled, ControlroomError, UsageError
from controlroom.desk.setup import setup

if TYPE_CHECKING:
    from collections.abc import Iterator

    from controlroom.desk.jobs.models import Job
    from controlroom.desk.jobs.rows import Attempt

LOOK_S = 0.4
ORPHANED_S = 10.0
NICE = 10

log = logging.getLogger(__name__)


class Reporter:
    """The progress of a job. What it is told is written beside the work, by a thread: the work never waits for it.

    Progress only grows. When somebody calls the job off the next call raises `Cancelled`.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._share, self._step = 0.0, ""
        self._called_off = False

    def __call__(self, done: float, total: float, what: str = "") -> None:
        if self._called_off:
            raise Cancelled
        share = done / total if total else 1.0
        self._share = max(self._share, min(share, 1.0))
        self._step = what or self._step

    @contextmanager
    def writing(self, supervisor: int) -> Iterator[None]:
        over = threading.Event()
        writer = threading.Thread(target=self._write, args=(over, supervisor), daemon=True)
        writer.start()
        try:
            yield
        finally:
            over.set()
            writer.join()

    def _write(self, over: threading.Event, supervisor: int) -> None:
        from django.db import DatabaseError, connection

        written = (0.0, "")
        while not over.wait(LOOK_S):
            if os.getppid() != supervisor:
                return _orphaned(over)
            try:
                if (now := (self._share, self._step)) != written:
                    self._attempt.report(*now)
                    written = now
                self._called_off = self._attempt.called_off() is not False
            except DatabaseError:  # it is told a moment later
                connection.close()
        connection.close()


def _orphaned(over: threading.Event) -> None:
    """Nobody waits for this any more: the worker died. Stop, if need be the hard way."""
    os.kill(os.getpid(), signal.SIGTERM)
    if not over.wait(ORPHANED_S):
        os.killpg(0, signal.SIGKILL)


def main(job_id: int, number: int, supervisor: int) -> int:
    """Do the job; 0 when the row says how it ended, 130 when it was stopped and the supervisor shall say so."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    setup()
    from controlroom.desk.jobs.rows import Attempt

    attempt = Attempt(job_id, number)
    job = attempt.rows.first()
    if job is None:
        return 0
    if job.queue == "heavy":
        os.nice(NICE)  # pages come first
    reporter = Reporter(attempt)
    try:
        with reporter.writing(supervisor):
            result = _work(job, reporter)
        attempt.done(result)
    except (Cancelled, KeyboardInterrupt):
        return 130
    except ControlroomError as error:
        attempt.failed(str(error))
    except Exception as error:
        log.exception("job %s: %s", job.pk, job.work)
        attempt.failed(_broken(error))
    return 0


def _work(job: Job, progress: Reporter) -> Any:
    """Run its work; one that takes `song` is told the job's. The result is plain JSON."""
    from controlroom.desk.works import WORKS

    if job.work not in WORKS:
        raise UsageError(job.says, "this Controlroom does no such work", "Ask for it on its page again.")
    run = WORKS[job.work].run
    song = {"song": job.song_id} if "song" in inspect.signature(run).parameters else {}
    return json.loads(to_json(run(progress, **job.arguments, **song)))


def _broken(error: Exception) -> str:
    from controlroom.desk.jobs.supervisor import NO_MEMORY

    if isinstance(error, MemoryError):
        return NO_MEMORY
    return f"Something broke here: {type(error).__name__}; it is written in the log. Try again."


if __name__ == "__main__":
    sys.exit(main(*(int(each) for each in sys.argv[1:4])))
