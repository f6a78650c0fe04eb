"""A web server whose pages a test writes as functions: honest ones, slow ones, endless ones."""

from __future__ import annotations

import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from servers import HOST, certificate

Page = Callable[["Asked"], None]


class Asked(BaseHTTPRequestHandler):
    """One request and its `body`. A page calls `answer`, or writes its own bytes with `raw`."""

    body: bytes
    protocol_version = "HTTP/1.1"
    server: _Threaded

    def answer(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Answer with `body`; content_type="audio/wav" is the header Content-Type."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-").title(), value)
        if "content_length" not in headers and "transfer_encoding" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def raw(self, data: bytes) -> None:
        """Bytes as they are, at once."""
        self.wfile.write(data)
        self.wfile.flush()

    def _serve(self) -> None:
        path = self.path.partition("?")[0]
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.asked.append((self.command, self.path))
        with suppress(BrokenPipeError, ConnectionResetError, ssl.SSLError):
            page = self.server.pages.get(path)
            if page is None:
                self.answer(b"not here", 404)
            else:
                page(self)

    do_GET = do_POST = do_PUT = do_PROPFIND = do_REPORT = do_DELETE = _serve  # noqa: N815

    def log_message(self, *_: Any) -> None:
        return None


class _Threaded(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    pages: dict[str, Page]
    asked: list[tuple[str, str]]

    def handle_error(self, *_: Any) -> None:
        """Somebody hung up: a test does that on purpose."""


@dataclass
class WebServer:
    """Where it is; `pages` (path -> function) may be changed at any time, `asked` lists (method, path with query)."""

    host: str
    port: int
    url: str
    ca_file: Path
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)


@contextmanager
def web_server(pages: dict[str, Page] | None = None, *, tls: bool = False) -> Iterator[WebServer]:
    """Serve `pages` on loopback, over TLS (a certificate for localhost) where asked."""
    with tempfile.TemporaryDirectory() as folder:
        pem, ca_file = certificate(Path(folder), "localhost", HOST)
        http = _Threaded((HOST, 0), Asked)
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem)
            http.socket = context.wrap_socket(http.socket, server_side=True)
        port = int(http.server_address[1])
        url = f"https://localhost:{port}" if tls else f"http://{HOST}:{port}"
        server = WebServer(HOST, port, url, ca_file, pages or {})
        http.pages, http.asked = server.pages, server.asked
        thread = threading.Thread(target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            http.shutdown()
            thread.join(5)
            http.server_close()
