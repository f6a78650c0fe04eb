"""How the versions of a song lie beside each other: heard once, in the background, and kept."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import msgspec
from django.db.models import Q, QuerySet

from controlroom.base.errors import InputRefused
from controlroom.desk.review.models import Lineup
from controlroom.desk.songs import blobs
from controlroom.desk.songs.listening import fingerprint_of, survey_of
from controlroom.desk.songs.models import VERSION_KINDS, Recording, Song

if TYPE_CHECKING:
    from controlroom.sound.versions import Alignment, Fingerprint

PLAYED_KINDS = (*VERSION_KINDS, "reference")
"""What is played side by side on a review page; anything else on request."""


def versions_of(song: Song, kinds: tuple[str, ...] = PLAYED_KINDS) -> QuerySet[Recording]:
    """The song's versions that can be heard, or will be, oldest first."""
    return song.recordings.filter(kind__in=kinds, archived_at=None).order_by("created_at", "pk")


def later_than(recording: Recording) -> Q:
    return Q(created_at__gt=recording.created_at) | Q(created_at=recording.created_at, pk__gt=recording.pk)


def in_order(one: Recording, other: Recording) -> tuple[Recording, Recording]:
    """The earlier of two first."""
    return (one, other) if (one.created_at, one.pk) <= (other.created_at, other.pk) else (other, one)


def alignment_of(lineup: Lineup) -> Alignment:
    from controlroom.sound.versions import Alignment

    return msgspec.convert(lineup.alignment, Alignment)


def lined_up(old: Recording, new: Recording) -> Lineup | None:
    """How two recordings line up, worked out the first time; None while one of them has not been listened to.

    Reads what was kept of both, and a few seconds of their sound.
    """
    from controlroom.rooms.review import ENGINE

    known = Lineup.objects.filter(old=old, new=new, engine=ENGINE).first()
    if known is not None:
        return known
    prints = fingerprint_of(old), fingerprint_of(new)
    if prints[0] is None or prints[1] is None or prints[0].engine != prints[1].engine:
        return None
    alignment = _aligned(old, new, prints[0], prints[1])
    old_lufs, new_lufs = _side_by_side(old, new, alignment)
    lineup, _ = Lineup.objects.update_or_create(
        old=old,
        new=new,
        defaults={
            "studio_id": new.studio_id,
            "aligned": alignment.aligned,
            "alignment": msgspec.to_builtins(alignment),
            "old_lufs": old_lufs,
            "new_lufs": new_lufs,
            "engine": ENGINE,
        },
    )
    return lineup


def _aligned(old: Recording, new: Recording, old_print: Fingerprint, new_print: Fingerprint) -> Alignment:
    """By fingerprints and waveforms; by fingerprints alone where a file is gone from the disk."""
    from controlroom.sound.files import AudioFile
    from controlroom.sound.versions import align_fingerprints

    with ExitStack() as opened:
        try:
            signals: list[Any] = [
                opened.enter_context(AudioFile(blobs.path_of(recording.blob))) for recording in (old, new)
            ]
            return align_fingerprints(old_print, new_print, *signals)
        except InputRefused:
            return align_fingerprints(old_print, new_print)


def _side_by_side(old: Recording, new: Recording, alignment: Alignment) -> tuple[float | None, float | None]:
    """How loud both are over what they share (LUFS); None each where they share nothing."""
    from controlroom.rooms.review import match

    surveys = survey_of(old), survey_of(new)
    if surveys[0] is None or surveys[1] is None or not alignment.aligned:
        return None, None
    series = {"old": surveys[0].loudness_series, "new": surveys[1].loudness_series}
    found = match(series, {"new": alignment}, "old")
    return found["old"].heard_lufs, found["new"].heard_lufs
