"""What is done in review: notes, answers, approvals, listens. Every act takes the `Actor` first."""

from __future__ import annotations

import math
from datetime import timedelta
from functools import partial
from typing import Literal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk.accounts.actor import Actor, NotAllowed
from controlroom.desk.people.text import many_lines, one_line
from controlroom.desk.review.carrying import place
from controlroom.desk.review.models import Approval, ApprovalRequest, Heard, Note
from controlroom.desk.songs.actions import demo_played, tell
from controlroom.desk.songs.models import Event, Recording
from controlroom.desk.templatetags.words import duration

MOST_CHARACTERS = 5000
LONGEST_S = 86_400.0  # of a version whose length is not known yet
PAST_THE_END_S = 0.5  # a player's clock may stand a little behind the last frame
HEARD_AGAIN_AFTER = timedelta(minutes=10)


@transaction.atomic
def add_note(
    actor: Actor,
    recording: Recording,
    *,
    text: str,
    at_s: float | None = None,
    until_s: float | None = None,
    parent: Note | None = None,
    internal: bool = False,
) -> Note:
    """A note on a version: at a time, over a range, about all of it, or an answer to another note (`parent`).

    `internal`: only the studio sees it; what answers an internal note is internal. Raises `UsageError`.
    """
    actor.must("comment")
    thread = None if parent is None else parent.parent or parent
    start_s, end_s = (None, None) if thread else place_in(recording, at_s, until_s)
    note = Note.objects.create(
        studio_id=actor.studio_id,
        song_id=recording.song_id,
        recording=recording,
        parent=thread,
        at_s=start_s,
        until_s=end_s,
        text=worded(text),
        internal=thread.internal if thread else internal and not actor.is_guest,
        who=actor.name,
        who_key=actor.key,
    )
    tell_once(actor, recording, "said", f"{actor.name} left notes on {recording.label}")
    if thread is None:
        _place_when_kept(note)
    return note


def _place_when_kept(note: Note) -> None:
    """A version that is being lined up meanwhile reads the notes after that: it must find this one, or be found."""
    transaction.on_commit(partial(place, note))


def worded(text: str) -> str:
    """The text of a note, fit to keep; raises `UsageError` for an empty or an endless one."""
    if len(text) > 2 * MOST_CHARACTERS or len(words := many_lines(text)) > MOST_CHARACTERS:
        raise UsageError("The note", f"it has more than {MOST_CHARACTERS:,} characters", "Split it into several notes.")
    if not words:
        raise UsageError("The note", "it is empty", "Type what you hear.")
    return words


def place_in(recording: Recording, at_s: float | None, until_s: float | None) -> tuple[float | None, float | None]:
    """A place or a stretch (s) that exists in the recording; raises `UsageError`."""
    given = [value for value in (at_s, until_s) if value is not None]
    if any(not math.isfinite(value) or value < 0 for value in given):
        raise UsageError("The note's place", "it is no time in this version", "Put the playhead where you mean.")
    if at_s is None and until_s is not None:
        raise UsageError("The note's range", "it has an end and no beginning", "Mark the range again.")
    if at_s is not None and until_s is not None and until_s < at_s:
        raise UsageError("The note's range", "it ends before it begins", "Mark the range again.")
    length_s = LONGEST_S if recording.duration_s is None else recording.duration_s
    if any(value > length_s + PAST_THE_END_S for value in given):
        raise UsageError("The note's place", f"this version ends at {length_s:.1f} s", "Choose an earlier place.")
    at_s, until_s = (None if value is None else min(value, length_s) for value in (at_s, until_s))
    return at_s, None if until_s == at_s else until_s


@transaction.atomic
def edit_note(actor: Actor, note: Note, text: str) -> Note:
    """Change the words of one's own note."""
    actor.must("comment")
    _must_be_own(actor, note)
    words = worded(text)
    if words != note.text:
        note.text, note.edited_at = words, timezone.now()
        note.save(update_fields=["text", "edited_at"])
    return note


@transaction.atomic
def delete_note(actor: Actor, note: Note) -> Note:
    """Take a note away, with its answers: one's own, or (a producer) anybody's. `restore_note` brings it back."""
    return _set_deleted(actor, note, True)


@transaction.atomic
def restore_note(actor: Actor, note: Note) -> Note:
    return _set_deleted(actor, note, False)


def _set_deleted(actor: Actor, note: Note, deleted: bool) -> Note:
    actor.must("comment")
    if not actor.may("manage"):
        _must_be_own(actor, note)
    if (note.deleted_at is not None) != deleted:
        note.deleted_at = timezone.now() if deleted else None
        note.save(update_fields=["deleted_at"])
        if not deleted and note.parent_id is None:
            _place_when_kept(note)
    return note


def _must_be_own(actor: Actor, note: Note) -> None:
    if note.who_key != actor.key:
        raise NotAllowed(f"{actor.name} may not change a note by {note.who}", "", "Answer it instead.")


@transaction.atomic
def resolve(actor: Actor, note: Note, done_in: Recording | None = None) -> Note:
    """Say that what a note asks for is done, and in which version; answers are resolved with their thread."""
    actor.must("write")
    thread = note.parent or note
    if done_in is not None and done_in.song_id != thread.song_id:
        raise UsageError(done_in.label, "it is a version of another song", "Choose one of this song.")
    if thread.resolved_at is None or thread.done_in_id != (done_in and done_in.pk):
        thread.resolved_at, thread.resolved_by, thread.done_in = timezone.now(), actor.name, done_in
        thread.save(update_fields=["resolved_at", "resolved_by", "done_in"])
        if done_in is not None:
            tell_once(actor, done_in, "decided", f"{actor.name} marked notes as done in {done_in.label}")
    return thread


@transaction.atomic
def reopen(actor: Actor, note: Note) -> Note:
    """Say that it is not done after all; the note stands in the later versions again."""
    actor.must("write")
    thread = note.parent or note
    if thread.resolved_at is not None:
        thread.resolved_at, thread.resolved_by, thread.done_in = None, "", None
        thread.save(update_fields=["resolved_at", "resolved_by", "done_in"])
        _place_when_kept(thread)
    return thread


@transaction.atomic
def rewrite_for_artist(actor: Actor, note: Note, text: str, *, internal: bool | None = None) -> Note:
    """How guests read a note; "" for its own words. `internal` True holds it back, False lets it (and its answers) go.

    What was said in the room stays beside it.
    """
    actor.must("manage")
    note.said_to_artist = worded(text) if text.strip() else ""
    if internal is not None and note.parent_id is None:
        note.internal = internal
        note.replies.update(internal=internal)
    note.save(update_fields=["said_to_artist", "internal"])
    return note


@transaction.atomic
def approve(actor: Actor, recording: Recording, says: str = "") -> Approval:
    """Somebody's word on the very samples of a version. Given twice, it is the first one that stands."""
    actor.must("approve")
    if recording.state != "heard" or not recording.samples_sha256:
        why = recording.refusal or "it has not been listened to yet"
        raise UsageError(recording.label, why, "Approve it once it can be played.")
    length = f", {duration(recording.duration_s)}" if recording.duration_s else ""
    approval, new = Approval.objects.get_or_create(
        recording=recording,
        samples_sha256=recording.samples_sha256,
        who_key=actor.key,
        defaults={
            "studio_id": actor.studio_id,
            "song_id": recording.song_id,
            "what": one_line(f"{recording.label} of {recording.song.title}{length}, {recording.name}", 300),
            "says": many_lines(says, MOST_CHARACTERS),
            "who": actor.name,
        },
    )
    if new:
        _answered(actor, recording)
        tell(actor, recording.song, "decided", f"{actor.name} approved {recording.label}", recording)
    return approval


def _answered(actor: Actor, recording: Recording) -> None:
    keys = [actor.key, *([f"person:{actor.person_id}"] if actor.person_id else [])]
    theirs = Q(of_key__in=keys) | Q(of_key="", of__iexact=actor.name)
    recording.approval_requests.filter(theirs, closed_at=None).update(closed_at=timezone.now())


@transaction.atomic
def ask_approval(actor: Actor, recording: Recording, *, of: str, of_key: str = "") -> ApprovalRequest:
    """Ask somebody (their name; `of_key`: an actor's key, or "person:3") whether a version may go out. Asked twice,
    it is one request."""
    actor.must("write")
    name = one_line(of, 160)
    if not name:
        raise UsageError("Whom to ask", "nobody is named", "Choose somebody.")
    request, new = ApprovalRequest.objects.get_or_create(
        recording=recording,
        of=name,
        of_key=of_key,
        closed_at=None,
        defaults={"studio_id": actor.studio_id, "song_id": recording.song_id, "asked_by": actor.name},
    )
    if new:
        tell(actor, recording.song, "said", f"{actor.name} asked {name} to approve {recording.label}", recording)
    return request


@transaction.atomic
def note_heard(actor: Actor, recording: Recording) -> Heard:
    """Somebody played a version; within ten minutes it is one listen. A new demo is being listened to from then on."""
    actor.must("listen")
    now = timezone.now()
    recent = recording.heard.filter(who_key=actor.key, at__gt=now - HEARD_AGAIN_AFTER).first()
    if recent is None:
        demo_played(actor, recording)
    return recent or Heard.objects.create(
        studio_id=actor.studio_id, recording=recording, who=actor.name, who_key=actor.key, at=now
    )


def tell_once(actor: Actor, recording: Recording, kind: Literal["said", "decided"], says: str) -> None:
    """One line of the timeline a day for each person and version, however many notes there are."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    said = Event.objects.filter(
        song_id=recording.song_id, recording=recording, who_key=actor.key, kind=kind, says=says, at__gte=today
    )
    if not said.exists():
        tell(actor, recording.song, kind, says, recording)
