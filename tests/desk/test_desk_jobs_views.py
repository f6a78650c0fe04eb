"""The pages of jobs: who sees them, who stops one, who tries again."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from controlroom.desk import works
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.jobs import actions
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs.models import Song

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def known_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(works.WORKS, "test.mix", works.Work("test.mix", "heavy", lambda progress, **_: None))


@pytest.fixture
def song(studio: Studio) -> Song:
    return Song.objects.create(studio=studio, title="Paper Lanterns")


@pytest.fixture
def job(producer: User, song: Song) -> Job:
    asked = works.ask(producer.actor, "test.mix", says="Mixing Paper Lanterns", song=song.pk, take=3)
    return Job.objects.get(pk=asked.pk)


def moved(job: Job, state: str, **fields: object) -> Job:
    ended = timezone.now() if state in ("done", "failed", "cancelled") else None
    started = None if state == "waiting" else timezone.now() - timedelta(seconds=3000)
    Job.objects.filter(pk=job.pk).update(state=state, started_at=started, ended_at=ended, **fields)
    job.refresh_from_db()
    return job


def text(answer: object) -> str:
    return answer.content.decode()


class TestAsking:
    def test_the_row_says_what_who_and_for_which_song(self, job: Job, producer: User, song: Song) -> None:
        assert (job.work, job.queue, job.state, job.song_id) == ("test.mix", "heavy", "waiting", song.pk)
        assert (job.who, job.who_key, job.arguments) == (producer.name, f"user:{producer.pk}", {"take": 3})

    def test_the_same_is_one_job_while_it_is_live(self, job: Job, producer: User, song: Song) -> None:
        def ask() -> Job:
            return works.ask(producer.actor, "test.mix", says="Again", song=song.pk, take=3)

        assert ask().pk == job.pk
        moved(job, "running")
        assert ask().pk == job.pk
        moved(job, "done")
        assert ask().pk != job.pk

    def test_another_effect_is_another_job(self, job: Job, producer: User, song: Song, stranger: User) -> None:
        other = works.ask(producer.actor, "test.mix", says="Mixing", song=song.pk, take=4)
        elsewhere = works.ask(producer.actor, "test.mix", says="Mixing", take=3)
        theirs = works.ask(stranger.actor, "test.mix", says="Mixing", take=3)
        assert len({job.pk, other.pk, elsewhere.pk, theirs.pk}) == 4

    def test_it_is_carried_only_when_the_transaction_is_kept(
        self, producer: User, django_capture_on_commit_callbacks: Callable[..., object]
    ) -> None:
        with django_capture_on_commit_callbacks() as kept:
            job = works.ask(producer.actor, "test.mix", says="Mixing", take=9)
            assert Job.objects.get(pk=job.pk).task_id == ""
        assert len(kept) == 1
        kept[0]()
        assert Job.objects.get(pk=job.pk).task_id != ""

    def test_what_a_page_waits_for_comes_first(
        self, producer: User, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Callable[..., object]
    ) -> None:
        monkeypatch.setitem(works.WORKS, "test.pcm", works.Work("test.pcm", "heavy", lambda progress: None, first=True))
        with django_capture_on_commit_callbacks(execute=True):
            works.ask(producer.actor, "test.mix", says="Mixing")
            wanted = works.ask(producer.actor, "test.pcm", says="Preparing Mix 1")
        task = DBTaskResult.objects.ready().filter(queue_name="heavy").first()
        assert task.args_kwargs["args"] == [wanted.pk]


class TestPage:
    def test_running_first_then_waiting_then_what_ended(
        self, client_of: Client, job: Job, producer: User, song: Song
    ) -> None:
        moved(job, "running", progress=0.25, step="drums")
        works.ask(producer.actor, "test.mix", says="Mixing what waits", take=1)
        failed = works.ask(producer.actor, "test.mix", says="Mixing what failed", take=2)
        moved(Job.objects.get(pk=failed.pk), "failed", error="The disk is full. Free some space.")
        said = text(client_of.get(reverse("jobs")))
        places = [said.index(each) for each in ("Mixing Paper Lanterns", "Mixing what waits", "Mixing what failed")]
        assert places == sorted(places)
        assert 'value="0.25"' in said
        assert "drums" in said
        assert re.search(r"about 2:3\d:\d\d left", said)
        assert "The disk is full. Free some space." in said

    def test_nothing_yet_is_an_invitation(self, client_of: Client) -> None:
        assert "Nothing is being done" in text(client_of.get(reverse("jobs")))

    def test_a_crowd_does_not_make_a_crowd_of_requests(self, client_of: Client, producer: User) -> None:
        for number in range(20):
            works.ask(producer.actor, "test.mix", says=f"Mixing {number}", take=number)
        said = text(client_of.get(reverse("jobs")))
        assert said.count('hx-trigger="every 1s"') == 5
        assert "15 more wait for their turn." in said

    def test_another_studio_sees_none_of_it(self, as_user: AsUser, stranger: User, job: Job) -> None:
        assert "Paper Lanterns" not in text(as_user(stranger).get(reverse("jobs")))

    def test_a_reader_sees_it_without_buttons(self, as_user: AsUser, reader: User, job: Job) -> None:
        said = text(as_user(reader).get(reverse("jobs")))
        assert "Mixing Paper Lanterns" in said
        assert reverse("job-cancel", args=[job.pk]) not in said

    def test_nobody_signed_in(self, client: Client) -> None:
        assert client.get(reverse("jobs")).status_code == 302


class TestOneJob:
    def test_it_asks_again_while_it_is_live(self, client_of: Client, job: Job) -> None:
        answer = client_of.get(reverse("job", args=[job.pk]))
        assert 'hx-trigger="every 1s"' in text(answer)
        assert "HX-Trigger" not in answer

    @pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
    def test_when_it_is_over_it_says_so_and_asks_no_more(self, client_of: Client, job: Job, state: str) -> None:
        moved(job, state, error="It is empty. Record it again." if state == "failed" else "")
        answer = client_of.get(reverse("job", args=[job.pk]))
        assert "hx-trigger" not in text(answer)
        assert answer["HX-Trigger"] == "job-ended"
        assert ("It is empty. Record it again." in text(answer)) == (state == "failed")
        assert (reverse("job-again", args=[job.pk]) in text(answer)) == (state != "done")

    def test_wrong_person(self, as_user: AsUser, stranger: User, reader: User, job: Job, client: Client) -> None:
        url = reverse("job", args=[job.pk])
        assert as_user(stranger).get(url).status_code == 404
        assert as_user(reader).get(url).status_code == 200
        assert client.get(url).status_code == 302
        assert client.get(url, headers=HTMX).status_code == 401

    def test_wrong_method(self, client_of: Client, job: Job) -> None:
        assert client_of.post(reverse("job", args=[job.pk])).status_code == 405


class TestCancel:
    def test_what_waits_is_cancelled_at_once(self, client_of: Client, job: Job) -> None:
        answer = client_of.post(reverse("job-cancel", args=[job.pk]), headers=HTMX)
        job.refresh_from_db()
        assert (job.state, job.ended_at is not None) == ("cancelled", True)
        assert answer["HX-Trigger"] == "job-ended"
        assert "stopped" in text(answer)

    def test_what_runs_is_told(self, client_of: Client, job: Job) -> None:
        moved(job, "running")
        answer = client_of.post(reverse("job-cancel", args=[job.pk]), headers=HTMX)
        job.refresh_from_db()
        assert (job.state, job.cancel) == ("running", True)
        assert "Stopping" in text(answer)

    def test_without_scripts_it_leads_back_to_the_list(self, client_of: Client, job: Job) -> None:
        answer = client_of.post(reverse("job-cancel", args=[job.pk]))
        assert (answer.status_code, answer["Location"]) == (302, reverse("jobs"))

    @pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
    def test_what_is_over_stays_as_it_is(self, client_of: Client, job: Job, state: str) -> None:
        moved(job, state)
        before = Job.objects.filter(pk=job.pk).values().get()
        assert client_of.post(reverse("job-cancel", args=[job.pk])).status_code == 302
        assert Job.objects.filter(pk=job.pk).values().get() == before

    def test_an_engineer_may(self, as_user: AsUser, engineer: User, job: Job) -> None:
        assert as_user(engineer).post(reverse("job-cancel", args=[job.pk])).status_code == 302
        job.refresh_from_db()
        assert job.state == "cancelled"

    def test_wrong_person_and_wrong_method(
        self, as_user: AsUser, stranger: User, reader: User, job: Job, client: Client, client_of: Client
    ) -> None:
        url = reverse("job-cancel", args=[job.pk])
        assert as_user(stranger).post(url).status_code == 404
        assert as_user(reader).post(url).status_code == 403
        assert client.post(url).status_code == 302
        assert client_of.get(url).status_code == 405
        job.refresh_from_db()
        assert (job.state, job.cancel) == ("waiting", False)

    def test_the_action_itself_refuses_too(self, job: Job, reader: User, stranger: User) -> None:
        with pytest.raises(NotAllowed):
            actions.call_off(reader.actor, job)
        with pytest.raises(Job.DoesNotExist):
            actions.call_off(stranger.actor, job)
        with pytest.raises(NotAllowed):
            actions.again(reader.actor, moved(job, "failed"))


class TestAgain:
    @pytest.mark.parametrize("state", ["failed", "cancelled"])
    def test_it_is_asked_for_anew(self, client_of: Client, job: Job, state: str) -> None:
        moved(job, state, error="once")
        answer = client_of.post(reverse("job-again", args=[job.pk]), headers=HTMX)
        new = Job.objects.get(state="waiting")
        assert (new.work, new.arguments, new.song_id, new.says) == (job.work, job.arguments, job.song_id, job.says)
        assert f'id="job-{new.pk}"' in text(answer)
        job.refresh_from_db()
        assert (job.state, job.error) == (state, "once")

    @pytest.mark.parametrize("state", ["waiting", "running", "done"])
    def test_nothing_else_is(self, client_of: Client, job: Job, state: str) -> None:
        moved(job, state)
        client_of.post(reverse("job-again", args=[job.pk]))
        assert Job.objects.count() == 1

    def test_twice_is_once(self, client_of: Client, job: Job) -> None:
        moved(job, "failed")
        for _ in range(2):
            client_of.post(reverse("job-again", args=[job.pk]))
        assert Job.objects.filter(state="waiting").count() == 1

    def test_wrong_person_and_wrong_method(
        self, as_user: AsUser, stranger: User, reader: User, job: Job, client: Client, client_of: Client
    ) -> None:
        moved(job, "failed")
        url = reverse("job-again", args=[job.pk])
        assert as_user(stranger).post(url).status_code == 404
        assert as_user(reader).post(url).status_code == 403
        assert client.post(url).status_code == 302
        assert client_of.get(url).status_code == 405
        assert Job.objects.count() == 1


class TestJobsOfASong:
    def test_its_live_jobs_and_what_just_ended(self, client_of: Client, job: Job, producer: User, song: Song) -> None:
        done = works.ask(producer.actor, "test.mix", says="Mixed a minute ago", song=song.pk, take=1)
        moved(Job.objects.get(pk=done.pk), "done")
        old = works.ask(producer.actor, "test.mix", says="Mixed yesterday", song=song.pk, take=2)
        moved(Job.objects.get(pk=old.pk), "done")
        Job.objects.filter(pk=old.pk).update(ended_at=timezone.now() - timedelta(days=1))
        works.ask(producer.actor, "test.mix", says="Mixing another song", take=3)
        said = text(client_of.get(reverse("song-jobs", args=[song.pk])))
        assert "Mixing Paper Lanterns" in said
        assert "Mixed a minute ago" in said
        assert "Mixed yesterday" not in said
        assert "Mixing another song" not in said

    def test_nothing_goes_on(self, client_of: Client, song: Song) -> None:
        assert text(client_of.get(reverse("song-jobs", args=[song.pk]))).strip() == ""

    def test_wrong_person_and_wrong_method(
        self, as_user: AsUser, stranger: User, reader: User, song: Song, client: Client, client_of: Client
    ) -> None:
        url = reverse("song-jobs", args=[song.pk])
        assert as_user(stranger).get(url).status_code == 404
        assert as_user(reader).get(url).status_code == 200
        assert client.get(url).status_code == 302
        assert client_of.post(url).status_code == 405
