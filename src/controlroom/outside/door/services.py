"""Where services keep the file behind the page they show: one row for each."""

from __future__ import annotations

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit, urlunsplit


class Service(NamedTuple):
    """`file_of`: the file's own address, None where the link is not for one file. `confirmed`: the address behind a
    page that asks once more, None where the page does not."""

    name: str
    hosts: tuple[str, ...]
    file_of: Callable[[str], str | None]
    confirmed: Callable[[str, str], str | None] = lambda _url, _html: None


def service_of(url: str) -> Service | None:
    """The service whose link this is."""
    host = (urlsplit(url).hostname or "").lower()
    return next((s for s in SERVICES if any(host == one or host.endswith(f".{one}") for one in s.hosts)), None)


def _dropbox(url: str) -> str | None:
    """dl=1 instead of dl=0 gives the file itself; /scl/fo/ and /sh/ are folders."""
    parts = urlsplit(url)
    if (parts.hostname or "").endswith("dropboxusercontent.com"):
        return url
    if parts.path.startswith(("/scl/fo/", "/sh/", "/home", "/request/")):
        return None
    kept = [
        (name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if name not in ("dl", "raw")
    ]
    return urlunsplit(parts._replace(query=urlencode([*kept, ("dl", "1")])))


def _drive(url: str) -> str | None:
    """/file/d/ID/view, /open?id=ID and /uc?id=ID are all the file ID; documents and folders are none."""
    parts = urlsplit(url)
    if parts.hostname == "drive.usercontent.google.com":
        return url
    query = parse_qs(parts.query)
    found = re.match(r"/(?:u/\d+/)?file/(?:u/\d+/)?d/([\w-]+)", parts.path)
    name = found[1] if found else (query.get("id") or [""])[0]
    if not name or "folders" in parts.path:
        return None
    key = {"resourcekey": query["resourcekey"][0]} if "resourcekey" in query else {}
    return f"https://drive.google.com/uc?{urlencode({'export': 'download', 'id': name, **key})}"


def _wetransfer(url: str) -> str | None:
    """A transfer is unpacked by a script on its page; only the short-lived address of the download is a file."""
    host = urlsplit(url).hostname or ""
    return url if host.startswith("download.") or ".download." in host else None


class _Form(HTMLParser):
    """The form of Drive's page that says that a large file was not looked at for viruses."""

    def __init__(self) -> None:
        super().__init__()
        self.action, self.fields = "", {}  # type: str, dict[str, str]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("id") == "download-form":
            self.action = given.get("action", "")
        elif tag == "input" and self.action and given.get("type") == "hidden":
            self.fields[given.get("name", "")] = given.get("value", "")


def _drive_confirmed(url: str, html: str) -> str | None:
    form = _Form()
    form.feed(html)
    if urlsplit(form.action).hostname not in ("drive.usercontent.google.com", "drive.google.com"):
        return None
    return f"{form.action.partition('?')[0]}?{urlencode(form.fields)}"


SERVICES = (
    Service("Dropbox", ("dropbox.com", "dropboxusercontent.com", "db.tt"), _dropbox),
    Service(
        "Google Drive",
        ("drive.google.com", "docs.google.com", "drive.usercontent.google.com"),
        _drive,
        _drive_confirmed,
    ),
    Service("WeTransfer", ("wetransfer.com", "we.tl"), _wetransfer),
)
