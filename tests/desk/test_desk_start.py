"""The first start, the second, and the end of one: `controlroom start` as a person runs it."""

from __future__ import annotations

import contextlib
import http.cookiejar
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from django.test import Client

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.base.progress import SILENT
from controlroom.desk import first, serve
from controlroom.desk.accounts.actor import house
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.jobs.models import Job
from controlroom.desk.jobs.sample import bring_in
from controlroom.desk.songs.blobs import place_of
from controlroom.desk.songs.models import Recording, Song
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

Browser = urllib.request.OpenerDirector


@pytest.mark.django_db
class TestPrepare:
    def test_the_first_time_founds_a_studio_and_asks_for_the_sample_song(self) -> None:
        ready = first.prepare(sample=True)
        user = User.objects.get()
        assert (ready.email, ready.founded) == ("producer@localhost", True)
        assert user.check_password(ready.password)
        assert (user.role, user.studio) == ("producer", Studio.objects.get())
        job = Job.objects.get()
        assert (job.work, job.queue, job.arguments) == ("sample.song", "heavy", {"studio": user.studio_id})

    def test_the_second_time_changes_nothing(self) -> None:
        first.prepare(sample=True)
        rows = list(User.objects.values()), list(Job.objects.values())
        again = first.prepare(sample=True)
        assert (again.password, again.founded) == ("", False)
        assert rows == (list(User.objects.values()), list(Job.objects.values()))

    def test_without_the_sample_song(self) -> None:
        first.prepare(sample=False)
        assert not Job.objects.exists()

    def test_who_signs_in_first_may_be_said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CONTROLROOM_EMAIL", "mara@example.org")
        monkeypatch.setenv("CONTROLROOM_PASSWORD", "seven green lanterns")
        ready = first.prepare(sample=False)
        assert (ready.email, ready.password) == ("mara@example.org", "")
        assert User.objects.get().check_password("seven green lanterns")

    def test_what_is_no_address_is_refused_and_nothing_is_made(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CONTROLROOM_EMAIL", "mara")
        with pytest.raises(UsageError, match="no mail address"):
            first.prepare(sample=False)
        assert not Studio.objects.exists()

    def test_a_lost_password_is_replaced(self, producer: User) -> None:
        word = first.new_password(producer.email.upper())
        producer.refresh_from_db()
        assert producer.check_password(word)
        assert Client().login(username=producer.email, password=word)
        with pytest.raises(UsageError, match="nobody signs in"):
            first.new_password("nobody@example.org")


@pytest.mark.django_db
class TestBringIn:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        folder = tmp_path / "Paper Lanterns"
        for place in ("takes/bass/Bass DI_01.wav", "takes/keys/Keys L_01.wav", "demo/phone demo.wav"):
            (folder / place).parent.mkdir(parents=True, exist_ok=True)
            hz = 100.0 + len(place)
            rows = 0.1 * np.sin(2 * np.pi * hz * np.arange(4800) / 48000)
            write(folder / place, Audio(rows[None].astype(np.float32), 48000), Format("wav", 24))
        (folder / "song.toml").write_text(
            'title = "Paper Lanterns"\nartist = "Mara Lind"\ntempo_bpm = 96.0\nkey = "D minor"\n'
            '[[people]]\nname = "Jo"\nroles = ["bass", "writer"]\n'
        )
        return folder

    def test_what_lies_in_the_folder_lies_on_the_desk(self, studio: Studio, folder: Path) -> None:
        song = bring_in(house(studio.pk), folder, SILENT)
        assert (song.title, song.artist_name, song.tempo_bpm, song.key) == (
            "Paper Lanterns",
            "Mara Lind",
            96,
            "D minor",
        )
        assert set(song.credits.values_list("person__name", "role")) == {("Jo", "bass"), ("Jo", "writer")}
        assert set(song.recordings.values_list("kind", "part__name", "name")) == {
            ("demo", None, "phone demo.wav"),
            ("take", "bass", "Bass DI_01.wav"),
            ("take", "keys", "Keys L_01.wav"),
        }

    def test_brought_in_again_only_what_is_missing_comes(self, studio: Studio, folder: Path) -> None:
        song = bring_in(house(studio.pk), folder, SILENT)
        kept = list(song.recordings.order_by("pk").values_list("pk", "blob__sha256"))
        again = folder.with_name("again")
        for pk, sha256 in kept[:2]:
            row = Recording.objects.get(pk=pk)
            place = again / (f"takes/{row.part}" if row.part else "demo") / row.name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(place_of(sha256).read_bytes())
        (again / "song.toml").write_text((folder / "song.toml").read_text())
        assert bring_in(house(studio.pk), again, SILENT) == song
        assert list(song.recordings.order_by("pk").values_list("pk", "blob__sha256")) == kept
        assert Song.objects.count() == 1


class TestDoor:
    def test_a_port_in_use_says_what_to_do(self) -> None:
        with serve.listening("127.0.0.1", 0) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(SurroundingsFailed) as error:
                serve.listening("127.0.0.1", port)
        assert str(error.value) == (
            f"Port {port} of 127.0.0.1: something listens there already. Stop it, or choose another: --port {port + 1}."
        )

    def test_a_host_that_is_none(self) -> None:
        with pytest.raises(UsageError, match="no such address"):
            serve.listening("no host at all", 0)

    def test_the_command_leaves_with_5_and_one_line(self, tmp_path: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            command = [sys.executable, "-m", "controlroom.cli", "start", "--port", str(port)]
            said = subprocess.run(command, capture_output=True, text=True, timeout=60, env=surroundings(tmp_path))
        assert (said.returncode, said.stdout, len(said.stderr.splitlines())) == (5, "", 1)
        assert not (tmp_path / "desk.sqlite3").exists()


def surroundings(home: Path) -> dict[str, str]:
    known = {name: value for name, value in os.environ.items() if not name.startswith(("CONTROLROOM", "DJANGO"))}
    return {**known, "CONTROLROOM_HOME": str(home)}


class Running:
    """A `controlroom start` of its own home."""

    def __init__(self, home: Path, *words: str) -> None:
        self.log = home.with_suffix(".log")
        command = [sys.executable, "-m", "controlroom.cli", "start", "--port", "0", *words]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdout=log, stderr=log, env=surroundings(home))
        until(lambda: "Controlroom is at" in self.said)
        self.url = re.search(r"at (http://\S+)", self.said)[1]  # type: ignore[index]

    @property
    def said(self) -> str:
        assert self.process.poll() is None, self.log.read_text()
        return self.log.read_text()

    def helpers(self) -> dict[int, str]:
        """Its processes and theirs: what each runs, by process id."""
        found, parents = {}, {self.process.pid}
        rows = [(int(each.name), *_stat(each)) for each in Path("/proc").glob("[0-9]*")]
        for pid, parent, command in sorted(rows):
            if parent in parents and "controlroom.desk" in command:
                parents.add(pid)
                found[pid] = command
        return found

    def stop(self) -> float:
        """SIGTERM; how long it took, seconds."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(20) == 0
        return time.monotonic() - began


def _stat(process: Path) -> tuple[int, str]:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent, (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return 0, ""


def until(true: Callable[[], object], within_s: float = 40.0) -> None:
    ends = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.1)


def alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Running]]:
    if "CONTROLROOM_DATABASE" in os.environ:
        pytest.skip("it has a home of its own")
    home, running = tmp_path / "desk", []

    def begin(*words: str) -> Running:
        running.append(Running(home, *words))
        return running[-1]

    yield begin
    for each in running:
        for pid in [*each.helpers(), each.process.pid]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        each.process.wait()


def signed_in(url: str, email: str, password: str) -> Browser:
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with browser.open(f"{url}/login/", timeout=60) as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())[1]  # type: ignore[index]
    form = {"csrfmiddlewaretoken": token, "username": email, "password": password, "next": "/jobs/"}
    request = urllib.request.Request(
        f"{url}/login/", urllib.parse.urlencode(form).encode(), {"Referer": url, "Origin": url}
    )
    with browser.open(request, timeout=60) as page:
        assert page.url == f"{url}/jobs/"
    return browser


def read(browser: Browser, url: str) -> str:
    with browser.open(url, timeout=30) as page:
        return page.read().decode()


def progress(page: str) -> float:
    found = re.search(r'<progress class="bar" max="1" value="([0-9.]+)"', page)
    return float(found[1]) if found else 0.0


def test_started_stopped_and_started_again(start: Callable[..., Running]) -> None:
    running = start()
    email, password = re.search(r"Sign in as (\S+) with the password (\S+)", running.said).groups()  # type: ignore[union-attr]
    browser = signed_in(running.url, email, password)
    assert "Making the sample song" in read(browser, f"{running.url}/jobs/")
    until(lambda: progress(read(browser, f"{running.url}/jobs/")) > 0.0)
    shares = [progress(read(browser, f"{running.url}/jobs/1/"))]
    until(lambda: shares.append(progress(read(browser, f"{running.url}/jobs/1/"))) or shares[-1] > shares[0])
    assert shares == sorted(shares)

    worker = next(pid for pid, command in running.helpers().items() if "jobs.worker quick" in command)
    os.kill(worker, signal.SIGKILL)
    until(lambda: "The worker for quick jobs ended (-9)" in running.said)
    until(lambda: any("jobs.worker quick" in command for command in running.helpers().values()))

    pids = list(running.helpers())
    assert running.stop() < 10
    assert not any(alive(pid) for pid in pids)
    assert "Stopped. Nothing is lost" in running.log.read_text()

    began = time.monotonic()
    again = start()
    assert time.monotonic() - began < 10
    assert "password" not in again.said
    browser = signed_in(again.url, email, password)
    until(lambda: "waits for its turn" not in read(browser, f"{again.url}/jobs/1/"))
    assert "Making the sample song" in read(browser, f"{again.url}/jobs/1/")
    until(lambda: any("jobs.child 1 " in command for command in again.helpers().values()))

    pids = list(again.helpers())
    again.process.kill()  # nobody is left behind by a start that could not say goodbye
    again.process.wait()
    until(lambda: not any(alive(pid) for pid in pids), 15)
