"""Requests that cannot be done. The whole tree:

    ControlroomError
    ├── UsageError          2   the command line, or a plan, is wrong
    ├── InputRefused        3   a file is unreadable, not audio, empty or too large
    │   └── SongFileError       song.toml says something that cannot be meant (file, line, what was expected)
    ├── BlockingFindings    4   --strict, and something was found that must not leave the house
    ├── SurroundingsFailed  5   the disk is full, a server is not reached
    └── Cancelled         130   somebody pressed Ctrl-C or Cancel

The number is the exit code of the command. Faults in a user's *material* are findings, never exceptions.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class ControlroomError(Exception):
    """Something that cannot be done: what, why, and what to do next, in one line."""

    exit_code = 1

    def __init__(self, what: str, why: str = "", next_step: str = "") -> None:
        self.what, self.why, self.next_step = what, why, next_step
        super().__init__(what)

    def __str__(self) -> str:
        sentence = f"{self.what}: {self.why}" if self.why else self.what
        return " ".join((f"{sentence}. {self.next_step}" if self.next_step else sentence).split())


class UsageError(ControlroomError):
    exit_code = 2


class InputRefused(ControlroomError):
    exit_code = 3

    def __init__(self, path: str | os.PathLike[str], why: str, next_step: str = "") -> None:
        super().__init__(os.fspath(path), why, next_step)
        self.path = Path(path)


class SongFileError(InputRefused):
    """`song.toml` cannot be meant that way; `line` counts from 1, 0 when the whole file is meant."""

    def __init__(self, path: str | os.PathLike[str], line: int, why: str, next_step: str = "") -> None:
        super().__init__(path, why, next_step)
        self.line = line
        if line:
            self.what = f"{os.fspath(path)}, line {line}"


class BlockingFindings(ControlroomError):
    exit_code = 4


class SurroundingsFailed(ControlroomError):
    exit_code = 5


class Cancelled(ControlroomError):
    exit_code = 130

    def __init__(self, what: str = "Cancelled") -> None:
        super().__init__(what)


_NO_SPACE = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def surroundings(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn what the operating system refuses while writing `path` into a sentence."""
    try:
        yield
    except OSError as error:
        where = os.fspath(path)
        if error.errno in _NO_SPACE:
            raise SurroundingsFailed(where, "no space left to write it", "Free some space and run it again.") from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise SurroundingsFailed(where, "it may not be written here", "Choose another folder.") from error
        raise SurroundingsFailed(where, error.strerror or str(error), "Check the disk and run it again.") from error
