"""The sample song on the desk: made, brought in as any song is, and taken through all rooms."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.conf import settings

from controlroom.base.progress import Progress, scaled, ticking
from controlroom.desk import works
from controlroom.desk.accounts.actor import Actor, house
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import Song
from controlroom.desk.works import work

if TYPE_CHECKING:
    from controlroom.song.model import Sheet

MADE = 0.9
"""Share of the work that is making it; the rest is bringing it in."""


@work("sample.song", queue="heavy")
def sample_song(progress: Progress, *, studio: int) -> dict[str, Any]:
    """Make the sample song, bring it in, and ask for its whole production."""
    from controlroom.sample import make_sample_song

    actor = house(studio)
    Path(settings.WORK).mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=settings.WORK, prefix="sample-") as scratch:
        folder = Path(scratch) / "song"
        make_sample_song(folder, progress=scaled(progress, 0.0, MADE))
        song = bring_in(actor, folder, scaled(progress, MADE, 1.0))
    works.ask(
        actor,
        "songs.produce",
        says=f"Producing {song.title}",
        song=song.pk,
        until="delivery",
        anew=False,
        mix="",
    )
    return {"song": song.pk, "says": f"{song.title} lies on the desk."}


def bring_in(actor: Actor, folder: Path, progress: Progress) -> Song:
    """A song folder's sheet, demos and takes onto the desk; its files are taken. What is there already stays."""
    from controlroom.song.folder import find_audio, read_sheet

    found, sheet = find_audio(folder), read_sheet(folder)
    song = _song(actor, sheet)
    tick = ticking(progress, len(found.demos) + len(found.takes), "bringing it in")
    for kind, paths in (("demo", found.demos), ("take", found.takes)):
        for path in paths:
            part = path.parent.name if kind == "take" and len(path.parts) > 2 else ""
            actions.arrive(actor, song, folder / path, kind=kind, name=path.name, part=part, move=True)
            tick()
    return song


def _song(actor: Actor, sheet: Sheet) -> Song:
    known = Song.objects.filter(studio_id=actor.studio_id, title=sheet.title, artist__name=sheet.artist).first()
    song = known or actions.create_song(
        actor,
        title=sheet.title,
        artist=sheet.artist,
        stage="recording",
        tempo_bpm=sheet.tempo_bpm,
        key=sheet.key or "",
    )
    for person in sheet.people:
        for role in person.roles:
            actions.add_credit(actor, song, person=person.name, role=role)
    return song
