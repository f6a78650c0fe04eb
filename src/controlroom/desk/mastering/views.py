"""The mastering desk of a mix: what it is, what will be done, the master beside it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from msgspec.structs import replace

from controlroom.base.canonical import to_toml
from controlroom.base.errors import UsageError
from controlroom.desk.accounts.rights import needs
from controlroom.desk.jobs.models import LIVE, Job
from controlroom.desk.mastering import actions, blending, jobs, making, page
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.sound_views import blended
from controlroom.desk.mastering.wishes import Wishes, wishes_in, wishes_of
from controlroom.desk.people.text import whole_number
from controlroom.desk.songs.listening import survey_of
from controlroom.desk.songs.media_views import recording_of
from controlroom.desk.songs.models import VERSION_KINDS, Recording
from controlroom.desk.songs.room_views import changes_in
from controlroom.production.plan_fields import plan_fields, with_changes
from controlroom.production.plan_text import plan_of
from controlroom.rooms.mastering import MasterPlan, measure
from controlroom.sound.hearing import Hearing


@needs("read")
def desk(request: Any, pk: int) -> HttpResponse:
    """The page of a mix; `?made=` chooses among its masters. A master that was made here stands on its mix's page."""
    mix = recording_of(request, pk)
    made = Mastering.objects.filter(master=mix).order_by("-pk").first()
    if made is not None and mix.archived_at is None:
        return redirect(_address(made.mix_id, made.pk))
    if mix.kind not in VERSION_KINDS:
        return redirect("review", pk=pk)
    return _page(request, mix)


def _page(request: Any, mix: Recording, **refused: Any) -> HttpResponse:
    """`refused`: why what somebody wanted cannot be, and what they typed (`page.page_of`)."""
    wanted = whole_number(request.GET.get("made"))
    context = page.page_of(request.actor, mix, wanted, **refused)
    heard = [line["made"].pk for line in context["masterings"] if line["made"].master.state == "heard"]
    context["seen"] = max(heard, default=0)
    context["waits"] = _news(mix, context["seen"])
    return render(request, "mastering/master.html", context, status=422 if refused else 200)


def _address(mix: int, made: int | None = None) -> str:
    return reverse("mastering", args=[mix]) + (f"?made={made}" if made else "")


@needs("write", "POST")
def make(request: Any, pk: int) -> HttpResponse:
    """Have the master made that the form wants; a refusal keeps what was typed."""
    mix = recording_of(request, pk)
    try:
        return _asked(request, mix, wishes_in(request.POST))
    except UsageError as error:
        return _page(
            request, mix, refused=error, typed=str(request.POST.get("ceiling_dbtp", "")), wishes=_rest(request)
        )


def _rest(request: Any) -> Wishes | None:
    """What was wished beside a ceiling that cannot be meant."""
    sent = request.POST.copy()
    sent.pop("ceiling_dbtp", None)
    try:
        return wishes_in(sent)
    except UsageError:
        return None


def _asked(request: Any, mix: Recording, wishes: Wishes) -> HttpResponse:
    answer = actions.make_master(request.actor, mix, wishes)
    if isinstance(answer, Mastering):
        messages.success(request, f"{answer.master.label} is this already: nothing had to be made.")
        return redirect(_address(mix.pk, answer.pk))
    if answer.cancel:
        messages.error(request, f"{answer}: it is just being stopped. Start it again in a moment.")
    else:
        messages.success(request, f"{answer}: it goes on while you do something else.")
    return redirect("mastering", pk=mix.pk)


@needs("write", "POST")
def make_blend(request: Any, pk: int) -> HttpResponse:
    """Have the master made that goes so far toward its references (`share`, per cent)."""
    made, ends = blended(request, pk)
    percent = whole_number(request.POST.get("share"))
    if percent is None or percent not in blending.PERCENTS:
        raise UsageError("How far", "it is no step from 0 to 100 %", "Choose one with the slider.")
    return _asked(request, made.mix, ends.at(percent))


@needs("write", "GET", "POST")
def plan(request: Any, pk: int) -> HttpResponse:
    """The plan of a master (`?made=`), or the one that is proposed, as a form; sent, it makes a master by it."""
    mix = recording_of(request, pk)
    current, wishes = _plan(mix, whole_number(request.GET.get("made")))
    form, refused = plan_fields(current), None
    if request.method == "POST":
        try:
            changed = with_changes(current, changes_in(form, request.POST))
            return _asked(request, mix, replace(wishes, plan=to_toml(changed), off=()))
        except UsageError as error:
            refused = error
    sent = request.POST if refused else {}
    context = {"recording": mix, "song": mix.song, "form": form, "refused": refused, "sent": sent}
    return render(request, "mastering/plan.html", context, status=422 if refused else 200)


def _plan(mix: Recording, wanted: int | None) -> tuple[MasterPlan, Wishes]:
    made = page.masterings_of(mix)
    shown = next((each for each in made if each.pk == wanted), made[0] if made else None)
    if shown is not None:
        return plan_of(shown.plan, MasterPlan), wishes_of(shown.wishes)
    survey = survey_of(mix) if mix.state == "heard" else None
    if survey is None:
        raise UsageError(mix.label, "there is no plan for it before it was listened to", "Try again in a moment.")
    heard = Hearing.from_survey(survey)
    wishes = Wishes(target="-14")  # what auto comes to is found when a master is made; a form begins with a figure
    return making.foreseen(heard, measure(heard), wishes), wishes


@needs("read")
def news(request: Any, pk: int) -> HttpResponse:
    """Whether a master has come since the page was opened (`?seen=`: the newest that it knew), asked while one is made.

    A page that knew none opens it; any other says where it is, so that nothing stops playing. A page whose mix was
    still being listened to (`?mix=arrived`) opens when that is done.
    """
    mix = get_object_or_404(Recording, pk=pk, studio_id=request.actor.studio_id)
    seen = whole_number(request.GET.get("seen")) or 0
    found = _news(mix, seen)
    if request.GET.get("mix") == "arrived" and mix.state != "arrived":
        answer = HttpResponse(status=204)
        answer["HX-Refresh"] = "true"
        return answer
    if found["ready"] and not seen:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = _address(mix.pk, found["newest"].pk)
        return answer
    return render(request, "mastering/parts/news.html", {"recording": mix, "seen": seen, "waits": found})


def _news(mix: Recording, seen: int) -> dict[str, Any]:
    """`newest`: a master that came after that one; `ready`: it can be played; `live`: something is being made."""
    since = Mastering.objects.filter(mix=mix, master__archived_at=None, pk__gt=seen).select_related("master")
    newest = since.first()
    arriving = newest is not None and newest.master.state == "arrived"
    underway = Job.objects.filter(song_id=mix.song_id, work=jobs.MAKE, state__in=LIVE).exists()
    return {
        "newest": newest,
        "ready": newest is not None and newest.master.state == "heard",
        "arriving": newest.master if newest and arriving else None,
        "live": underway or arriving or mix.state == "arrived",
    }
