"""The verb `translate`: what is left of a record on every playback system."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from controlroom.cli.output import console, print_findings, print_json, progress_bar
from controlroom.cli.refusals import one_line

REFUSED = 3
BAR = 24

Records = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Masters or mixes.")]
Systems = Annotated[
    list[str] | None, typer.Option("--system", metavar="NAME", help="Only this system; say it again for more.")
]
Vocal = Annotated[Path | None, typer.Option(metavar="FILE", help="The voice's own track, to judge it by.")]
Out = Annotated[Path | None, typer.Option("-o", "--out", metavar="DIR", help="Write how each system sounds.")]


def translate(
    files: Records,
    system: Systems = None,
    vocal: Vocal = None,
    out: Out = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there in DIR.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what is left of a record on phone, laptop, earbuds, radio, car, club, hi-fi and after codecs."""
    from controlroom.production.translating import translate_files

    with progress_bar(quiet=json) as progress:
        said, refused = translate_files(
            files, systems=system or [], vocal=vocal, folder=out, force=force, progress=progress
        )
    for refusal in refused:
        print(f"controlroom: {one_line(refusal)}", file=sys.stderr)
    if json and len(files) > 1:
        print_json({"files": said})
    elif json and not refused:
        print_json(said[0])
    elif not json:
        for one in said:
            _show(one)
    if refused:
        raise typer.Exit(REFUSED)


def _show(said: dict[str, Any]) -> None:
    from rich.markup import escape

    if "error" in said:
        return
    out = console()
    out.print(f"[bold]{escape(_printable(said['path']))}[/]", soft_wrap=True)
    width = max(len(system["title"]) for system in said["systems"])
    for system in said["systems"]:
        score = system["score"]
        style = "dim" if score is None else "green" if score >= 85 else "yellow" if score >= 65 else "red"
        filled = 0 if score is None else round(BAR * score / 100)
        bar = f"[{style}]{'█' * filled}[/][dim]{'░' * (BAR - filled)}[/]"
        out.print(f"  {system['title']:{width}}  {bar}  {'–' if score is None else f'{score:3.0f}'}")
        print_findings(out, system["findings"])
    for path in said.get("auditions", ()):
        out.print(f"  Wrote {_printable(path)}", markup=False, soft_wrap=True)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
