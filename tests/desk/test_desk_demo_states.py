"""What becomes of a demo: its states and their reasons, the queue by state; how play, letters and the board move it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

import pytest
from desk.mail_kit import raw
from desk.mail_kit import sound as a_sound
from desk.songs_kit import Asked
from django.apps import apps
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed, house
from controlroom.desk.accounts.models import User
from controlroom.desk.guests.actions import make_link
from controlroom.desk.mail import sending
from controlroom.desk.mail.models import MailMessage, Outgoing
from controlroom.desk.review.actions import note_heard
from controlroom.desk.songs import actions, demo_states, queries
from controlroom.desk.songs.models import DEMO_STATES, DemoStep, Recording, Song
from controlroom.desk.today.sections import waiting_demos

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def demo(producer: User, asked: list[Asked]) -> Song:
    return actions.create_song(producer.actor, title="Undertow", artist="Mara Lind")


@pytest.fixture
def sound(producer: User, demo: Song, wav: Callable[..., Path]) -> Recording:
    return actions.arrive(producer.actor, demo, wav(), kind="demo", name="undertow.wav")


def state_of(song: Song) -> str:
    return str(Song.objects.values_list("demo_state", flat=True).get(pk=song.pk))


def told(song: Song) -> list[str]:
    return list(song.events.values_list("says", flat=True))


def names(actor: object, state: str = "") -> list[str]:
    return [song.title for song in queries.demos(actor, state)]  # type: ignore[arg-type]


def test_every_change_is_a_row_and_a_line_of_the_timeline(producer: User, demo: Song) -> None:
    assert state_of(demo) == "new"
    actions.set_demo_state(producer.actor, demo, "shortlisted", "  The chorus\nstays with you ")
    actions.set_demo_state(producer.actor, demo, "declined", "Not our music")
    rows = [(row.state, row.before, row.reason, row.who, row.who_key) for row in DemoStep.objects.filter(song=demo)]
    key = f"user:{producer.pk}"
    assert rows == [
        ("declined", "shortlisted", "Not our music", "Producer", key),
        ("shortlisted", "new", "The chorus stays with you", "Producer", key),
    ]
    assert told(demo)[:2] == [
        "The demo is declined: Not our music",
        "The demo is shortlisted: The chorus stays with you",
    ]


def test_the_same_again_is_not_said_again_unless_for_another_reason(producer: User, demo: Song) -> None:
    for reason in ("", "", "A voice of her own", ""):
        actions.set_demo_state(producer.actor, demo, "shortlisted", reason)
    assert [step.reason for step in demo.demo_steps.all()] == ["A voice of her own", ""]


def test_steps_are_taken_back_one_by_one_and_stay_on_record(producer: User, demo: Song) -> None:
    for state in ("listening", "answered", "declined"):
        actions.set_demo_state(producer.actor, demo, state)
    seen = []
    while step := demo_states.last(demo):
        actions.take_back_demo_state(producer.actor, step)
        seen.append((state_of(demo), Song.objects.get(pk=demo.pk).answered_at is not None))
    assert seen == [("answered", True), ("listening", False), ("new", False)]
    assert demo.demo_steps.exclude(taken_back_at=None).count() == 3
    assert told(demo)[:3] == [
        "Taken back: The demo is being listened to",
        "Taken back: The demo was answered",
        "Taken back: The demo is declined",
    ]


def test_only_the_last_step_is_taken_back_and_only_once(producer: User, demo: Song) -> None:
    actions.set_demo_state(producer.actor, demo, "shortlisted")
    first = demo_states.last(demo)
    assert first is not None
    actions.set_demo_state(producer.actor, demo, "declined")
    with pytest.raises(UsageError, match="decided since"):
        actions.take_back_demo_state(producer.actor, first)
    last = demo_states.last(demo)
    assert last is not None
    actions.take_back_demo_state(producer.actor, last)
    with pytest.raises(UsageError):
        actions.take_back_demo_state(producer.actor, last)
    assert state_of(demo) == "shortlisted"


def test_reasons_come_back_by_state_the_most_used_first_and_only_the_own(
    producer: User, demo: Song, stranger: User
) -> None:
    other = actions.create_song(producer.actor, title="Salt")
    for song, reason in ((demo, "Full this year"), (other, "Not our music"), (demo, "Not our music"), (demo, "Typo")):
        actions.set_demo_state(producer.actor, song, "declined", reason)
    step = demo_states.last(demo)
    assert step is not None
    actions.take_back_demo_state(producer.actor, step)
    actions.set_demo_state(producer.actor, other, "shortlisted", "A voice of her own")
    theirs = actions.create_song(stranger.actor, title="Theirs")
    actions.set_demo_state(stranger.actor, theirs, "declined", "Secret")
    assert demo_states.reasons(producer.actor) == {
        "declined": ["Not our music", "Full this year"],
        "shortlisted": ["A voice of her own"],
    }


def test_an_answer_is_dated_once_and_waits_no_longer(producer: User, demo: Song) -> None:
    actions.answer_demo(producer.actor, demo)
    assert state_of(demo) == "answered"
    answered_at = Song.objects.get(pk=demo.pk).answered_at
    assert answered_at == demo.demo_steps.get().at
    actions.answer_demo(producer.actor, demo)
    assert (demo.demo_steps.count(), Song.objects.get(pk=demo.pk).answered_at) == (1, answered_at)
    assert queries.demos_waiting(producer.actor) == 0
    actions.set_demo_state(producer.actor, demo, "declined")
    assert Song.objects.get(pk=demo.pk).answered_at == answered_at


def test_whoever_may_not_write_decides_nothing(producer: User, reader: User, demo: Song) -> None:
    actions.set_demo_state(producer.actor, demo, "shortlisted")
    step = demo_states.last(demo)
    assert step is not None
    for act in (
        lambda: actions.set_demo_state(reader.actor, demo, "declined"),
        lambda: actions.take_back_demo_state(reader.actor, step),
        lambda: actions.answer_demo(reader.actor, demo),
    ):
        with pytest.raises(NotAllowed):
            act()
    with pytest.raises(UsageError):
        actions.set_demo_state(producer.actor, demo, "loved")
    assert state_of(demo) == "shortlisted"


@pytest.mark.parametrize("role", ["producer", "reader"])
def test_a_new_demo_is_listened_to_once_a_user_plays_it(
    make_user: Callable[..., User], role: str, sound: Recording
) -> None:
    user = make_user(role, "Iris")
    note_heard(user.actor, sound)
    note_heard(user.actor, sound)
    step = sound.song.demo_steps.get()
    assert (step.state, step.before, step.who) == ("listening", "new", "Iris")
    assert state_of(sound.song) == "listening"


def test_guests_and_takes_move_no_demo(producer: User, sound: Recording, wav: Callable[..., Path]) -> None:
    link, _ = make_link(producer.actor, song=sound.song, name="Sam", rights=["listen"])
    note_heard(link.actor, sound)
    take = actions.arrive(producer.actor, sound.song, wav("kick.wav"), kind="take", name="kick.wav")
    note_heard(producer.actor, take)
    assert state_of(sound.song) == "new"


def test_playing_again_changes_nothing_that_was_decided(producer: User, sound: Recording) -> None:
    actions.set_demo_state(producer.actor, sound.song, "shortlisted")
    stale = Recording.objects.select_related("song").get(pk=sound.pk)
    stale.song.demo_state = "new"  # as it was when the page was opened
    note_heard(producer.actor, stale)
    assert state_of(sound.song) == "shortlisted"


@pytest.mark.parametrize(
    ("state", "then"), [("new", "signed"), ("shortlisted", "signed"), ("answered", "signed"), ("declined", "declined")]
)
def test_a_demo_that_moves_on_is_signed_and_one_that_moves_back_stays_so(
    producer: User, demo: Song, state: str, then: str
) -> None:
    actions.set_demo_state(producer.actor, demo, state)
    actions.move_song(producer.actor, demo, "recording")
    assert (state_of(demo), told(demo)[0]) == (then, "Moved to recording")
    with pytest.raises(UsageError, match="Move it back to demo first"):
        actions.set_demo_state(producer.actor, demo, "listening")
    actions.move_song(producer.actor, demo, "demo")
    assert state_of(demo) == then


def test_signing_moves_no_song_by_itself(producer: User, demo: Song) -> None:
    actions.set_demo_state(producer.actor, demo, "signed")
    assert Song.objects.get(pk=demo.pk).stage == "demo"


def test_a_song_that_never_was_a_demo_stands_in_no_queue(producer: User, song: Song) -> None:
    assert state_of(song) == ""
    assert sum(tab["number"] for tab in queries.demo_tabs(producer.actor)) == 0
    actions.move_song(producer.actor, song, "demo")
    assert state_of(song) == "new"


@pytest.mark.parametrize(("state", "then"), [("answered", "new"), ("declined", "new"), ("shortlisted", "shortlisted")])
def test_a_new_version_brings_an_answered_demo_back(
    producer: User, sound: Recording, wav: Callable[..., Path], state: str, then: str
) -> None:
    actions.set_demo_state(producer.actor, sound.song, state)
    path = wav("again.wav", seconds=1.5)
    actions.arrive(house(producer.studio_id), sound.song, path, kind="demo", name="undertow 2.wav")
    assert state_of(sound.song) == then
    if then == "new":
        assert told(sound.song)[0] == "The demo is new again: Demo 2 came"


@pytest.mark.parametrize(
    ("kind", "before", "then"),
    [
        ("feedback", "listening", "answered"),
        ("encouragement", "shortlisted", "answered"),
        ("decline", "listening", "declined"),
        ("decline", "answered", "declined"),
        ("decline", "signed", "signed"),
        ("feedback", "signed", "signed"),
        ("follow_up", "listening", "listening"),
        ("", "new", "new"),
    ],
)
def test_a_letter_that_went_out_moves_the_demo(producer: User, demo: Song, kind: str, before: str, then: str) -> None:
    actions.set_demo_state(producer.actor, demo, before)
    letter = Outgoing.objects.create(
        studio=producer.studio,
        kind=kind,
        song=demo,
        to=[["mara@example.org", "Mara"]],
        who="Producer",
        who_key="user:1",
    )
    sending._what_it_answers(letter)
    assert state_of(demo) == then
    is_answer = then in ("answered", "declined")
    assert (Song.objects.get(pk=demo.pk).answered_at is not None) == is_answer


def test_the_queue_by_state(client_of: Client, producer: User) -> None:
    for state, _ in DEMO_STATES:
        for title in (f"{state} one", f"{state} two"):
            made = actions.create_song(producer.actor, title=title, artist="Mara Lind")
            if state != "new":
                actions.set_demo_state(producer.actor, made, state, f"Because of {title}")
    waiting = ["shortlisted one", "shortlisted two", "new one", "new two", "listening one", "listening two"]
    assert names(producer.actor) == waiting
    assert [(tab["state"], tab["number"]) for tab in queries.demo_tabs(producer.actor)] == [
        ("", 6), *((state, 2) for state, _ in DEMO_STATES),
    ]  # fmt: skip
    assert queries.demos_waiting(producer.actor) == 6
    for state, label in DEMO_STATES:
        page = client_of.get(reverse("demos"), {"state": state}).content.decode()
        assert {f"{state} one", f"{state} two"} == set(names(producer.actor, state))
        assert f'aria-current="page">{label}' in page
        assert (f"Because of {state} one" in page) == (state != "new")
        assert ("Waits for" in page) == (state in ("new", "listening", "shortlisted"))
    assert "nobody has told them yet" in client_of.get(reverse("demos"), {"state": "declined"}).content.decode()


@pytest.mark.parametrize("state", ["", *dict(DEMO_STATES)])
def test_every_tab_says_what_it_is_for_while_it_is_empty(client_of: Client, state: str) -> None:
    page = client_of.get(reverse("demos"), {"state": state}).content.decode()
    assert 'class="empty"' in page
    assert client_of.get(reverse("demos"), {"state": "nonsense"}).status_code == 200


def test_what_is_decided_is_not_to_be_heard_today(producer: User, sound: Recording) -> None:
    assert list(waiting_demos(producer.actor)) == [sound]
    actions.set_demo_state(producer.actor, sound.song, "declined")
    assert list(waiting_demos(producer.actor)) == []


def test_it_is_decided_on_the_page_and_taken_back_there(client_of: Client, sound: Recording) -> None:
    here, song = reverse("demo", args=[sound.pk]), sound.song
    decide = reverse("song-demo-state", args=[song.pk])
    answer = client_of.post(decide, {"state": "declined", "reason": "Not our music", "next": here}, follow=True)
    page = answer.content.decode()
    assert answer.redirect_chain[-1][0] == here
    assert "Undertow: declined." in page
    client_of.post(decide, {"state": "shortlisted", "reason": "", "next": here})
    page = client_of.get(here).content.decode()
    assert 'name="again" value="Not our music"' in page
    client_of.post(decide, {"state": "declined", "again": "Not our music", "reason": "", "next": here})
    step = demo_states.last(song)
    assert step is not None
    assert step.reason == "Not our music"
    undo = reverse("demo-undo", args=[step.pk])
    assert undo in client_of.get(here).content.decode()
    assert client_of.post(f"{undo}?next={here}", headers={"HX-Request": "true"})["HX-Redirect"] == here
    assert state_of(song) == "shortlisted"
    assert client_of.post(undo, {"next": here}).status_code == 422  # pressed twice
    assert state_of(song) == "shortlisted"


def test_nobody_is_led_to_another_place(client_of: Client, demo: Song) -> None:
    decide = reverse("song-demo-state", args=[demo.pk])
    for elsewhere in ("https://example.org/", "//example.org/", "javascript:alert(1)"):
        answer = client_of.post(decide, {"state": "listening", "next": elsewhere})
        assert answer["Location"] == reverse("song", args=[demo.pk])


def test_each_sees_what_they_may_do(
    client_of: Client, as_user: AsUser, engineer: User, reader: User, stranger: User, sound: Recording
) -> None:
    here, decide = reverse("demo", args=[sound.pk]), reverse("song-demo-state", args=[sound.song_id])
    letter = reverse("letter-new")
    shown = {name: client.get(here).content.decode() for name, client in (
        ("producer", client_of), ("engineer", as_user(engineer)), ("reader", as_user(reader)),
    )}  # fmt: skip
    assert {name: (decide in page, letter in page) for name, page in shown.items()} == {
        "producer": (True, True),
        "engineer": (True, False),
        "reader": (False, False),
    }
    actions.set_demo_state(engineer.actor, sound.song, "shortlisted")
    step = demo_states.last(sound.song)
    assert step is not None
    undo = reverse("demo-undo", args=[step.pk])
    assert as_user(reader).post(decide, {"state": "signed"}).status_code == 403
    assert as_user(stranger).post(decide, {"state": "signed"}).status_code == 404
    assert as_user(reader).post(undo).status_code == 403
    assert as_user(stranger).post(undo).status_code == 404
    assert state_of(sound.song) == "shortlisted"


def test_the_answer_of_a_demo_is_a_letter_about_it(client_of: Client, sound: Recording) -> None:
    answer = client_of.post(reverse("letter-new"), {"song": sound.song_id, "kind": "decline"})
    letter = Outgoing.objects.get()
    assert answer["Location"] == reverse("letter", args=[letter.pk])
    assert (letter.kind, letter.song, letter.person) == ("decline", sound.song, sound.song.artist)
    assert state_of(sound.song) == "new"  # a draft is no answer


def test_songs_of_before_get_their_states(producer: User, sound: Recording) -> None:
    """What the migration says of the songs that it finds."""
    migration = import_module("controlroom.desk.songs.migrations.0002_demo_states")
    expected = {}
    for stage, answered_at, has_demo, then in (
        ("demo", None, True, "new"),
        ("demo", timezone.now(), True, "answered"),
        ("mixing", None, True, "signed"),
        ("delivered", timezone.now(), True, "signed"),
        ("recording", None, False, ""),
    ):
        row = Song.objects.create(studio=producer.studio, title="x", stage=stage, answered_at=answered_at)
        if has_demo:
            Recording.objects.create(studio=producer.studio, song=row, kind="demo", name="x.wav", blob=sound.blob)
        expected[row.pk] = then
    migration.say_what_became_of_them(apps, None)
    assert dict(Song.objects.exclude(pk=sound.song_id).values_list("pk", "demo_state")) == expected


def test_a_demo_that_came_by_mail_is_answered_where_its_artist_wrote(
    client_of: Client, arrives: Callable[..., MailMessage], tmp_path: Path
) -> None:
    came = arrives(raw("Salt", "A new demo of mine.", files={"salt.wav": a_sound(tmp_path=tmp_path)}))
    recording = came.attachments.get().recording
    assert recording is not None
    assert state_of(recording.song) == "new"
    client_of.post(reverse("letter-new"), {"song": recording.song_id, "kind": "decline"})
    letter = Outgoing.objects.get()
    assert (letter.answers, letter.song, letter.person) == (came, recording.song, came.person)
    assert (letter.to, letter.subject) == ([["mara@example.org", "Mara Lind"]], "Re: Salt")
