"""What was made in one song folder, from what: the ledger under `out/.controlroom/`.

A render is named by its key, the hash of (engine, plan, source hashes). The ledger remembers the key of every output
and how the file looked on disk, so that a second walk makes again only what is missing, changed or touched by hand.
Measurements are kept by the hash of the file they were made of.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import msgspec

from controlroom.base.canonical import from_json, to_json
from controlroom.base.errors import SurroundingsFailed, surroundings
from controlroom.base.files import write_bytes

try:
    import fcntl
except ImportError:  # pragma: no cover - not a POSIX system: two walks at once are then the user's care
    fcntl = None  # type: ignore[assignment]

T = TypeVar("T")


class Render(msgspec.Struct, frozen=True):
    """The key of an output, and the size and time by which an untouched file is known again."""

    key: str
    size: int
    mtime_ns: int


class _Pages(msgspec.Struct):
    renders: dict[str, Render] = {}
    proposals: dict[str, str] = {}


class Ledger:
    """The ledger of the outputs below `folder` (a song's `out/`). Safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.home = folder / ".controlroom"
        self._guard = threading.Lock()
        self._pages = self._read()

    def _read(self) -> _Pages:
        try:
            return from_json((self.home / "ledger.json").read_bytes(), _Pages)
        except (OSError, msgspec.DecodeError):
            return _Pages()  # a lost ledger costs a new render, nothing else

    def _write(self) -> None:
        write_bytes(self.home / "ledger.json", to_json(self._pages, indent=1))

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep others from working in the same folder; raises `SurroundingsFailed` when somebody does."""
        with surroundings(self.folder):
            self.home.mkdir(parents=True, exist_ok=True)
            lock = (self.home / "lock").open("w")
        with lock:
            if fcntl is not None:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError as error:
                    raise SurroundingsFailed(
                        str(self.folder), "another walk is at work here", "Wait until it has ended."
                    ) from error
            self._sweep()
            yield

    def _sweep(self) -> None:
        """Remove parts that a killed walk left behind."""
        for part in self.folder.rglob(".*.part*"):
            part.unlink(missing_ok=True)

    def fresh(self, output: Path, key: str) -> bool:
        """Is `output` there, made under `key`, and untouched since?"""
        known = self._pages.renders.get(self._name(output))
        if known is None or known.key != key or not output.is_file():
            return False
        seen = output.stat()
        return (seen.st_size, seen.st_mtime_ns) == (known.size, known.mtime_ns)

    def record(self, output: Path, key: str) -> None:
        """Remember that `output` has been made under `key`."""
        seen = output.stat()
        with self._guard:
            self._pages.renders[self._name(output)] = Render(key, seen.st_size, seen.st_mtime_ns)
            self._write()

    def forget(self, output: Path) -> None:
        """Remove an output that nothing needs any more."""
        output.unlink(missing_ok=True)
        with self._guard:
            if self._pages.renders.pop(self._name(output), None):
                self._write()

    def made_below(self, folder: Path) -> list[Path]:
        """The outputs that the house made below `folder`; files somebody else put there are not among them."""
        prefix = self._name(folder) + "/"
        return [self.folder / name for name in self._pages.renders if name.startswith(prefix)]

    def proposal(self, plan: Path) -> str | None:
        """The identity of the plan that was last proposed at this place."""
        return self._pages.proposals.get(self._name(plan))

    def record_proposal(self, plan: Path, identity: str) -> None:
        with self._guard:
            self._pages.proposals[self._name(plan)] = identity
            self._write()

    def recall(self, kind: str, key: str, shape: type[T]) -> T | None:
        """A kept measurement, or None where there is none (or it was written by another version)."""
        try:
            return from_json((self.home / kind / f"{key}.json").read_bytes(), shape)
        except (OSError, msgspec.DecodeError):
            return None

    def keep(self, kind: str, key: str, value: object) -> None:
        write_bytes(self.home / kind / f"{key}.json", to_json(value))

    def _name(self, path: Path) -> str:
        return path.relative_to(self.folder).as_posix()
