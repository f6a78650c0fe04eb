"""Talking WebDAV (RFC 4918) to one server that the user named and trusts: requests, signing in, redirects, XML."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import NamedTuple
from xml.etree import ElementTree

import httpx

from controlroom.base.errors import InputRefused, SurroundingsFailed, UsageError
from controlroom.outside.bodies import whole
from controlroom.outside.reaching import QUIET_S, reached, short, tls_context

_MOST_BYTES = 20_000_000
_MOST_REDIRECTS = 5


class Reply(NamedTuple):
    """An answer: `url` after redirects, and the whole body."""

    url: httpx.URL
    status: int
    headers: httpx.Headers
    body: bytes


class Found(NamedTuple):
    """One resource of a multistatus answer, and those of its properties that it has."""

    url: httpx.URL
    properties: dict[str, ElementTree.Element]


class DavServer:
    """A connection that signs in by Basic or Digest (RFC 7617, 7616), whichever the server asks for, or by a token.

    Name and password go along to where the server itself leads (the large providers keep calendars on another host),
    but never from https to http. Every method raises `SurroundingsFailed` when the server is not reached, refuses the
    password, cannot answer now, or answers more than 20 MB.
    """

    def __init__(self, url: str, user: str, password: str, oauth_token: str, ca_file: str) -> None:
        try:
            self.url = httpx.URL(url.strip())
        except (httpx.InvalidURL, ValueError) as error:
            raise UsageError(short(url), "it is not an address", "Copy it again.") from error
        if self.url.scheme not in ("http", "https") or not self.url.host:
            raise UsageError(short(url), "it is not an address of the web", "Write https://…")
        self.what = f"The calendar server {self.url.host}"
        self._digest: httpx.Auth = httpx.DigestAuth(user, password)
        self._auth: httpx.Auth = httpx.BasicAuth(user, password)
        self._user, self._token = user, oauth_token
        self._client = httpx.Client(verify=tls_context(ca_file), trust_env=False, timeout=QUIET_S)

    def __enter__(self) -> DavServer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.close()

    def ask(self, method: str, url: httpx.URL, body: str = "", **headers: str) -> Reply:
        """One request, redirects followed with the same method; if_match="…" is the header If-Match."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        for _ in range(_MOST_REDIRECTS + 1):
            reply = self._once(method, url, body, given)
            where = reply.headers.get("location", "")
            if reply.status not in (301, 302, 303, 307, 308) or not where:
                return reply
            url = self.joined(url, where)
        raise SurroundingsFailed(self.what, "it leads on without end", "Check the address.")

    def found(self, url: httpx.URL, properties: str, depth: int = 0) -> list[Found]:
        """PROPFIND (RFC 4918 §9.1): the `properties` (XML) of a resource, and of what lies in it with depth 1. Nothing,
        where the server does not answer so there."""
        body = f'<?xml version="1.0" encoding="utf-8"?><D:propfind {NAMES}><D:prop>{properties}</D:prop></D:propfind>'
        reply = self.ask("PROPFIND", url, body, depth=str(depth), content_type="application/xml; charset=utf-8")
        return self.multistatus(reply) if reply.status == 207 else []

    def multistatus(self, reply: Reply) -> list[Found]:
        """What a 207 answer says (RFC 4918 §13)."""
        found = []
        for response in self._xml(reply.body).iter("{DAV:}response"):
            href = (response.findtext("{DAV:}href") or "").strip()
            properties = {
                each.tag: each
                for propstat in response.iter("{DAV:}propstat")
                if " 200" in (propstat.findtext("{DAV:}status") or "")
                for prop in propstat.iter("{DAV:}prop")
                for each in prop
            }
            if href:
                found.append(Found(self.joined(reply.url, href), properties))
        return found

    def joined(self, url: httpx.URL, where: str) -> httpx.URL:
        """Where the server leads."""
        try:
            joined = url.join(where)
        except (httpx.InvalidURL, ValueError) as error:
            raise SurroundingsFailed(self.what, f"it leads to {short(where)}", "Check the address.") from error
        if joined.scheme not in ("http", "https") or (url.scheme == "https" and joined.scheme != "https"):
            why = f"it leads to {short(joined)}, which is not encrypted"
            raise SurroundingsFailed(self.what, why, "Write the address that it means yourself.")
        return joined

    def _once(self, method: str, url: httpx.URL, body: str, headers: dict[str, str]) -> Reply:
        reply = self._sent(method, url, body, headers)
        if reply.status == 401 and "digest" in reply.headers.get("www-authenticate", "").lower() and not self._token:
            self._auth = self._digest
            reply = self._sent(method, url, body, headers)
        if reply.status == 401:
            next_step = "Check name and password; many providers want an app password here."
            raise SurroundingsFailed(self.what, f"it refused {self._user or 'us'}", next_step)
        if reply.status >= 500 and reply.status != 501:
            raise SurroundingsFailed(self.what, f"it cannot now (status {reply.status})", "Try again later.")
        return reply

    def _sent(self, method: str, url: httpx.URL, body: str, headers: dict[str, str]) -> Reply:
        headers = {"Accept-Encoding": "identity", "User-Agent": "Controlroom"} | headers
        auth: httpx.Auth | None = self._auth
        if self._token:
            auth, headers["Authorization"] = None, f"Bearer {self._token}"
        with (
            self._talking(),
            self._client.stream(method, url, content=body.encode(), headers=headers, auth=auth) as answer,
        ):
            encoding = answer.headers.get("content-encoding", "").strip().lower()
            said = whole(answer.iter_raw(), encoding, _MOST_BYTES, self.what)
            return Reply(url, answer.status_code, answer.headers, said)

    @contextmanager
    def _talking(self) -> Iterator[None]:
        try:
            with reached(self.what):
                yield
        except InputRefused as error:
            raise SurroundingsFailed(self.what, error.why, "Choose another calendar.") from error
        except httpx.TimeoutException as error:
            raise SurroundingsFailed(self.what, "it does not answer", "Try again later.") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise SurroundingsFailed(self.what, f"it broke off ({short(error)})", "Try again later.") from error

    def _xml(self, body: bytes) -> ElementTree.Element:
        try:
            return ElementTree.fromstring(body, parser=ElementTree.XMLParser(target=_WithoutDoctype()))
        except (ElementTree.ParseError, ValueError) as error:
            why = f"its answer cannot be read ({short(error)})"
            raise SurroundingsFailed(self.what, why, "Check the address.") from error


class _WithoutDoctype(ElementTree.TreeBuilder):
    """Refuses a document type: with it go entities, their bombs, and whatever they would fetch. WebDAV needs none."""

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        raise ValueError("it declares a document type")


NAMES = 'xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
