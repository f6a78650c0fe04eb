"""What is done on the mastering desk: have a master made, have it checked on every system, have it played on one."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from controlroom.base.canonical import identity
from controlroom.base.errors import UsageError
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mastering.blending import Ends
from controlroom.desk.mastering.jobs import BLEND, MAKE, PLAY, TRANSLATE
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.targets import BY_KEY
from controlroom.desk.mastering.wishes import Wishes
from controlroom.desk.songs import actions, blobs
from controlroom.desk.songs.models import VERSION_KINDS, Recording
from controlroom.desk.works import Asked
from controlroom.production.plan_fields import within_bounds
from controlroom.production.plan_text import plan_of
from controlroom.rooms.mastering import ENGINE, MasterPlan


def make_master(actor: Actor, mix: Recording, wishes: Wishes) -> Mastering | Asked:
    """Have a master of `mix` made in the background; what was made of the same wishes already is given back instead,
    and comes out of the archive. Raises `UsageError` where it cannot be made.
    """
    actor.must("write")
    must_be_heard(mix)
    references_of(mix, wishes)
    if wishes.plan:
        within_bounds(plan_of(wishes.plan, MasterPlan))
    if known := made_before(mix, wishes):
        actions.restore_recording(actor, known.master)
        return known
    says = f"Mastering {mix.label} of {mix.song.title}, {BY_KEY[wishes.target].label}"
    return works.ask(actor, MAKE, says=says, song=mix.song_id, mix=mix.pk, wishes=wishes.to_json())


def must_be_heard(mix: Recording) -> None:
    """Raises `UsageError` for what is no version of a song, or was not listened to."""
    if mix.kind not in VERSION_KINDS:
        raise UsageError(mix.label, "only mixes and other versions are mastered", "Open one of the song's versions.")
    if mix.state == "refused":
        raise UsageError(mix.label, "it cannot be read", "Upload it again in another format.")
    if mix.state == "arrived":
        raise UsageError(mix.label, "it is still being listened to", "Try again in a moment.")


def references_of(mix: Recording, wishes: Wishes) -> list[Recording]:
    """The recordings that the wishes name, in their order; raises `UsageError` where one is not there."""
    rows = Recording.objects.filter(studio_id=mix.studio_id, state="heard").select_related("blob", "song")
    known = rows.in_bulk([chosen.recording for chosen in wishes.references])
    if len(known) < len(wishes.references):
        raise UsageError("A reference", "it is not there any more, or was not listened to", "Choose another.")
    return [known[chosen.recording] for chosen in wishes.references]


def key_of(mix: Recording, wishes: Wishes) -> str:
    """The same of the same mix, wishes and references, and of this engine."""
    chosen = zip(references_of(mix, wishes), wishes.references, strict=True)
    references = [(each.blob.sha256, one.weight) for each, one in chosen]
    return identity("mastering", ENGINE, mix.blob.sha256, wishes.to_json() | {"references": references})


def made_before(mix: Recording, wishes: Wishes) -> Mastering | None:
    """The master of these wishes, where its file is still there."""
    rows = Mastering.objects.filter(mix=mix, key=key_of(mix, wishes)).select_related("master__blob", "master__song")
    known = rows.first()
    return known if known and blobs.is_kept(known.master.blob) else None


def proposal_of(mix: Recording, wishes: Wishes) -> MasterPlan | None:
    """What was proposed for the same wishes when other steps, or none, were switched off; None where nothing was."""
    keys = {key_of(mix, replace(wishes, off=tuple(off))) for off in _offs(mix)}
    known = Mastering.objects.filter(mix=mix, key__in=keys).first()
    return plan_of(known.proposal, MasterPlan) if known else None


def _offs(mix: Recording) -> set[tuple[str, ...]]:
    return {tuple(each["off"]) for each in Mastering.objects.filter(mix=mix).values_list("wishes", flat=True)}


def check_translation(actor: Actor, recording: Recording) -> Asked:
    """Have measured what every system makes of it."""
    actor.must("write")
    must_be_heard(recording)
    says = f"Playing {recording.label} everywhere"
    return works.ask(actor, TRANSLATE, says=says, song=recording.song_id, recording=recording.pk)


def play_on(actor: Actor, recording: Recording, system: str) -> Asked:
    """Have it rendered as that system plays it."""
    actor.must("listen")
    must_be_heard(recording)
    says = f"{recording.label} on: {system}"
    return works.ask(actor, PLAY, says=says, song=recording.song_id, recording=recording.pk, system=system)


def prepare_blend(actor: Actor, made: Mastering, ends: Ends) -> Asked:
    """Have the other end of a master made, to be mixed with it."""
    actor.must("listen")
    master = made.master
    says = f"{master.label} {'without' if ends.own else 'toward'} {ends.names}"
    return works.ask(actor, BLEND, says=says, song=master.song_id, **blend_arguments(made, ends))


def blend_arguments(made: Mastering, ends: Ends) -> dict[str, Any]:
    """What the job is told."""
    return {"made": made.pk, "wishes": ends.other.to_json()}
