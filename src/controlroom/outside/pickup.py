"""Mail that lies in a folder: a Maildir, or files ending in .eml. Nothing in it is moved, marked or deleted."""

from __future__ import annotations

import os
import re
import stat
import time
from collections.abc import Container, Iterator
from pathlib import Path

import msgspec

from controlroom.base.errors import SurroundingsFailed

SETTLED_S = 3.0
"""A file that was changed less than this ago may still be being written."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A message in a folder. `key` stays the same while it is the same message, whatever it is renamed to."""

    key: str
    path: Path
    size: int


def found_in(folder: Path, known: Container[str] = (), *, now_s: float | None = None) -> Iterator[Found]:
    """The messages of `folder` whose key is not `known`, oldest first.

    A folder with new/ and cur/ is a Maildir: its files are whole by the rules of delivery, tmp/ is not looked at, and a
    message keeps its key when it is read (new/NAME -> cur/NAME:2,S). Any other folder is looked through for files that
    end in .eml (not deeper); one that was changed less than three seconds before `now_s` (seconds since the epoch;
    None: now) is left for the next time, as is an empty one. Links and hidden files are passed over.

    Raises `SurroundingsFailed` when the folder is not there or cannot be read.
    """
    maildir = (folder / "new").is_dir() and (folder / "cur").is_dir()
    now_s = time.time() if now_s is None else now_s
    found = []
    for place in (folder / "new", folder / "cur") if maildir else (folder,):
        for path, about in _files(place):
            if maildir:
                key = re.split(r"[:;!]2,", path.name)[0]  # ; and ! stand for : where the file system has none
            elif path.suffix.lower() != ".eml" or not about.st_size or abs(now_s - about.st_mtime) < SETTLED_S:
                continue
            else:
                key = f"{path.name}:{about.st_size}:{about.st_mtime_ns}"
            if key not in known:
                found.append((about.st_mtime, Found(key=key, path=path, size=about.st_size)))
    yield from (each for _, each in sorted(found, key=lambda pair: (pair[0], pair[1].key)))


def _files(folder: Path) -> Iterator[tuple[Path, os.stat_result]]:
    """The plain files in a folder. One that vanishes meanwhile (another program moves it) is passed over."""
    try:
        paths = list(folder.iterdir())
    except OSError as error:
        why = "it is not there" if isinstance(error, FileNotFoundError) else error.strerror or str(error)
        raise SurroundingsFailed(str(folder), f"no mail can be picked up: {why}", "Check the folder.") from error
    for path in paths:
        try:
            about = path.lstat()
        except OSError:
            continue
        if stat.S_ISREG(about.st_mode) and not path.name.startswith("."):
            yield path, about
