"""The page of a version: who may see it, what stands on it, what it costs."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from desk.review_kit import a_song, a_version
from django.template.loader import render_to_string
from django.test import Client

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.review import actions
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.models import CarriedNote, Note
from controlroom.desk.review.pages import review_page
from controlroom.desk.songs.models import Recording, Song


def player_data(answer: Any) -> dict[str, Any]:
    found = re.search(r'<script id="review-data" type="application/json">(.*?)</script>', answer.content.decode(), re.S)
    assert found
    return json.loads(found[1])


@pytest.mark.parametrize("role", ["producer", "engineer", "reader"])
def test_everybody_of_the_studio_sees_it(role: str, studio: Studio, make_user: Any, as_user: Any) -> None:
    answer = as_user(make_user(role)).get(f"/recordings/{a_version(studio).pk}/review/")
    assert answer.status_code == 200
    assert b"Paper Lanterns" in answer.content


def test_another_studio_does_not_know_it(studio: Studio, stranger: User, as_user: Any) -> None:
    mix = a_version(studio)
    for address in ("review/", "review/pictures/", "notes/", "revision/", "revision/csv/"):
        assert as_user(stranger).get(f"/recordings/{mix.pk}/{address}").status_code == 404
    for address in ("notes/", "approve/", "ask/", "heard/", "revision/done/"):
        assert as_user(stranger).post(f"/recordings/{mix.pk}/{address}").status_code == 404


def test_what_the_player_is_told(studio: Studio, client_of: Client) -> None:
    demo, third = a_version(studio, "demo"), a_version(studio, lufs=-14.0)
    fourth, reference = a_version(studio, lufs=-13.2), a_version(studio, "reference", name="her.wav", lufs=-9.0)
    data = player_data(client_of.get(f"/recordings/{fourth.pk}/review/"))
    assert data["current"] == fourth.pk
    assert [(each["id"], each["key"]) for each in data["versions"]] == [
        (demo.pk, "1"),
        (third.pk, "2"),
        (fourth.pk, "3"),
        (reference.pk, "R"),
    ]
    told = {each["id"]: each for each in data["versions"]}
    assert told[fourth.pk]["map"] == []
    assert told[third.pk]["map"] is None
    assert told[fourth.pk]["pcm"] is None
    assert told[fourth.pk]["pcm_status_url"] == f"/recordings/{fourth.pk}/pcm/48000/status"
    assert told[third.pk]["gain_db"] == 0.0
    assert told[third.pk]["figures"] == "−14.0 LUFS · −1.1 dBTP · LRA 6.2"
    assert told[fourth.pk]["gain_db"] == pytest.approx(-0.8)


def test_the_match_reads_as_an_attenuation_of_the_louder(studio: Studio, client_of: Client) -> None:
    third, fourth = a_version(studio, lufs=-14.0), a_version(studio, lufs=-13.2)
    for page in (third, fourth):
        says = client_of.get(f"/recordings/{page.pk}/review/").content.decode()
        assert "matched: Mix 2 −0.8 dB" in says


def test_what_the_player_needs_on_the_page(studio: Studio, client_of: Client, producer: User) -> None:
    mix = a_version(studio)
    note = actions.add_note(producer.actor, mix, text="Drier lead", at_s=62.1)
    page = client_of.get(f"/recordings/{mix.pk}/review/").content.decode()
    for wanted in ("wave", "play", "clock", "match", "notes", "note-form", "dock", "engine"):
        assert f'id="{wanted}"' in page
    assert f'data-version="{mix.pk}"' in page
    assert f'data-note="{note.pk}"' in page
    assert 'data-at="62.100"' in page
    for name in ("text", "at_s", "until_s", "recording"):
        assert f'name="{name}"' in page
    assert page.count("btn main") == 1
    assert "style=" not in page
    assert "hx-on" not in page


def test_a_version_that_is_not_heard_yet_waits(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio, state="arrived", frames=None)
    answer = client_of.get(f"/recordings/{mix.pk}/review/")
    assert b"Listening to Mix 1" in answer.content
    assert b"review-data" not in answer.content
    waiting = client_of.get(f"/recordings/{mix.pk}/notes/?waiting=1", headers={"HX-Request": "true"})
    assert "HX-Refresh" not in waiting.headers
    Recording.objects.filter(pk=mix.pk).update(state="heard")
    ready = client_of.get(f"/recordings/{mix.pk}/notes/?waiting=1", headers={"HX-Request": "true"})
    assert ready.headers["HX-Refresh"] == "true"


def test_a_refused_version_says_why(studio: Studio, client_of: Client) -> None:
    mix = a_version(studio, state="refused", frames=None, refusal="it is not audio")
    assert b"it is not audio" in client_of.get(f"/recordings/{mix.pk}/review/").content


def test_a_deliverable_comes_beside_on_request(studio: Studio, client_of: Client) -> None:
    mix, sent = a_version(studio), a_version(studio, "deliverable", name="final.wav")
    page = f"/recordings/{mix.pk}/review/"
    assert [each["id"] for each in player_data(client_of.get(page))["versions"]] == [mix.pk]
    beside = player_data(client_of.get(f"{page}?with={sent.pk}"))
    assert [each["id"] for each in beside["versions"]] == [mix.pk, sent.pk]
    assert client_of.get(f"{page}?with=²&undo=x").status_code == 200


def test_another_song_does_not_come_beside(studio: Studio, client_of: Client) -> None:
    mix, foreign = a_version(studio), a_version(studio, of=a_song(studio, "Another"))
    data = player_data(client_of.get(f"/recordings/{mix.pk}/review/?with={foreign.pk}"))
    assert [each["id"] for each in data["versions"]] == [mix.pk]


def test_words_of_a_note_cannot_break_out(studio: Studio, client_of: Client, producer: User) -> None:
    mix = a_version(studio)
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'"
    actions.add_note(producer.actor, mix, text=evil, at_s=1.0)
    for address in ("review/", "notes/", "revision/"):
        page = client_of.get(f"/recordings/{mix.pk}/{address}").content.decode()
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    data = player_data(client_of.get(f"/recordings/{mix.pk}/review/"))
    assert data["versions"][0]["notes"][0]["text"] == evil


def test_its_cost_does_not_grow(
    studio: Studio, client_of: Client, producer: User, django_assert_max_num_queries: Any
) -> None:
    mixes = [a_version(studio) for _ in range(20)]
    rows = [
        Note(studio=studio, song=mix.song, recording=mix, at_s=place, text=f"Note {place}", who="Jo", who_key="user:1")
        for mix in mixes
        for place in range(10)
    ]
    notes = Note.objects.bulk_create(rows)
    CarriedNote.objects.bulk_create(
        CarriedNote(studio=studio, note=note, recording=mixes[-1], at_s=note.at_s) for note in notes[:-10]
    )
    with django_assert_max_num_queries(25):
        answer = client_of.get(f"/recordings/{mixes[-1].pk}/review/")
    assert len(player_data(answer)["versions"][-1]["notes"]) == 200


def test_pictures_of_what_was_not_measured(studio: Studio, client_of: Client) -> None:
    answer = client_of.get(f"/recordings/{a_version(studio).pk}/review/pictures/")
    assert b"Nothing has been measured" in answer.content
    assert b"Back to Mix 1" in answer.content, "a page of its own without JavaScript"


def test_a_delivered_file_is_offered(studio: Studio, client_of: Client) -> None:
    mix, sent = a_version(studio), a_version(studio, "deliverable", name="final.wav")
    page = client_of.get(f"/recordings/{mix.pk}/review/").content.decode()
    assert f'<option value="{sent.pk}">final.wav</option>' in page
    assert (
        "<option" not in client_of.get(f"/recordings/{mix.pk}/review/?with={sent.pk}").content.decode().split("ask")[0]
    )


def test_a_guest_gets_the_same_page_at_addresses_of_the_link(studio: Studio, producer: User) -> None:
    third, fourth = a_version(studio), a_version(studio)
    actions.add_note(producer.actor, fourth, text="Drier lead", at_s=3.0)
    Song.objects.update(notes="The label must not read this")
    mara = Actor(studio.pk, "Mara", "guest:7", frozenset(["listen", "comment"]))
    page = render_to_string("review/parts/room.html", review_page(mara, fourth, Addresses("tok")))
    links = re.findall(r'(?:href|action|formaction|hx-get|hx-post)="(/[^"]*)"', page)
    links += re.findall(r'"[a-z_]*url": "([^"]+)"', page)
    assert len(links) > 10
    assert [link for link in links if not link.startswith("/g/tok/")] == []
    assert "Mix 1" in page
    assert "Drier lead" in page
    assert "Approve" not in page
    assert "Only for the studio" not in page
    assert "must not read" not in page
    alone = render_to_string("review/parts/room.html", review_page(mara, fourth, Addresses("tok", alone=True)))
    assert "Mix 1" not in alone
    assert f'data-version="{third.pk}"' not in alone
