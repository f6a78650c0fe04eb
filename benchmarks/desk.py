"""How long the desk takes for each of its pages, on a full studio: 1,000 songs, 6,000 recordings, 20,000 notes.

    .venv/bin/python benchmarks/desk.py [--rounds 20] [--only WORD] [--busy SECONDS]

The studio is made in a temporary home, on SQLite as shipped, and every address that answers GET is asked through the
whole site in this process, users' and guests' alike. Times are ms; `cpu` is what this process computed for the answer:
on a busy machine the others contain waiting for it. A page over 100 ms (95th percentile) ends this with 1. `--busy`:
instead, the desk's web server with 8 threads answers polling pages and new notes while jobs write their progress; any
answer but a good one ends this with 1. CONTROLROOM_DATABASE chooses another database.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from desk.every_page import Page

TESTS = Path(__file__).resolve().parents[1] / "tests"
MOST_MS = 100.0


def set_up(home: Path) -> None:
    """The desk with its home there, and the kits of its tests."""
    os.environ["CONTROLROOM_HOME"] = str(home)
    os.environ.setdefault("CONTROLROOM_SECRET", "of the benchmark")
    sys.path[0] = str(TESTS)  # not this folder: its desk.py is not the kits' `desk`
    from controlroom.desk.setup import setup

    setup()
    from django.core.management import call_command

    import_module("controlroom.desk.wsgi")  # as a web server loads it
    call_command("migrate", verbosity=0)


def full_studio(home: Path) -> Any:
    """The studio that is measured; its first songs have 20 versions, 40 takes and (the first) 500 notes."""
    from desk.full_studio import Size, Studio

    from controlroom.desk.accounts.actions import found_studio

    user, _ = found_studio("The studio", "jo@example.org", "a long password", "Europe/Berlin")
    size = Size(
        songs=1000,
        people=300,
        recordings=6000,
        notes=20_000,
        events=30_000,
        links=200,
        jobs=500,
        versions=20,
        takes=40,
        own_notes=500,
        tracks=40,
        full_songs=3,
    )
    return Studio(user, size, listened_to(home))


def listened_to(home: Path) -> dict[str, Path]:
    """What listening keeps of a song of three and a half minutes, by kind of rendition."""
    from controlroom.base.canonical import to_json
    from controlroom.base.progress import SILENT
    from controlroom.desk.songs.analysis import hear
    from controlroom.desk.songs.pictures import pictures_of
    from controlroom.sound.files import Format, write
    from controlroom.sound.signal import Audio

    rate_hz, rng = 48000, np.random.default_rng(1)
    beat = np.sin(np.linspace(0, 214 * 4 * np.pi, 214 * rate_hz)) ** 8
    sound = home / "song.wav"
    write(sound, Audio((rng.normal(0, 0.1, (2, 214 * rate_hz)) * beat).astype(np.float32), rate_hz), Format("wav", 24))
    heard = hear(sound, "song.wav", "mix", SILENT)
    assert heard.report
    said = {
        "survey": to_json(heard.survey),
        "peaks": heard.peaks,
        "listening": to_json(heard.report.to_json()),
        "heard": to_json(heard.drawn),
        "pictures": to_json(pictures_of(heard.survey, "Mix 20")),
    }
    for kind, data in said.items():
        (home / kind).write_bytes(data)
    return {kind: home / kind for kind in said}


def timed(studio: Any, rounds: int, only: str) -> int:
    """Measure every page; 1 when one is too slow."""
    from desk.every_page import every_page, visitor
    from django.db import connection

    client, slow = visitor(studio), 0
    pages = [page for page in every_page(studio) if only in str(page)]
    print(f"{'page':60} {'status':>6} {'queries':>7} {'kB':>6} {'median':>8} {'p95':>8} {'worst':>8} {'cpu p95':>8}")
    for page in pages:
        queries: list[str] = []
        with connection.execute_wrapper(partial(counting, queries)):
            answer: Any = page.get(client)
        wall, cpu = measured(page, client, rounds)
        p95 = np.percentile(wall, 95)
        size = 0 if answer.streaming else len(answer.content) / 1000
        figures = f"{np.median(wall):8.1f} {p95:8.1f} {max(wall):8.1f} {np.percentile(cpu, 95):8.1f}"
        print(f"{str(page)[:60]:60} {answer.status_code:6} {len(queries):7} {size:6.0f} {figures}", end="")
        print("  too slow" if p95 >= MOST_MS else "", flush=True)
        slow += p95 >= MOST_MS
    print(f"{len(pages)} pages, {slow} of them over {MOST_MS:.0f} ms")
    return int(slow > 0)


def counting(queries: list[str], execute: Any, sql: str, *rest: Any) -> Any:
    queries.append(sql)
    return execute(sql, *rest)


def measured(page: Page, client: Any, rounds: int) -> tuple[list[float], list[float]]:
    """Milliseconds by the clock and of computing, for each round."""
    wall, cpu = [], []
    for _ in range(rounds):
        began, computed = time.perf_counter(), time.process_time()
        page.get(client)
        wall.append(1000 * (time.perf_counter() - began))
        cpu.append(1000 * (time.process_time() - computed))
    return wall, cpu


def busy(studio: Any, seconds: float) -> int:
    """Pages are polled each second, notes are posted, jobs say how far they are; raises where one is refused."""
    from desk.every_page import visitor

    session = visitor(studio).cookies["sessionid"].value
    song, version, job = studio.song.pk, studio.version.pk, studio.jobs[1].pk
    polled = [f"/jobs/{job}/", f"/jobs/of-song/{song}/", "/today/running/", "/", f"/songs/{song}/", "/songs/board/"]
    over = threading.Event()
    with web_server() as address, ThreadPoolExecutor(16) as people:
        ask = partial(asked, address, session)
        ask(polled[0])  # the first request waits for the server to be up
        doing = [people.submit(again_and_again, over, 1.0, partial(ask, url)) for url in polled * 2]
        note = partial(ask, f"/recordings/{version}/notes/", b"text=Vocal+up+1+dB&at_s=12.5")
        doing += [people.submit(again_and_again, over, 0.25, note) for _ in range(2)]
        doing += [people.submit(again_and_again, over, 0.4, partial(told, each.pk)) for each in studio.jobs[1:17:8]]
        time.sleep(seconds)
        over.set()
        times = np.array([taken for each in doing for taken in each.result()])
    says = f"{len(times)} in {seconds:.0f} s, none refused; median {np.median(times):.0f} ms"
    print(f"{says}, p95 {np.percentile(times, 95):.0f} ms, worst {times.max():.0f} ms")
    return 0


def again_and_again(over: threading.Event, every_s: float, do: Callable[[], None]) -> list[float]:
    """Milliseconds of each time."""
    taken = []
    while not over.wait(every_s):
        began = time.perf_counter()
        do()
        taken.append(1000 * (time.perf_counter() - began))
    return taken


def asked(address: str, session: str, url: str, data: bytes | None = None) -> None:
    """GET, or POST as htmx does; raises for any answer but a good one."""
    token = "a" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token, "HX-Request": "true"}
    with urllib.request.urlopen(urllib.request.Request(address + url, data, headers), timeout=60) as answer:
        answer.read()


def told(job: int) -> None:
    """A job says how far it is, as its child does."""
    from controlroom.desk.jobs.models import Job
    from controlroom.desk.jobs.rows import Attempt

    Job.objects.filter(pk=job).update(state="running", attempts=1)
    Attempt(job, 1).report(time.time() % 1, "mixing")


@contextmanager
def web_server() -> Iterator[str]:
    """The desk's own web server with eight threads; its address."""
    with socket.create_server(("127.0.0.1", 0), backlog=128) as door:
        command = [sys.executable, "-m", "controlroom.desk.web", str(door.fileno()), "8"]
        process = subprocess.Popen(command, pass_fds=[door.fileno()])
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            process.terminate()
            process.wait(10)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--only", default="")
    parser.add_argument("--busy", type=float, default=0.0)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="controlroom-desk-") as folder:
        home = Path(folder)
        set_up(home)
        began = time.perf_counter()
        studio = full_studio(home)
        print(f"a full studio, made in {time.perf_counter() - began:.0f} s")
        if chosen.busy:
            return busy(studio, chosen.busy)
        return timed(studio, chosen.rounds, chosen.only)


if __name__ == "__main__":
    sys.exit(main())
