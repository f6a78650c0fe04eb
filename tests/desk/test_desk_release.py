"""What a release is told: typed on the desk as in a song folder, and in the files that are delivered."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import mutagen
import numpy as np
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from controlroom.base.errors import UsageError
from controlroom.base.progress import SILENT
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions, blobs, covers
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.songs.production import material_from, out_of, produce
from controlroom.production.material import read_material
from controlroom.song.folder import write_sheet
from controlroom.sound.drawing.raster import gray_png
from controlroom.sound.files import Format, write
from controlroom.sound.signal import Audio

pytestmark = pytest.mark.django_db
RELEASE = {
    "album": "Lanterns",
    "label": "House Records",
    "upc": "0 36000 29145 2",
    "iswc": "T-034.524.680-1",
    "date": "2026-11-05",
    "copyright": "2026 House Records",
    "language": "en",
    "explicit": "no",
    "samples": "none",
}


def image(shade: int = 90) -> bytes:
    return gray_png(np.full((64, 64), shade, np.uint8))


@pytest.fixture
def released(producer: User, song: Song, heard: Recording) -> Song:
    """A song of which a release is told all."""
    actions.change_song(producer.actor, song, lyrics="Paper lanterns\nover the water", **RELEASE)
    return covers.set_cover(producer.actor, song, image())


def test_it_is_kept_as_it_is_meant(released: Song) -> None:
    released.refresh_from_db()
    assert (released.upc, released.iswc, released.explicit) == ("0036000291452", "T0345246801", False)
    assert (released.date, released.samples) == ("2026-11-05", "none")
    assert "Release date set to 2026-11-05" in released.events.filter(kind="decided")[1].says


@pytest.mark.parametrize(
    ("field", "value"),
    [("upc", "12"), ("iswc", "T-1"), ("date", "soon"), ("explicit", "perhaps"), ("samples", "some"), ("language", "!")],
)
def test_what_cannot_be_meant_is_said(field: str, value: str, producer: User, song: Song, client_of: Client) -> None:
    with pytest.raises(UsageError):
        actions.change_song(producer.actor, song, **{field: value})
    sent = client_of.post(f"/songs/{song.pk}/edit/", {"title": song.title, field: value})
    assert sent.status_code == 422
    assert 'class="error"' in sent.content.decode()


def test_the_page_keeps_the_facts_and_the_cover(song: Song, client_of: Client, stranger: User) -> None:
    url = f"/songs/{song.pk}/edit/"
    assert "For the release" in client_of.get(url).content.decode()
    assert client_of.get(f"/songs/{song.pk}/cover").status_code == 404
    facts = {"title": song.title, "artist": "Mara Lind", **RELEASE}
    no_image = SimpleUploadedFile("cover.png", b"these are words")
    refused = client_of.post(url, {**facts, "cover": no_image})
    assert refused.status_code == 422
    assert "neither a JPEG nor a PNG" in refused.content.decode()
    song.refresh_from_db()
    assert song.album == ""  # all of it, or nothing
    assert client_of.post(url, {**facts, "cover": SimpleUploadedFile("cover.png", image())}).status_code == 302
    page = client_of.get(url).content.decode()
    assert 'value="0036000291452"' in page
    assert '<option value="no" selected>' in page
    sent = client_of.get(f"/songs/{song.pk}/cover")
    assert (sent["Content-Type"], b"".join(sent)) == ("image/png", image())
    song.refresh_from_db()
    place = blobs.place_of(song.cover.sha256)  # type: ignore[union-attr]
    client_of.post(url, {**facts, "cover": SimpleUploadedFile("other.png", image(20))})
    assert not place.exists()  # nobody holds the one before
    client_of.post(url, {**facts, "without_cover": "on"})
    assert client_of.get(f"/songs/{song.pk}/cover").status_code == 404


def test_the_desk_and_a_song_folder_tell_a_release_the_same(released: Song, tmp_path: Path) -> None:
    material = material_from(released)
    folder = tmp_path / "the same song"
    (folder / "mixes").mkdir(parents=True)
    write(folder / "mixes" / "mix.wav", Audio(np.full((2, 48000), 0.1, np.float32), 48000), Format("wav", 24))
    write_sheet(folder, material.song.sheet)
    (folder / "lyrics.txt").write_text(released.lyrics)
    (folder / "cover.png").write_bytes(image())
    beside = read_material(folder)
    assert beside.song.sheet == material.song.sheet
    assert material.song.sheet.album == "Lanterns"
    assert beside.lyrics == material.lyrics == released.lyrics
    assert beside.cover is not None
    assert material.cover is not None
    assert beside.cover.read_bytes() == material.cover.read_bytes()


def test_what_is_delivered_says_it(released: Song, wav: Callable[..., Path]) -> None:
    produce(SILENT, song=released.pk, until="delivery")
    (flac,) = (out_of(released) / "delivery").glob("*.flac")
    tags = mutagen.File(io.BytesIO(flac.read_bytes()))
    assert tags["album"] == ["Lanterns"]
    assert tags["barcode"] == ["0036000291452"]
    assert tags["lyrics"] == ["Paper lanterns\nover the water"]
    assert tags.pictures[0].data == image()
