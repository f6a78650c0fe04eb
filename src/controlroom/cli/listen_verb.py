"""The verb `listen`: what a demo is, what works in it, and what would help it most; or the morning's whole queue."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from controlroom.cli.output import console, figure, print_findings, print_json, progress_bar

if TYPE_CHECKING:
    from controlroom.production.morning import Answer

REFUSED = 3

Demos = Annotated[list[Path], typer.Argument(metavar="FILE...", help="Audio files, or folders of them.")]
References = Annotated[
    list[Path] | None, typer.Option("--reference", metavar="FILE", help="A record to hold it against; say it again.")
]
Singer = Annotated[
    list[Path] | None, typer.Option("--artist", metavar="FILE", help="Another demo of this artist; say it again.")
]
Previous = Annotated[Path | None, typer.Option(metavar="FILE", help="The demo before this one: what has changed?")]
Library = Annotated[Path | None, typer.Option(metavar="DIR", help="Demos of before: is this one among them?")]
Pictures = Annotated[Path | None, typer.Option(metavar="DIR", help="Draw what was heard, as SVG and PNG.")]
Auditions = Annotated[Path | None, typer.Option("--try", metavar="DIR", help="Render the advice that can be heard.")]


def listen(
    files: Demos,
    reference: References = None,
    artist: Singer = None,
    previous: Previous = None,
    library: Library = None,
    pictures: Pictures = None,
    auditions: Auditions = None,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Say what a demo is, what works in it, what would help it most; several: in the order they need an ear."""
    from controlroom.production.listening import Wishes
    from controlroom.production.morning import demos_in, listen_to_all

    wishes = Wishes(
        references=tuple(reference or ()),
        artist=tuple(artist or ()),
        previous=previous,
        pictures=pictures,
        auditions=auditions,
    )
    paths = demos_in(files)
    with progress_bar(quiet=json) as progress:
        answers = listen_to_all(paths, wishes, library, progress)
    for answer in answers:
        if answer.refusal:
            print(f"controlroom: {_printable(answer.refusal)}", file=sys.stderr)
    one = len(files) == 1 and not files[0].is_dir()
    if json:
        _print_as_json(answers, one)
    elif one:
        _show(answers[0].said)
    else:
        _show_queue(answers)
    if any(answer.refusal for answer in answers):
        raise typer.Exit(REFUSED)


def _print_as_json(answers: Sequence[Answer], one: bool) -> None:
    from controlroom.base.canonical import to_plain
    from controlroom.production.morning import queue_of

    if not one:
        files = [answer.said or _unheard(answer) for answer in answers]
        print_json({"files": files, "queue": to_plain(queue_of(answers))})
    elif answers[0].said:
        print_json(answers[0].said)


def _unheard(answer: Answer) -> dict[str, Any]:
    return {"file": {"path": str(answer.path)}, "error": _printable(answer.refusal)}


def _show(said: dict[str, Any]) -> None:
    """One report for people: what it is, what works, what would help, what is not sure."""
    if not said:
        return
    out = console()
    for line in (*_facts(said), *_song(said)):
        out.print(f"  {line}", markup=False)
    _show_points(said)
    for title, key in (("Since the last demo", "changed"), ("Beside the references", "compared")):
        _show_list(title, said.get(key, {}))
    for seen in said.get("before", {}).get("seen", ()):
        out.print(f"  Heard before: it is {seen['says']}.", markup=False)
    print_findings(out, said["findings"])
    for path in said.get("auditions", ()):
        out.print(f"  Wrote {path}", markup=False)


def _show_points(said: dict[str, Any]) -> None:
    from rich.markup import escape

    out = console()
    if said["works"]:
        out.print("\n  [bold]What works[/]")
    for praise in said["works"]:
        out.print(f"  [green]+[/] {escape(praise['says'])} [dim]{escape(praise['because'])}[/]")
    if said["advice"]:
        out.print("\n  [bold]What would help[/]")
    for point in said["advice"]:
        out.print(f"  {point['priority']}. {escape(point['says'])} [dim]{escape(point['because'])}[/]")
        out.print(f"     {escape(point['reason'])} [cyan]Next:[/] {escape(point['next'])}")
    if said["doubts"]:
        out.print("\n  [bold]Not sure[/]")
    for doubt in said["doubts"]:
        out.print(f"  ? {escape(doubt['about'])}: {escape(doubt['because'])}")
    out.print()


def _show_list(title: str, told: dict[str, Any]) -> None:
    lines = told.get("changes") or [one for one in told.get("differences", ()) if one["outside"] >= 1]
    if lines or told.get("why"):
        console().print(f"  {title}: {told.get('why') or ''}", markup=False)
    for line in lines:
        console().print(f"  · {line['says']}", markup=False)


def _facts(said: dict[str, Any]) -> list[str]:
    """What the file is."""
    from controlroom.song.remarks import clock

    file, loud, what = said["file"], said["loudness"], said["what"]
    ends = f", sound up to {file['bandwidth_hz'] / 1000:.1f} kHz" if file["bandwidth_hz"] else ""
    return [
        _printable(file["path"]),
        f"{what['kind']} ({what['confidence']:.0%} sure): {what['because']}",
        f"{clock(file['duration_s'])}, {file['rate_hz']} Hz, {file['channels']} channels, {file['codec']}{ends}",
        f"{figure(loud['integrated_lufs'], 'LUFS')}, {figure(loud['true_peak_dbtp'], 'dBTP')}, "
        f"range {figure(loud['range_lu'], 'LU')}",
    ]


def _song(said: dict[str, Any]) -> list[str]:
    """What the song is, as far as it is known."""
    from controlroom.song.remarks import clock

    rhythm, harmony, voice = said["rhythm"], said["harmony"], said["voice"]
    lines = []
    if rhythm["tempo_bpm"] is not None:
        how = "to a click" if rhythm["to_click"] else f"moves by {rhythm['drift_percent']:.1f} %"
        meter = f", {rhythm['meter']}" if rhythm["meter"] else ""
        lines.append(f"{rhythm['tempo_bpm']:.2f} BPM ({rhythm['tempo_confidence']:.0%} sure){meter}, {how}")
    if harmony["key"] is not None:
        doubt = harmony["key_doubt"]
        rival = f", or {doubt['key']}, {doubt['relation']}" if doubt else ""
        lines.append(f"{harmony['key']} ({harmony['key_confidence']:.0%} sure){rival}")
    if voice["lowest_note"] is not None:
        lines.append(f"voice from {voice['lowest_note']} to {voice['highest_note']}")
    loops = {one["start_s"]: one["says"] for one in said["progressions"]}
    for section in said["form"]["sections"]:
        bars = f", {section['bars']} bars" if section["bars"] else ""
        loop = f": {loops[section['start_s']]}" if section["start_s"] in loops else ""
        lines.append(f"{clock(section['start_s'])}  {section['label']}{bars}{loop}")
    return lines


def _show_queue(answers: Sequence[Answer]) -> None:
    """Many demos, what needs an ear first at the top."""
    from rich.markup import escape
    from rich.table import Table

    from controlroom.production.morning import queue_of

    said = {str(answer.path): answer.said for answer in answers}
    table = Table("Needs", "Demo", "Tempo", "Key", "Why", box=None, pad_edge=False)
    for one in queue_of(answers):
        report = said[one.name]
        bpm = report["rhythm"]["tempo_bpm"] if report else None
        key = (report["harmony"]["key"] if report else None) or "–"
        table.add_row(one.need, escape(_printable(Path(one.name).name)), figure(bpm, "BPM", 0), key, escape(one.why))
    console().print(table)


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
