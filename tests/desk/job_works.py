"""Works for the tests of jobs, and the settings of the children that do them: the database of the running test."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from controlroom.base.errors import ControlroomError, InputRefused
from controlroom.base.progress import Progress
from controlroom.desk.settings import *  # noqa: F403
from controlroom.desk.works import work

if "JOBS_TEST_DATABASE" in os.environ:
    DATABASES["default"]["NAME"] = os.environ["JOBS_TEST_DATABASE"]  # noqa: F405


@work("test.count", queue="quick")
def count(progress: Progress, *, to: int = 3, each_s: float = 0.0) -> dict[str, Any]:
    for number in range(to):
        progress(number, to, f"counting\n{number}\0")
        time.sleep(each_s)
    return {"counted": to, "nothing": float("nan"), "at": Path("a/b")}


@work("test.song", queue="heavy")
def of_song(progress: Progress, *, song: int) -> dict[str, Any]:
    return {"song": song, "nice": os.nice(0)}


@work("test.back", queue="quick")
def back(progress: Progress) -> None:
    """Its progress goes back, and in a thread's time."""
    progress(8, 10, "ahead")
    time.sleep(0.6)
    progress(2, 10, "behind")
    time.sleep(1.2)


@work("test.refuse", queue="quick")
def refuse(progress: Progress) -> None:
    raise InputRefused("take 1.wav", "it is empty", "Record it again.")


@work("test.broken", queue="quick")
def broken(progress: Progress) -> None:
    raise ZeroDivisionError("three by nothing")


@work("test.memory", queue="quick")
def memory(progress: Progress) -> None:
    raise MemoryError


@work("test.leave", queue="quick")
def leave(progress: Progress) -> None:
    os._exit(7)


@work("test.signal", queue="quick")
def by_signal(progress: Progress, *, number: int) -> None:
    os.kill(os.getpid(), number)


@work("test.wait", queue="quick")
def wait(progress: Progress, *, note: str) -> None:
    """Works for ever, listening to its progress; `note` says that it began, and how it ended."""
    _begin(note)
    try:
        while True:
            progress(1, 2, "waiting")
            time.sleep(0.05)
    except ControlroomError as error:
        Path(note).write_text(type(error).__name__)
        raise


@work("test.deaf", queue="quick")
def deaf(progress: Progress, *, note: str) -> None:
    """Never asks whether it should stop; SIGTERM stops it."""
    _begin(note)
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        Path(note).write_text("SIGTERM")
        raise


@work("test.stone", queue="quick")
def stone(progress: Progress, *, note: str) -> None:
    """Nothing but SIGKILL stops it, and it has a child of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    _begin(note, f"{os.getpid()} {other.pid}")
    while True:
        time.sleep(1)


def _begin(note: str, says: str = "begun") -> None:
    part = Path(f"{note}.part")
    part.write_text(says)
    part.replace(note)
