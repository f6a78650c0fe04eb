"""Nobody gets more of the desk than is theirs: every address, asked by everybody it is not for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from desk.every_page import _filled, _patterns
from desk.full_studio import Studio, rows
from django.apps import apps
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone

from controlroom.desk.accounts.actor import GUEST_RIGHTS, RIGHTS
from controlroom.desk.accounts.models import Studio as House
from controlroom.desk.accounts.models import User
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import token_of
from controlroom.desk.jobs.models import Job
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Note
from controlroom.desk.songs.models import Credit, Event, Recording, Song

pytestmark = pytest.mark.django_db

SECRET = "Zugspitze"
"""Stands in everything that the studio would not have read by strangers."""
TUS = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Upload-Length": "3", "Upload-Metadata": "filename eC53YXY="}


class Address(NamedTuple):
    url: str
    right: str
    methods: tuple[str, ...]


def addresses(studio: Studio, link: GuestLink | None = None) -> Iterator[Address]:
    """Every address of the desk, filled in with that studio's rows: a guest's with `link`, else a user's."""
    for route, pattern in _patterns():
        view = pattern.callback
        if route.startswith("g/") == (link is not None) and view.right != "anyone":
            for url in _filled(route, studio, link) if "credits" not in route.split("/")[0] else [_credit(studio)]:
                yield Address(url, view.right, view.methods)


def _credit(studio: Studio) -> str:
    return f"/credits/{Credit.objects.filter(studio_id=studio.studio_id).first().pk}/remove/"


def ask(client: Client, method: str, url: str, data: dict[str, Any] | None = None, **headers: str) -> Any:
    if method == "PATCH":
        headers |= {"content-type": "application/offset+octet-stream"}
        return client.patch(url, b"abc", "application/offset+octet-stream", headers={**TUS, **headers})
    return client.generic(method, url, headers={**TUS, **headers}) if not data else client.post(url, data)


def read(answer: Any) -> str:
    body = b"".join(answer) if answer.streaming else answer.content
    return body.decode(errors="replace") + str(dict(answer.items()))


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that is kept, but for who is signed in."""
    kept = [model for model in apps.get_models() if model.__module__.startswith("controlroom")]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in kept}


@pytest.fixture
def studio(make_user: Callable[..., User], fresh_home: Path) -> Studio:
    made = Studio(make_user(), rows(5))
    of = {"studio_id": made.studio_id}
    Song.objects.filter(**of).update(title=SECRET, lyrics=SECRET, notes=SECRET)
    Person.objects.filter(**of).update(name=SECRET, email=f"{SECRET}@example.org", notes=SECRET)
    Recording.objects.filter(**of).update(name=f"{SECRET}.wav", says=SECRET, refusal=SECRET)
    Note.objects.filter(**of).update(text=SECRET, who=SECRET)
    Job.objects.filter(**of).update(says=SECRET, error=SECRET)
    Event.objects.filter(**of).update(says=SECRET, who=SECRET)
    return made


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    house = House.objects.create(name="Room One")

    def make(role: str = "producer", at: House | None = None) -> User:
        name = f"{role}{User.objects.count()}"
        user = User(studio=at or house, email=f"{name}@example.org", name=name, role=role)
        user.set_password("a long password")
        user.save()
        return user

    return make


@pytest.fixture
def link_with(studio: Studio) -> Callable[..., GuestLink]:
    """A guest's link to the first song, with all rights, but for what is said."""

    def make(**fields: Any) -> GuestLink:
        of = {"song": studio.song, "name": "Mara", "rights": list(GUEST_RIGHTS), "nonce": "n", "made_by": "Jo"}
        return GuestLink.objects.create(**{"studio_id": studio.studio_id, "made_by_key": "user:1", **of, **fields})

    return make


def refusals(client: Client, those: Iterator[Address], status: int) -> list[str]:
    """Ask each address by each of its methods, plainly or from htmx; what was not refused with `status`, or told
    something all the same."""
    wrong = []
    before = everything()
    for address in those:
        for method in address.methods:
            headers = {"hx-request": "true"} if len(address.url) % 2 else {}
            answer = ask(client, method, address.url, **headers)
            if answer.status_code != status or SECRET in read(answer):
                wrong.append(f"{method} {address.url}: {answer.status_code}, told: {SECRET in read(answer)}")
            assert "default-src 'none'" in answer["Content-Security-Policy"], address
    assert everything() == before
    return wrong


def test_another_studios_rows_are_not_here(studio: Studio, other_studio: House, make_user: Any, as_user: Any) -> None:
    client = as_user(make_user("producer", other_studio))
    theirs = list(addresses(studio))
    assert len(theirs) > 60
    named = (each for each in theirs if any(piece.isdecimal() or len(piece) == 36 for piece in each.url.split("/")))
    assert refusals(client, named, 404) == []


def test_lists_and_searches_show_ones_own_studio_only(
    studio: Studio, other_studio: House, make_user: Any, as_user: Any
) -> None:
    client = as_user(make_user("producer", other_studio))
    lists = [each.url for each in addresses(studio) if "GET" in each.methods and not any(map(str.isdecimal, each.url))]
    assert len(lists) > 10
    for url in [*lists, f"/find/?q={SECRET}", f"/songs/?q={SECRET}", f"/people/?q={SECRET}&away=1"]:
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert SECRET not in read(answer).replace(f'value="{SECRET}"', "").replace(f"“{SECRET}”", ""), url


@pytest.mark.parametrize("role", ["reader", "engineer"])
def test_a_role_reaches_what_its_rights_say(role: str, studio: Studio, make_user: Any, as_user: Any) -> None:
    client, all_of_them = as_user(make_user(role)), list(addresses(studio))
    beyond = [each for each in all_of_them if each.right not in RIGHTS[role]]
    assert len(beyond) > 5
    assert refusals(client, iter(beyond), 403) == []
    for each in all_of_them:
        if each.right in RIGHTS[role] and "GET" in each.methods:
            answer = client.get(each.url)
            assert read(answer)
            assert answer.status_code < 400, each


def test_nobody_signed_in_learns_anything(studio: Studio) -> None:
    before = everything()
    for address in addresses(studio):
        for method in address.methods:
            answer = ask(Client(), method, address.url)
            assert (answer.status_code, answer["Location"][:7]) == (302, "/login/"), address
            part = ask(Client(), method, address.url, **{"hx-request": "true"})
            assert (part.status_code, part["HX-Redirect"]) == (401, "/login/"), address
            assert SECRET not in read(answer) + read(part)
    assert everything() == before


def test_a_user_who_left_is_out(studio: Studio, make_user: Any, as_user: Any) -> None:
    user = make_user()
    client = as_user(user)
    assert client.get("/songs/").status_code == 200
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.get("/songs/").status_code == 302


SHUT: dict[str, tuple[dict[str, Any], int]] = {
    "revoked": ({"revoked_at": timezone.now()}, 410),
    "expired": ({"expires_at": timezone.now() - timedelta(seconds=1)}, 410),
    "with a password": ({"password": make_password("open sesame")}, 302),
}


@pytest.mark.parametrize("how", SHUT)
def test_a_link_that_is_shut_opens_nothing(how: str, studio: Studio, link_with: Any) -> None:
    fields, status = SHUT[how]
    link = link_with(**fields)
    door = f"/g/{token_of(link)}/"
    inside = [each for each in addresses(studio, link) if status == 410 or each.url != door]
    assert len(inside) > 15
    assert refusals(Client(), iter(inside), status) == []
    assert SECRET not in read(Client().get(door))


def test_a_token_that_we_did_not_sign_opens_nothing(studio: Studio, link_with: Any) -> None:
    token = token_of(link_with())
    pk_and_nonce, _, signature = token.partition(".")
    for forged in (token[:-1], token + "A", f"{pk_and_nonce}.", f"1-1.{signature}", f"{pk_and_nonce}x.{signature}"):
        those = (
            each._replace(url=each.url.replace(token, forged)) for each in addresses(studio, link_with(nonce="other"))
        )
        other = token_of(GuestLink.objects.get(nonce="other"))
        shut = [each._replace(url=each.url.replace(other, forged)) for each in those]
        assert refusals(Client(), iter(shut[:4]), 404) == []
        GuestLink.objects.filter(nonce="other").delete()


@pytest.mark.parametrize("right", GUEST_RIGHTS)
def test_a_guest_without_a_right_is_refused(right: str, studio: Studio, link_with: Any) -> None:
    link = link_with(rights=[each for each in GUEST_RIGHTS if each != right])
    theirs = [each for each in addresses(studio, link) if each.right == f"guest:{right}"]
    assert theirs
    assert refusals(Client(), iter(theirs), 403) == []


ELSEWHERE: dict[str, Callable[[Studio], dict[str, Any]]] = {
    "another song": lambda studio: {"song": Song.objects.create(studio_id=studio.studio_id, title="Mine")},
    "another version": lambda studio: {"recording": studio.versions[0]},
    "the demo box": lambda studio: {"song": None},
}


@pytest.mark.parametrize("where", ELSEWHERE)
def test_a_guest_of_something_else_finds_nothing(where: str, studio: Studio, link_with: Any) -> None:
    link = link_with(**ELSEWHERE[where](studio))
    if link.recording:
        Recording.objects.filter(pk=link.recording_id).update(name="mine.wav", says="")
    pks = ("recordings", "notes", "uploads")
    named = [each for each in addresses(studio, link) if any(f"/{name}/" in each.url[20:] for name in pks)]
    named = [each for each in named if not each.url.endswith("/uploads/")]
    assert len(named) > 12
    assert refusals(Client(), iter(named), 404) == []


@pytest.mark.parametrize("kind", ["take"])
def test_a_guest_does_not_come_to_takes(kind: str, studio: Studio, link_with: Any) -> None:
    link = link_with()
    studio.version = next(each for each in studio.recordings if each.kind == kind and each.song_id == studio.song.pk)
    named = [each for each in addresses(studio, link) if "/recordings/" in each.url]
    assert refusals(Client(), iter(named), 404) == []


def test_archived_is_gone_for_guests(studio: Studio, link_with: Any) -> None:
    link = link_with()
    Recording.objects.filter(pk=studio.version.pk).update(archived_at=timezone.now())
    named = [each for each in addresses(studio, link) if "/recordings/" in each.url or "/notes/" in each.url]
    assert refusals(Client(), iter(named), 404) == []


@pytest.fixture
def other(other_studio: House, make_user: Any) -> Studio:
    """Another studio, as full, whose ids are slipped into what is sent."""
    made = Studio(make_user("producer", other_studio), rows(5))
    Song.objects.filter(studio=other_studio).update(title=SECRET)
    Person.objects.filter(studio=other_studio).update(name=SECRET)
    Recording.objects.filter(studio=other_studio).update(name=f"{SECRET}.wav", says=SECRET)
    Note.objects.filter(studio=other_studio).update(text=SECRET)
    return made


@pytest.fixture
def mine(make_user: Any) -> Studio:
    return Studio(make_user(), rows(5))


def test_ids_of_others_in_what_is_asked_and_sent(mine: Studio, other: Studio, as_user: Any) -> None:
    client = as_user(mine.user)
    version, song, note = mine.version.pk, mine.song.pk, mine.note.pk
    theirs = {"version": other.version.pk, "song": other.song.pk, "note": other.note.pk, "person": other.people[0].pk}
    elsewhere = next(each.pk for each in mine.recordings if each.song_id != song)
    asked = {
        f"/recordings/{version}/review/?with={theirs['version']}": 200,
        f"/recordings/{version}/review/?with={elsewhere}": 200,
        f"/recordings/{version}/review/?undo={theirs['note']}": 200,
        f"/notes/{note}/reply/?on={theirs['version']}": 404,
        f"/notes/{note}/reply/?on={elsewhere}": 404,
    }
    for url, status in asked.items():
        answer = client.get(url)
        assert answer.status_code == status, url
        assert SECRET not in read(answer)
        assert f"/notes/{theirs['note']}/" not in read(answer)
    before = everything()
    sent: list[tuple[str, dict[str, Any], int]] = [
        (f"/recordings/{version}/notes/", {"text": "Hello", "recording": theirs["version"]}, 404),
        (f"/recordings/{version}/notes/", {"text": "Hello", "recording": elsewhere}, 404),
        (f"/notes/{note}/reply/?on={theirs['version']}", {"text": "Hello"}, 404),
        (f"/notes/{note}/resolve/?on={theirs['version']}", {}, 404),
        (f"/recordings/{version}/revision/done/", {"note": theirs["note"]}, 422),
        (f"/recordings/{version}/revision/done/", {"note": note, "done_in": theirs["version"]}, 422),
        (f"/recordings/{version}/ask/", {"of": f"person:{theirs['person']}"}, 422),
        (f"/recordings/{version}/ask/", {"of": f"user:{other.user.pk}"}, 422),
        (f"/songs/{song}/share/", {"person": theirs["person"], "rights": "listen"}, 422),
        (f"/songs/{song}/share/", {"recording": theirs["version"], "rights": "listen"}, 422),
        (f"/songs/{song}/share/", {"recording": elsewhere, "rights": "listen"}, 422),
        (f"/songs/{song}/rooms/mixing/start/", {"mix": theirs["version"]}, 302),
        ("/songs/board/move/", {"song": theirs["song"], f"to-{theirs['song']}": "mixing"}, 404),
    ]
    for url, data, status in sent:
        answer = ask(client, "POST", url, data or {"x": "y"})
        assert answer.status_code == status, (url, data, answer.status_code)
        assert SECRET not in read(answer), url
    assert everything() == before


def test_ids_of_others_from_a_guest(mine: Studio, other: Studio) -> None:
    link = mine.links[0]
    base = f"/g/{token_of(link)}"
    client = Client()
    client.get(f"{base}/")
    take = next(each.pk for each in mine.recordings if each.kind == "take" and each.song_id == mine.song.pk)
    before = everything()
    for pk in (other.version.pk, take, next(each.pk for each in mine.recordings if each.song_id != mine.song.pk)):
        for url, data in (
            (f"{base}/recordings/{mine.version.pk}/notes/", {"text": "Hello", "recording": pk}),
            (f"{base}/notes/{mine.note.pk}/reply/?on={pk}", {"text": "Hello"}),
        ):
            assert ask(client, "POST", url, data).status_code == 404, url
    for verb in ("resolve", "reopen", "rewrite", "delete", "restore", "edit", "nonsense"):
        answer = ask(client, "POST", f"{base}/notes/{mine.note.pk}/{verb}/", {"text": "Hello"})
        assert answer.status_code in (403, 404), verb
    assert everything() == before
