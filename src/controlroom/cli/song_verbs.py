"""Verbs about a whole song: `new`, `produce`, `sample-song`."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from controlroom.cli.output import console, print_json, progress_bar

if TYPE_CHECKING:
    from controlroom.base.progress import Progress
    from controlroom.production.options import Stage
    from controlroom.production.walk import Walk, Watch

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    title: Annotated[str, typer.Option(help="The song's title (else the folder's name).")] = "",
    artist: Annotated[str, typer.Option(help="The artist.")] = "",
    json: Json = False,
) -> None:
    """Make a song folder with a song.toml to fill in."""
    from controlroom.song.folder import create

    made = create(folder, title or folder.name, artist)
    if json:
        print_json({"folder": str(folder), "files": [str(path) for path in made]})
        return
    out = console()
    out.print(f"Made {folder}. Put each part's recordings into {folder}/takes/<part>/, then:", markup=False)
    out.print(f"  controlroom produce {_quoted(folder)}", markup=False)


def sample_song(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make.")],
    seed: Annotated[int, typer.Option(help="Another number, another song.")] = 1,
    tempo: Annotated[float | None, typer.Option(help="BPM (else the seed decides).")] = None,
    key: Annotated[str | None, typer.Option(help='Such as "A minor" (else the seed decides).')] = None,
    seconds: Annotated[float, typer.Option(help="About how long.")] = 75.0,
    meter: Annotated[str, typer.Option(help='"4/4", "3/4", "6/8", or "4/4,3/4": the bridge in the second.')] = "4/4",
    feel: Annotated[str, typer.Option(help="click, human, drifting, or step (one change of tempo).")] = "click",
    tuning: Annotated[float, typer.Option(help="A4 in Hz, 415 to 466.")] = 440.0,
    modulate: Annotated[int, typer.Option(help="Semitones by which the last chorus is higher.")] = 0,
    style: Annotated[str, typer.Option(help="plain, or varied: more forms, grooves and chords.")] = "plain",
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    json: Json = False,
) -> None:
    """Make a small raw multitrack session with known truth."""
    from controlroom.sample import make_sample_song

    with progress_bar(quiet=json) as progress:
        truth = make_sample_song(
            folder,
            seed=seed,
            tempo_bpm=tempo,
            key=key,
            seconds=seconds,
            force=force,
            progress=progress,
            meter=meter,
            feel=feel,
            tuning_hz=tuning,
            modulate=modulate,
            style=style,
        )
    if json:
        print_json({"folder": str(folder), "truth": truth})
        return
    console().print(
        f"Made {folder}: {truth.key}, {truth.tempo_map[0].bpm:g} BPM, raw takes; truth.json lists their faults. Next:\n"
        f"  controlroom produce {_quoted(folder)}",
        markup=False,
    )


def produce(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A song folder, or a folder of recordings.")],
    target: Annotated[
        str, typer.Option(help='Loudness of the master in LUFS, "auto", or vinyl, club, cd, r128, a85.')
    ] = "auto",
    ceiling: Annotated[
        float | None, typer.Option(help="True-peak ceiling of the master, dBTP (else -1, or the target's own).")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="ROOM", help="Make this room and all after it anew.")
    ] = None,
    until: Annotated[str | None, typer.Option(metavar="ROOM", help="Stop after this room.")] = None,
    replan: Annotated[bool, typer.Option("--replan", help="Discard plans that were edited.")] = False,
    json: Json = False,
) -> None:
    """Take a song through all rooms: check, edit, mix, master, deliver, report."""
    from controlroom.production.early import asked_ceiling, asked_file, asked_target

    target_lufs, medium = asked_target(target)
    asked_ceiling(ceiling)
    asked_file(folder)

    from controlroom.production.options import Options, checked_options, stage_named
    from controlroom.production.walk import produce as walk

    options = checked_options(
        Options(
            target_lufs=target_lufs,
            medium=medium,
            ceiling_dbtp=ceiling,
            start=stage_named(start) if start else None,
            until=stage_named(until) if until else None,
            replan=replan,
        )
    )
    with _stage_bars(quiet=json) as watch:
        done = walk(folder, options, watch)
    if json:
        print_json(done.to_json())
    else:
        _show_walk(done)


@contextmanager
def _stage_bars(quiet: bool) -> Iterator[Watch]:
    """A bar for each stage on stderr; SIGTERM ends a walk as Ctrl-C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (
        TextColumn("{task.fields[stage]:10}"),
        BarColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
    )
    with Bars(*columns, console=console(stderr=True), disable=quiet) as bars:

        def watch(stage: Stage) -> Progress:
            task = bars.add_task("", total=1.0, stage=stage)

            def show(done: float, total: float, what: str = "") -> None:
                bars.update(task, completed=done / total if total else 0.0, description=what[:60])

            return show

        yield watch


def _show_walk(done: Walk) -> None:
    from controlroom.production.report import told

    out = console()
    for line in told(done.story):
        out.print(line, markup=False)
    out.print(f"Report: {done.report}", markup=False, soft_wrap=True)


def _quoted(path: Any) -> str:
    import shlex

    return shlex.quote(str(path))
