"""Notes go along to later versions: to the place they spoke of, or to the end of the list where it was cut."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from controlroom.desk import works
from controlroom.desk.accounts.actor import house
from controlroom.desk.review.lineups import alignment_of, in_order, later_than, lined_up, versions_of
from controlroom.desk.review.models import ApprovalRequest, CarriedNote, Lineup, Note
from controlroom.desk.songs.models import VERSION_KINDS, Recording
from controlroom.desk.works import Progress, work


def ask_carrying(recording: Recording) -> None:
    """Have a version lined up with the others, and the notes on those before it carried to it."""
    works.ask(
        house(recording.studio_id),
        "review.carry",
        says=f"Bringing the notes to {recording.label}",
        song=recording.song_id,
        recording=recording.pk,
    )


@work("review.carry", queue="quick")
def carry(progress: Progress, *, recording: int) -> dict[str, int]:
    """Line a version up with every other one of its song, then carry the open notes of the earlier to the later.

    Run again, it comes to the same end.
    """
    here = Recording.objects.select_related("song", "blob").get(pk=recording)
    others = [each for each in versions_of(here.song).select_related("blob").filter(state="heard") if each != here]
    carried = 0
    for done, other in enumerate(others):
        progress(done, len(others), f"beside {other.label}")
        lineup = lined_up(*in_order(other, here))
        if lineup is not None and {other.kind, here.kind} <= set(VERSION_KINDS):
            carried += bring(open_notes(lineup.old_id), lineup)
    ask_again(here)
    return {"versions": len(others), "notes": carried}


@work("review.lineup", queue="quick")
def line_up(progress: Progress, *, old: int, new: int) -> dict[str, bool | None]:
    """Line up two recordings, of whatever kind, so that they can be played side by side."""
    rows = Recording.objects.select_related("blob").in_bulk([old, new])
    lineup = lined_up(rows[old], rows[new])
    return {"aligned": None if lineup is None else lineup.aligned}


def open_notes(recording_id: int) -> list[Note]:
    """What is still to be done of what was said on a version."""
    return list(Note.objects.filter(recording_id=recording_id, parent=None, resolved_at=None, deleted_at=None))


def place(note: Note) -> None:
    """Bring one note to the versions that came after its own; those not lined up yet get it when they are."""
    if note.recording.kind not in VERSION_KINDS:
        return
    known = {each.new_id: each for each in Lineup.objects.filter(old_id=note.recording_id)}
    for later in versions_of(note.recording.song, VERSION_KINDS).filter(later_than(note.recording), state="heard"):
        if later.pk in known:
            bring([note], known[later.pk])
        else:
            ask_carrying(later)


def bring(notes: Sequence[Note], lineup: Lineup) -> int:
    """Write where notes on the lineup's old version stand in its new one; returns how many there are."""
    from controlroom.rooms import review

    said = [review.Note(id=str(note.pk), text="", at_s=note.at_s, until_s=note.until_s) for note in notes]
    rows = [
        CarriedNote(
            studio_id=lineup.studio_id,
            note_id=int(each.note.id),
            recording_id=lineup.new_id,
            at_s=each.at_s,
            until_s=each.until_s,
            moved_s=each.moved_s,
            sure=each.sure,
            lost=each.lost,
        )
        for each in review.carry(said, alignment_of(lineup))
    ]
    _write(rows)
    return len(rows)


def _write(rows: Iterable[CarriedNote]) -> None:
    CarriedNote.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["note", "recording"],
        update_fields=["at_s", "until_s", "moved_s", "sure", "lost"],
    )


def ask_again(recording: Recording) -> None:
    """A new version is what is to be approved now: what was asked of an earlier one of its kind, unanswered, is asked
    of this one."""
    earlier = ApprovalRequest.objects.filter(
        recording__song_id=recording.song_id, recording__kind=recording.kind, closed_at=None
    ).exclude(recording=recording)
    for request in earlier.select_related("recording"):
        if in_order(request.recording, recording)[1] == recording:
            _move(request, recording)


def _move(request: ApprovalRequest, recording: Recording) -> None:
    ApprovalRequest.objects.get_or_create(
        recording=recording,
        of=request.of,
        of_key=request.of_key,
        closed_at=None,
        defaults={
            "studio_id": recording.studio_id,
            "song_id": recording.song_id,
            "asked_by": request.asked_by,
        },
    )
    request.closed_at = timezone.now()
    request.save(update_fields=["closed_at"])
