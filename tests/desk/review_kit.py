"""What tests of review share: versions of one song, made without sound."""

from __future__ import annotations

import hashlib
from typing import Any

from controlroom.desk.accounts.models import Studio
from controlroom.desk.people.models import Person
from controlroom.desk.songs.actions import next_number
from controlroom.desk.songs.models import Blob, Recording, Song

RATE_HZ = 48000


def a_song(studio: Studio, title: str = "Paper Lanterns") -> Song:
    """The song of that title, by Mara Lind."""
    mara, _ = Person.objects.get_or_create(studio=studio, name="Mara Lind")
    song, _ = Song.objects.get_or_create(studio=studio, title=title, defaults={"artist": mara, "stage": "mixing"})
    return song


def a_version(
    studio: Studio,
    kind: str = "mix",
    *,
    of: Song | None = None,
    seconds: float = 214.0,
    lufs: float | None = -14.0,
    **fields: Any,
) -> Recording:
    """A version as if it had been listened to."""
    song = of or a_song(studio)
    sha256 = hashlib.sha256(f"{song.pk} {kind} {Recording.objects.count()}".encode()).hexdigest()
    return Recording.objects.create(
        **{
            "studio": studio,
            "song": song,
            "kind": kind,
            "number": next_number(song, kind, None),
            "name": f"{kind}.wav",
            "blob": Blob.objects.create(studio=studio, sha256=sha256, size=1),
            "state": "heard",
            "rate_hz": RATE_HZ,
            "channels": 2,
            "frames": round(seconds * RATE_HZ),
            "samples_sha256": sha256,
            "integrated_lufs": lufs,
            "true_peak_dbtp": -1.1,
            "range_lu": 6.2,
            "made_by": "Jo",
            "made_by_key": "user:1",
        }
        | fields
    )
