"""The same verbs for the terminal. Plain output is for people; `--json` prints one object and nothing else."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run `controlroom`; the exit code is the contract (see docs/command-line.md)."""
    from controlroom.cli.app import app
    from controlroom.cli.refusals import refused

    try:
        with refused():
            app(prog_name="controlroom")
    except BrokenPipeError:
        # Whoever read our output has gone: nothing more to say, and nothing for Python to flush at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(5)
