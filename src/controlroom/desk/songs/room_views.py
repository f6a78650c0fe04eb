"""The rooms of a song: what each has found and made, its plan as a form, a button that starts it."""

from __future__ import annotations

import tempfile
import zipfile
from typing import Any, get_args

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.base.files import safe_name
from controlroom.desk.accounts.rights import needs
from controlroom.desk.songs import room_actions
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.songs.production import out_of, supplied_mixes
from controlroom.production.options import Stage
from controlroom.production.plan_fields import Field, Group, Value, plan_fields

ROOMS: tuple[tuple[Stage, str, str], ...] = (
    ("tracking", "Check takes", "Hears every take: level, noise, pitch, timing, mics that fight. Nothing is changed."),
    ("editing", "Edit", "Comps the best phrases, trims, cleans and fades; mics of one pass stay locked together."),
    ("mixing", "Mix", "Balances, pans and treats the tracks into one mix, with its recall sheet."),
    ("mastering", "Master", "Takes the mix to its loudness under the ceiling, measured again after."),
    ("delivery", "Deliver", "Writes the files that leave the house, tagged, checked, with checksums."),
)
PLANS = {"editing": "edit/", "mixing": "mix", "mastering": "master", "delivery": "delivery"}


def _song(request: Any, pk: int) -> Song:
    return get_object_or_404(Song.objects.select_related("artist"), pk=pk, studio_id=request.actor.studio_id)


@needs("read")
def rooms(request: Any, pk: int) -> HttpResponse:
    song = _song(request, pk)
    return render(request, "songs/rooms/rooms.html", _rooms(song))


def _rooms(song: Song) -> dict[str, Any]:
    chapters = {chapter.stage: chapter for chapter in song.chapters.all()}
    plans = room_actions.plans_of(song)
    shown = []
    for stage, name, says in ROOMS:
        wanted = PLANS.get(stage, "-")
        shown.append(
            {
                "stage": stage,
                "name": name,
                "says": says,
                "chapter": chapters.get(stage),
                "template": f"songs/rooms/{stage}.html",
                "plans": [
                    {"name": each, "label": each.removeprefix("edit/"), "edited": plan.edited}
                    for each, plan in plans.items()
                    if each == wanted or (wanted.endswith("/") and each.startswith(wanted))
                ],
            }
        )
    following = next((room["stage"] for room in shown if room["chapter"] is None), None)
    newest = _newest_mix(song)
    usable = song.recordings.filter(archived_at=None, kind__in=["take", "mix", "rough"]).exclude(state="refused")
    return {
        "song": song,
        "rooms": shown,
        "next_stage": following,
        "mixes": supplied_mixes(song),
        "ours_is_newest": bool(newest and newest.made_from),
        "newest_mix": newest.pk if newest and newest.state == "heard" else None,
        "empty": not usable.exists(),
        "report": (out_of(song) / "report.html").is_file(),
    }


def _newest_mix(song: Song) -> Recording | None:
    return song.recordings.filter(archived_at=None, kind__in=["mix", "rough"]).order_by("-created_at", "-pk").first()


@needs("write", "POST")
def start(request: Any, pk: int, stage: Stage) -> HttpResponse:
    song = _song(request, pk)
    if stage not in room_actions.DOING:
        raise Http404
    try:
        job = room_actions.start_room(
            request.actor, song, stage, anew=request.POST.get("anew") == "on", mix=request.POST.get("mix", "")
        )
    except UsageError as error:
        messages.error(request, str(error))
    else:
        if job.cancel:
            messages.error(request, f"{job}: it is just being stopped. Start it again in a moment.")
        else:
            messages.success(request, f"{job}: it goes on while you do something else.")
    return redirect("song-rooms", pk=pk)


@needs("write", "GET", "POST")
def plan(request: Any, pk: int, name: str) -> HttpResponse:
    """The plan as a form; saving it keeps the change, "Save and render" renders it too."""
    song = _song(request, pk)
    try:
        current = room_actions.current_plan(song, name)
    except ControlroomError as absent:
        messages.error(request, str(absent))
        return redirect("song-rooms", pk=pk)
    form = plan_fields(current)
    refused: UsageError | None = None
    if request.method == "POST":
        try:
            kept = room_actions.change_plan(request.actor, song, name, changes_in(form, request.POST))
        except UsageError as error:
            refused = error
        else:
            return _after_change(request, song, name, changed=kept is not None)
    context = {
        "song": song,
        "name": name,
        "spoken": room_actions.spoken_name(name),
        "form": form,
        "refused": refused,
        "sent": request.POST if refused else {},
        "stage": stage_of(name),
        "edits": song.plan_edits.filter(plan=name)[:20],
    }
    return render(request, "songs/rooms/plan.html", context, status=422 if refused else 200)


def _after_change(request: Any, song: Song, name: str, *, changed: bool) -> HttpResponse:
    if "render" in request.POST:
        room_actions.start_room(request.actor, song, stage_of(name))
        messages.success(request, "Saved; it is being rendered.")
        return redirect("song-rooms", pk=song.pk)
    messages.success(request, "Saved." if changed else "Nothing was changed.")
    return redirect(reverse("song-plan", args=[song.pk, name]))


def stage_of(name: str) -> Stage:
    """The room a plan belongs to."""
    return next(stage for stage in get_args(Stage) if name.startswith(PLANS.get(stage, "-")))


def changes_in(form: Group, sent: Any) -> dict[str, Value]:
    """What a filled-in form changes: only the fields that differ from the plan it was made of."""
    changes: dict[str, Value] = {}
    for group in form.every_group():
        if group.removable and sent.get(f"remove:{group.path}"):
            changes[group.path] = None
        for field in group.fields:
            if field.fixed:
                continue  # seen only: whatever a browser sends of it
            if field.path in sent or (field.kind == "flag" and f"flag:{field.path}" in sent):
                said: Value = sent.get(field.path) == "on" if field.kind == "flag" else str(sent[field.path]).strip()
                if said != _shown(field):
                    changes[field.path] = said
        for field in group.adds:
            if sent.get(field.path, "").strip():
                changes[field.path] = str(sent[field.path]).strip()
    gone = [path for path, value in changes.items() if value is None]
    return {path: value for path, value in changes.items() if path in gone or not _below_any(path, gone)}


def _shown(field: Field) -> Value:
    if field.kind == "flag":
        return bool(field.value)
    return "" if field.value is None else shown_value(field.value)


def shown_value(value: Value) -> str:
    """A plan's value as its input holds it: 4 rather than 4.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() and abs(value) < 1e9 else str(value)


def _below_any(path: str, groups: list[str]) -> bool:
    return any(path.startswith(f"{group}.") for group in groups)


@needs("write", "GET", "POST")
def text(request: Any, pk: int, name: str) -> HttpResponse:
    """The plan as its TOML, for those who would rather write."""
    song = _song(request, pk)
    try:
        plans = room_actions.plans_of(song)
        edit = song.plan_edits.filter(plan=name).first()
        written = edit.text if edit and edit.text else plans[name].text
    except KeyError as missing:
        raise Http404 from missing
    refused = None
    if request.method == "POST":
        written = request.POST.get("text", "").replace("\r\n", "\n")
        try:
            room_actions.replace_plan(request.actor, song, name, written)
        except UsageError as error:
            refused = error
        else:
            return _after_change(request, song, name, changed=True)
    context = {
        "song": song,
        "name": name,
        "spoken": room_actions.spoken_name(name),
        "text": written,
        "refused": refused,
    }
    return render(request, "songs/rooms/plan_text.html", context, status=422 if refused else 200)


@needs("write", "POST")
def again(request: Any, pk: int, name: str) -> HttpResponse:
    kept = room_actions.propose_again(request.actor, _song(request, pk), name)
    says = "The next render takes the house's proposal." if kept else "Nothing was changed: it is the proposal already."
    messages.success(request, says)
    return redirect("song-plan", pk=pk, name=name)


@needs("write", "POST")
def undo(request: Any, pk: int, name: str) -> HttpResponse:
    taken = room_actions.take_back(request.actor, _song(request, pk), name)
    messages.success(request, "Taken back." if taken else "There is nothing to take back.")
    return redirect("song-plan", pk=pk, name=name)


@needs("download")
def report(request: Any, pk: int) -> FileResponse:
    """The report of the last walk: one page by itself, to keep or to mail."""
    song = _song(request, pk)
    path = out_of(song) / "report.html"
    if not path.is_file():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{safe_name(song.title)}, report.html")


@needs("download")
def delivery(request: Any, pk: int) -> FileResponse:
    """Everything of the delivery folder in one archive, stored as it is."""
    song = _song(request, pk)
    files = sorted(
        path for path in (out_of(song) / "delivery").glob("*") if path.is_file() and path.name != "plan.toml"
    )
    if not files:
        raise Http404
    archive = tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR)  # noqa: SIM115 - the response closes it
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as whole:
        for path in files:
            whole.write(path, path.name)
    archive.seek(0)
    return FileResponse(archive, as_attachment=True, filename=f"{safe_name(song.title)}.zip")
