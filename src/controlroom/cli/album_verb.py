"""`album`: several songs as one album. It needs no database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from controlroom.base.words import counted
from controlroom.cli.output import clock, console, figure, print_checks, print_findings, print_json, progress_bar


def album(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Song folders or audio files, and album.toml.")],
    out: Annotated[Path, typer.Option("-o", "--out", metavar="OUT", help="The folder of the album.")],
    target: Annotated[
        str | None,
        typer.Option(
            help='Loudness of the loudest song in LUFS, "auto", or vinyl, club, cd, r128, a85 (else album.toml).'
        ),
    ] = None,
    ceiling: Annotated[
        float | None, typer.Option(help="True-peak ceiling, dBTP (else -1, or the target's own).")
    ] = None,
    format: Annotated[
        list[str] | None, typer.Option(help="flac, alac, wav, aac, cue, ddp; may be said several times.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Leave with 4 when something blocking was found.")] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace files of OUT when they are there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Master several songs as an album: gapless files for shops, CUE and DDP for a plant."""
    from controlroom.base.errors import BlockingFindings, UsageError
    from controlroom.production.early import asked_ceiling, asked_file, asked_target

    wanted = None if target is None else asked_target(target)
    asked_ceiling(ceiling)
    asked_file(folder)
    if out.exists() and not force and (out.is_file() or any(out.iterdir())):
        raise UsageError(str(out), "it is there already", "Choose another name, or say --force.")

    from controlroom.production.album import album_folder, asked_formats

    formats = asked_formats(format or [])
    with progress_bar(quiet=json) as progress:
        made = album_folder(
            folder,
            out,
            target=wanted,
            ceiling_dbtp=ceiling,
            formats=formats,
            progress=progress,
        )
    if json:
        print_json(made)
    else:
        _show(made, out)
    blocking = [finding for finding in made["findings"] if finding["severity"] == "blocking"]
    if strict and blocking:
        raise BlockingFindings(str(folder), blocking[0]["says"])


def _show(made: dict[str, Any], path: Path) -> None:
    from rich.markup import escape
    from rich.table import Table

    out = console()
    table = Table("", "Title", "Begins", "Lasts", "Loudness", "Peak", box=None, pad_edge=False)
    for track in made["tracks"]:
        loud = track["loudness"]
        table.add_row(
            str(track["number"]),
            escape(track["title"]),
            clock(track["start_s"]),
            clock(track["duration_s"]),
            figure(loud["integrated_lufs"], "LUFS"),
            figure(loud["true_peak_dbtp"], "dBTP"),
        )
    out.print(table)
    print_checks(out, made["checks"])
    print_findings(out, [{**one, "says": f"{one.get('path', 'Album')}: {one['says']}"} for one in made["findings"]])
    out.print(f"Wrote {counted(len(made['files']), 'file')} to {path}", markup=False, soft_wrap=True)
