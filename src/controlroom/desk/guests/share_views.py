"""Sharing a song: who has a link, what it allows, how often they listened."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.guests import actions
from controlroom.desk.guests.forms import LinkForm, MailForm
from controlroom.desk.guests.models import GuestLink
from controlroom.desk.guests.tokens import address_of
from controlroom.desk.people.models import Person
from controlroom.desk.review.models import Heard
from controlroom.desk.songs.models import VERSION_KINDS, Song


def _song(request: Any, pk: int) -> Song:
    return get_object_or_404(Song.objects.select_related("artist"), pk=pk, studio_id=request.actor.studio_id)


def _link(request: Any, pk: int) -> GuestLink:
    rows = GuestLink.objects.select_related("studio", "song", "recording", "person")
    return get_object_or_404(rows, pk=pk, studio_id=request.actor.studio_id)


@needs("invite", "GET", "POST")
def share(request: Any, pk: int) -> HttpResponse:
    """The links of a song, and a form for one more."""
    song = _song(request, pk)
    people = Person.objects.filter(studio_id=request.actor.studio_id, archived_at=None)
    versions = song.recordings.filter(kind__in=VERSION_KINDS, archived_at=None).exclude(state="refused")
    choices = [(each.pk, each.name) for each in people]
    stacked = [(each.pk, f"only {each.label}") for each in versions.order_by("-created_at")]
    initial = {"person": song.artist_id, "rights": ["listen", "comment", "approve"], "days": "30"}
    form = LinkForm(choices, stacked, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        link, _ = actions.make_link(
            request.actor,
            song=song,
            recording=versions.filter(pk=said["recording"]).first() if said["recording"] else None,
            # the artist is chosen before anybody looks at it: a name that was written is meant
            person=people.filter(pk=said["person"]).first() if said["person"] and not said["name"].strip() else None,
            name=said["name"],
            rights=said["rights"],
            expires_at=timezone.now() + timedelta(days=said["days"]) if said["days"] else None,
            password=said["password"],
        )
        return redirect("share-link", pk=link.pk)
    context = {"song": song, "form": form, "links": _listed(song)}
    return render(request, "guests/share.html", context, status=422 if form.errors else 200)


def _listed(song: Song) -> list[dict[str, Any]]:
    links = list(song.links.select_related("person", "recording", "song"))
    keys = [f"guest:{link.pk}" for link in links]
    listens = Heard.objects.filter(who_key__in=keys).values_list("who_key").annotate(Count("pk"))
    counted = dict(listens)
    return [{"link": link, "listens": counted.get(f"guest:{link.pk}", 0)} for link in links]


@needs("invite", "GET", "POST")
def demo_box(request: Any) -> HttpResponse:
    """Links to the demo box: whoever has one may send a demo, and sees nothing else."""
    if request.method == "POST":
        link, _ = actions.make_link(request.actor, name=request.POST.get("name", ""), rights=["upload"])
        return redirect("share-link", pk=link.pk)
    links = GuestLink.objects.filter(studio_id=request.actor.studio_id, song=None).select_related("person")
    return render(request, "guests/demo_box.html", {"links": [{"link": link} for link in links]})


@needs("invite", "GET", "POST")
def link(request: Any, pk: int) -> HttpResponse:
    """One link: its address to copy, a mail to send it with."""
    row = _link(request, pk)
    form = MailForm(request.POST or None, initial={"words": _first_words(row, request.actor.name)})
    if request.method == "POST" and form.is_valid():
        try:
            actions.mail_link(request.actor, row, form.cleaned_data["words"])
        except ControlroomError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"Sent to {row.person.email if row.person else row.guest_name}.")
            return redirect("share-link", pk=pk)
    context = {"link": row, "song": row.song, "address": address_of(row), "form": form}
    return render(request, "guests/link.html", context, status=422 if form.errors else 200)


def _first_words(row: GuestLink, name: str) -> str:
    """A mail to begin with; it goes out only as somebody sends it."""
    hello = f"Hello {row.guest_name}," if row.guest_name else "Hello,"
    if row.song is None:
        return f"{hello}\n\nsend me your demo with this link; it needs no account.\n\n{name}"
    what = f"{row.recording.label} of {row.song.title}" if row.recording else row.song.title
    asked = " Leave a note wherever you hear something." if "comment" in row.rights else ""
    return f"{hello}\n\n{what} is ready for you to hear, no account needed.{asked}\n\n{name}"


@needs("invite", "POST")
def revoke(request: Any, pk: int) -> HttpResponse:
    """Close a link; closing it again opens nothing."""
    row = _link(request, pk)
    try:
        if request.POST.get("again"):
            actions.allow_again(request.actor, row)
        else:
            actions.revoke(request.actor, row)
    except UsageError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "The link opens again." if request.POST.get("again") else "The link is closed.")
    return redirect("share", pk=row.song_id) if row.song_id else redirect("demo-box")
