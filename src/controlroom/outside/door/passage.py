"""One way through the door: an address is looked up once, checked, and connected to as it was checked."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx
import msgspec

from controlroom.base.errors import InputRefused, SurroundingsFailed
from controlroom.outside.bodies import limited, size_of
from controlroom.outside.door.addresses import public
from controlroom.outside.reaching import reached, short, tls_context

_PORTS = {"http": 80, "https": 443}
_REDIRECTS = (301, 302, 303, 307, 308)
_ANOTHER = "Open it in the browser, if you trust it."


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """How much may come, for how long (`total_s` from the first step to the last byte, `quiet_s` between two bytes),
    and over how many redirects.

    `allow`: "address:port" pairs that may be reached although they are not public, and `ca_file` to trust beside the
    known authorities: both for tests with servers of their own.
    """

    most_bytes: int = 2 * 10**9
    total_s: float = 1800.0
    quiet_s: float = 20.0
    most_redirects: int = 5
    allow: tuple[str, ...] = ()
    ca_file: str = ""


class Answer:
    """What stands behind the door: `url` after all redirects, `status`, `headers` (lower case), and `pieces()` once."""

    def __init__(self, url: httpx.URL, response: httpcore.Response, limits: Limits) -> None:
        self.url, self.status = url, response.status
        self.headers = {k.decode("latin-1").lower(): v.decode("latin-1") for k, v in response.headers}
        self._response, self._limits = response, limits

    @property
    def size(self) -> int:
        """How many bytes are announced; 0 where nothing is."""
        stated = self.headers.get("content-length", "")
        return int(stated) if stated.isascii() and stated.isdigit() else 0

    def pieces(self) -> Iterator[bytes]:
        """The body, unpacked; raises `InputRefused` as soon as it is too large."""
        what, most = named(self.url), self._limits.most_bytes
        if self.size > most:
            why = f"it says that it has {size_of(self.size)}, and {size_of(most)} are allowed"
            raise InputRefused(what, why, "Ask for a smaller file.")
        encoding = self.headers.get("content-encoding", "").strip().lower()
        return limited(self._bytes(what), encoding, most, what)

    def _bytes(self, what: str) -> Iterator[bytes]:
        with _sentences(what):
            yield from self._response.iter_stream()


@contextmanager
def passage(url: str, limits: Limits, headers: Mapping[str, str] | None = None) -> Iterator[Answer]:
    """GET `url`, redirects followed, each checked like the first.

    Raises `InputRefused` for an address that may not be asked (not http or https, a password in it, a port other than
    80 and 443, not public), and `SurroundingsFailed` when nothing answers, in time.
    """
    until = time.monotonic() + limits.total_s
    asked = checked(url)
    given = [(b"User-Agent", b"Controlroom"), (b"Accept", b"*/*"), (b"Accept-Encoding", b"identity")]
    given += [(name.encode(), value.encode("latin-1", "ignore")) for name, value in (headers or {}).items()]
    for _ in range(limits.most_redirects + 1):
        with _asked(asked, given, limits, until) as response:
            answer = Answer(asked, response, limits)
            where = answer.headers.get("location", "") if answer.status in _REDIRECTS else ""
            if not where:
                yield answer
                return
        asked = _next(asked, where)
    raise InputRefused(named(checked(url)), f"it leads on more than {limits.most_redirects} times", _ANOTHER)


def named(url: httpx.URL) -> str:
    """An address for a sentence: without its query, which may be a secret."""
    return short(f"{url.scheme}://{url.host}{url.path}")


def checked(url: str) -> httpx.URL:
    """An address of the web without name and password; where it leads is looked at when it is asked."""
    try:
        parsed = httpx.URL(url)
    except (httpx.InvalidURL, ValueError) as error:
        raise InputRefused(short(url), "it is not an address of the web", "Copy it again.") from error
    if parsed.scheme not in _PORTS or not parsed.host:
        raise InputRefused(short(url), "it is not an address of the web", "Only http and https are fetched.")
    if parsed.userinfo:
        raise InputRefused(named(parsed), "it carries a name or a password", _ANOTHER)
    return parsed


def _next(url: httpx.URL, where: str) -> httpx.URL:
    try:
        return checked(str(url.join(where)))
    except (httpx.InvalidURL, ValueError) as error:
        raise InputRefused(named(url), "it leads on to something that is no address", _ANOTHER) from error


@contextmanager
def _asked(
    url: httpx.URL, headers: list[tuple[bytes, bytes]], limits: Limits, until: float
) -> Iterator[httpcore.Response]:
    """One request on a connection of its own."""
    way = _CheckedWay(limits, until)
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    trust = tls_context(limits.ca_file) if url.scheme == "https" else None
    with httpcore.ConnectionPool(ssl_context=trust, network_backend=way) as pool:
        with _sentences(named(url)):
            response = pool.handle_request(httpcore.Request("GET", target, headers=[(b"Host", url.netloc), *headers]))
        try:
            yield response
        finally:
            response.close()


@contextmanager
def _sentences(what: str) -> Iterator[None]:
    """Turn what the library makes of a broken answer into a sentence."""
    try:
        with reached(what):
            yield
    except (httpcore.ProtocolError, httpcore.NetworkError, httpcore.TimeoutException) as error:
        raise SurroundingsFailed(what, f"it broke off ({short(error)})", "Try again later.") from error


class _CheckedWay(httpcore.NetworkBackend):
    """Connects only to addresses that were checked, and to the very ones: the name is not looked up again (else its
    owner could answer the check with a public address and the connection with a private one)."""

    def __init__(self, limits: Limits, until: float) -> None:
        self._limits, self._until = limits, until
        self._sockets = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failed: Exception | None = None
        for address in self._addresses(host, port):
            try:
                stream = self._sockets.connect_tcp(address, port, timeout=_left(host, self._limits, self._until))
                return _TimedStream(stream, host, self._limits, self._until)
            except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                failed = error
        raise failed or SurroundingsFailed(host, "there is no host of that name", "Check the address.")

    def _addresses(self, host: str, port: int) -> list[str]:
        """Every address of the host; raises `InputRefused` when one of them may not be reached."""
        found = dict.fromkeys(str(entry[4][0]) for entry in resolve(host, port))
        for address in found:
            if f"{address}:{port}" in self._limits.allow:
                continue
            if port not in _PORTS.values():
                raise InputRefused(short(host), f"port {port} is not one of the web", _ANOTHER)
            if not public(address):
                why = f"it lies in a private network ({address}), where nothing is fetched"
                raise InputRefused(short(host), why, "Links of strangers may only lead to the public internet.")
        return list(found)


class _TimedStream(httpcore.NetworkStream):
    """A connection that ends when its time is over, however slowly the other side keeps it alive."""

    def __init__(self, stream: httpcore.NetworkStream, host: str, limits: Limits, until: float) -> None:
        self._stream, self._host, self._limits, self._until = stream, host, limits, until

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._left())
        return _TimedStream(stream, self._host, self._limits, self._until)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)

    def _left(self) -> float:
        return _left(self._host, self._limits, self._until)


def _left(host: str, limits: Limits, until: float) -> float:
    """How long the next step may take."""
    left_s = until - time.monotonic()
    if left_s <= 0:
        raise SurroundingsFailed(short(host), f"it took longer than {limits.total_s:g} s", "Try again later.")
    return min(left_s, limits.quiet_s)


def resolve(host: str, port: int) -> list[Any]:
    """The resolver of this machine; it also reads addresses as figures (2130706433, 0x7f.1, 0177.0.0.1)."""
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
