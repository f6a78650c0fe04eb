"""The page of the day, what is new, and one search over everything."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.people.models import Person
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.today import actions
from controlroom.desk.today.models import Notice
from controlroom.desk.today.providers import Section, sections

MOST_FOUND = 12
SHOWN_NEWS = 12


@needs("read")
def today(request: Any) -> HttpResponse:
    actor = request.actor
    day = sections(actor)
    news = Notice.objects.filter(studio_id=actor.studio_id, user_id=actor.user_id, seen_at=None)
    context = {
        "now": timezone.localtime(),
        "summary": _summary(day),
        "wide": [each for each in day if each.column == "wide"],
        "narrow": [each for each in day if each.column == "narrow"],
        "wanted": _most_wanted(day),
        "jobs": Job.objects.filter(studio_id=actor.studio_id, state__in=LIVE).order_by("created_at")[:6],
        "news": list(news.select_related("song")[:SHOWN_NEWS]),
        "news_more": max(news.count() - SHOWN_NEWS, 0),
        "first": not Song.objects.filter(studio_id=actor.studio_id).exists(),
    }
    return render(request, "today/today.html", context)


def _summary(day: list[Section]) -> str:
    """The day in a sentence."""
    numbers = {section.name: len(section.items) + section.more for section in day}
    said = []
    if urgent := numbers.get("urgent", 0):
        said.append("One thing is urgent." if urgent == 1 else f"{urgent} things are urgent.")
    if mail := numbers.get("mail", 0):
        said.append("One thing in the mail waits." if mail == 1 else f"{mail} things in the mail wait.")
    if demos := numbers.get("demos", 0):
        said.append("One demo waits to be heard." if demos == 1 else f"{demos} demos wait to be heard.")
    if mine := numbers.get("waiting-on-me", 0):
        said.append("One song waits on you." if mine == 1 else f"{mine} songs wait on you.")
    if mixes := numbers.get("unmastered", 0):
        said.append("One mix has no master." if mixes == 1 else f"{mixes} mixes have no master.")
    return " ".join(said) or "Nothing waits on you. A good day to make something."


def _most_wanted(day: list[Section]) -> str:
    """The section whose first item has the page's one filled button."""
    return next((section.name for section in day if section.items), "")


@needs("read", "POST")
def seen(request: Any) -> HttpResponse:
    actions.mark_seen(request.actor)
    return redirect("today")


@needs("read")
def running(request: Any) -> HttpResponse:
    jobs = Job.objects.filter(studio_id=request.actor.studio_id, state__in=LIVE).order_by("created_at")[:6]
    return render(request, "today/running.html", {"jobs": jobs})


@needs("read")
def find(request: Any) -> HttpResponse:
    """Songs, people and files by a word of their names."""
    actor, wanted = request.actor, request.GET.get("q", "").strip()[:100]
    found: dict[str, Any] = {"songs": [], "people": [], "recordings": []}
    if wanted:
        songs = Song.objects.filter(studio_id=actor.studio_id, archived_at=None)
        by_name = Q(title__icontains=wanted) | Q(artist__name__icontains=wanted)
        found["songs"] = songs.filter(by_name).select_related("artist")[:MOST_FOUND]
        people = Person.objects.filter(studio_id=actor.studio_id, archived_at=None)
        found["people"] = people.filter(Q(name__icontains=wanted) | Q(email__icontains=wanted))[:MOST_FOUND]
        files = Recording.objects.filter(studio_id=actor.studio_id, archived_at=None, name__icontains=wanted)
        found["recordings"] = files.select_related("song")[:MOST_FOUND]
    nothing = bool(wanted) and not any(found.values())
    return render(request, "today/find.html", {"wanted": wanted, "nothing": nothing, **found})
