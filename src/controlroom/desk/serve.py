"""`controlroom start`: the web server and the workers together, in the foreground, until somebody stops them."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.desk.surroundings import setting

LOOK_S = 0.3
REST_S = 1.0
STOP_S = 15.0

Say = Callable[[str], None]


@dataclass
class Helper:
    """A process that is started, and started again when it ends by itself."""

    name: str
    command: list[str]
    pass_fds: tuple[int, ...] = ()
    process: subprocess.Popen[bytes] | None = None
    begun_at: float = field(default=0.0)

    def begin(self) -> None:
        self.begun_at = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", *self.command],
            stdin=subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            start_new_session=True,  # Ctrl-C reaches `start` alone, which stops the others in order
        )

    def look_after(self, say: Say) -> None:
        """Begin again where it crashed, not more often than each second."""
        if self.process is None or self.process.poll() is None or time.monotonic() - self.begun_at < REST_S:
            return
        say(f"The {self.name} ended ({self.process.returncode}); it is started again.")
        self.begin()

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def wait(self, until: float) -> None:
        """Wait for its end, not longer than `until`; then it is killed."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(until - time.monotonic(), 0.0))
        self.process.kill()
        self.process.wait()


def start(host: str, port: int, *, sample: bool, threads: int, say: Say) -> None:
    """Set up what is missing, then serve until SIGINT, SIGTERM or SIGHUP. `say` prints a line for people.

    Raises `SurroundingsFailed` where the port is taken or the database does not answer.
    """
    heavy = _heavy_workers()
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    with listening(host, port) as door:
        address = f"http://{_named(host)}:{door.getsockname()[1]}"
        os.environ.setdefault("CONTROLROOM_URL", address)
        _prepare(sample, address, say)
        helpers = [
            Helper("web server", ["controlroom.desk.web", str(door.fileno()), str(threads)], (door.fileno(),)),
            Helper("worker for quick jobs", ["controlroom.desk.jobs.worker", "quick"]),
            Helper("listener for mail", ["controlroom.desk.mail.watch"]),
            *(Helper("worker for heavy jobs", ["controlroom.desk.jobs.worker", "heavy"]) for _ in range(heavy)),
        ]
        _serve(helpers, stop, say)
    say("Stopped. Nothing is lost: what was being done goes on at the next start.")


def _prepare(sample: bool, address: str, say: Say) -> None:
    from controlroom.desk.setup import setup

    setup()
    from django.conf import settings
    from django.db import connections

    from controlroom.desk.first import prepare

    ready = prepare(sample=sample)
    connections.close_all()
    say(f"Controlroom is at {address} (its data: {settings.HOME}). Ctrl-C stops it.")
    if ready.founded:
        say(f"Sign in as {ready.email}" + (f" with the password {ready.password}" if ready.password else ""))
    if ready.password:
        say(f"It is shown this once. A new one: controlroom password {ready.email}")


def _serve(helpers: list[Helper], stop: threading.Event, say: Say) -> None:
    try:
        for each in helpers:
            each.begin()
        while not stop.wait(LOOK_S):
            for each in helpers:
                each.look_after(say)
    finally:
        for each in helpers:
            each.terminate()
        until = time.monotonic() + STOP_S
        for each in helpers:
            each.wait(until)


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises `SurroundingsFailed` where it cannot."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=128)
    except socket.gaierror:
        raise UsageError(f"--host {host}", "there is no such address", "Leave it out, or say 0.0.0.0.") from None
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why, then = "something listens there already", f"Stop it, or choose another: --port {port + 1}."
        else:
            why, then = error.strerror or str(error), "Choose another --host or --port."
        raise SurroundingsFailed(f"Port {port} of {host}", why, then) from error


def _named(host: str) -> str:
    """The host as a browser on this machine writes it."""
    local = {"0.0.0.0": "127.0.0.1", "::": "[::1]", "": "127.0.0.1"}
    return local.get(host, f"[{host}]" if ":" in host else host)


def _heavy_workers() -> int:
    wanted = setting("WORKERS", "1")
    if not wanted.isdigit():
        raise UsageError("CONTROLROOM_WORKERS", f"{wanted!r} is no number", "Say how many heavy jobs run at once.")
    return int(wanted)
