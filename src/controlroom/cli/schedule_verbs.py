"""`controlroom schedule`: times for the sessions of the desk, and its calendar as a file."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from controlroom.base.words import counted
from controlroom.cli.output import console, print_json, progress_bar
from controlroom.cli.refusals import interruptible

schedule = typer.Typer(help="Find times for sessions; write the calendar.", no_args_is_help=True)
DAY = ["%Y-%m-%d"]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]


@schedule.command("propose")
@interruptible
def propose(
    sessions: Annotated[list[int] | None, typer.Argument(metavar="[SESSION]...", help="Numbers (else all).")] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="The first day (else tomorrow).")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day (else four weeks later).")
    ] = None,
    take: Annotated[bool, typer.Option("--take", help="Book what is found. Nobody is told by it.")] = False,
    json: Json = False,
) -> None:
    """Find the best times for the sessions that have none yet, all of them together."""
    from controlroom.desk.setup import setup

    setup()
    from controlroom.desk.calendar.terminal import find

    with progress_bar(quiet=json) as progress:
        found = find(sessions or [], _day(first), _day(last), take=take, progress=progress)
    if json:
        print_json(found)
    else:
        _show(found)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _show(found: dict[str, Any]) -> None:
    out = console()
    for each in found["placed"]:
        out.print(
            f"{each['start']:%a %d %b %H:%M} – {each['end']:%H:%M}  {each['title']}  {each['room']}", markup=False
        )
        for reason in (*each["reasons"], *each["costs"].values()):
            out.print(f"    {reason}", style="dim", markup=False)
    if not found["placed"]:
        out.print("Nothing fits as it is. What would have to give way:", markup=False)
        for each in found["relax"]:
            out.print(f"    {each['says']}", markup=False)
    elif found["optimal"]:
        out.print("Proven: no plan is better by what is weighed.", style="dim")
    else:
        out.print(f"At most {found['gap']:.1%} better could exist.", style="dim")


@schedule.command("export")
@interruptible
def export(
    out: Annotated[Path | None, typer.Option("-o", "--out", help="The .ics file (else stdout).")] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace what is there.")] = False,
    json: Json = False,
) -> None:
    """Write the booked sessions as an iCalendar file."""
    from controlroom.base.errors import UsageError
    from controlroom.base.files import whole_or_nothing
    from controlroom.desk.setup import setup

    if out is not None and out.exists() and not force:
        raise UsageError(str(out), "it exists already", "Choose another name, or say --force.")
    setup()
    from controlroom.desk.calendar.terminal import exported

    text, sessions = exported()
    if out is not None:
        with whole_or_nothing(out) as part:
            part.write_text(text, encoding="utf-8", newline="")
    if json:
        print_json({"path": str(out) if out else None, "sessions": sessions})
    elif out is None:
        typer.echo(text, nl=False)
    else:
        console().print(f"Wrote {counted(len(sessions), 'session')} to {out}", markup=False)
