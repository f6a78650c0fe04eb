"""What a demo is held against on the desk: the song's references, the artist's other demos, what was here before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from controlroom.base.canonical import from_json, to_plain
from controlroom.desk.songs import listening
from controlroom.desk.songs.models import VERSION_KINDS, Recording

if TYPE_CHECKING:
    from controlroom.production.listening import Company

MOST_OTHERS, MOST_SONGS = 12, 2000


def company_of(recording: Recording) -> Company:
    """The song's references and the artist's other demos, as far as they were heard."""
    from controlroom.production.listening import Company, Reference
    from controlroom.rooms.listening.told import told

    references = []
    for each in _heard(recording).filter(song=recording.song_id, kind="reference").exclude(pk=recording.pk):
        report, survey = listening.report_of(each), listening.survey_of(each)
        if report and survey:
            references.append(Reference(each.label, told(report), survey.spectrum))
    reports = [listening.report_of(each) for each in _others_of_artist(recording)]
    return Company(references=tuple(references), artist=tuple(told(report) for report in reports if report))


def kin_of(recording: Recording, report: dict[str, Any], fingerprint: bytes) -> dict[str, Any]:
    """What changed since the last version of the song, and which other songs it sounds like a version of:
    `since` (a label), `changes`, `before` [{song, title, says}]."""
    from controlroom.sound.versions import Fingerprint

    own = from_json(fingerprint, Fingerprint)
    since = _since_last(recording, report, own) if recording.kind in VERSION_KINDS else {}
    return since | {"before": _before(recording, own)}


def known_as(kin: dict[str, Any] | None) -> str | None:
    """The name under which it was here before; None for a new song."""
    if not kin:
        return None
    return kin["before"][0]["title"] if kin["before"] else kin.get("since")


def _heard(recording: Recording) -> QuerySet[Recording]:
    heard = Recording.objects.filter(studio_id=recording.studio_id, state="heard", archived_at=None)
    return heard.select_related("song").order_by("-created_at", "-pk")


def _others_of_artist(recording: Recording) -> QuerySet[Recording]:
    artist = recording.song.artist_id
    others = _heard(recording).filter(kind="demo", song__artist=artist) if artist else Recording.objects.none()
    return others.exclude(song=recording.song_id)[:MOST_OTHERS]


def _since_last(recording: Recording, report: dict[str, Any], own: Any) -> dict[str, Any]:
    from controlroom.rooms.listening.changes import changes_between
    from controlroom.rooms.listening.told import told
    from controlroom.sound.versions import recognised

    earlier = _heard(recording).filter(
        song=recording.song_id, kind__in=VERSION_KINDS, created_at__lt=recording.created_at
    )
    last = earlier.exclude(pk=recording.pk).first()
    old_report, old_print = (listening.report_of(last), listening.fingerprint_of(last)) if last else (None, None)
    if last is None or old_report is None or old_print is None:
        return {}
    changes = changes_between(told(old_report), told(report), recognised(last.label, old_print, own))
    return {"since": last.label, "why": changes.why, "changes": to_plain(changes.changes)}


def _before(recording: Recording, own: Any) -> list[dict[str, Any]]:
    """Other songs of the studio that it is a version of; asked of demos only."""
    from controlroom.sound.versions import Library

    if recording.kind != "demo":
        return []
    others = _heard(recording).filter(kind__in=VERSION_KINDS).exclude(song=recording.song_id)[:MOST_SONGS]
    known = {str(each.pk): each for each in others}
    prints = ((name, listening.fingerprint_of(each)) for name, each in known.items())
    found = Library((name, kept) for name, kept in prints if kept).versions_of(own)
    return [
        {
            "song": known[each.name].song_id,
            "title": known[each.name].song.title,
            "says": each.says.replace(f" as {each.name}", f" as {known[each.name].label}"),
        }
        for each in found
    ]
