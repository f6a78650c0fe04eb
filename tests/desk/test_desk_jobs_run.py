"""Jobs done by real children on a real database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from controlroom.desk import works
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.jobs import actions, keeping, worker
from controlroom.desk.jobs.models import Job
from controlroom.desk.jobs.rows import Attempt, claim
from controlroom.desk.jobs.supervisor import NO_MEMORY, Patience, supervise
from controlroom.desk.songs.models import Song

pytestmark = pytest.mark.django_db(transaction=True)
TESTS = Path(__file__).parents[1]
BRISK = Patience(look_s=0.05, beat_s=0.2, term_s=0.4, kill_s=0.8, stop_s=0.4)

Ask = Callable[..., Job]


@pytest.fixture(autouse=True)
def children(monkeypatch: pytest.MonkeyPatch, fresh_home: Path) -> None:
    """Children work on the database of this test, and know its works."""
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "desk.job_works")
    monkeypatch.setenv("PYTHONPATH", str(TESTS))
    monkeypatch.setenv("CONTROLROOM_HOME", str(fresh_home))
    monkeypatch.setenv("JOBS_TEST_DATABASE", str(connection.settings_dict["NAME"]))
    monkeypatch.syspath_prepend(str(TESTS))
    __import__("desk.job_works")


@pytest.fixture
def ask(producer: User) -> Ask:
    def asked(name: str, song: int | None = None, **arguments: object) -> Job:
        job = works.ask(producer.actor, name, says=f"Doing {name}", song=song, **arguments)
        return Job.objects.get(pk=job.pk)

    return asked


@pytest.fixture
def begin() -> Iterator[Callable[..., threading.Thread]]:
    """Supervise a job in a thread."""
    threads = []

    def run(job: Job, stopping: threading.Event | None = None, patience: Patience = BRISK) -> threading.Thread:
        def inside() -> None:
            supervise(job.pk, patience, stopping or threading.Event())
            connection.close()

        thread = threading.Thread(target=inside)
        threads.append(thread)
        thread.start()
        return thread

    yield run
    for each in threads:
        each.join(20)


def done(job: Job) -> Job:
    supervise(job.pk, BRISK, threading.Event())
    job.refresh_from_db()
    return job


def until(true: Callable[[], bool], within_s: float = 15.0) -> None:
    ends = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends, "it did not come to pass"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:1]


def test_a_job_is_done_and_its_result_kept_as_plain_json(ask: Ask) -> None:
    job = done(ask("test.count"))
    assert (job.state, job.progress, job.step, job.error, job.attempts) == ("done", 1.0, "", "", 1)
    assert job.result == {"counted": 3, "nothing": None, "at": "a/b"}
    assert job.ended_at >= job.started_at


def test_a_work_that_takes_the_song_is_told_it_and_heavy_work_steps_back(ask: Ask, studio: Studio) -> None:
    song = Song.objects.create(studio=studio, title="Paper Lanterns")
    job = done(ask("test.song", song=song.pk))
    assert job.state == "done", job.error
    assert job.result["song"] == song.pk
    assert job.result["nice"] >= 10


def test_progress_is_seen_while_it_runs_and_never_goes_back(ask: Ask, begin: Callable[..., threading.Thread]) -> None:
    job = ask("test.back")
    thread = begin(job)
    seen = set()
    while thread.is_alive():
        row = Job.objects.get(pk=job.pk)
        if row.state == "running":
            seen.add((row.progress, row.step))
        time.sleep(0.05)
    assert {share for share, _ in seen} == {0.0, 0.8}
    assert {step for _, step in seen} == {"", "ahead", "behind"}


def test_a_refusal_is_kept_as_its_sentence(ask: Ask) -> None:
    job = done(ask("test.refuse"))
    assert (job.state, job.error) == ("failed", "take 1.wav: it is empty. Record it again.")


def test_what_breaks_here_says_so_and_leaves_its_trace_in_the_log(ask: Ask, capfd: pytest.CaptureFixture[str]) -> None:
    job = done(ask("test.broken"))
    assert (job.state, job.error) == (
        "failed",
        "Something broke here: ZeroDivisionError; it is written in the log. Try again.",
    )
    assert "three by nothing" in capfd.readouterr().err


def test_work_that_an_older_controlroom_did(ask: Ask) -> None:
    job = ask("test.count")
    Job.objects.filter(pk=job.pk).update(work="old.work")
    assert "this Controlroom does no such work" in done(job).error


def test_no_memory_left(ask: Ask) -> None:
    assert done(ask("test.memory")).error == NO_MEMORY
    killed = done(ask("test.signal", number=int(signal.SIGKILL)))
    assert (killed.state, killed.error) == ("failed", NO_MEMORY)


def test_a_child_that_dies_without_a_word(ask: Ask) -> None:
    assert "It ended with 7" in done(ask("test.leave")).error
    assert "It ended by SIGSEGV" in done(ask("test.signal", number=int(signal.SIGSEGV))).error


def test_a_job_that_listens_stops_when_it_is_called_off(
    ask: Ask, begin: Callable[..., threading.Thread], producer: User, tmp_path: Path
) -> None:
    job = ask("test.wait", note=str(tmp_path / "note"))
    thread = begin(job, patience=Patience(look_s=0.05))
    until((tmp_path / "note").exists)
    assert actions.call_off(producer.actor, job).cancel
    thread.join(4)  # before SIGTERM
    job.refresh_from_db()
    assert (job.state, job.error) == ("cancelled", "")
    assert (tmp_path / "note").read_text() == "Cancelled"


def test_a_deaf_job_is_terminated(
    ask: Ask, begin: Callable[..., threading.Thread], producer: User, tmp_path: Path
) -> None:
    job = ask("test.deaf", note=str(tmp_path / "note"))
    thread = begin(job, patience=Patience(look_s=0.05, term_s=0.3, kill_s=8))
    until((tmp_path / "note").exists)
    actions.call_off(producer.actor, job)
    thread.join(8)
    job.refresh_from_db()
    assert job.state == "cancelled"
    assert (tmp_path / "note").read_text() == "SIGTERM"


def test_a_stone_is_killed_with_all_that_it_started(
    ask: Ask, begin: Callable[..., threading.Thread], producer: User, tmp_path: Path
) -> None:
    job = ask("test.stone", note=str(tmp_path / "note"))
    thread = begin(job)
    until((tmp_path / "note").exists)
    pids = [int(each) for each in (tmp_path / "note").read_text().split()]
    assert all(alive(pid) for pid in pids)
    actions.call_off(producer.actor, job)
    thread.join(8)
    job.refresh_from_db()
    assert job.state == "cancelled"
    until(lambda: not any(alive(pid) for pid in pids))


def test_a_worker_that_stops_hands_its_job_back(
    ask: Ask, begin: Callable[..., threading.Thread], tmp_path: Path
) -> None:
    job, stopping = ask("test.wait", note=str(tmp_path / "note")), threading.Event()
    thread = begin(job, stopping)
    until((tmp_path / "note").exists)
    tasks = DBTaskResult.objects.count()
    stopping.set()
    thread.join(8)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.worker) == ("waiting", 0, "")
    assert DBTaskResult.objects.count() == tasks + 1


def test_a_job_whose_row_is_gone_stops(ask: Ask, begin: Callable[..., threading.Thread], tmp_path: Path) -> None:
    job = ask("test.stone", note=str(tmp_path / "note"))
    thread = begin(job)
    until((tmp_path / "note").exists)
    Job.objects.filter(pk=job.pk).delete()
    thread.join(8)
    assert not alive(int((tmp_path / "note").read_text().split()[0]))


def test_a_child_whose_worker_was_killed_stops(ask: Ask, tmp_path: Path) -> None:
    note = tmp_path / "note"
    ask("test.wait", note=str(note))
    serving = subprocess.Popen([sys.executable, "-m", "controlroom.desk.jobs.worker", "quick"])
    until(note.exists)
    serving.kill()
    serving.wait()
    until(lambda: note.read_text() != "begun" or not children_of_jobs())
    until(lambda: not children_of_jobs())


def children_of_jobs() -> list[str]:
    """Job children of this test's database that still run."""
    mine = os.environ["JOBS_TEST_DATABASE"].encode()
    found = []
    for each in Path("/proc").glob("[0-9]*"):
        try:
            if b"desk.jobs.child" in (each / "cmdline").read_bytes() and mine in (each / "environ").read_bytes():
                found.append(each.name)
        except OSError:
            continue
    return found


def test_a_worker_process_takes_a_job_at_once_and_stops_on_sigterm(ask: Ask) -> None:
    serving = subprocess.Popen([sys.executable, "-m", "controlroom.desk.jobs.worker", "quick"])
    try:
        first = ask("test.count")
        until(lambda: Job.objects.get(pk=first.pk).state == "done")
        second = ask("test.count", to=1)
        until(lambda: Job.objects.get(pk=second.pk).state != "waiting", 0.3 + worker.LOOK_S + 0.4)
        until(lambda: Job.objects.get(pk=second.pk).state == "done")
    finally:
        serving.terminate()
        assert serving.wait(5) == 0


def test_a_routine_that_breaks_keeps_no_job_waiting(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    def breaks() -> None:
        raise OSError("no mail server")

    monkeypatch.setattr(works, "ROUTINES", [works.Routine(60.0, breaks)])
    job, stopping = ask("test.count"), threading.Event()
    serving = threading.Thread(target=lambda: (worker.serve("quick", stopping), connection.close()))
    serving.start()
    try:
        until(lambda: Job.objects.get(pk=job.pk).state == "done")
    finally:
        stopping.set()
        serving.join()


def test_beats_are_heard_while_the_child_lives(
    ask: Ask, begin: Callable[..., threading.Thread], producer: User, tmp_path: Path
) -> None:
    job = ask("test.deaf", note=str(tmp_path / "note"))
    begin(job)
    until((tmp_path / "note").exists)
    first = Job.objects.get(pk=job.pk).heartbeat_at
    until(lambda: Job.objects.get(pk=job.pk).heartbeat_at > first, 2.0)
    assert keeping.requeue_stale() == 0
    actions.call_off(producer.actor, job)


def test_two_workers_claim_a_job_once(ask: Ask) -> None:
    job = ask("test.count")
    got, barrier = [], threading.Barrier(4)

    def grab(name: str) -> None:
        barrier.wait()
        got.append(claim(job.pk, name))
        connection.close()

    threads = [threading.Thread(target=grab, args=(f"w{number}",)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each for each in got if each] == [Attempt(job.pk, 1)]


def test_the_same_asked_for_at_the_same_time_is_one_job(producer: User, ask: Ask) -> None:
    got, barrier = [], threading.Barrier(4)

    def askers() -> None:
        barrier.wait()
        got.append(ask("test.count", to=5).pk)
        connection.close()

    threads = [threading.Thread(target=askers) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 4
    assert len(set(got)) == 1
    assert DBTaskResult.objects.count() == 1


def stale(job: Job, attempts: int = 1, **fields: object) -> Job:
    long_ago = timezone.now() - timedelta(seconds=keeping.STALE_S + 1)
    Job.objects.filter(pk=job.pk).update(state="running", heartbeat_at=long_ago, attempts=attempts, **fields)
    return job


def test_a_job_that_is_not_heard_of_waits_again(ask: Ask) -> None:
    job = stale(ask("test.count"), progress=0.5, step="mixing")
    assert keeping.requeue_stale() == 1
    job.refresh_from_db()
    assert (job.state, job.attempts, job.progress, job.step) == ("waiting", 1, 0.0, "")
    assert DBTaskResult.objects.filter(pk=job.task_id, status="READY").exists()
    assert done(job).state == "done"
    assert job.attempts == 2


def test_after_three_attempts_it_is_given_up(ask: Ask) -> None:
    job = stale(ask("test.count"), attempts=3)
    assert keeping.requeue_stale() == 0
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", keeping.GAVE_UP)


def test_a_stale_job_that_was_called_off_is_cancelled(ask: Ask) -> None:
    job = stale(ask("test.count"), cancel=True)
    assert keeping.requeue_stale() == 0
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_whoever_lost_the_row_changes_nothing(ask: Ask) -> None:
    job = ask("test.count")
    first = claim(job.pk, "first")
    assert first is not None
    assert first.hand_back(counts=True)
    second = claim(job.pk, "second")
    assert second == Attempt(job.pk, 2)
    assert first.called_off() is None
    assert not first.done({"old": True})
    assert second.done({"new": True})
    job.refresh_from_db()
    assert job.result == {"new": True}


def test_a_job_whose_task_got_lost_is_carried_again(ask: Ask) -> None:
    job = ask("test.count")
    DBTaskResult.objects.all().update(status="RUNNING")
    assert keeping.requeue_stale() == 0  # it may be taken this very moment
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=1))
    assert keeping.requeue_stale() == 1
    job.refresh_from_db()
    assert DBTaskResult.objects.get(pk=job.task_id).status == "READY"
    assert keeping.requeue_stale() == 0


def test_old_rows_are_cleared_away(ask: Ask) -> None:
    old, young, live = ask("test.count", to=1), ask("test.count", to=2), ask("test.count", to=3)
    Job.objects.filter(pk=old.pk).update(state="done", ended_at=timezone.now() - keeping.KEPT - timedelta(hours=1))
    Job.objects.filter(pk=young.pk).update(state="done", ended_at=timezone.now())
    DBTaskResult.objects.filter(pk=old.task_id).update(
        status="SUCCESSFUL", enqueued_at=timezone.now() - keeping.TASKS_KEPT - timedelta(hours=1)
    )
    keeping.tidy()
    assert set(Job.objects.values_list("pk", flat=True)) == {young.pk, live.pk}
    assert DBTaskResult.objects.count() == 2
