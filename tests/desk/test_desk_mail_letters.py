"""Letters: drafted from what the desk knows, in the person's tone and language, changed, never sent by themselves."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from desk.mail_kit import raw, sound
from servers.web_server import Asked as Page
from servers.web_server import WebServer, web_server

from controlroom.base.errors import InputRefused, UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.guests.actions import make_link
from controlroom.desk.jobs.models import Job
from controlroom.desk.mail import jobs, letter_actions, links, polishing, sending
from controlroom.desk.mail.models import LinkFetch, MailAccount, MailMessage, Outgoing
from controlroom.desk.people.models import Person
from controlroom.desk.review.actions import add_note, resolve
from controlroom.desk.songs.actions import set_demo_state
from controlroom.desk.songs.models import Recording
from controlroom.outside import door
from controlroom.rooms.correspondence import letters as room

pytestmark = pytest.mark.django_db

Arrives = Callable[..., MailMessage]


@pytest.fixture
def mara(producer: User, song: Any) -> Person:
    Person.objects.filter(name="Mara Lind").update(email="mara@example.org", tone="formal", language="de")
    return Person.objects.get(name="Mara Lind")


def test_a_draft_is_in_the_persons_tone_and_language(
    arrives: Arrives, mara: Person, heard: Recording, producer: User
) -> None:
    letter = letter_actions.begin_letter(producer.actor, kind="approval_request", song=heard.song)
    assert (letter.tone, letter.language, letter.to) == ("formal", "de", [["mara@example.org", "Mara Lind"]])
    assert "Paper Lanterns" in letter.body
    assert "Mix 1" in letter.body
    assert letter.missing, "the link is not there: it says so"
    other = letter_actions.draft_again(producer.actor, letter, kind="approval_request", tone="brief", language="en")
    assert (other.tone, other.language) == ("brief", "en")
    assert "Paper Lanterns" in other.subject


def test_a_draft_answers_its_message(arrives: Arrives, mara: Person, producer: User, account: MailAccount) -> None:
    row = arrives(raw("Paper Lanterns", "How is it going?", Reply_To="office@example.org"))
    letter = letter_actions.begin_letter(producer.actor, answers=row)
    assert letter.to == [["office@example.org", ""]]
    assert (letter.subject, letter.account, letter.person, letter.body) == ("Re: Paper Lanterns", account, mara, "")


def test_a_courteous_no_gives_the_reason_that_was_given_and_declines_the_demo(
    arrives: Arrives, producer: User, account: MailAccount, tmp_path: Path
) -> None:
    row = arrives(raw("A demo: Salt", "My demo, please listen.", files={"Salt.wav": sound(tmp_path=tmp_path)}))
    song = Recording.objects.get().song
    set_demo_state(producer.actor, song, "declined", "We work on another record in that tone.")
    letter = letter_actions.begin_letter(producer.actor, kind="decline", answers=MailMessage.objects.get(pk=row.pk))
    assert "another record in that tone" in letter.body
    set_demo_state(producer.actor, song, "listening")
    sending._composed(letter)
    sending.sent(letter)
    song.refresh_from_db()
    assert song.demo_state == "declined"
    assert song.answered_at is not None
    line = song.events.get(says__contains="wrote to")
    assert (line.who, line.says) == (producer.name, f"{producer.name} wrote to Mara Lind")


def test_notes_that_were_done_are_answered_with_the_persons_link(
    mara: Person, heard: Recording, producer: User, account: MailAccount
) -> None:
    note = add_note(producer.actor, heard, text="Vocal down in the second verse.", at_s=0.5)
    resolve(producer.actor, note, heard)
    _, url = make_link(producer.actor, song=heard.song, person=mara, rights=["listen"])
    letter = letter_actions.begin_letter(producer.actor, kind="revision_answer", song=heard.song, language="en")
    assert "Vocal down in the second verse" in letter.body
    assert url in letter.body


def test_a_reminder_is_written_of_what_was_typed(mara: Person, producer: User, account: MailAccount) -> None:
    with pytest.raises(UsageError, match="number, amount or date"):
        letter_actions.begin_letter(producer.actor, kind="invoice_reminder", person=mara)
    assert not Outgoing.objects.exists()


def test_what_cannot_be_written_leaves_no_draft(arrives: Arrives, producer: User) -> None:
    row = arrives(raw("Hello"))
    for kind in ("feedback", "follow_up", "approval_request", "nonsense"):
        with pytest.raises(UsageError):
            letter_actions.begin_letter(producer.actor, kind=kind, answers=row)
    assert not Outgoing.objects.exists()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Mara Lind <MARA@example.org>, tom@example.org", [["mara@example.org", "Mara Lind"], ["tom@example.org", ""]]),
        ('"Lind, Mara" <mara@example.org>', [["mara@example.org", "Lind, Mara"]]),
        ("", []),
    ],
)
def test_addresses_are_read_as_people_type_them(typed: str, kept: list[list[str]]) -> None:
    assert letter_actions.addresses(typed) == kept


@pytest.mark.parametrize("typed", ["mara", "a@b@c", "mara@example.org\r\nBcc: x@example.org y", "<>,<x>"])
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(UsageError):
        letter_actions.addresses(typed)


def _draft(producer: User, account: MailAccount, **fields: Any) -> Outgoing:
    said = {"to": [["mara@example.org", "Mara"]], "subject": "Your song", "body": "Dear Mara,\n\nthank you.\n"}
    return Outgoing.objects.create(
        studio_id=producer.studio_id, account=account, who="Jo", who_key="user:1", **(said | fields)
    )


def test_nothing_goes_without_a_person_an_account_an_address_and_words(
    producer: User, engineer: User, account: MailAccount, asked: list[Any]
) -> None:
    letter = _draft(producer, account)
    with pytest.raises(NotAllowed):
        letter_actions.send_letter(engineer.actor, letter)
    for lacking in ({"to": []}, {"subject": " "}, {"body": "\n"}, {"account": None}):
        for name, value in lacking.items():
            setattr(letter, name, value)
        with pytest.raises(UsageError):
            letter_actions.send_letter(producer.actor, letter)
        letter.refresh_from_db()
    assert asked == []
    assert {"mail.fetch", "mail.send", "mail.sort"} <= set(jobs.works.WORKS)


def test_pressed_twice_it_is_asked_for_once(producer: User, account: MailAccount, asked: list[Any]) -> None:
    letter = _draft(producer, account)
    letter_actions.send_letter(producer.actor, letter)
    with pytest.raises(UsageError, match="being sent"):
        letter_actions.change_letter(producer.actor, letter, to="", subject="", body="", account=None)
    letter_actions.send_letter(producer.actor, _stale(letter))
    assert [each.name for each in asked] == ["mail.send"]


def _stale(letter: Outgoing) -> Outgoing:
    """As another page still has it."""
    letter.state = "draft"
    return letter


def test_a_header_cannot_be_smuggled_in(producer: User, account: MailAccount) -> None:
    letter = _draft(producer, account)
    letter_actions.change_letter(
        producer.actor, letter, to="mara@example.org", subject="Hello\r\nBcc: x@example.org", body="Hi", account=None
    )
    raw_bytes = sending._composed(Outgoing.objects.get(pk=_with(letter, account).pk)).read_bytes()
    assert b"\nBcc:" not in raw_bytes


def _with(letter: Outgoing, account: MailAccount) -> Outgoing:
    letter.account = account
    letter.save()
    return letter


def test_what_came_back_is_written_again(producer: User, account: MailAccount) -> None:
    letter = _draft(producer, account, state="bounced", error="It came back.")
    again = letter_actions.write_again(producer.actor, letter)
    assert (again.state, again.body, again.error) == ("draft", letter.body, "")
    letter.refresh_from_db()
    assert letter.seen_at is not None
    letter_actions.discard(producer.actor, again)
    with pytest.raises(UsageError):
        letter_actions.discard(producer.actor, letter)


@pytest.fixture
def web(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[WebServer]:
    with web_server() as server:
        yield server


def _polished_as(words: str, server: WebServer, settings: Any) -> list[bytes]:
    """An endpoint that answers with these words; what it was sent."""
    seen: list[bytes] = []

    def page(asked: Page) -> None:
        seen.append(asked.body)
        answer = {"choices": [{"message": {"content": words}, "finish_reason": "stop"}]}
        asked.answer(json.dumps(answer).encode(), content_type="application/json")

    server.pages["/v1/chat/completions"] = page
    settings.POLISH = {"url": f"{server.url}/v1", "model": "m", "key": ""}
    return seen


BODY = "Hello Mara,\n\nthe mix is nice and I send it on 3 December.\n\nAll the best,\nJo\n"
KINDER = "Hello Mara,\n\nthe mix is lovely and I send it on 3 December.\n\nAll the best,\nJo\n"
FALSER = "Hello Mara,\n\nthe mix is lovely and I send it on 4 December.\n\nAll the best,\nJo\n"


def test_polishing_is_off_unless_it_is_named(producer: User, account: MailAccount, asked: list[Any]) -> None:
    letter = _draft(producer, account, body=BODY)
    assert not polishing.endpoint().is_on
    with pytest.raises(UsageError, match="off"):
        polishing.ask(producer.actor, letter)
    assert asked == []


def test_polished_words_are_taken_by_a_person_and_only_without_a_new_fact(
    producer: User, account: MailAccount, web: WebServer, settings: Any
) -> None:
    letter = _draft(producer, account, body=BODY)
    for words, is_taken in ((FALSER, False), (KINDER, True)):
        Job.objects.all().delete()
        seen = _polished_as(words, web, settings)
        job = polishing.ask(producer.actor, letter)
        shown = polishing.polished_page(letter)["request"]
        result = polishing.polish_now(letter, job.arguments["words"])  # type: ignore[attr-defined]
        assert json.loads(seen[0]) == json.loads(shown), "what is shown is what is sent"
        assert "mara@example.org" not in shown
        Job.objects.filter(pk=job.pk).update(state="done", result=result)
        page = polishing.polished_page(letter)
        assert ("+", words.splitlines()[2]) in page["lines"]
        assert bool(page["unknown"]) != is_taken
        if not is_taken:
            with pytest.raises(UsageError, match="did not"):
                polishing.take(producer.actor, letter)
        else:
            assert polishing.take(producer.actor, letter).body == words.strip()


def test_a_link_is_fetched_when_somebody_asks_and_becomes_a_demo(
    arrives: Arrives, producer: User, web: WebServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, asked: list[Any]
) -> None:
    data = sound(tmp_path=tmp_path)
    seen: list[str] = []

    def song(page: Page) -> None:
        seen.append(page.path)
        page.answer(data, content_type="audio/wav")

    web.pages["/Harbour.wav"] = song
    web.pages["/page"] = lambda page: page.answer(b"<!doctype html><p>Click</p>", content_type="text/html")
    text = f"My demo, please listen: {web.url}/Harbour.wav and {web.url}/page/song.mp3"
    row = arrives(raw("Demo", text.replace("127.0.0.1", "songs.example.org")))
    assert seen == [], "nothing is fetched on its own"
    links.ask(producer.actor, row, 0)
    assert asked[-1].name == "mail.link"
    allow = door.Limits(allow=(web.url.split("//")[1],))
    real = door.fetch
    monkeypatch.setattr(
        door,
        "fetch",
        lambda url, target, progress: real(url.replace("songs.example.org", "127.0.0.1"), target, allow, progress),
    )
    says = links.fetch_now(row, asked[-1].arguments["url"], lambda *_: None)
    assert says == "Demo 1 of Harbour is here."
    assert links.fetch_now(row, asked[-1].arguments["url"], lambda *_: None) == "It is here already."
    assert len(seen) == 1
    with pytest.raises(InputRefused):
        links.fetch_now(row, f"{web.url}/page", lambda *_: None)
    assert "person" in LinkFetch.objects.get(recording=None).says
    assert Recording.objects.get().song.title == "Harbour"


def test_only_links_of_the_message_to_where_sound_lies_are_fetched(
    arrives: Arrives, producer: User, engineer: User, asked: list[Any]
) -> None:
    row = arrives(raw("Demo", "See https://example.org/about and https://www.dropbox.com/s/x/a.wav?dl=0"))
    hosts = {link["host"]: number for number, link in enumerate(row.links)}
    with pytest.raises(UsageError, match="no sound is fetched"):
        links.ask(producer.actor, row, hosts["example.org"])
    with pytest.raises(UsageError, match="not in this message"):
        links.ask(producer.actor, row, 7)
    with pytest.raises(NotAllowed):
        links.ask(engineer.actor, row, hosts["www.dropbox.com"])
    assert asked == []


def test_every_letter_of_the_inbox_is_one_of_the_room() -> None:
    from controlroom.desk.mail import facts

    assert {kind for kind, _ in facts.KINDS} - {""} == set(facts._GIVERS)
    assert set(facts._GIVERS) < set(room.FACTS_OF)
