"""Verbs of the desk: `start`, `password`. Only here is the web framework loaded, and only inside the verbs."""

from __future__ import annotations

from typing import Annotated

import typer


def start(
    host: Annotated[str, typer.Option(help="Where it listens; 0.0.0.0: on all networks of this machine.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(min=0, max=65535, help="0: any that is free.")] = 8000,
    no_sample: Annotated[bool, typer.Option("--no-sample", help="Begin without the sample song.")] = False,
    threads: Annotated[int, typer.Option(min=1, max=256, help="How many requests are answered at once.")] = 8,
) -> None:
    """Open the desk: its pages and its workers, until Ctrl-C."""
    from controlroom.desk.serve import start as serve

    serve(host, port, sample=not no_sample, threads=threads, say=_say)


def password(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The address somebody signs in with.")],
) -> None:
    """Give somebody a new password for the desk, and print it."""
    from controlroom.desk.setup import setup

    setup()
    from controlroom.desk.first import new_password

    _say(f"The new password of {email} is {new_password(email)}")


def _say(line: str) -> None:
    print(line, flush=True)
