"""The user's own calendar by CalDAV (RFC 4791): found, written to, asked when they are busy.

The server is one the user names, often in their own house: it does not go through the guarded door.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime

import httpx
import msgspec

from controlroom.base.errors import SurroundingsFailed
from controlroom.outside.dav import NAMES, DavServer, Found, Reply
from controlroom.outside.reaching import short

_CALDAV = "{urn:ietf:params:xml:ns:caldav}"
_LISTED = (
    "<D:resourcetype/><D:displayname/><D:current-user-privilege-set/><C:supported-calendar-component-set/>"
    "<D:current-user-principal/><C:calendar-home-set/>"
)
_WRITING = {"{DAV:}all", "{DAV:}write", "{DAV:}write-content", "{DAV:}bind"}


class CalDavAccount(msgspec.Struct, frozen=True, kw_only=True):
    """A server and who signs in. `url`: for `calendars` any address of it (https://cal.example.org will do), for
    everything else the calendar itself. Either `password` (or an app password), or `oauth_token`; `ca_file`:
    certificates to trust beside the known ones.
    """

    url: str
    user: str = ""
    password: str = ""
    oauth_token: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"CalDavAccount({self.user} at {self.url})"


class Calendar(msgspec.Struct, frozen=True, kw_only=True):
    """A calendar that holds events; `may_write`: the server lets this user."""

    url: str
    name: str
    may_write: bool = True


class ChangedElsewhere(SurroundingsFailed):
    """Somebody changed the event in the calendar meanwhile. `etag` is what stands there now, "" where nothing does."""

    def __init__(self, what: str, etag: str) -> None:
        super().__init__(what, "the event was changed there meanwhile", "Look at it, then write it again.")
        self.etag = etag


def calendars(account: CalDavAccount) -> tuple[Calendar, ...]:
    """The calendars behind an address: by the user's principal and its home (RFC 4791 §6.2.1, RFC 5397), which are
    looked for at the address itself and at /.well-known/caldav (RFC 6764 §5).

    Raises `SurroundingsFailed`: server not reached, certificate not trusted, password refused, no calendars there.
    """
    with _server(account) as server:
        for start in (server.url, server.url.join("/.well-known/caldav")):
            here = server.found(start, _LISTED)
            home = _linked(server, here, f"{_CALDAV}calendar-home-set")
            if home is None and (principal := _linked(server, here, "{DAV:}current-user-principal")):
                home = _linked(server, server.found(principal, _LISTED), f"{_CALDAV}calendar-home-set")
            listed = [*(server.found(home, _LISTED, depth=1) if home else []), *here]
            found = {str(each.url): _calendar(each) for each in listed if _holds_events(each)}
            if found:
                return tuple(found.values())
        raise SurroundingsFailed(server.what, "there are no calendars", "Check the address, or make a calendar there.")


def put(account: CalDavAccount, uid: str, ics: str, etag: str = "") -> str:
    """Write an event (RFC 4791 §5.3.2); gives its new ETag.

    `etag`: what the event had when it was last written here; "": it is not there yet. Raises `ChangedElsewhere` when
    that is not so, and `SurroundingsFailed` like `calendars`.
    """
    with _server(account) as server:
        url = _place(server, uid)
        condition = {"if_match": etag} if etag else {"if_none_match": "*"}
        reply = server.ask("PUT", url, ics, content_type="text/calendar; charset=utf-8", **condition)
        if reply.status == 412:
            raise ChangedElsewhere(server.what, _etag(server, url))
        _check(server, reply, (200, 201, 204), "does not take the event")
        return reply.headers.get("etag", "") or _etag(server, url)


def delete(account: CalDavAccount, uid: str, etag: str = "") -> bool:
    """Take an event out; False where it was not there. `etag` and errors as for `put` ("": whatever stands there)."""
    with _server(account) as server:
        url = _place(server, uid)
        reply = server.ask("DELETE", url, **({"if_match": etag} if etag else {}))
        current = _etag(server, url) if reply.status == 412 else ""
        if current:
            raise ChangedElsewhere(server.what, current)
        if reply.status in (404, 410, 412):
            return False
        _check(server, reply, (200, 202, 204), "does not take the event out")
        return True


def busy_ics(account: CalDavAccount, first: datetime, last: datetime) -> tuple[str, ...]:
    """The events that touch the time from `first` to `last` (both aware), each as iCalendar text (RFC 4791 §7.8)."""
    between = f'start="{_utc(first)}" end="{_utc(last)}"'
    body = (
        f'<?xml version="1.0" encoding="utf-8"?><C:calendar-query {NAMES}><D:prop><C:calendar-data/></D:prop><C:filter>'
        f'<C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT"><C:time-range {between}/></C:comp-filter>'
        "</C:comp-filter></C:filter></C:calendar-query>"
    )
    with _server(account) as server:
        reply = server.ask("REPORT", server.url, body, depth="1", content_type="application/xml; charset=utf-8")
        _check(server, reply, (207,), "does not say what stands in the calendar")
        texts = (found.properties.get(f"{_CALDAV}calendar-data") for found in server.multistatus(reply))
        return tuple(text.text for text in texts if text is not None and text.text)


def _server(account: CalDavAccount) -> DavServer:
    return DavServer(account.url, account.user, account.password, account.oauth_token, account.ca_file)


def _place(server: DavServer, uid: str) -> httpx.URL:
    """Where an event of that UID lies in the calendar: servers differ in which characters they bear in a name."""
    name = uid if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9@._-]{0,150}", uid) else hashlib.sha256(uid.encode()).hexdigest()
    folder = server.url if server.url.path.endswith("/") else server.url.copy_with(path=f"{server.url.path}/")
    return folder.join(f"./{name}.ics")


def _etag(server: DavServer, url: httpx.URL) -> str:
    """What stands there now."""
    for found in server.found(url, "<D:getetag/>"):
        if "{DAV:}getetag" in found.properties:
            return (found.properties["{DAV:}getetag"].text or "").strip()
    return ""


def _linked(server: DavServer, here: list[Found], name: str) -> httpx.URL | None:
    """Where a property leads that holds an address."""
    for found in here:
        href = found.properties[name].findtext("{DAV:}href") if name in found.properties else None
        if href and href.strip():
            return server.joined(found.url, href.strip())
    return None


def _holds_events(found: Found) -> bool:
    kind = found.properties.get("{DAV:}resourcetype")
    if kind is None or kind.find(f"{_CALDAV}calendar") is None:
        return False
    components = found.properties.get(f"{_CALDAV}supported-calendar-component-set")
    return components is None or not len(components) or any(each.get("name") == "VEVENT" for each in components)


def _calendar(found: Found) -> Calendar:
    name = found.properties.get("{DAV:}displayname")
    rights = found.properties.get("{DAV:}current-user-privilege-set")
    may_write = rights is None or any(each.tag in _WRITING for each in rights.iter())
    last = found.url.path.rstrip("/").rpartition("/")[2]
    return Calendar(
        url=str(found.url), name=short((name.text if name is not None else "") or last), may_write=may_write
    )


def _check(server: DavServer, reply: Reply, good: tuple[int, ...], says: str) -> None:
    if reply.status in good:
        return
    if b"no-uid-conflict" in reply.body:
        why = f"it {says}: one with the same UID lies there under another name"
        raise SurroundingsFailed(server.what, why, "Take that one out of the calendar first.")
    if reply.status in (404, 405, 409, 501) or 200 <= reply.status < 300:
        raise SurroundingsFailed(server.what, "there is no calendar at that address", "Choose one from its list.")
    if reply.status == 403:
        raise SurroundingsFailed(server.what, f"it {says}: that is not allowed there", "Choose a calendar of your own.")
    if reply.status == 413:
        raise SurroundingsFailed(server.what, "the event is too large for it", "Shorten its description.")
    raise SurroundingsFailed(server.what, f"it {says} (status {reply.status})", "Try again later.")


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
