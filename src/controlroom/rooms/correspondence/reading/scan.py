"""Where the parts of a message lie (RFC 2046 §5.1): one pass over its bytes, by the lines that begin with `--`.

The standard library's parser copies every line; this one looks at boundaries only, so 200 MB take a moment. Limits hold
depth and count: what lies beyond them stays one part, and is said.
"""

from __future__ import annotations

import mmap
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from controlroom.base.errors import InputRefused
from controlroom.rooms.correspondence.reading.headers import MOST_VALUE, USED, Headers, parameters
from controlroom.rooms.correspondence.reading.transfer import Raw

MOST_DEPTH = 30
MOST_PARTS = 1000
_MOST_DASHES = 200_000  # lines that begin with --
_MOST_ROOT_HEADER = 64 << 20
_MOST_PART_HEADER = 64 << 10
_MOST_LINES = 300_000  # of one header block
_MOST_BOUNDARY = 200
_MAC_LOOK, _MAC_MOST = 1 << 16, 64 << 20

_FIELD = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_MBOX = re.compile(rb">?From [^\r\n]*\r?\n")


class Part:
    """One part: its number ("1.2"), its headers, where its body lies, and the parts in it."""

    def __init__(self, number: str, headers: Headers, start: int, end: int, depth: int, default: str) -> None:
        self.number, self.headers, self.start, self.end, self.depth = number, headers, start, end, depth
        self.parts: list[Part] = []
        self.boundary = b""
        self.default = default

    @cached_property
    def _type(self) -> tuple[str, dict[str, str]]:
        return parameters(self.headers.raw("content-type"))

    @cached_property
    def _disposition(self) -> tuple[str, dict[str, str]]:
        return parameters(self.headers.raw("content-disposition"))

    @cached_property
    def media_type(self) -> str:
        stated = self._type[0].split()[0] if self._type[0].split() else ""
        return stated[:100] if re.fullmatch(r"[\w.+-]+/[\w.+-]+", stated, re.ASCII) else self.default

    @property
    def disposition(self) -> str:
        return self._disposition[0]

    @property
    def charset(self) -> str:
        return self._type[1].get("charset", "")

    @property
    def stated_name(self) -> str:
        return self._disposition[1].get("filename", "") or self._type[1].get("name", "")

    def parameter(self, name: str) -> str:
        return self._type[1].get(name, "")

    @cached_property
    def encoding(self) -> str:
        return self.headers.text("content-transfer-encoding").lower().strip(" ;'\"")

    def walk(self) -> Iterator[Part]:
        """This part and all below it, in their order."""
        waiting = [self]
        while waiting:
            part = waiting.pop()
            yield part
            waiting.extend(reversed(part.parts))


class Scan:
    """The parts of a message, and what was strange about them: codes of findings with their figures."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.strange: dict[str, dict[str, int]] = {}
        self._open: list[Part] = []
        self._count = 0
        self.root = self._begin(_after_mbox(raw), None)
        self._find_parts()

    def _find_parts(self) -> None:
        at, end = self.root.start, len(self.raw)
        dashes = 0
        while any(part.boundary for part in self._open) and (at := _dashes(self.raw, at, end)) >= 0:
            dashes += 1
            if dashes > _MOST_DASHES or self._count >= MOST_PARTS:
                self.strange["mail_too_many_parts"] = {"most": MOST_PARTS}
                end = at
                break
            at = self._at_dashes(at)
        else:
            if any(part.boundary for part in self._open):
                self.strange["mail_cut_off"] = {}
        self._close(0, end)

    def _at_dashes(self, at: int) -> int:
        """Look at a line that begins with `--`; returns the beginning of the line to look on from."""
        token, after = _line(self.raw, at)
        level, last = self._boundary(token[2:])
        if level is None:
            return after
        end = at - (2 if self.raw[max(at - 2, 0) : at] == b"\r\n" else 1)
        if last:
            self._close(level, end)
            return after
        self._close(level + 1, end)
        return self._begin(after, self._open[level]).start

    def _boundary(self, token: bytes) -> tuple[int | None, bool]:
        """Which open multipart this line ends a part of (the innermost first), and whether it is its last line."""
        for level in range(len(self._open) - 1, -1, -1):
            boundary = self._open[level].boundary
            if boundary and token.startswith(boundary) and token[len(boundary) :] in (b"", b"--"):
                return level, token != boundary
        return None, False

    def _begin(self, at: int, parent: Part | None) -> Part:
        """Open the part whose headers begin at `at`, and the message in it where it encloses one."""
        most = _MOST_PART_HEADER if parent else _MOST_ROOT_HEADER
        headers, start = read_block(self.raw, at, min(len(self.raw), at + most), self._ends_here)
        number = f"{parent.number}.{len(parent.parts) + 1}" if parent else "1"
        digest = parent is not None and parent.media_type == "multipart/digest"
        part = Part(
            number, headers, start, len(self.raw), len(self._open), "message/rfc822" if digest else "text/plain"
        )
        if parent:
            parent.parts.append(part)
        self._open.append(part)
        self._count += 1
        container = part.media_type.startswith("multipart/") or part.media_type == "message/rfc822"
        if container and len(self._open) >= MOST_DEPTH:
            self.strange["mail_too_deep"] = {"most": MOST_DEPTH}
        elif part.media_type == "message/rfc822" and part.encoding not in ("base64", "quoted-printable"):
            return self._begin(start, part)
        elif part.media_type.startswith("multipart/"):
            part.boundary = self._boundary_of(part)
        return part

    def _boundary_of(self, part: Part) -> bytes:
        """The stated boundary; where it is missing (at the root: nowhere in it), what looks like one."""
        stated = part.parameter("boundary").encode("utf-8", "replace")[:_MOST_BOUNDARY].rstrip()
        if stated and (part.depth or self.raw.find(b"--" + stated, part.start) >= 0):
            return stated
        self.strange["mail_boundary_missing"] = {}
        at = _dashes(self.raw, part.start, min(part.start + _MOST_PART_HEADER, len(self.raw)))
        token = _line(self.raw, at)[0][2:] if at >= 0 else b""
        return token if len(token) > 3 and self._boundary(token)[0] is None else b""

    def _ends_here(self, line: bytes) -> bool:
        return self._boundary(line[2:].rstrip())[0] is not None

    def _close(self, level: int, end: int) -> None:
        """Everything from that level on ends here."""
        for part in self._open[level:]:
            part.end = max(end, part.start)
        del self._open[level:]


def read_block(raw: Raw, at: int, end: int, ends_here: Callable[[bytes], bool]) -> tuple[Headers, int]:
    """One header block and where its body begins: after the empty line, or at the first line that is no header.

    A line that should have been folded is taken as the rest of the one before where a known field follows it.
    """
    headers, broken, name, lines = Headers({}), False, "", 0
    while at < end:
        lines += 1
        if lines > _MOST_LINES:
            return Headers(headers.values, True), _after_empty_line(raw, at, end)
        eol = raw.find(b"\n", at, end)
        after = eol + 1 if eol >= 0 else end
        line = raw[at : min(after, at + MOST_VALUE)]
        bare = line.rstrip(b"\r\n")
        if not bare:
            return Headers(headers.values, broken), after
        if bare.startswith(b"--") and ends_here(bare):
            return Headers(headers.values, broken), at
        if line[:1] in (b" ", b"\t"):
            headers.extend(name, line)
        elif match := _FIELD.match(line):
            name = match[1].decode("ascii").lower()
            if name in USED:
                headers.add(name, line[match.end() :])
        elif name and _known_follows(raw, after):
            headers.extend(name, b" " + line)
            broken = True
        else:
            return Headers(headers.values, True), at
        at = after
    return Headers(headers.values, broken or at < len(raw)), at


def _after_empty_line(raw: Raw, at: int, end: int) -> int:
    found = [place + len(gap) for gap in (b"\n\n", b"\n\r\n") if (place := raw.find(gap, at, end)) >= 0]
    return min(found, default=end)


def _known_follows(raw: Raw, at: int) -> bool:
    match = _FIELD.match(raw[at : at + 120])
    return match is not None and match[1].decode("ascii").lower() in USED


def _dashes(raw: Raw, at: int, end: int) -> int:
    """The beginning of the first line from the line at `at` on that begins with `--`, -1 where there is none."""
    if raw[at : at + 2] == b"--":
        return at
    return raw.find(b"\n--", at, end) + 1 or -1


def _line(raw: Raw, at: int) -> tuple[bytes, int]:
    """The line at `at` without white space at its end (its beginning, where it is long), and where the next begins."""
    eol = raw.find(b"\n", at)
    after = eol + 1 if eol >= 0 else len(raw)
    return raw[at : min(after, at + _MOST_BOUNDARY + 100)].rstrip(), after


def _after_mbox(raw: Raw) -> int:
    """Past the line that mbox files put before a message, and past empty lines above the headers."""
    head = raw[:2000]
    start = len(head) - len(head.lstrip(b"\r\n"))
    match = _MBOX.match(head, start)
    return match.end() if match else start


def unixed(raw: Raw) -> Raw:
    """A message whose lines end with bare CR gets line feeds; every byte keeps its place."""
    look = raw[:_MAC_LOOK]
    return raw[:].replace(b"\r", b"\n") if b"\n" not in look and b"\r" in look and len(raw) <= _MAC_MOST else raw


@contextmanager
def opened(path: Path) -> Iterator[Raw]:
    """The bytes of a file, mapped: only what is looked at is ever in memory."""
    try:
        with path.open("rb") as file:
            if not path.stat().st_size:
                yield b""
                return
            with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
                yield unixed(raw)
    except OSError as error:
        raise InputRefused(path, error.strerror or "it cannot be read", "Look whether it is still there.") from error
