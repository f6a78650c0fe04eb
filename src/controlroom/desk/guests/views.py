"""What a link opens: the song or the version, its sound, its notes, its approval, a place for files."""

from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from controlroom.base.errors import UsageError
from controlroom.desk.guests import actions
from controlroom.desk.guests.forms import NameForm, WordForm
from controlroom.desk.guests.rights import guest_needs, missing
from controlroom.desk.review import answers
from controlroom.desk.review.addresses import Addresses
from controlroom.desk.review.models import Note
from controlroom.desk.review.pages import review_page
from controlroom.desk.review.revision import revision_page
from controlroom.desk.songs import media
from controlroom.desk.songs.models import VERSION_KINDS, Recording

HEARD_KINDS = (*VERSION_KINDS, "reference")
"""What a guest with a link to a song hears; with the right to download, the deliverables too."""
SENT_SHOWN = 20
TRIES = 8
TRIES_WITHIN_S = 600


def reach_of(request: Any) -> answers.Reach:
    """The recordings this guest may come to."""
    link = request.guest
    kinds = (*HEARD_KINDS, "deliverable") if "download" in link.rights else HEARD_KINDS
    rows = Recording.objects.filter(studio_id=link.studio_id, song_id=link.song_id, archived_at=None, kind__in=kinds)
    rows = rows.exclude(song_id=None).select_related("song__artist", "part", "blob")
    return rows.filter(pk=link.recording_id) if link.recording_id else rows


def _recording(request: Any, pk: int) -> Recording:
    return get_object_or_404(reach_of(request), pk=pk)


def _addresses(request: Any) -> Addresses:
    return Addresses(request.token, alone=bool(request.guest.recording_id))


def _page(request: Any, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    return render(request, template, {"link": request.guest, "studio": request.guest.studio, **context}, status=status)


@guest_needs("", "GET", "POST", known=False)
def door(request: Any) -> HttpResponse:
    """The link's first page: the password, then the name (each asked once), then what it is for."""
    link = request.guest
    wanted = missing(request, link)
    if wanted:
        return _ask_first(request, wanted)
    if request.method == "POST":
        return redirect("guest", token=request.token)
    if link.recording_id:
        return redirect("guest-review", request.token, link.recording_id)
    return (
        _page(request, "guests/song.html", _song(request))
        if link.song_id
        else _page(request, "guests/demos.html", _box(request))
    )


def _ask_first(request: Any, wanted: str) -> HttpResponse:
    link = request.guest
    form = (WordForm if wanted == "password" else NameForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        refused = _password(request, form) if wanted == "password" else _name(link, form)
        if not refused:
            return redirect("guest", token=request.token)
        form.add_error(wanted, refused)
    return _page(request, "guests/door.html", {"form": form, "wanted": wanted}, 422 if form.errors else 200)


def _password(request: Any, form: Any) -> str:
    """Let in who knows the word; after eight wrong ones the door stays shut for ten minutes."""
    link, tries = request.guest, f"guest-tries-{request.guest.pk}"
    if cache.get(tries, 0) >= TRIES:
        return "That was tried too often. Wait ten minutes, or ask for a new link."
    if not actions.opens_with(link, form.cleaned_data["password"]):
        cache.add(tries, 0, TRIES_WITHIN_S)
        cache.incr(tries)
        return "That is another password. Ask whoever sent you the link."
    request.session[f"guest-{link.pk}"] = link.password
    return ""


def _name(link: Any, form: Any) -> str:
    try:
        actions.introduce(link, form.cleaned_data["name"])
    except UsageError as error:
        return str(error)
    return ""


def _song(request: Any) -> dict[str, Any]:
    link, addresses = request.guest, _addresses(request)
    rows = list(reach_of(request).exclude(state="refused").order_by("-created_at", "-pk"))
    approved = set(link.song.approvals.values_list("recording_id", flat=True))
    return {
        "song": link.song,
        "versions": [
            {"recording": each, "url": addresses.review(each), "approved": each.pk in approved}
            for each in rows
            if each.kind in HEARD_KINDS
        ],
        "files": [each for each in rows if each.kind == "deliverable"],
        "uploads": _uploads(request) if "upload" in link.rights else None,
        "sent": _sent(request).filter(song=link.song)[:SENT_SHOWN],
    }


def _uploads(request: Any) -> dict[str, Any]:
    return {
        "uploads_url": reverse("guest-uploads", args=[request.token]),
        "files_url": reverse("guest-files", args=[request.token]),
    }


def _box(request: Any) -> dict[str, Any]:
    return {"uploads": _uploads(request), "sent": _sent(request)[:SENT_SHOWN]}


def _sent(request: Any) -> QuerySet[Recording]:
    """What this guest has sent, the newest first: they see that it arrived, or why it cannot be used."""
    sent = Recording.objects.filter(studio_id=request.guest.studio_id, made_by_key=request.actor.key)
    return sent.order_by("-created_at", "-pk")


@guest_needs("listen")
def review(request: Any, pk: int) -> HttpResponse:
    recording = _recording(request, pk)
    page = review_page(request.actor, recording, _addresses(request))
    back = None if request.guest.recording_id else reverse("guest", args=[request.token])
    return _page(request, "guests/review.html", {**page, "back": back})


@guest_needs("listen")
def pictures(request: Any, pk: int) -> HttpResponse:
    return answers.pictures(request, _recording(request, pk), _addresses(request))


@guest_needs("listen", "GET", "POST")
def notes(request: Any, pk: int) -> HttpResponse:
    return answers.notes(request, _recording(request, pk), _addresses(request), reach_of(request))


@guest_needs("comment", "GET", "POST")
def note(request: Any, pk: int, verb: str) -> HttpResponse:
    known = Note.objects.select_related("recording__song__artist", "parent", "done_in")
    found = get_object_or_404(known, pk=pk, recording__in=reach_of(request))
    return answers.note(request, found, verb, _addresses(request), reach_of(request))


@guest_needs("approve", "POST")
def approve(request: Any, pk: int) -> HttpResponse:
    return answers.approve(request, _recording(request, pk), _addresses(request))


@guest_needs("listen", "POST")
def heard(request: Any, pk: int) -> HttpResponse:
    return answers.heard(request, _recording(request, pk))


@guest_needs("listen")
def revision(request: Any, pk: int) -> HttpResponse:
    return _page(
        request, "guests/revision.html", revision_page(request.actor, _recording(request, pk), _addresses(request))
    )


@guest_needs("listen")
def export(request: Any, pk: int, kind: str) -> HttpResponse:
    return answers.export(request, _recording(request, pk), kind, _addresses(request))


@guest_needs("listen")
def sound(request: Any, pk: int) -> HttpResponseBase:
    return media.sound(request, _recording(request, pk))


@guest_needs("listen")
def pcm(request: Any, pk: int, rate_hz: int) -> HttpResponseBase:
    return media.pcm(request, _recording(request, pk), rate_hz)


@guest_needs("listen")
def pcm_status(request: Any, pk: int, rate_hz: int) -> HttpResponseBase:
    recording = _recording(request, pk)
    return media.pcm_status(request, recording, rate_hz, url=_addresses(request).pcm(recording, rate_hz))


@guest_needs("listen")
def light(request: Any, pk: int) -> HttpResponseBase:
    return media.light(request, _recording(request, pk))


@guest_needs("listen")
def peaks(request: Any, pk: int) -> HttpResponseBase:
    return media.peaks(request, _recording(request, pk))


@guest_needs("download")
def download(request: Any, pk: int) -> HttpResponseBase:
    recording = _recording(request, pk)
    if recording.kind == "reference":
        raise Http404  # somebody else's record: to be heard beside ours, not to be handed on
    return media.download(request, recording)
