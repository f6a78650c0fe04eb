"""A link -> an audio file in the house, or a plain word why not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from email.message import Message
from email.utils import collapse_rfc2231_value
from pathlib import Path
from typing import NoReturn
from urllib.parse import unquote

import msgspec

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.base.files import whole_or_nothing
from controlroom.base.progress import SILENT, Progress
from controlroom.outside.door.passage import Answer, Limits, checked, named, passage
from controlroom.outside.door.services import Service, service_of
from controlroom.rooms.correspondence.reading.magic import LOOK, is_audio
from controlroom.rooms.correspondence.reading.names import is_archive, safe_name

_PAGE_BYTES = 1 << 20
_BY_HAND = "Open it in the browser, and drop the file here."


class NeedsPerson(InputRefused):
    """What is behind the link only a person can get: a page to click through, a folder, an archive."""


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What came: the file, its name as a safe file name, how many bytes, and from where (after all redirects)."""

    path: Path
    name: str
    size: int
    url: str


def fetch(url: str, target: Path, limits: Limits | None = None, progress: Progress = SILENT) -> Fetched:
    """Bring the audio behind a link to `target`, whole or not at all.

    Links of Dropbox, Google Drive and WeTransfer are led to the file behind their page. What comes is looked at, not
    believed: only bytes that begin as audio are kept.

    Raises `NeedsPerson` (a page, a folder, an archive), `InputRefused` (an address that is not asked, too large, not
    audio, not there), `SurroundingsFailed` (nothing answers, too slow, disk full), and `Cancelled` from `progress`.
    """
    limits = limits or Limits()
    asked = checked(url)
    service = service_of(str(asked))
    address = service.file_of(str(asked)) if service else str(asked)
    if service and address is None:
        raise NeedsPerson(named(asked), f"{service.name} gives this out only on its page", _BY_HAND)
    return _through(str(address), target, limits, progress, service)


def _through(url: str, target: Path, limits: Limits, progress: Progress, service: Service | None) -> Fetched:
    """The file; where the service's page only asks once more whether it is meant, it is (once)."""
    with passage(url, limits) as answer:
        _check_status(answer)
        pieces = answer.pieces()
        first = _first(pieces)
        if is_audio(first):
            return _written(answer, first, pieces, target, progress)
        further = service.confirmed(url, _page(first, pieces)) if service else None
        if further is None:
            _refuse(answer, first)
    return _through(further, target, limits, progress, None)


def _first(pieces: Iterator[bytes]) -> bytes:
    """The first bytes: enough to see what it is."""
    first = b""
    for piece in pieces:
        first += piece
        if len(first) >= LOOK:
            break
    return first


def _page(first: bytes, pieces: Iterator[bytes]) -> str:
    page = first
    for piece in pieces:
        page += piece
        if len(page) > _PAGE_BYTES:
            break
    return page.decode("utf-8", "replace")


def _check_status(answer: Answer) -> None:
    what = named(answer.url)
    if answer.status in (404, 410):
        raise InputRefused(what, "there is nothing (any more)", "Ask for a new link.")
    if answer.status in (401, 403, 407):
        raise NeedsPerson(what, "it is not open to everybody", "Open it in the browser, or ask for an open link.")
    if answer.status >= 500 or answer.status == 429:
        raise SurroundingsFailed(what, f"its server cannot now (status {answer.status})", "Try again later.")
    if answer.status != 200:
        raise InputRefused(what, f"it answers with status {answer.status}, not with a file", _BY_HAND)


def _refuse(answer: Answer, first: bytes) -> NoReturn:
    what, kind = named(answer.url), answer.headers.get("content-type", "").lower()
    if not first:
        raise InputRefused(what, "it is empty", "Ask for the file again.")
    if "html" in kind or re.match(rb"(\xef\xbb\xbf)?\s*<(!doctype|html|\?xml|head|body|script|!--)", first, re.I):
        raise NeedsPerson(what, "this page needs a person", _BY_HAND)
    if is_archive("", first):
        raise NeedsPerson(what, "it is an archive, which is not opened here", "Unpack it, and drop the audio here.")
    raise InputRefused(what, "it is not audio", "Ask for WAV, AIFF, FLAC or MP3.")


def _written(answer: Answer, first: bytes, pieces: Iterator[bytes], target: Path, progress: Progress) -> Fetched:
    name, got = _name(answer), len(first)
    with whole_or_nothing(target) as part, part.open("wb") as out:
        out.write(first)
        for piece in pieces:
            out.write(piece)
            got += len(piece)
            progress(got, max(answer.size, got), f"Fetching {name}")
    return Fetched(path=target, name=name, size=got, url=str(answer.url))


def _name(answer: Answer) -> str:
    """What the server calls the file (RFC 6266), else the end of its address; safe as a file name."""
    stated = ""
    if disposition := answer.headers.get("content-disposition"):
        with suppress(UnicodeError):  # many servers write UTF-8 where the standard wants an encoding
            disposition = disposition.encode("latin-1").decode()
        header = Message()
        header["Content-Disposition"] = disposition
        value = header.get_param("filename", "", "content-disposition")
        stated = collapse_rfc2231_value(value)
    return safe_name(stated or unquote(answer.url.path), "1", answer.headers.get("content-type", "").partition(";")[0])
