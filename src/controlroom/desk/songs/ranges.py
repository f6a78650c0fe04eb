"""Files by HTTP Range (RFC 9110, section 14): a part of a file is sent block by block, never a file in memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import parse_etags

SEND_BYTES = 1 << 18

Sent = Callable[[int, int], Iterator[bytes]]


class Span(NamedTuple):
    """Bytes from `start` up to, not including, `stop`."""

    start: int
    stop: int


def wanted(header: str, size: int) -> Span | None:
    """The part that a Range header asks for; None: all of it (no range, several, another unit, or none we can read).

    Raises `ValueError` where no byte of it exists (416).
    """
    match = re.fullmatch(r"\s*bytes\s*=\s*(\d{0,18})\s*-\s*(\d{0,18})\s*", header, re.ASCII | re.IGNORECASE)
    if not match or not (match[1] or match[2]):
        return None
    if not match[1]:
        start, stop = max(size - int(match[2]), 0), size
    else:
        start, stop = int(match[1]), min(int(match[2] or size), size - 1) + 1
        if match[2] and int(match[2]) < start:
            return None
    if start >= stop:
        raise ValueError(header)
    return Span(start, stop)


def ranged(request: HttpRequest, path: Path, *, content_type: str, etag: str) -> HttpResponseBase:
    """The file, or the part of it that is asked for. `etag` names its bytes: the answer may be kept for ever."""
    return ranged_bytes(request, path.stat().st_size, partial(_sent, path), content_type=content_type, etag=etag)


def ranged_bytes(request: HttpRequest, size: int, sent: Sent, *, content_type: str, etag: str) -> HttpResponseBase:
    """As `ranged`, of `size` bytes that no file holds: `sent(start, stop)` gives those from `start` up to `stop`."""
    quoted = f'"{etag}"'
    if quoted in parse_etags(request.headers.get("If-None-Match", "")):
        return _described(HttpResponse(status=304), quoted)
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", quoted).strip() != quoted:
        header = ""
    try:
        span = wanted(header, size)
    except ValueError:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}", "Accept-Ranges": "bytes"})
    start, stop = span or (0, size)
    answer: HttpResponseBase
    if request.method == "HEAD":
        answer = HttpResponse(content_type=content_type)
    else:
        answer = StreamingHttpResponse(sent(start, stop), content_type=content_type)
    answer["Content-Length"] = str(stop - start)
    if span:
        answer.status_code = 206
        answer["Content-Range"] = f"bytes {start}-{stop - 1}/{size}"
    return _described(answer, quoted)


def _described(answer: HttpResponseBase, quoted: str) -> HttpResponseBase:
    answer["Accept-Ranges"] = "bytes"
    answer["ETag"] = quoted
    answer["Cache-Control"] = "private, max-age=31536000, immutable"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _sent(path: Path, start: int, stop: int) -> Iterator[bytes]:
    with path.open("rb") as stream:
        stream.seek(start)
        while start < stop and (block := stream.read(min(SEND_BYTES, stop - start))):
            start += len(block)
            yield block
