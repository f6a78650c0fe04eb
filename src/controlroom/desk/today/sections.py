"""The sections that the desk itself brings to the day: urgent, demos, notes and approvals, what waits on others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from controlroom.desk.accounts.actor import Actor
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.review.models import Approval, ApprovalRequest, Note
from controlroom.desk.songs.models import WAITING_STATES, Recording, Song
from controlroom.desk.templatetags.words import ago, count, day, duration, waited
from controlroom.desk.today.providers import MOST_ITEMS, Item, Section, provider

DUE_SOON = timedelta(days=3)
PATIENCE = timedelta(days=2)
"""So long may somebody wait for an answer before it is urgent."""
FAILED_WITHIN = timedelta(days=2)


@provider(order=10)
def urgent(actor: Actor) -> Section:
    """What fell due or soon does, guests who have waited too long, work that failed."""
    items = [*_due(actor), *_waiting_guests(actor), *_failed(actor)]
    items.sort(key=lambda item: item.rank)
    return Section("urgent", "Urgent", tuple(items[:MOST_ITEMS]), empty="Nothing is urgent.", more=_more(len(items)))


def _more(number: int) -> int:
    return max(number - MOST_ITEMS, 0)


def _due(actor: Actor) -> list[Item]:
    today = timezone.localdate()
    songs = Song.objects.filter(
        studio_id=actor.studio_id, archived_at=None, due_on__isnull=False, due_on__lte=today + DUE_SOON
    ).exclude(stage="delivered")
    return [_due_item(song, (song.due_on - today).days) for song in songs.select_related("artist")[:20] if song.due_on]


def _due_item(song: Song, days: int) -> Item:
    if days < 0:
        lead, says = f"{-days} d", f"Was due on {day(song.due_on)}; it stands in {song.get_stage_display().lower()}."
    else:
        lead = "today" if days == 0 else f"in {days} d"
        says = f"Due on {day(song.due_on)}; it stands in {song.get_stage_display().lower()}."
    title = f"{song.artist_name}, {song.title}" if song.artist else song.title
    return Item(title, says, reverse("song", args=[song.pk]), "Look", lead, rank=0.1 * days)


def _waiting_guests(actor: Actor) -> list[Item]:
    """Guests whose newest words on a song were answered by nobody here, for longer than our patience."""
    ours = Q(who_key__startswith="user:")
    said = Note.objects.filter(studio_id=actor.studio_id, deleted_at=None, resolved_at=None, internal=False)
    by_song = (
        said.filter(song__archived_at=None)
        .values("song_id", "song__title")
        .annotate(theirs=Max("created_at", filter=~ours), ours=Max("created_at", filter=ours))
        .filter(theirs__isnull=False, theirs__lt=timezone.now() - PATIENCE)
        .order_by("theirs")
    )
    late = [row for row in by_song[:60] if row["ours"] is None or row["ours"] < row["theirs"]][:MOST_ITEMS]
    last = said.exclude(ours).filter(created_at__in=[row["theirs"] for row in late])
    notes = {note.song_id: note for note in last.select_related("recording", "song")}
    return [_waiting_item(notes[row["song_id"]]) for row in late if row["song_id"] in notes]


def _waiting_item(note: Note) -> Item:
    words = note.text if len(note.text) < 90 else f"{note.text[:87]}..."
    return Item(
        title=f"{note.who} waits for an answer",
        says=f"{note.recording.label} of {note.song.title}: “{words}”",
        url=reverse("review", args=[note.recording_id]),
        do="Open it",
        lead=waited(note.created_at),
        rank=0.5,
    )


def _failed(actor: Actor) -> list[Item]:
    since = timezone.now() - FAILED_WITHIN
    jobs = Job.objects.filter(studio_id=actor.studio_id, state="failed", ended_at__gte=since).select_related("song")
    later = Job.objects.filter(
        studio_id=OuterRef("studio_id"), effect=OuterRef("effect"), created_at__gt=OuterRef("created_at")
    )
    return [
        Item(f"Failed: {job.says}", job.error, reverse("jobs"), "Look", waited(job.ended_at), rank=0.8)
        for job in jobs.filter(~Exists(later))[:4]
    ]


@provider(order=20)
def demos(actor: Actor) -> Section:
    """Demos nobody here has heard yet, the oldest first."""
    waiting = waiting_demos(actor)
    shown = list(waiting.select_related("song", "song__artist").order_by("created_at")[:MOST_ITEMS])
    number = waiting.count()
    whole = sum(demo.duration_s or 0.0 for demo in shown)
    return Section(
        "demos",
        "Demos to hear",
        tuple(_demo_item(demo) for demo in shown),
        chip=f"{number} new, {duration(whole)}{' and more' if number > len(shown) else ''}" if number else "",
        empty="No demo waits. Send an artist a link to the demo box, or drop a file on the demos page.",
        url=reverse("demos"),
        more=_more(number),
    )


def waiting_demos(actor: Actor) -> Any:
    """Demos of which something is still to be decided, which no user of the studio has played."""
    from controlroom.desk.review.models import Heard

    played = Heard.objects.filter(recording=OuterRef("pk"), who_key__startswith="user:")
    return Recording.objects.filter(
        ~Exists(played),
        studio_id=actor.studio_id,
        kind="demo",
        archived_at=None,
        song__demo_state__in=WAITING_STATES,
        song__archived_at=None,
    ).exclude(state="refused")


def _demo_item(demo: Recording) -> Item:
    song = demo.song
    facts = [song.key, f"{song.tempo_bpm:g} BPM" if song.tempo_bpm else "", f"arrived {ago(demo.created_at)}"]
    return Item(
        title=song.artist_name or demo.made_by,
        about=song.title,
        says=", ".join(fact for fact in facts if fact) + ".",
        url=reverse("review", args=[demo.pk]),
        do="Hear",
        lead=duration(demo.duration_s),
    )


@provider(order=30)
def waiting_on_me(actor: Actor) -> Section:
    """Approvals asked of me, and open notes by others, song by song."""
    items = [*_asked_of_me(actor), *_open_notes(actor)]
    return Section(
        "waiting-on-me",
        "Waiting on me",
        tuple(items[:MOST_ITEMS]),
        empty="No note and no approval waits on you.",
        more=_more(len(items)),
    )


def _asked_of_me(actor: Actor) -> list[Item]:
    asked = ApprovalRequest.objects.filter(studio_id=actor.studio_id, of_key=actor.key, closed_at=None)
    return [
        Item(
            title=f"Approve {request.recording.label}",
            about=request.song.title,
            says=f"{request.asked_by} asked {ago(request.asked_at)}.",
            url=reverse("review", args=[request.recording_id]),
            do="Hear",
            lead=waited(request.asked_at),
        )
        for request in asked.select_related("recording", "song")[:MOST_ITEMS]
    ]


def _open_notes(actor: Actor) -> list[Item]:
    rows = (
        Note.objects.filter(studio_id=actor.studio_id, deleted_at=None, resolved_at=None, parent=None)
        .filter(song__archived_at=None)
        .exclude(who_key=actor.key)
        .exclude(song__stage="delivered")
        .values("song_id", "song__title")
        .annotate(
            number=Count("pk"),
            since=Min("created_at"),
            newest=Max("recording_id"),
            voices=Count("who_key", distinct=True),
        )
        .order_by("-since")[: MOST_ITEMS + 1]
    )
    return [_notes_item(row) for row in rows]


def _notes_item(row: dict[str, Any]) -> Item:
    notes, voices = count(row["number"], "open note,open notes"), count(row["voices"], "person,people")
    return Item(
        title=row["song__title"],
        says=f"{notes} from {voices}, the oldest {ago(row['since'])}.",
        url=reverse("review", args=[row["newest"]]),
        do="Listen",
        lead=waited(row["since"]),
    )


@provider(order=40)
def waiting_on_others(actor: Actor) -> Section:
    """Approvals we asked for, and links that were not opened yet."""
    asked = ApprovalRequest.objects.filter(studio_id=actor.studio_id, closed_at=None).exclude(of_key=actor.key)
    items = [
        Item(
            title=f"{request.of} has not approved yet",
            says=f"{request.recording.label} of {request.song.title}, asked {ago(request.asked_at)}.",
            url=reverse("review", args=[request.recording_id]),
            do="Look",
            lead=waited(request.asked_at),
        )
        for request in asked.select_related("recording", "song").order_by("asked_at")[:MOST_ITEMS]
    ]
    links = GuestLink.objects.filter(studio_id=actor.studio_id, opened_at=None, revoked_at=None, song__isnull=False)
    open_links = links.filter(Q(expires_at=None) | Q(expires_at__gt=timezone.now()))
    items += [
        Item(
            title=f"{link.guest_name or 'A guest'} has not opened the link yet",
            says=f"To {link.song.title}, sent {ago(link.created_at)}.",
            url=reverse("share", args=[link.song_id]),
            do="Look",
            lead=waited(link.created_at),
        )
        for link in open_links.select_related("song", "person").order_by("created_at")[:MOST_ITEMS]
        if link.song
    ]
    return Section(
        "waiting-on-others",
        "Waiting on others",
        tuple(items[:MOST_ITEMS]),
        empty="Nobody owes you an answer.",
        more=_more(len(items)),
        column="narrow",
    )


@provider(order=15)
def running(actor: Actor) -> Section | None:
    """Jobs at work or in the queue; the page follows them."""
    number = Job.objects.filter(studio_id=actor.studio_id, state__in=LIVE).count()
    if not number:
        return None
    return Section("running", "Running", template="today/running.html", column="narrow")


@provider(order=50)
def decided(actor: Actor) -> Section | None:
    """The approvals of the last days."""
    since = timezone.now() - timedelta(days=7)
    rows = Approval.objects.filter(studio_id=actor.studio_id, at__gte=since).select_related("recording", "song")[:5]
    items = tuple(
        Item(
            title=f"{row.who} approved {row.recording.label}",
            says=f"{row.song.title}, {ago(row.at)}.",
            url=reverse("review", args=[row.recording_id]),
            do="Look",
        )
        for row in rows
    )
    return Section("decided", "Decided lately", items, column="narrow") if items else None
