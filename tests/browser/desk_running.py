"""A real desk for the browser tests: seeded once, started by `controlroom start`, with its workers."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
EMAIL, PASSWORD = "producer@localhost", "seven green lanterns"
READY_S, STOP_S = 120, 25


@dataclass(frozen=True)
class Desk:
    """Where it is, what lies on it (the ids and addresses that `desk_seed.py` printed), who is signed in."""

    url: str
    home: Path
    has: dict[str, Any]
    session: str

    def link(self, guest: str) -> str:
        """The path of a guest's link."""
        return urllib.parse.urlsplit(self.has["links"][guest]).path

    def recording(self, name: str, rest: str = "review/") -> str:
        return f"/recordings/{self.has[name]}/{rest}"

    def song(self, rest: str = "", name: str = "song") -> str:
        return f"/songs/{self.has[name]}/{rest}"

    def ask(self, program: str) -> Any:
        """Run a few lines of Python with the desk's own code and database; `answer` is what comes back."""
        begin = f"from controlroom.desk.setup import setup\nsetup()\n{program}\nimport json\nprint(json.dumps(answer))"
        done = subprocess.run(
            [sys.executable, "-c", begin],
            env=surroundings(self.home),
            cwd=HERE,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


def surroundings(home: Path, **settings: str) -> dict[str, str]:
    """What a desk is started in; `settings` as CONTROLROOM_<name>."""
    named = {f"CONTROLROOM_{name}": value for name, value in settings.items()}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTROLROOM_", "DJANGO_"))}
    own = {"CONTROLROOM_HOME": str(home), "CONTROLROOM_EMAIL": EMAIL, "CONTROLROOM_PASSWORD": PASSWORD}
    return kept | own | named


def seed(folder: Path) -> None:
    """Fill `folder`/home, and write what lies there to `folder`/has.json."""
    home = folder / "home"
    home.mkdir(parents=True)
    done = subprocess.run(
        [sys.executable, str(HERE / "desk_seed.py"), str(folder / "files")],
        env=surroundings(home), capture_output=True, text=True, timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    (folder / "has.json").write_text(done.stdout.splitlines()[-1])


@contextlib.contextmanager
def running(home: Path, log: Path, **settings: str) -> Iterator[str]:
    """`controlroom start` at a free port; gives its address. Everything it started ends with it."""
    command = [str(ROOT / ".venv/bin/controlroom"), "start", "--port", "0", "--no-sample"]
    with log.open("w") as out:
        started = subprocess.Popen(
            command, env=surroundings(home, **settings), stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        yield _address(started, log)
    finally:
        started.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(STOP_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, signal.SIGKILL)
        started.wait()


def _address(started: subprocess.Popen[bytes], log: Path) -> str:
    until = time.monotonic() + READY_S
    while time.monotonic() < until and started.poll() is None:
        found = re.search(r"Controlroom is at (http://\S+)", log.read_text())
        if found and _answers(found[1]):
            return found[1]
        time.sleep(0.2)
    raise AssertionError(f"the desk did not start: {log.read_text()}")


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/login/", timeout=20) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def signed_in(url: str) -> str:
    """The session cookie of the producer."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    with browser.open(f"{url}/login/", timeout=20) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token
    form = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": token[1]}
    with browser.open(f"{url}/login/", urllib.parse.urlencode(form).encode(), timeout=20) as answer:
        assert answer.status == 200
    return next(str(each.value) for each in jar if each.name == "sessionid")
