"""What a producer meets who shares a song with others than its artist."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client

from controlroom.desk.accounts.models import User
from controlroom.desk.guests.actions import make_link
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import token_of
from controlroom.desk.songs.models import Song

pytestmark = pytest.mark.django_db


def test_a_written_name_is_meant_though_the_artist_stands_chosen(song: Song, client_of: Client) -> None:
    asked = {"rights": ["listen"], "days": "30", "person": song.artist_id, "recording": "", "password": ""}
    client_of.post(f"/songs/{song.pk}/share/", {**asked, "name": "Anna Singer"})
    client_of.post(f"/songs/{song.pk}/share/", {**asked, "name": ""})
    theirs, artists = GuestLink.objects.order_by("pk")
    assert (theirs.person, theirs.guest_name) == (None, "Anna Singer")
    assert artists.person == song.artist


def test_a_guest_sees_that_their_file_arrived_or_why_it_cannot_be_used(
    producer: User, song: Song, wav: Callable[..., Path]
) -> None:
    link, _ = make_link(producer.actor, song=song, name="Anna", rights=["listen", "upload"])
    other, _ = make_link(producer.actor, song=song, name="Ben", rights=["listen", "upload"])
    with wav("lead vocal.wav").open("rb") as file:
        Client().post(f"/g/{token_of(link)}/files/", {"file": file})
    page = Client().get(f"/g/{token_of(link)}/").content.decode()
    assert "What you sent" in page
    assert "lead vocal.wav" in page
    assert "What you sent" not in Client().get(f"/g/{token_of(other)}/").content.decode()
    song.recordings.update(state="refused", refusal="lead vocal.wav: it is empty.")
    assert "lead vocal.wav: it is empty." in Client().get(f"/g/{token_of(link)}/").content.decode()
