"""`controlroom mail`: the desk's mail from the terminal. Nothing is sent from here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import typer

from controlroom.base.errors import SurroundingsFailed
from controlroom.cli.output import console, print_json, progress_bar
from controlroom.cli.refusals import interruptible

mail = typer.Typer(help="Fetch the desk's mail, sort it, draft answers.", no_args_is_help=True)
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
FAILED = 5


@mail.command("fetch")
@interruptible
def fetch(
    account: Annotated[str, typer.Option(metavar="NAME", help="One account: its name, number or address.")] = "",
    json: Json = False,
) -> None:
    """Bring in what is new: read, sorted, demos as songs that play. What the worker does, now."""
    with _desk(), progress_bar(quiet=json) as progress:
        from controlroom.desk.mail.terminal import fetch as bring

        told = bring(account, progress)
    if json:
        print_json(told)
    else:
        _show_fetched(told)
    if any(each["error"] for each in told["accounts"]):
        raise typer.Exit(FAILED)


@mail.command("triage")
@interruptible
def triage(
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="How many messages are printed.")] = 50,
    json: Json = False,
) -> None:
    """Sort what came in anew, and say of each message what it is and why. What you sorted by hand stays."""
    with _desk(), progress_bar(quiet=json) as progress:
        from controlroom.desk.mail.terminal import triage as sort

        told = sort(most, progress)
    if json:
        print_json(told)
    else:
        _show_messages(told["messages"])
        console().print(f"{told['changed']} sorted otherwise than before.", markup=False)


@mail.command("draft")
@interruptible
def draft(
    of: Annotated[str, typer.Argument(metavar="MESSAGE_OR_SONG", help="A message's number, or a song's title.")],
    kind: Annotated[str, typer.Option(help="feedback, encouragement, decline, follow_up, revision_answer, ...")] = (
        "feedback"
    ),
    tone: Annotated[str, typer.Option(help="warm, brief or formal (else the person's).")] = "",
    language: Annotated[str, typer.Option(help="en, de, es, fr or ja (else the person's).")] = "",
    json: Json = False,
) -> None:
    """Write the draft of a letter and print it. It is never sent from here."""
    with _desk():
        from controlroom.desk.mail.terminal import draft as write

        told = write(of, kind, tone, language)
    if json:
        print_json(told)
        return
    out = console()
    out.print(f"To: {told['to'] or '–'}\nSubject: {told['subject']}\n\n{told['body']}", markup=False)
    for each in told["missing"]:
        out.print(f"Look at this: {each}", style="yellow", markup=False)


@contextmanager
def _desk() -> Iterator[None]:
    """The desk's code and database; one that was never started, or by an older Controlroom, is a sentence."""
    from controlroom.desk.setup import setup

    setup()
    from django.db import DatabaseError

    try:
        yield
    except DatabaseError as error:
        why = " ".join(str(error).split())
        raise SurroundingsFailed("The desk's database", why, "Run controlroom start, which sets it up.") from error


def _show_fetched(told: dict[str, Any]) -> None:
    out = console()
    for each in told["accounts"]:
        number, demos = each["new"], each["demos"]
        says = f"{each['account']}: {number} new" + (f", {demos} to hear" if demos else "")
        out.print(says, markup=False)
        if each["error"]:
            console(stderr=True).print(f"{each['account']}: {each['error']}", style="red", markup=False)
        _show_messages(each["messages"])


def _show_messages(messages: list[dict[str, Any]]) -> None:
    from rich.markup import escape
    from rich.table import Table

    if not messages:
        return
    table = Table("", "What", "From", "Subject", "Why", box=None, pad_edge=False)
    for each in messages:
        why = each["reasons"][0] if each["reasons"] else ""
        style = "bold red" if each["urgent"] else ""
        table.add_row(
            str(each["message"]), each["label"], *map(escape, (each["from"], each["subject"], why)), style=style
        )
    console().print(table)
