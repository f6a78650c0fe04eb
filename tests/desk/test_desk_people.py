"""People: found, added, changed, put away, and what was done together."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import NotAllowed
from controlroom.desk.accounts.models import User
from controlroom.desk.people import actions
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import many_lines, named, one_line
from controlroom.desk.songs.actions import add_credit
from controlroom.desk.songs.models import Song

pytestmark = pytest.mark.django_db
AsUser = Callable[[User], Client]


@pytest.fixture
def mara(producer: User) -> Person:
    return actions.add_person(producer.actor, name="Mara Lind", kind="artist", email="mara@example.org")


def page(client: Client, name: str, *args: object, **query: str) -> str:
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_room_invites(client_of: Client) -> None:
    assert "Nobody yet" in page(client_of, "people")


def test_people_are_found(client_of: Client, producer: User, mara: Person) -> None:
    actions.add_person(producer.actor, name="Jo Marsh", kind="engineer", notes="Knows the desk")
    assert "Mara Lind" not in page(client_of, "people", q="desk")
    assert "Jo Marsh" in page(client_of, "people", q="KNOWS desk")
    assert "Jo Marsh" not in page(client_of, "people", kind="artist")
    assert "Nobody has that" in page(client_of, "people", q="zzz")


def test_what_we_did_together(client_of: Client, producer: User, song: Song) -> None:
    mara = Person.objects.get(name="Mara Lind")
    add_credit(producer.actor, song, person=mara, role="lead vocal")
    shown = page(client_of, "person", mara.pk)
    assert "Paper Lanterns" in shown
    assert "artist, lead vocal" in shown


def test_somebody_is_added_with_numbers_that_can_be(client_of: Client) -> None:
    url = reverse("person-new")
    sent = {
        "name": "Jo",
        "kind": "writer",
        "ipi": "00014107338",
        "isni": "0000 0001 2103 2683",
        "time_zone": "Asia/Tokyo",
    }
    answer = client_of.post(url, sent)
    made = Person.objects.get()
    assert answer["Location"] == reverse("person", args=[made.pk])
    assert made.isni == "0000000121032683"
    wrong = client_of.post(url, sent | {"isni": "0000 0001 2103 2684", "ipi": "123456789"})
    assert wrong.status_code == 422
    assert wrong.content.count(b"has the wrong length or check digit") == 2
    assert Person.objects.count() == 1


def test_somebody_is_changed(client_of: Client, mara: Person) -> None:
    url = reverse("person-edit", args=[mara.pk])
    assert "mara@example.org" in client_of.get(url).content.decode()
    client_of.post(url, {"name": "Mara L.", "kind": "writer", "notes": "a\r\nb"})
    mara.refresh_from_db()
    assert (mara.name, mara.kind, mara.email, mara.notes) == ("Mara L.", "writer", "", "a\nb")
    assert client_of.post(url, {"name": "", "kind": "writer"}).status_code == 422


def test_put_away_and_brought_back(client_of: Client, mara: Person) -> None:
    shown = client_of.post(reverse("person-archive", args=[mara.pk]), follow=True).content.decode()
    restore = reverse("person-restore", args=[mara.pk])
    assert f'hx-post="{restore}"' in shown
    assert "Mara Lind" in page(client_of, "people", away="1")
    answer = client_of.post(restore, headers={"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, reverse("person", args=[mara.pk]))
    assert "Mara Lind" in page(client_of, "people")


@pytest.mark.parametrize("name", ["person", "person-edit"])
def test_another_studios_people_are_not_here(as_user: AsUser, stranger: User, mara: Person, name: str) -> None:
    assert as_user(stranger).get(reverse(name, args=[mara.pk])).status_code == 404
    assert "Mara" not in page(as_user(stranger), "people")


@pytest.mark.parametrize("name", ["person-edit", "person-archive", "person-restore"])
def test_only_those_who_may_write_change_anybody(
    as_user: AsUser, reader: User, stranger: User, mara: Person, name: str
) -> None:
    url = reverse(name, args=[mara.pk])
    assert as_user(reader).post(url).status_code == 403
    assert as_user(stranger).post(url).status_code == 404
    assert Client().post(url).status_code == 302


def test_a_reader_sees_people_and_changes_none(as_user: AsUser, reader: User, mara: Person) -> None:
    assert "Mara Lind" in page(as_user(reader), "people")
    assert as_user(reader).post(reverse("person-new"), {"name": "x"}).status_code == 403
    with pytest.raises(NotAllowed):
        actions.change_person(reader.actor, mara, name="x")


def test_a_name_is_one_person(producer: User, mara: Person) -> None:
    assert actions.person_named(producer.actor, " mara  LIND ") == mara
    assert actions.person_named(producer.actor, "Tom").kind == "artist"
    with pytest.raises(UsageError, match="no such field"):
        actions.change_person(producer.actor, mara, studio_id="2")


def test_typed_words_are_fit_to_keep() -> None:
    assert one_line(" a\x00b\n\tc\u2028d  ", 200) == "a b c d"
    assert one_line("x" * 300, 10) == "x" * 10
    assert many_lines("a\r\nb\rc\x00\x07") == "a\nb\nc"
    with pytest.raises(UsageError):
        named("\x00 \n", "The title")
