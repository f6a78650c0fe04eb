"""A disk that fills while files arrive, and one that loses them."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from controlroom.base.errors import InputRefused
from controlroom.desk.songs import blobs, uploads
from controlroom.desk.songs.models import Recording, Song, Upload

pytestmark = pytest.mark.django_db
TUS = {"Tus-Resumable": "1.0.0"}
Room = Callable[[int], None]


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> Room:
    """Sets how many bytes uploads may still take of the disk."""

    def set_to(size: int) -> None:
        left = SimpleNamespace(free=size + uploads.LEFT_FREE_BYTES)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: left)

    return set_to


def announce(client: Client, song: Song, size: int) -> Any:
    name = base64.b64encode(b"mix.wav").decode()
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    return client.post(f"/songs/{song.pk}/uploads/", headers=headers)


def test_a_file_that_the_disk_cannot_hold_is_refused_before_it_is_sent(
    room: Room, song: Song, client_of: Client
) -> None:
    room(999)
    refused = announce(client_of, song, 1000)
    assert refused.status_code == 413
    assert "the disk of this desk is nearly full" in refused.content.decode()
    assert not Upload.objects.exists()


def test_a_disk_that_fills_midway_ends_it_with_a_sentence_and_keeps_what_arrived(
    room: Room, song: Song, client_of: Client
) -> None:
    room(1000)
    address = announce(client_of, song, 1000)["Location"]

    def send(offset: int, size: int) -> Any:
        headers = {**TUS, "Upload-Offset": str(offset)}
        return client_of.patch(address, b"x" * size, content_type="application/offset+octet-stream", headers=headers)

    assert send(0, 600).status_code == 204
    room(100)
    full = send(600, 400)
    assert full.status_code == 413
    assert "nearly full" in full.content.decode()
    assert client_of.head(address, headers=TUS)["Upload-Offset"] == "600"
    room(1000)
    assert send(600, 400).status_code == 204


def test_a_file_that_is_gone_is_called_by_its_name(mix: Recording) -> None:
    blobs.path_of(mix.blob).unlink()
    with pytest.raises(InputRefused, match=r"^Paper Lanterns mix\.wav: its file is gone from the disk"):
        blobs.path_of(mix.blob)
