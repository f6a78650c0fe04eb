"""What is heard on the mastering desk: the mix, its master, the references, and each as a system plays it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.data import versions_data
from controlroom.desk.review.sides import UNKNOWN, Side
from controlroom.desk.songs.listening import clock_hz
from controlroom.desk.songs.models import Recording
from controlroom.rooms.mastering.translation import PLACES, Place

HERE = Addresses()


def sides_of(mix: Recording, master: Recording | None, references: Sequence[Recording]) -> list[Side]:
    """Before (key 1), after (2) and the references (R, then none). A master has the mix's own time, to the sample."""
    versions = [mix, master] if master else [mix]
    quietest = quietest_lufs([*versions, *references])
    keys = {row.pk: key for row, key in zip(versions, "12", strict=False)}
    keys |= {row.pk: "R" for row in references[:1]}
    return [
        Side(
            recording=row,
            key=keys.get(row.pk, ""),
            gain_db=_gain_db(quietest, row.integrated_lufs),
            gain_why="" if row.integrated_lufs is not None else UNKNOWN,
            map=[] if row in versions else None,
            alignment=None,
        )
        for row in (*versions, *references)
    ]


def quietest_lufs(rows: Sequence[Recording]) -> float | None:
    """The loudness that all are turned down to."""
    return min((row.integrated_lufs for row in rows if row.integrated_lufs is not None), default=None)


def _gain_db(quietest: float | None, level: float | None) -> float | None:
    return None if quietest is None or level is None else round(min(quietest - level, 0.0), 2)


def player_data(sides: Sequence[Side], subject: Recording) -> dict[str, Any]:
    """As assets/script/master.js reads it; `subject`: what is played on the systems, and heard first."""
    rate_hz = clock_hz(subject.song)
    heard = [side for side in sides if side.recording.state == "heard"]
    return {
        "song": {"id": subject.song_id, "title": subject.song.title},
        "clock_hz": rate_hz,
        "current": subject.pk,
        "quietest_lufs": quietest_lufs([side.recording for side in heard]),
        "versions": [*versions_data(heard, HERE, rate_hz), *(_played(subject, place) for place in PLACES)],
    }


def _played(subject: Recording, place: Place) -> dict[str, Any]:
    """The subject on a system: made when somebody asks for it (`asked`)."""
    return {
        "id": f"on-{place.name}",
        "label": f"{subject.label} on {place.title}",
        "kind": "played",
        "key": "",
        "duration_s": subject.duration_s,
        "channels": subject.channels,
        "gain_db": 0.0,
        "gain_why": "",
        "map": [],
        "waits": False,
        "asked": True,
        "pcm": None,
        "pcm_status_url": reverse("mastering-on", args=[subject.pk, place.name]),
        "stream_url": reverse("mastering-on-sound", args=[subject.pk, place.name]),
        "light_url": reverse("mastering-on-sound", args=[subject.pk, place.name]),
    }
