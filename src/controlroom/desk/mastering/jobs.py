"""Mastering in the background. Only the process that does it loads the rooms."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from msgspec.structs import replace

from controlroom.base.canonical import to_json, to_toml
from controlroom.base.files import safe_name
from controlroom.base.progress import Progress, scaled
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.mastering.targets import BY_KEY
from controlroom.desk.mastering.wishes import Wishes, wishes_of
from controlroom.desk.songs import actions, blobs, listening, renditions
from controlroom.desk.songs.models import STAGES, Recording, Song
from controlroom.desk.works import work

MAKE, TRANSLATE, PLAY, BLEND = "mastering.make", "mastering.translate", "mastering.play", "mastering.blend"

KEPT_BYTES = 2_000_000_000
"""So much of what is only listened to is kept for a studio; the oldest goes first, and is made again when asked for."""


def _recording(pk: int) -> Recording:
    return Recording.objects.select_related("blob", "song").get(pk=pk)


@work(MAKE, queue="heavy")
def make(progress: Progress, *, mix: int, wishes: dict[str, Any]) -> dict[str, Any]:
    """A master of a mix, kept as a version of its song when it is whole; called off, it leaves nothing."""
    from controlroom.desk.mastering import making
    from controlroom.desk.mastering.actions import made_before, proposal_of, references_of

    row, wanted = _recording(mix), wishes_of(wishes)
    if known := made_before(row, wanted):
        return {"mastering": known.pk, "says": f"{known.master.label} is this already."}
    references = [_source(each) for each in references_of(row, wanted)]
    with renditions.scratch() as folder:
        out = folder / f"{safe_name(row.song.title)} master.wav"
        made = making.make(_source(row), references, wanted, proposal_of(row, wanted), out, progress)
        kept = _keep(row, wanted, made, out)
    works.ask(
        house(row.studio_id),
        TRANSLATE,
        says=f"Playing {kept.master.label} everywhere",
        song=row.song_id,
        recording=kept.master_id,
    )
    return {"mastering": kept.pk, "says": f"Made: {kept.master.label}."}


def _source(row: Recording) -> Any:
    from controlroom.desk.mastering.making import Source

    form = (listening.report_of(row) or {}).get("form") or {}
    sections = [(each["start_s"], each["end_s"]) for each in form.get("sections") or []]
    return Source(row.label, blobs.path_of(row.blob), sections)


def _keep(row: Recording, wishes: Wishes, made: Any, out: Any) -> Mastering:
    from controlroom.desk.mastering.actions import key_of

    actor, key = house(row.studio_id), key_of(row, wishes)
    with transaction.atomic():
        master = actions.arrive(
            actor,
            row.song,
            out,
            kind="master",
            name=out.name,
            says=f"Of {row.label}, {BY_KEY[wishes.target].label}",
            made_from=key,
            move=True,
        )
        kept, _ = Mastering.objects.update_or_create(
            mix=row,
            key=key,
            defaults={
                "studio_id": row.studio_id,
                "master": master,
                "wishes": wishes.to_json(),
                "proposal": to_toml(made.proposal),
                "plan": to_toml(made.plan),
                "facts": made.facts,
            },
        )
        _move_on(actor, row.song)
    return kept


def _move_on(actor: Actor, song: Song) -> None:
    """A song in production that has a master stands in mastering; it never moves back by itself."""
    order = [stage for stage, _ in STAGES]
    song.refresh_from_db(fields=["stage"])
    if order.index("recording") <= order.index(song.stage) < order.index("mastering"):
        actions.move_song(actor, song, "mastering")


@work(TRANSLATE, queue="heavy")
def translate(progress: Progress, *, recording: int) -> dict[str, Any]:
    """What every system makes of a recording, kept beside it."""
    from controlroom.desk.mastering import systems
    from controlroom.desk.mastering.voice import voice_of
    from controlroom.sound.files import AudioFile

    row = _recording(recording)
    made = Mastering.objects.filter(master=row).select_related("mix").first()
    form = (listening.report_of(made.mix if made else row) or {}).get("form") or {}  # a master has its mix's sections
    sections = [systems.Section(one["start_s"], one["end_s"], one["label"]) for one in form.get("sections") or []]
    with AudioFile(blobs.path_of(row.blob)) as signal, voice_of(row.song, signal.rate_hz) as vocal:
        said = systems.translated(signal, progress, vocal=vocal, sections=sections)
    renditions.keep_bytes(row, systems.TRANSLATION, to_json(said), {"engine": said["engine"]})
    return {"says": f"{row.label} was played everywhere"}


@work(PLAY, queue="quick", first=True)
def play(progress: Progress, *, recording: int, system: str) -> dict[str, Any]:
    """A recording as one system plays it, as samples at the song's clock."""
    from controlroom.desk.mastering import systems
    from controlroom.sound.files import AudioFile

    row = _recording(recording)
    clock_hz = listening.clock_hz(row.song)
    with AudioFile(blobs.path_of(row.blob)) as signal, renditions.scratch() as folder:
        target = folder / "played.wav"
        facts = systems.render(signal, system, row.integrated_lufs, clock_hz, target, progress)
        renditions.keep_file(row, systems.kind_of(system), target, facts)
    _trim(row.studio_id)
    return {"says": f"{row.label} can be heard on: {system}"}


@work(BLEND, queue="heavy", first=True)
def blend(progress: Progress, *, made: int, wishes: dict[str, Any]) -> dict[str, Any]:
    """The other end of a master: the same without its references, or toward them. One that is there is taken."""
    from controlroom.desk.mastering import blending, making
    from controlroom.desk.mastering.actions import made_before, proposal_of, references_of

    row = Mastering.objects.select_related("mix__blob", "mix__song", "master__blob", "master__song").get(pk=made)
    mix, master, wanted = row.mix, row.master, wishes_of(wishes)
    ends = blending.ends_of(row, blending.references_of(mix, wishes_of(row.wishes)))
    if ends is None or ends.other != wanted:
        return {"says": f"{master.label} has other references now."}
    with renditions.scratch() as folder:
        if known := made_before(mix, wanted):
            other = blobs.path_of(known.master.blob)
        else:
            other = folder / "other end.wav"
            references = [_source(each) for each in references_of(mix, wanted)]
            part = scaled(progress, 0.0, 0.9)
            heard = replace(wanted, codec_safe=False)  # it is only listened to
            making.make(_source(mix), references, heard, proposal_of(mix, wanted), other, part)
        target = folder / "at the clock.wav"
        own, clock_hz = blobs.path_of(master.blob), listening.clock_hz(master.song)
        part = scaled(progress, 0.9, 1.0)
        facts = blending.keep_other(ends, own, other, master.integrated_lufs, clock_hz, target, part)
        renditions.keep_file(master, blending.OTHER_END, target, {**facts, "of": blending.other_key(ends)})
    _trim(row.studio_id)
    return {"says": f"{master.label} can be heard with more and less of {ends.names}"}


def _trim(studio_id: int) -> None:
    from controlroom.desk.mastering import blending, systems

    renditions.trim(studio_id, {blending.OTHER_END, *map(systems.kind_of, systems.KNOWN)}, KEPT_BYTES)
