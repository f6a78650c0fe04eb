"""What is heard on the mastering desk: the mix, its master, the references, and each as a system plays it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from controlroom.desk.mastering.blending import PERCENTS, Ends
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.data import versions_data
from controlroom.desk.review.sides import UNKNOWN, Side
from controlroom.desk.songs.listening import clock_hz
from controlroom.desk.songs.models import Recording
from controlroom.rooms.mastering.translation import PLACES

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


def player_data(sides: Sequence[Side], subject: Recording, made: Mastering | None, ends: Ends | None) -> dict[str, Any]:
    """As assets/script/master.js reads it; `subject`: what is played on the systems, and heard first. Where a master
    (`made`) has two `ends`, it is blended between them.
    """
    rate_hz = clock_hz(subject.song)
    heard = [side for side in sides if side.recording.state == "heard"]
    return {
        "song": {"id": subject.song_id, "title": subject.song.title},
        "clock_hz": rate_hz,
        "current": subject.pk,
        "quietest_lufs": quietest_lufs([side.recording for side in heard]),
        "versions": [*versions_data(heard, HERE, rate_hz), *_played(subject), *_blended(made, ends)],
    }


def _played(subject: Recording) -> list[dict[str, Any]]:
    """The subject on every system."""
    return [
        _asked(
            subject,
            f"on-{place.name}",
            f"{subject.label} on {place.title}",
            reverse("mastering-on", args=[subject.pk, place.name]),
            reverse("mastering-on-sound", args=[subject.pk, place.name]),
        )
        for place in PLACES
    ]


def _blended(made: Mastering | None, ends: Ends | None) -> list[dict[str, Any]]:
    """Every step between the two ends that is not the master itself."""
    if made is None or ends is None:
        return []
    return [
        _asked(
            made.master,
            f"blend-{percent}",
            f"{made.master.label} at {percent} %",
            reverse("mastering-blend", args=[made.pk, percent]),
            reverse("mastering-blend-sound", args=[made.pk, percent]),
        )
        for percent in PERCENTS
        if percent != ends.own
    ]


def _asked(of: Recording, id: str, label: str, status_url: str, sound_url: str) -> dict[str, Any]:
    """What is made when somebody asks for it, with the time of the recording that it is made of."""
    return {
        "id": id,
        "label": label,
        "kind": "played",
        "key": "",
        "duration_s": of.duration_s,
        "channels": of.channels,
        "gain_db": 0.0,
        "gain_why": "",
        "map": [],
        "waits": False,
        "asked": True,
        "pcm": None,
        "pcm_status_url": status_url,
        "stream_url": sound_url,
        "light_url": sound_url,
    }
