"""What is done to songs and recordings. Each act writes a line on the song's timeline, in the words of a studio."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.people.actions import person_named
from controlroom.desk.people.models import Person
from controlroom.desk.people.text import file_name, named, one_line
from controlroom.desk.songs import blobs, demo_states, guess, signals
from controlroom.desk.songs.changes import cleaned, said
from controlroom.desk.songs.models import (
    DEMO_STATES,
    KINDS,
    STAGES,
    VERSION_KINDS,
    Blob,
    Credit,
    DemoStep,
    Event,
    Part,
    Recording,
    Song,
)


def tell(actor: Actor, song: Song, kind: str, says: str, recording: Recording | None = None) -> Event:
    """Write a line on the song's timeline; `kind` as `Event.KINDS`. The apps above hear of it (`signals.happened`)."""
    event = Event.objects.create(
        studio_id=actor.studio_id,
        song=song,
        kind=kind,
        says=one_line(says, 400),
        who=actor.name,
        who_key=actor.key,
        recording=recording,
    )
    Song.objects.filter(pk=song.pk).update(touched_at=event.at)
    song.touched_at = event.at
    signals.happened.send(sender=Event, event=event, actor=actor)
    return event


@transaction.atomic
def create_song(actor: Actor, *, title: str, artist: str = "", stage: str = "demo", **fields: Any) -> Song:
    """A new song; `artist` is a name (found among the people, or added), `fields` as `change_song` takes them."""
    actor.must("write")
    song = Song(studio_id=actor.studio_id, title=named(title, "The title"), stage=_known(stage, STAGES, "stage"))
    song.demo_state = "new" if stage == "demo" else ""
    song.artist = person_named(actor, artist) if artist.strip() else None
    for field, value in fields.items():
        setattr(song, field, cleaned(field, value))
    song.save()
    tell(actor, song, "decided", f"{song.title} begins as {_name(song.stage, STAGES)}")
    return song


@transaction.atomic
def change_song(actor: Actor, song: Song, **fields: Any) -> Song:
    """Change fields of a song (`changes.FIELDS`, and `artist` by name); what stays the same is not told."""
    actor.must("write")
    lines = []
    if "artist" in fields:
        lines += _change_artist(actor, song, str(fields.pop("artist")))
    for field, value in fields.items():
        new = cleaned(field, value)
        if new != getattr(song, field):
            setattr(song, field, new)
            lines.append(said(field, new))
    if lines:
        song.save(update_fields=[*fields, "artist"])
        tell(actor, song, "decided", "; ".join(lines))
    return song


def _change_artist(actor: Actor, song: Song, name: str) -> list[str]:
    artist = person_named(actor, name) if name.strip() else None
    if artist == song.artist:
        return []
    song.artist = artist
    return [f"Artist is {artist.name}" if artist else "Artist taken off"]


@transaction.atomic
def move_song(actor: Actor, song: Song, stage: str) -> Song:
    """Move a song to another stage of the board. A demo that moves on is signed, unless it was declined; one that moves
    back stays what it was."""
    actor.must("write")
    if _known(stage, STAGES, "stage") != song.stage:
        if song.stage == "demo" and song.demo_state != "declined":
            _step(actor, song, "signed")
        song.stage, song.demo_state = stage, song.demo_state or ("new" if stage == "demo" else "")
        song.save(update_fields=["stage", "demo_state"])
        tell(actor, song, "decided", f"Moved to {_name(stage, STAGES)}")
    return song


@transaction.atomic
def archive_song(actor: Actor, song: Song) -> Song:
    """Put a song away; nothing of it is lost."""
    return _put_song(actor, song, timezone.now(), "Put away")


@transaction.atomic
def restore_song(actor: Actor, song: Song) -> Song:
    return _put_song(actor, song, None, "Brought back")


def _put_song(actor: Actor, song: Song, when: datetime | None, says: str) -> Song:
    actor.must("write")
    if (song.archived_at is None) != (when is None):
        song.archived_at = when
        song.save(update_fields=["archived_at"])
        tell(actor, song, "decided", says)
    return song


@transaction.atomic
def set_demo_state(actor: Actor, song: Song, state: str, reason: str = "") -> Song:
    """Say what becomes of a demo (`DEMO_STATES`), and why. Raises `UsageError` for a song that is no demo any more."""
    actor.must("write")
    _must_be_demo(song)
    _step(actor, song, _known(state, DEMO_STATES, "state of the demo"), reason)
    return song


@transaction.atomic
def take_back_demo_state(actor: Actor, step: DemoStep) -> Song:
    """The demo is again what it was before `step`; raises `UsageError` where that is not its last one."""
    actor.must("write")
    song = Song.objects.select_for_update().get(pk=step.song_id)
    _must_be_demo(song)
    if not demo_states.took_back(song, step):
        raise UsageError(song.title, "something else was decided since", "Look at it once more.")
    tell(actor, song, "decided", f"Taken back: {demo_states.said(step.state)}")
    return song


@transaction.atomic
def answer_demo(actor: Actor, song: Song, state: str = "answered") -> Song:
    """Whoever sent the demo has an answer (`state`: answered, or declined by it). What is signed stays signed."""
    actor.must("write")
    song.refresh_from_db(fields=["stage", "demo_state"])
    if song.demo_state != "signed" and song.stage == "demo":
        _step(actor, song, _known(state, DEMO_STATES, "state of the demo"), answers=True)
    return song


@transaction.atomic
def demo_played(actor: Actor, recording: Recording) -> None:
    """A version was played: a new demo that a user of the studio plays is being listened to."""
    actor.must("listen")
    if actor.user_id and recording.kind in VERSION_KINDS and recording.song.demo_state == "new":
        song = Song.objects.select_for_update().filter(pk=recording.song_id, demo_state="new").first()
        if song is not None:
            _step(actor, song, "listening")


def _step(actor: Actor, song: Song, state: str, reason: str = "", *, answers: bool = False) -> None:
    if demo_states.stepped(actor, song, state, reason, answers=answers or state == "answered"):
        tell(actor, song, "decided", demo_states.said(state, one_line(reason, demo_states.MOST_REASON)))


def _must_be_demo(song: Song) -> None:
    if song.stage != "demo":
        raise UsageError(song.title, f"it is in {_name(song.stage, STAGES)}", "Move it back to demo first.")


@transaction.atomic
def add_credit(actor: Actor, song: Song, *, person: Person | str, role: str) -> Credit:
    """Say what somebody did on the song; a name is found among the people, or added."""
    actor.must("write")
    who = person_named(actor, person, "musician") if isinstance(person, str) else person
    credit, new = Credit.objects.get_or_create(
        song=song, person=who, role=named(role, "The role", 60), defaults={"studio_id": actor.studio_id}
    )
    if new:
        tell(actor, song, "decided", f"{who.name} credited: {credit.role}")
    return credit


@transaction.atomic
def remove_credit(actor: Actor, credit: Credit) -> None:
    actor.must("write")
    tell(actor, credit.song, "decided", f"{credit.person.name} no longer credited: {credit.role}")
    credit.delete()


def arrive(
    actor: Actor,
    song: Song,
    path: Path,
    *,
    kind: str,
    name: str,
    part: str = "",
    says: str = "",
    made_from: str = "",
    move: bool = False,
) -> Recording:
    """A file becomes a recording of the song: its bytes are kept, versions are numbered, it will be listened to.

    `name` is the file's own name, `part` the name of the part it belongs to, `made_from` the key of the render it is
    (""; it came from outside). `move` takes the file itself. The same bytes of the same kind and part, come again,
    are the recording that is there already.
    """
    actor.must("upload")
    _known(kind, KINDS, "kind")
    blob = blobs.keep(actor.studio_id, path, move=move)
    with transaction.atomic():
        song = Song.objects.select_for_update().get(pk=song.pk)
        belongs = part_named(song, part)
        known = song.recordings.filter(kind=kind, part=belongs, blob=blob, archived_at=None).first()
        return known or _arrived(actor, song, blob, kind, name, belongs, says, made_from)


def _arrived(
    actor: Actor, song: Song, blob: Blob, kind: str, name: str, part: Part | None, says: str, made_from: str
) -> Recording:
    recording = Recording.objects.create(
        studio_id=actor.studio_id,
        song=song,
        kind=kind,
        part=part,
        number=next_number(song, kind, part, name),
        name=file_name(name),
        says=one_line(says, 400),
        blob=blob,
        made_by=actor.name,
        made_by_key=actor.key,
        made_from=made_from,
    )
    verb, event_kind = (_made(recording), "made") if made_from else (f"arrived from {actor.name}", "arrived")
    tell(actor, song, event_kind, f"{_label(recording)} {verb}", recording)
    if kind == "demo" and song.stage == "demo" and song.demo_state in ("answered", "declined"):
        _step(actor, song, "new", f"{recording.label} came")
    transaction.on_commit(lambda: ask_analysis(recording))
    return recording


def _made(recording: Recording) -> str:
    """How it came to be: by what is new in it, where that is said."""
    says = recording.says
    return f"made: {says[:1].lower()}{says[1:]}" if says else "made from the session"


def ask_analysis(recording: Recording) -> None:
    """Have a recording listened to, with all else of its song that waits for it; the house does that."""
    says = f"Listening to what arrived for {recording.song.title}"
    works.ask(house(recording.studio_id), "songs.listen", says=says, song=recording.song_id)


@transaction.atomic
def listen_again(actor: Actor, recording: Recording) -> None:
    """Have it listened to once more, as if it had just arrived."""
    actor.must("write")
    recording.state, recording.refusal = "arrived", ""
    recording.save(update_fields=["state", "refusal"])
    transaction.on_commit(lambda: ask_analysis(recording))


def next_number(song: Song, kind: str, part: Part | None, name: str = "") -> int:
    """The number of the next recording of that kind (takes: of that part): the one that a version's `name` says, where
    nobody has it. Call it with the song's row locked.
    """
    same = song.recordings.filter(kind=kind)
    said = guess.number_said(name)
    if kind not in VERSION_KINDS:
        same = same.filter(part=part)
    elif said is not None and not same.filter(number=said).exists():
        return said
    return int(same.aggregate(last=Max("number"))["last"] or 0) + 1


def part_named(song: Song, name: str) -> Part | None:
    """The part of that name (upper and lower case are the same), made when the song has none; None for ""."""
    name = one_line(name, 80)
    if not name:
        return None
    known = song.parts.filter(name__iexact=name).first()
    return known or Part.objects.create(studio_id=song.studio_id, song=song, name=name)


@transaction.atomic
def change_recording(
    actor: Actor, recording: Recording, *, kind: str | None = None, part: str | None = None, says: str | None = None
) -> Recording:
    """Say what a recording is: another kind (it gets that kind's next number), another part, what is new in it."""
    actor.must("write")
    song = Song.objects.select_for_update().get(pk=recording.song_id)
    before = _label(recording)
    if part is not None:
        recording.part = part_named(song, part)
    if kind is not None and _known(kind, KINDS, "kind") != recording.kind:
        recording.number = next_number(song, kind, recording.part, recording.name)
        recording.kind = kind
    if says is not None:
        recording.says = one_line(says, 400)
    recording.save(update_fields=["kind", "part", "number", "says"])
    if _label(recording) != before:
        tell(actor, song, "decided", f"{before} is now {_label(recording)}", recording)
    return recording


@transaction.atomic
def archive_recording(actor: Actor, recording: Recording) -> Recording:
    """Put a recording away; its number stays its own."""
    return _put_recording(actor, recording, timezone.now(), "put away")


@transaction.atomic
def restore_recording(actor: Actor, recording: Recording) -> Recording:
    return _put_recording(actor, recording, None, "brought back")


def _put_recording(actor: Actor, recording: Recording, when: datetime | None, says: str) -> Recording:
    actor.must("write")
    if (recording.archived_at is None) != (when is None):
        recording.archived_at = when
        recording.save(update_fields=["archived_at"])
        tell(actor, recording.song, "decided", f"{_label(recording)} {says}", recording)
    return recording


def _label(recording: Recording) -> str:
    """ "Mix 4"; a take with its part: "drums: kick.wav"."""
    label = recording.label
    if recording.kind not in VERSION_KINDS:
        label = f"{recording.get_kind_display()} {recording.name}"
    return f"{label} ({recording.part.name})" if recording.part else label


def _known(value: str, choices: list[tuple[str, str]], what: str) -> str:
    if value not in dict(choices):
        raise UsageError(f"{value!r}", f"it is no {what} of a song", f"Choose {', '.join(dict(choices))}.")
    return value


def _name(value: str, choices: list[tuple[str, str]]) -> str:
    return dict(choices)[value].lower()
