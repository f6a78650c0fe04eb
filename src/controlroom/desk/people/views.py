"""Pages of people: who we work with, and what we did together."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from controlroom.desk.accounts.rights import needs
from controlroom.desk.people import actions
from controlroom.desk.people.forms import PersonForm
from controlroom.desk.people.models import Person

PEOPLE_ON_PAGE = 50


def person_of(request: Any, pk: int) -> Person:
    """A person of the actor's studio; 404 for any other."""
    return get_object_or_404(Person, pk=pk, studio_id=request.actor.studio_id)


@needs("read")
def people(request: Any) -> HttpResponse:
    """Everybody, found by name, mail or notes; by what they mostly are."""
    words, kind = request.GET.get("q", "").strip()[:100], request.GET.get("kind", "")
    away = request.GET.get("away") == "1"
    rows = Person.objects.filter(studio_id=request.actor.studio_id, archived_at__isnull=not away)
    for word in words.split():
        rows = rows.filter(Q(name__icontains=word) | Q(email__icontains=word) | Q(notes__icontains=word))
    if kind in dict(Person.KINDS):
        rows = rows.filter(kind=kind)
    page = Paginator(rows, PEOPLE_ON_PAGE).get_page(request.GET.get("page"))
    rows = _with_counts(list(page.object_list))
    context = {"page": page, "people": rows, "q": words, "kind": kind, "away": away, "kinds": Person.KINDS}
    return render(request, "people/list.html", context)


def _with_counts(people: list[Person]) -> list[Person]:
    """Each with how many songs (`song_count`) and credits (`credit_count`) they have."""
    found = Person.objects.filter(pk__in=[person.pk for person in people])
    songs = found.filter(songs__archived_at=None).annotate(number=Count("songs"))
    credits = found.filter(credits__song__archived_at=None).annotate(number=Count("credits"))
    numbers = [dict(rows.values_list("pk", "number").order_by()) for rows in (songs, credits)]
    for person in people:
        person.song_count, person.credit_count = (number.get(person.pk, 0) for number in numbers)
    return people


@needs("read")
def person(request: Any, pk: int) -> HttpResponse:
    """Somebody: contact, numbers, notes, and the songs we made together."""
    row = person_of(request, pk)
    context = {"person": row, "together": together(row), "their_time": time_of(row)}
    return render(request, "people/person.html", context)


def together(person: Person) -> list[dict[str, Any]]:
    """The songs somebody is the artist of or credited on, with what they did, the last touched first."""
    songs: dict[int, dict[str, Any]] = {
        song.pk: {"song": song, "roles": ["artist"]} for song in person.songs.select_related("artist")
    }
    for credit in person.credits.select_related("song", "song__artist"):
        songs.setdefault(credit.song_id, {"song": credit.song, "roles": []})["roles"].append(credit.role)
    return sorted(songs.values(), key=lambda each: each["song"].touched_at, reverse=True)


def time_of(person: Person) -> datetime | None:
    """What time it is where they are."""
    try:
        return timezone.now().astimezone(ZoneInfo(person.time_zone)) if person.time_zone else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


@needs("write", "GET", "POST")
def new(request: Any) -> HttpResponse:
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("person", pk=actions.add_person(request.actor, **form.cleaned_data).pk)
    return render(request, "people/edit.html", {"form": form}, status=422 if form.errors else 200)


@needs("write", "GET", "POST")
def edit(request: Any, pk: int) -> HttpResponse:
    row = person_of(request, pk)
    form = PersonForm(request.POST) if request.method == "POST" else PersonForm.of(row)
    if request.method == "POST" and form.is_valid():
        actions.change_person(request.actor, row, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("person", pk=pk)
    return render(request, "people/edit.html", {"form": form, "person": row}, status=422 if form.errors else 200)


@needs("write", "POST")
def archive(request: Any, pk: int) -> HttpResponse:
    row = actions.archive_person(request.actor, person_of(request, pk))
    undo = reverse("person-restore", args=[pk])
    says = format_html('{} is put away. <button class="link" type="button" hx-post="{}">Undo</button>', row.name, undo)
    messages.success(request, says)
    return redirect("people")


@needs("write", "POST")
def restore(request: Any, pk: int) -> HttpResponse:
    row = actions.restore_person(request.actor, person_of(request, pk))
    messages.success(request, f"{row.name} is back.")
    url = reverse("person", args=[pk])
    return HttpResponse(status=204, headers={"HX-Redirect": url}) if request.htmx else redirect(url)
