"""The command: which verbs there are. What each one does lies in the rooms; heavy imports happen inside the verbs."""

from __future__ import annotations

from typing import Annotated

import typer

from controlroom.cli import (
    album_verb,
    desk_verbs,
    listen_verb,
    mail_verbs,
    schedule_verbs,
    song_verbs,
    sound_verbs,
    translate_verb,
)
from controlroom.cli.refusals import interruptible

app = typer.Typer(
    name="controlroom",
    help="A music producer's working day: from raw takes to masters, on your own machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(wanted: bool) -> None:
    if wanted:
        from controlroom import __version__

        typer.echo(f"controlroom {__version__}")
        raise typer.Exit


@app.callback()
def controlroom(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version and leave.")
    ] = False,
) -> None:
    """A music producer's working day: from raw takes to masters, on your own machine."""


for _verb in (
    song_verbs.new,
    song_verbs.produce,
    song_verbs.sample_song,
    listen_verb.listen,
    sound_verbs.check,
    sound_verbs.comp,
    sound_verbs.mix,
    sound_verbs.master,
    translate_verb.translate,
    album_verb.album,
    sound_verbs.deliver,
    desk_verbs.start,
    desk_verbs.password,
):
    app.command(name=_verb.__name__.replace("_", "-"))(interruptible(_verb))
app.add_typer(mail_verbs.mail, name="mail")
app.add_typer(schedule_verbs.schedule, name="schedule")
