"""What the player is told of a song's versions (`review-data` on the page)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.notes import Said
from controlroom.desk.review.sides import Side
from controlroom.desk.songs import blobs
from controlroom.desk.songs.listening import clock_hz
from controlroom.desk.songs.models import Recording, Rendition
from controlroom.desk.templatetags.words import figure

RIGHTS = ("comment", "approve", "download", "write", "manage")
Sections = list[dict[str, Any]]


def player_data(
    actor: Actor,
    current: Recording,
    sides: Sequence[Side],
    said: Said,
    addresses: Addresses,
    *,
    sections: Sections,
    approved: set[int],
) -> dict[str, Any]:
    """As assets/script/review.js reads it. Versions that were not listened to yet are left out; nothing is decoded.

    The notes are those of the current version; the player finds their places in the others by the map.
    """
    rate_hz = clock_hz(current.song)
    heard = [side for side in sides if side.recording.state == "heard"]
    versions = versions_data(heard, addresses, rate_hz)
    return {
        "song": {"id": current.song_id, "title": current.song.title},
        "clock_hz": rate_hz,
        "current": current.pk,
        "can": [right for right in RIGHTS if actor.may(right)],
        "versions": [
            version
            | {
                "notes": said.pins(current) if side.recording == current else None,
                "sections": sections_in(side, current, sections),
                "approved": side.recording.pk in approved,
            }
            for side, version in zip(heard, versions, strict=True)
        ],
    }


def versions_data(sides: Sequence[Side], addresses: Addresses, rate_hz: int) -> list[dict[str, Any]]:
    """Of each version what a player needs, whatever page it stands on: its facts, and where its samples lie."""
    made = _pcm(sides, rate_hz)
    return [
        _links(side.recording, addresses, rate_hz)
        | _facts(side)
        | {"pcm": _where(side.recording, made, addresses, rate_hz)}
        for side in sides
    ]


def _facts(side: Side) -> dict[str, Any]:
    recording = side.recording
    return {
        "id": recording.pk,
        "label": recording.label,
        "kind": recording.kind,
        "key": side.key,
        "duration_s": recording.duration_s,
        "channels": recording.channels,
        "gain_db": side.gain_db,
        "gain_why": side.gain_why,
        "map": side.map,
        "waits": side.waits,
        "figures": figures(recording),
    }


def _links(recording: Recording, addresses: Addresses, rate_hz: int) -> dict[str, str]:
    return {
        "pcm_status_url": addresses.pcm_status(recording, rate_hz),
        "stream_url": addresses.sound(recording),
        "light_url": addresses.light(recording),
        "peaks_url": addresses.peaks(recording),
        "heard_url": addresses.heard(recording),
    }


def _pcm(sides: Sequence[Side], rate_hz: int) -> dict[int, dict[str, Any]]:
    """Where the samples lie, by recording, as far as they are made and still there."""
    pks = [side.recording.pk for side in sides]
    rows = Rendition.objects.filter(recording__in=pks, kind=f"pcm-{rate_hz}").select_related("blob")
    return {row.recording_id: row.facts for row in rows if blobs.is_kept(row.blob)}


def _where(
    recording: Recording, made: Mapping[int, dict[str, Any]], addresses: Addresses, rate_hz: int
) -> dict[str, Any] | None:
    facts = made.get(recording.pk)
    return None if facts is None else {"url": addresses.pcm(recording, rate_hz), **facts}


def sections_in(side: Side, current: Recording, sections: Sections) -> Sections:
    """The current version's sections where they lie in another; those that were cut are left out."""
    if side.recording == current:
        return sections
    if side.alignment is None:
        return []
    placed = ((side.alignment.old_time(each["start_s"]), side.alignment.old_time(each["end_s"])) for each in sections)
    return [
        {"start_s": start_s, "end_s": end_s, "label": each["label"]}
        for each, (start_s, end_s) in zip(sections, placed, strict=True)
        if start_s is not None and end_s is not None and end_s > start_s
    ]


def figures(recording: Recording) -> str:
    """ "−14.0 LUFS · −1.1 dBTP · LRA 6.2", as far as they exist."""
    parts = [
        figure(recording.integrated_lufs, "LUFS") if recording.integrated_lufs is not None else "",
        figure(recording.true_peak_dbtp, "dBTP") if recording.true_peak_dbtp is not None else "",
        f"LRA {figure(recording.range_lu)}" if recording.range_lu is not None else "",
    ]
    return " · ".join(part for part in parts if part)
