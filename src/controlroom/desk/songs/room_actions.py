"""What is done in the rooms from the page: start one, change its plan, take a change back."""

from __future__ import annotations

from collections.abc import Mapping

from controlroom.base.canonical import to_toml
from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import PlanEdit, Song
from controlroom.desk.songs.production import OURS, mix_taken, out_of, supplied_mixes
from controlroom.desk.works import Asked
from controlroom.production.options import Stage
from controlroom.production.plan_fields import Value, with_changes, within_bounds
from controlroom.production.plan_text import AnyPlan, plan_of
from controlroom.production.plans import PlanOnDisk, stage_plans, write_plan

DOING: dict[str, str] = {
    "tracking": "Checking the takes of",
    "editing": "Editing",
    "mixing": "Mixing",
    "mastering": "Mastering",
    "delivery": "Delivering",
}


def start_room(actor: Actor, song: Song, stage: Stage, *, anew: bool = False, mix: str = "") -> Asked:
    """Run the rooms as far as `stage` in the background; what was made already is kept, but for `anew`.

    `mix`: which supplied mix is taken (its primary key), "ours", or "" for the one that was taken the last time (the
    newest supplied one, where none was). The mixing room makes ours. Raises `UsageError`.
    """
    actor.must("write")
    if stage not in DOING:
        raise UsageError(f"A room called {stage!r}", "there is none", "Choose one of the rooms.")
    if mix not in ("", OURS, *(str(each.pk) for each in supplied_mixes(song))):
        raise UsageError("That mix", "it is not there any more", "Choose another.")
    return works.ask(
        actor,
        "songs.produce",
        says=f"{DOING[stage]} {song.title}",
        song=song.pk,
        until=stage,
        anew=anew,
        mix=OURS if stage == "mixing" else mix or mix_taken(song),
    )


def plans_of(song: Song) -> dict[str, PlanOnDisk]:
    """The plans that the rooms have made for a song so far, by name."""
    out = out_of(song)
    return stage_plans(out) if out.is_dir() else {}


def current_plan(song: Song, name: str) -> AnyPlan:
    """The plan that the next render takes: the newest edit, else what lies there. Raises `UsageError`."""
    there = plans_of(song)
    if name not in there:
        raise UsageError(f"The plan {name!r}", "there is none yet", "Run its room first.")
    edit = song.plan_edits.filter(plan=name).first()
    return plan_of(edit.text, there[name].kind) if edit and edit.text else there[name].read()


def change_plan(actor: Actor, song: Song, name: str, changes: Mapping[str, Value]) -> PlanEdit | None:
    """Set fields of a plan by their paths; None when that changes nothing. Raises `UsageError` with the place."""
    actor.must("write")
    before = current_plan(song, name)
    after = with_changes(before, changes)
    if after == before:
        return None
    return _kept(actor, song, name, to_toml(after))


def replace_plan(actor: Actor, song: Song, name: str, text: str) -> PlanEdit:
    """Take a plan as somebody wrote it (TOML). Raises `UsageError` with the place that cannot be meant."""
    actor.must("write")
    within_bounds(plan_of(text, type(current_plan(song, name))))
    return _kept(actor, song, name, text)


def propose_again(actor: Actor, song: Song, name: str) -> PlanEdit | None:
    """Let go of what was edited; the next render takes the house's proposal. None where nothing was edited."""
    actor.must("write")
    newest = song.plan_edits.filter(plan=name).first()
    if newest is None or not newest.text:
        return None
    return _kept(actor, song, name, "")


def take_back(actor: Actor, song: Song, name: str) -> PlanEdit | None:
    """Undo the last change of a plan: the one before it holds again. None where there is nothing to undo."""
    actor.must("write")
    edits = list(song.plan_edits.filter(plan=name)[:2])
    if not edits:
        return None
    if len(edits) == 1 and name in plans_of(song):
        write_plan(out_of(song), name, edits[0].before)  # as it lay there before anybody changed it
    edits[0].delete()
    actions.tell(actor, song, "decided", f"Took back a change of the plan of {spoken_name(name)}.")
    return edits[0]


def spoken_name(name: str) -> str:
    """ "the mix", "drums" (for "edit/drums")."""
    return name.removeprefix("edit/") if name.startswith("edit/") else f"the {name}"


def _kept(actor: Actor, song: Song, name: str, text: str) -> PlanEdit:
    edit = PlanEdit.objects.create(
        studio_id=actor.studio_id,
        song=song,
        plan=name,
        text=text,
        before=to_toml(current_plan(song, name)),
        who=actor.name,
        who_key=actor.key,
    )
    done = "Changed the plan of" if text else "Went back to the proposal for"
    actions.tell(actor, song, "decided", f"{done} {spoken_name(name)}.")
    return edit
