"""A song of the desk through the rooms: its state from the database, what was made back into it.

Nothing is written but below the song's work folder (renders, plans, the ledger); what the walk makes is kept as
recordings of the song.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import InputRefused, UsageError
from controlroom.base.files import safe_name
from controlroom.base.progress import Progress, scaled
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.songs import actions, blobs
from controlroom.desk.songs.chapters import chapters_of
from controlroom.desk.songs.models import Chapter, Recording, Song
from controlroom.production.material import Material, Source, material_of
from controlroom.production.options import STAGES, Options, Stage
from controlroom.production.plans import discard_plan, stage_plans, write_plan
from controlroom.production.results import Story
from controlroom.production.walk import Walk, produce_song
from controlroom.song.model import Person, Samples, Sheet
from controlroom.sound.files import AudioInfo, probe

OURS = "ours"
"""Said for `mix`: master the mix that the mixing room makes, not one that somebody supplied."""

SHARES: dict[Stage, float] = {
    "reading": 0.01,
    "tracking": 0.25,
    "editing": 0.12,
    "mixing": 0.27,
    "mastering": 0.18,
    "delivery": 0.12,
    "report": 0.05,
}
"""How much of a whole walk each stage takes, about; for the progress bar."""


HEARD_OR_EDITED: dict[Stage, str] = {
    "reading": "The session was read.",
    "tracking": "The takes were checked.",
    "editing": "The takes were edited.",
}
"""How work ends that makes no version."""


SHEET_SAMPLES: dict[str, Samples | None] = {"none": "none", "cleared": "cleared", "open": "open", "": None}


def out_of(song: Song) -> Path:
    """Where the rooms work on a song: renders, plans, ledger."""
    return Path(settings.WORK) / str(song.pk) / "out"


def supplied_mixes(song: Song) -> list[Recording]:
    """Mixes and rough mixes that somebody sent, oldest first; the last is taken unless another is asked for."""
    sent = song.recordings.filter(kind__in=["mix", "rough"], made_from="", archived_at=None).exclude(state="refused")
    return list(sent.select_related("blob").order_by("created_at", "pk"))


def produce(progress: Progress, *, song: int, until: Stage, anew: bool = False, mix: str = "") -> dict[str, Any]:
    """Take a song through the rooms as far as `until`; `anew` makes that room's work again.

    `mix`: the primary key of the supplied mix to master, "ours", or "" for the newest one supplied. Running it again
    continues from what is there.
    """
    row = Song.objects.select_related("artist").get(pk=song)
    actor, out = house(row.studio_id), out_of(row)
    _settle_plans(row, out)
    options = Options(target_lufs=row.target_lufs, until=until, start=until if anew else None)
    walk = produce_song(material_from(row, mix), out, options, _watch(progress, until))
    made = _take_in(actor, row, walk.story)
    _keep_chapters(row, walk, mix)
    return {
        "made": [each.pk for each in made],
        "says": _says(made, until),
        "seconds": sum(run.seconds for run in walk.stages),
    }


def _watch(progress: Progress, until: Stage) -> Callable[[Stage], Progress]:
    """One progress over all stages, each with its share."""
    wanted = [stage for stage in STAGES if stage == "report" or STAGES.index(stage) <= STAGES.index(until)]
    whole = sum(SHARES[stage] for stage in wanted)

    def watch(stage: Stage) -> Progress:
        begin = sum(SHARES[each] for each in wanted[: wanted.index(stage)]) / whole
        return scaled(progress, begin, begin + SHARES[stage] / whole, stage)

    return watch


def material_from(song: Song, mix: str = "") -> Material:
    """The state of a song, as production takes it; raises `InputRefused` when it has neither take nor mix."""
    rows = song.recordings.filter(archived_at=None).exclude(state="refused").select_related("blob", "part")
    takes = _named(rows.filter(kind="take").order_by("created_at", "pk"), _take_place)
    demos = _named(rows.filter(kind="demo").order_by("created_at", "pk"), lambda each: f"demo/{each.name}")
    references = _named(rows.filter(kind="reference"), lambda each: f"references/{each.name}")
    mixes = _named(_chosen_mixes(song, mix), lambda each: f"mixes/{each.name}")
    if not takes and not mixes:
        raise InputRefused(song.title, "there is no take in it, and no mix", "Upload the recordings first.")
    everything = {**takes, **demos, **references, **mixes}
    return material_of(
        _sheet(song),
        {place: _source(recording) for place, recording in everything.items()},
        takes=list(takes),
        demos=list(demos),
        mixes=list(mixes),
        references=list(references),
        cover=blobs.path_of(song.cover) if song.cover else None,
        lyrics=song.lyrics.strip(),
    )


def _chosen_mixes(song: Song, mix: str) -> list[Recording]:
    if mix == OURS:
        return []
    sent = supplied_mixes(song)
    if not mix:
        return sent
    chosen = [each for each in sent if str(each.pk) == mix]
    if not chosen:
        raise UsageError("That mix", "it is not there any more", "Choose another.")
    return chosen


def _take_place(recording: Recording) -> str:
    part = safe_name(recording.part.name, fallback="part") if recording.part else ""
    return "/".join(piece for piece in ("takes", part, recording.name) if piece)


def _named(recordings: Iterable[Recording], place: Callable[[Recording], str]) -> dict[Path, Recording]:
    """Recordings by the name that production knows them by; the same name twice gets its number."""
    named: dict[Path, Recording] = {}
    for recording in recordings:
        path = Path(place(recording))
        if path in named:
            path = path.with_name(f"{path.stem} ({recording.pk}){path.suffix}")
        named[path] = recording
    return named


def _source(recording: Recording) -> Source:
    at = blobs.path_of(recording.blob)
    info = from_json(to_json(recording.info), AudioInfo) if recording.info else probe(at)
    return Source(at, info, recording.blob.sha256)


def _sheet(song: Song) -> Sheet:
    credits: dict[int, list[Any]] = {}
    for credit in song.credits.select_related("person"):
        credits.setdefault(credit.person_id, []).append(credit)
    people = tuple(
        Person(
            name=rows[0].person.name,
            roles=tuple(row.role for row in rows),
            email=rows[0].person.email or None,
            ipi=rows[0].person.ipi or None,
            isni=rows[0].person.isni or None,
        )
        for rows in credits.values()
    )
    return Sheet(
        title=song.title,
        artist=song.artist_name,
        tempo_bpm=song.tempo_bpm,
        key=song.key or None,
        meter=song.meter or None,
        isrc=song.isrc or None,
        iswc=song.iswc or None,
        album=song.album,
        label=song.label,
        upc=song.upc or None,
        date=song.date,
        copyright=song.copyright,
        language=song.language,
        explicit=song.explicit,
        samples=SHEET_SAMPLES[song.samples],
        people=people,
    )


def _settle_plans(song: Song, out: Path) -> None:
    """Bring the newest edit of each plan to where the rooms read it; where there is none, the proposal holds again."""
    newest: dict[str, str] = {}
    for edit in song.plan_edits.order_by("at", "pk"):
        newest[edit.plan] = edit.text
    for name, there in (stage_plans(out) if out.is_dir() else {}).items():
        if text := newest.get(name, ""):
            write_plan(out, name, text)
        elif there.edited:
            discard_plan(out, name)


def _take_in(actor: Actor, song: Song, story: Story) -> list[Recording]:
    """Keep what the walk made as recordings of the song; what is there already stays as it is."""
    made = []
    if story.mix and story.mix.plan:
        made.append(_kept(actor, song, story.mix.path, "mix", story.mix.key))
    if story.master:
        first = story.master.paths[story.master.plan.rate_hz]
        made.append(_kept(actor, song, first, "master", story.master.facts.key))
    if story.delivered and story.master:
        folder = out_of(song) / "delivery"
        for file in story.delivered.files:
            if file.frames is not None:
                made.append(_kept(actor, song, folder / file.path, "deliverable", story.master.facts.key))
    _move_on(actor, song, story)
    return [each for each in made if each is not None]


def _kept(actor: Actor, song: Song, path: Path, kind: str, key: str) -> Recording | None:
    known = song.recordings.filter(kind=kind, made_from=key)
    if kind == "deliverable":
        known = known.filter(name=path.name)
    if known.exists():
        return None
    if kind == "deliverable":
        _supersede(song, path.name)
    return actions.arrive(actor, song, path, kind=kind, name=path.name, made_from=key)


def _supersede(song: Song, name: str) -> None:
    song.recordings.filter(kind="deliverable", name=name, archived_at=None).update(archived_at=timezone.now())


def _move_on(actor: Actor, song: Song, story: Story) -> None:
    """A song that has been mixed, mastered, delivered stands in that stage, and never moves back by itself."""
    order = [value for value, _ in Song._meta.get_field("stage").choices or []]
    reached = "delivered" if story.delivered else "mastering" if story.master else "mixing" if story.mix else "editing"
    song.refresh_from_db(fields=["stage"])
    if order.index(str(reached)) > order.index(song.stage) and (story.edited or story.mix):
        actions.move_song(actor, song, reached)


def mix_taken(song: Song) -> str:
    """Which mix the last walk took, as `produce` is told; "" where none was chosen, or it is not there any more."""
    last = song.chapters.filter(stage__in=["mixing", "mastering", "delivery"]).order_by("-at").first()
    taken = str(last.facts.get("taken", "")) if last else ""
    return taken if taken in (OURS, *(str(each.pk) for each in supplied_mixes(song))) else ""


def _keep_chapters(song: Song, walk: Walk, mix: str) -> None:
    with transaction.atomic():
        for stage, facts in chapters_of(walk.story).items():
            Chapter.objects.update_or_create(
                song=song,
                stage=stage,
                defaults={"studio_id": song.studio_id, "facts": {**facts, "taken": mix}, "at": timezone.now()},
            )


def _says(made: list[Recording], until: Stage) -> str:
    if until in HEARD_OR_EDITED:
        return HEARD_OR_EDITED[until]
    if not made:
        return "Nothing new: everything was made already."
    return "Made: " + ", ".join(each.label for each in made) + "."
