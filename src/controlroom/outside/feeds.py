"""Somebody's calendar at the address they gave: one .ics file, asked for again only when it has changed."""

from __future__ import annotations

import msgspec

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.outside.door.passage import Limits, named, passage

LIMITS = Limits(most_bytes=10_000_000, total_s=30.0)


class Fetched(msgspec.Struct, frozen=True, kw_only=True):
    """What the address gave out: `ics`, or `unchanged` since `etag` and `last_modified` were given (then `ics` is "").

    The two are the server's own marks (RFC 9110 §8.8), to be given back the next time.
    """

    ics: str = ""
    unchanged: bool = False
    etag: str = ""
    last_modified: str = ""


def fetch_ics(url: str, *, etag: str = "", last_modified: str = "", limits: Limits = LIMITS) -> Fetched:
    """Read a calendar through the guarded door; webcal:// is https://.

    Raises `InputRefused` (not an address that may be asked, not a calendar, larger than 10 MB) and `SurroundingsFailed`
    (nothing answers in 30 s).
    """
    scheme, colon, rest = url.strip().partition("://")
    if scheme.lower() in ("webcal", "webcals"):
        url = f"https{colon}{rest}"
    marks = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    with passage(url.strip(), limits, {name: value for name, value in marks.items() if value}) as answer:
        what, status = named(answer.url), answer.status
        if status == 304:
            return Fetched(unchanged=True, etag=etag, last_modified=last_modified)
        if status in (401, 403, 404, 410):
            raise InputRefused(what, "the calendar is not (or no longer) given out there", "Ask for a new address.")
        if status != 200:
            raise SurroundingsFailed(what, f"the calendar is not given out now (status {status})", "Try again later.")
        text = b"".join(answer.pieces()).decode("utf-8-sig", "replace")
        if not text.lstrip().upper().startswith("BEGIN:VCALENDAR"):
            raise InputRefused(what, "it is not a calendar", "Ask for the address that ends in .ics.")
        marks = answer.headers
        return Fetched(ics=text, etag=marks.get("etag", ""), last_modified=marks.get("last-modified", ""))
