"""One job, one child process: spawned, listened for, stopped when nobody wants it, and spoken for when it dies.

    claim the row -> spawn -> a beat every 3 s -> the child writes how it ended -> else the supervisor does

Somebody calls it off: the flag in the row (the child's next progress raises `Cancelled`), SIGTERM after 5 s, SIGKILL
of all its processes after 10.
"""

from __future__ import annotations

import logging
import os
import platform
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass

from django.db import DatabaseError, connection

from controlroom.desk.jobs.rows import Attempt, claim

log = logging.getLogger(__name__)

NO_MEMORY = (
    "The system stopped it, most likely because memory ran out. Close other programs, or take a machine with more "
    "memory, and try again."
)


@dataclass(frozen=True)
class Patience:
    """How long is waited for what, seconds. `term_s` and `kill_s` count from the moment it is called off."""

    look_s: float = 0.5
    beat_s: float = 3.0
    term_s: float = 5.0
    kill_s: float = 10.0
    stop_s: float = 3.0


STOPPING = threading.Event()
"""Set when this worker is to stop: its job goes back into the queue."""


def supervise(job_id: int, patience: Patience = Patience(), stopping: threading.Event = STOPPING) -> None:
    """Have a job done by a child and see it to its end. Does nothing when another worker has it."""
    attempt = claim(job_id, f"{platform.node()}:{os.getpid()}")
    if attempt is None:
        return
    child = _spawn(attempt)
    try:
        _watch(child, attempt, patience, stopping)
    finally:
        _kill(child)
    _settle(attempt, child.returncode, stopping)


def _spawn(attempt: Attempt) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "controlroom.desk.jobs.child"]
    numbers = [str(each) for each in (attempt.job, attempt.number, os.getpid())]
    return subprocess.Popen([*command, *numbers], stdin=subprocess.DEVNULL, start_new_session=True)


def _watch(child: subprocess.Popen[bytes], attempt: Attempt, patience: Patience, stopping: threading.Event) -> None:
    beaten = time.monotonic()
    while not _ended(child, patience.look_s):
        if stopping.is_set():
            return _stop(child, 0.0, patience.stop_s)
        try:
            called_off = attempt.called_off()
            if time.monotonic() - beaten >= patience.beat_s:
                attempt.beat()
                beaten = time.monotonic()
        except DatabaseError as error:  # busy, or restarting: the child works on, and is asked after again
            log.warning("job %s: the database does not answer: %s", attempt.job, error)
            connection.close()
            continue
        if called_off is None:  # taken away, or deleted with its song
            return _stop(child, 0.0, 0.0)
        if called_off:
            return _stop(child, patience.term_s, patience.kill_s)


def _stop(child: subprocess.Popen[bytes], term_s: float, kill_s: float) -> None:
    """Wait `term_s` for it to end by itself, then ask it (SIGTERM), until `kill_s`; the caller kills what is left."""
    if not _ended(child, term_s):
        with suppress(ProcessLookupError):
            child.terminate()
        _ended(child, kill_s - term_s)


def _ended(child: subprocess.Popen[bytes], within_s: float) -> bool:
    with suppress(subprocess.TimeoutExpired):
        child.wait(max(within_s, 0.0))
    return child.returncode is not None


def _kill(child: subprocess.Popen[bytes]) -> None:
    """End the child and everything that it started."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def _settle(attempt: Attempt, code: int, stopping: threading.Event) -> None:
    """Say how it ended where the child could not."""
    called_off = attempt.called_off()
    if called_off is None:
        return
    if called_off:
        attempt.cancelled()
    elif stopping.is_set():
        attempt.hand_back(counts=False)
    else:
        attempt.failed(_last_words(code))


def _last_words(code: int) -> str:
    if code == -signal.SIGKILL:
        return NO_MEMORY
    how = f"by {signal.Signals(-code).name}" if code < 0 else f"with {code}"
    return f"It ended {how} without a word; the log may say more. Try again, and tell whoever keeps this desk."
