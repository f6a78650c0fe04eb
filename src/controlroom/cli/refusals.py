"""How a refusal leaves the house: one line on stderr and its exit code."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import ParamSpec

from controlroom.base.errors import Cancelled, ControlroomError, SurroundingsFailed

Words = ParamSpec("Words")


def interruptible(verb: Callable[Words, None]) -> Callable[Words, None]:
    """`verb`, with Ctrl-C as a cancel of ours: the command-line library would make an exit 1 of it."""

    @wraps(verb)
    def wrapped(*args: Words.args, **kwargs: Words.kwargs) -> None:
        try:
            verb(*args, **kwargs)
        except KeyboardInterrupt:
            raise Cancelled from None

    return wrapped


def one_line(error: ControlroomError) -> str:
    """The error as one printable line, whatever its file is called."""
    return str(error).encode("utf-8", "backslashreplace").decode()


@contextmanager
def refused() -> Iterator[None]:
    """Turn every known failure into a line and an exit code; what is left is a bug and shows its trace."""
    try:
        yield
    except ControlroomError as error:
        _leave(error)
    except KeyboardInterrupt:
        _leave(Cancelled())
    except MemoryError:
        _leave(SurroundingsFailed("This machine", "not enough memory", "Close something and run it again."))
    except BrokenPipeError:
        raise
    except OSError as error:
        where = str(error.filename or "The disk")
        _leave(SurroundingsFailed(where, error.strerror or str(error), "Check the disk and run it again."))


def _leave(error: ControlroomError) -> None:
    print(f"controlroom: {one_line(error)}", file=sys.stderr)
    sys.exit(error.exit_code)
