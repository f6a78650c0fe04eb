"""The page of a demo: what was heard, what would help, its auditions; and the queue of the morning."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from desk.songs_kit import Asked, tone
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from controlroom.base.canonical import to_json
from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import User
from controlroom.desk.jobs import actions as job_actions
from controlroom.desk.jobs.models import Job
from controlroom.desk.songs import actions, auditions, listening, renditions
from controlroom.desk.songs.models import Recording, Song
from controlroom.rooms.listening.audition import Audition, Tempo
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

pytestmark = pytest.mark.django_db
RATE = 22050
PLAN = Audition(steps=(Tempo(factor=1.1),), at_s=4.0, length_s=6.0)
POINT = {
    "priority": 1, "kind": "tempo", "says": "Try it at 106 BPM.", "because": "It stands at 96 BPM.",
    "reason": "Tempo decides how many words fit a line.", "next": "Listen to both.", "confidence": 0.9,
    "at_s": 4.0, "end_s": None, "try": json.loads(to_json(PLAN)),
}  # fmt: skip


def analyse(recording: Recording) -> Recording:
    works.WORKS["songs.analyse"].run(SILENT, recording=recording.pk)
    recording.refresh_from_db()
    return recording


def tune(seconds: float) -> np.ndarray:
    """Four notes a second, no two alike, each with a stroke."""
    draw, out, t = np.random.default_rng(5), [], np.arange(RATE // 4) / RATE
    for _ in range(round(4 * seconds)):
        note = np.sin(2 * np.pi * 110 * 2 ** (draw.integers(0, 30) / 12) * t) * np.exp(-4 * t)
        out.append(0.2 * note + 0.1 * draw.standard_normal(len(t)) * np.exp(-60 * t) * draw.random())
    return np.concatenate(out)[None].astype(np.float32)


@pytest.fixture
def demo(producer: User, asked: list[Asked], wav: Callable[..., Path]) -> Recording:
    """A demo of eight seconds, heard."""
    song = actions.create_song(producer.actor, title="Undertow", artist="Jo")
    return analyse(actions.arrive(producer.actor, song, wav("undertow.wav", seconds=8.0), kind="demo", name="u.wav"))


@pytest.fixture
def advised(demo: Recording) -> Recording:
    """The same with a point of advice that can be heard."""
    report = listening.report_of(demo) | {"advice": [POINT]}
    renditions.keep_bytes(demo, "listening", to_json(report), {"need": "listen", "why": ""})
    return demo


def shown(client: Client, recording: Recording) -> str:
    answer = client.get(reverse("demo", args=[recording.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_was_heard_stands_on_the_page_with_what_is_not_sure(client_of: Client, demo: Recording) -> None:
    page = shown(client_of, demo)
    for words in ("Undertow, Demo 1", "Not sure", "Tempo:", "What would help", "The song at a glance", "Spectrum"):
        assert words in page, words
    assert "BPM</span>" not in page  # a steady chord has no tempo, and none is said


def test_advice_stands_with_its_evidence_reason_and_next_step(client_of: Client, advised: Recording) -> None:
    page = shown(client_of, advised)
    for words in (POINT["says"], POINT["because"], POINT["reason"], "Next: Listen to both.", "Try it 10 % faster"):
        assert words in page, words
    assert POINT["says"] in client_of.get(reverse("song", args=[advised.song_id])).content.decode()


@pytest.fixture
def jobs(monkeypatch: pytest.MonkeyPatch, demo: Recording) -> Callable[[], Job]:
    """Work is asked for as rows again; gives the newest."""
    monkeypatch.setattr(works, "_answer", [job_actions.ask])
    return lambda: Job.objects.filter(work="songs.try").latest("pk")


def test_an_audition_is_asked_for_made_and_played(
    client_of: Client, advised: Recording, jobs: Callable[[], Job]
) -> None:
    address = reverse("demo-try", args=[advised.pk, PLAN.key])
    said = client_of.post(address, headers={"hx-request": "true"}).content.decode()
    job = jobs()
    assert f'id="try-{PLAN.key}"' in said
    assert reverse("job", args=[job.pk]) in said  # it asks for itself until it has ended
    assert shown(client_of, advised).count(f'id="job-{job.pk}"') == 1
    job.state = "done"
    job.result = works.WORKS["songs.try"].run(SILENT, **job.arguments)
    job.save()
    page = shown(client_of, advised)
    assert "Both are equally loud" in page
    assert 'data-pace="1.100000"' in page
    for side in auditions.SIDES:
        sound = reverse("demo-try-sound", args=[advised.pk, PLAN.key, side])
        assert sound in page
        part = client_of.get(sound, headers={"range": "bytes=0-99"})
        assert (part.status_code, part["Content-Type"]) == (206, "audio/mp4")


def test_an_audition_that_failed_says_why_and_is_tried_again(
    client_of: Client, advised: Recording, jobs: Callable[[], Job]
) -> None:
    address = reverse("demo-try", args=[advised.pk, PLAN.key])
    assert client_of.post(address).url == reverse("demo", args=[advised.pk])
    Job.objects.filter(pk=jobs().pk).update(state="failed", error="The disk is full. Make room.")
    page = shown(client_of, advised)
    assert "The disk is full. Make room." in page
    assert reverse("job-again", args=[jobs().pk]) in page
    assert "Try it 10 % faster" not in page


@pytest.mark.parametrize("kept", [{}, {"engine": 1, "advice": [{"says": "Once it was so."}]}])
def test_what_an_earlier_engine_heard_is_not_shown_and_can_be_heard_again(
    client_of: Client, as_user: Callable[[User], Client], reader: User, demo: Recording, kept: dict[str, object]
) -> None:
    renditions.keep_bytes(demo, "listening", to_json(kept))
    again = reverse("recording-again", args=[demo.pk])
    for page in (shown(client_of, demo), client_of.get(reverse("song", args=[demo.song_id])).content.decode()):
        assert again in page
        assert "earlier version of the listening room" in page
    review = client_of.get(reverse("review", args=[demo.pk]))
    assert review.status_code == 200
    assert "Once it was so" not in review.content.decode()
    assert again not in shown(as_user(reader), demo)
    here, song = reverse("demo", args=[demo.pk]), reverse("song", args=[demo.song_id])
    assert f'name="next" value="{here}"' in shown(client_of, demo)
    assert client_of.post(again, {"next": here})["Location"] == here
    assert client_of.post(again, {"next": "https://elsewhere.test/"})["Location"] == song


def test_pages_and_sounds_of_a_demo_are_read_and_auditions_are_asked_for(client_of: Client, advised: Recording) -> None:
    for name, args in (("demo", [advised.pk]), ("demo-try-sound", [advised.pk, PLAN.key, "try"])):
        assert client_of.post(reverse(name, args=args)).status_code == 405
    assert client_of.get(reverse("demo-try", args=[advised.pk, PLAN.key])).status_code == 405
    assert client_of.get(reverse("demo-try-sound", args=[advised.pk, PLAN.key, "try"])).status_code == 404


def test_an_audition_that_no_advice_carries_is_not_made(client_of: Client, demo: Recording) -> None:
    assert client_of.post(reverse("demo-try", args=[demo.pk, "no-such-key"])).status_code == 404
    for side in ("asis", "backwards"):
        assert client_of.get(reverse("demo-try-sound", args=[demo.pk, "no-such-key", side])).status_code == 404


def test_only_who_may_write_tries_and_strangers_see_nothing(
    as_user: Callable[[User], Client], reader: User, stranger: User, advised: Recording
) -> None:
    address = reverse("demo-try", args=[advised.pk, PLAN.key])
    assert as_user(reader).post(address).status_code == 403
    assert "Try it 10 % faster" not in shown(as_user(reader), advised)
    assert as_user(stranger).post(address).status_code == 404
    assert as_user(stranger).get(reverse("demo", args=[advised.pk])).status_code == 404


def test_a_demo_that_was_not_heard_says_so(client_of: Client, mix: Recording) -> None:
    assert "It is being listened to" in shown(client_of, mix)
    mix.kind, mix.state = "take", "heard"
    mix.save()
    assert "checked in the tracking room" in shown(client_of, mix)


def test_a_demo_that_could_not_be_read_stands_first_and_says_why(
    client_of: Client, producer: User, demo: Recording, tmp_path: Path
) -> None:
    (tmp_path / "torn.wav").write_bytes(b"RIFF but no more")
    torn = actions.create_song(producer.actor, title="Torn")
    lost = analyse(actions.arrive(producer.actor, torn, tmp_path / "torn.wav", kind="demo", name="torn.wav"))
    page = client_of.get(reverse("demos")).content.decode()
    assert page.index(">Torn<") < page.index(">Undertow<")
    for each in (page, shown(client_of, lost)):
        assert escape(lost.refusal) in each
    assert reverse("recording-again", args=[lost.pk]) in shown(client_of, lost)


def test_a_reference_is_no_version_of_the_song_and_the_song_is_held_beside_it(
    client_of: Client, producer: User, demo: Recording, tmp_path: Path
) -> None:
    write(tmp_path / "theirs.wav", Audio(tone(8.0).samples * np.float32(0.1), 48000), Format("wav", 24))
    theirs = actions.arrive(producer.actor, demo.song, tmp_path / "theirs.wav", kind="reference", name="theirs.wav")
    page = shown(client_of, analyse(theirs))
    assert "Since Demo 1" not in page
    assert "What would help" not in page
    assert "Beside your references" in shown(client_of, demo)
    assert "dB louder" in shown(client_of, demo) or "LU louder" in shown(client_of, demo)


def test_the_next_version_says_what_it_is_of_and_what_has_changed(
    client_of: Client, producer: User, song: Song, tmp_path: Path
) -> None:
    whole = tune(24.0)
    for name, samples in (("one.wav", whole[:, : 16 * RATE]), ("two.wav", whole)):
        write(tmp_path / name, Audio(samples, RATE), Format("wav", 16))
        newest = analyse(actions.arrive(producer.actor, song, tmp_path / name, kind="demo", name=name))
    page = shown(client_of, newest)
    assert "Since Demo 1" in page
    assert "8 s longer" in page


def test_a_demo_that_was_here_under_another_name_is_known(
    client_of: Client, producer: User, demo: Recording, wav: Callable[..., Path]
) -> None:
    other = actions.create_song(producer.actor, title="Sent again")
    again = actions.arrive(producer.actor, other, wav("again.wav", seconds=8.0), kind="demo", name="again.wav")
    page = shown(client_of, analyse(again))
    assert "Heard before" in page
    assert "the same recording as Demo 1" in page
    made = listening.rendition(again, "listening")
    assert made is not None
    assert made.facts["need"] == "new version"
    assert "Undertow" in made.facts["why"]


def test_the_queue_begins_with_what_needs_an_ear_first(client_of: Client, producer: User, demo: Recording) -> None:
    needs = {"Quiet room": "listen", "Broken off": "ask again", "Second go": "new version", "Blur": "not sure"}
    for title, need in needs.items():
        song = actions.create_song(producer.actor, title=title)
        copy = Recording.objects.get(pk=demo.pk)
        copy.pk, copy.song, copy.number = None, song, 1
        copy.save()
        renditions.keep_bytes(copy, "listening", b"{}", {"need": need, "why": f"because {title}"})
    renditions.keep_bytes(demo, "listening", to_json(listening.report_of(demo)), {"need": "listen", "why": ""})
    page = client_of.get(reverse("demos")).content.decode()
    places = [page.index(f">{title}<") for title in ("Broken off", "Second go", "Blur", "Undertow", "Quiet room")]
    assert places == sorted(places)
    assert "because Broken off" in page
