"""What a producer meets who shares a song with others than its artist."""

from __future__ import annotations

import pytest
from desk.songs_kit import Song
from django.test import Client

from controlroom.desk.guests.models import GuestLink

pytestmark = pytest.mark.django_db


def test_a_written_name_is_meant_though_the_artist_stands_chosen(song: Song, client_of: Client) -> None:
    asked = {"rights": ["listen"], "days": "30", "person": song.artist_id, "recording": "", "password": ""}
    client_of.post(f"/songs/{song.pk}/share/", {**asked, "name": "Anna Singer"})
    client_of.post(f"/songs/{song.pk}/share/", {**asked, "name": ""})
    theirs, artists = GuestLink.objects.order_by("pk")
    assert (theirs.person, theirs.guest_name) == (None, "Anna Singer")
    assert artists.person == song.artist
