"""A small server of recordings with Range, and Chromium with a page that runs the engine."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parent
SCRIPT = PAGE.parents[2] / "src/controlroom/desk/assets/script"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
OFFSET = 44
TYPES = {".js": "text/javascript", ".html": "text/html", ".css": "text/css", ".json": "application/json"}


def interleaved(samples: np.ndarray, sample: str) -> bytes:
    """Samples (channels, frames), integers for s16 and s24, as little-endian PCM."""
    frames = np.ascontiguousarray(samples.T)
    if sample == "s16":
        return frames.astype("<i2").tobytes()
    if sample == "f32":
        return frames.astype("<f4").tobytes()
    return frames.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


class Shelf:
    """What the server has: PCM by name, pages by path, and how it misbehaves."""

    def __init__(self) -> None:
        self.pcm: dict[str, bytes] = {}
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.manners: dict[str, str] = {}
        self.requests: list[tuple[str, str | None]] = []

    def version(self, name: str, samples: np.ndarray, rate_hz: int = 48000, sample: str = "f32", **more) -> dict:
        """Put a version on the shelf; answers with its entry for the engine."""
        self.pcm[name] = bytes(OFFSET) + interleaved(samples, sample)
        channels, frames = samples.shape
        return {
            "id": name, "label": name, "duration_s": frames / rate_hz, "channels": channels, "gain_db": 0, "map": [],
            "pcm": {"url": f"/pcm/{name}", "offset": OFFSET, "frames": frames, "sample": sample},
            **more,
        }  # fmt: skip


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    shelf: Shelf

    def log_message(self, *_: object) -> None:
        pass

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        self.shelf.requests.append((path, self.headers.get("Range")))
        if path.startswith("/pcm/"):
            self._pcm(path.removeprefix("/pcm/"))
        elif path in self.shelf.pages:
            self._send(200, *self.shelf.pages[path])
        else:
            self._file(path)

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.shelf.requests.append((self.path, self.headers.get("X-CSRFToken")))
        self._send(204, "text/plain", b"")

    def _file(self, path: str) -> None:
        roots = {"script": SCRIPT, "page": PAGE}
        _, root, name = path.split("/", 2) if path.count("/") > 1 else ("", "", "")
        found = roots[root] / name if root in roots else PAGE / "nothing"
        if not found.is_file():
            self._send(404, "text/plain", b"not here")
        else:
            self._send(200, TYPES[found.suffix], found.read_bytes())

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def _pcm(self, name: str) -> None:
        manner = self.shelf.manners.get(name, "")
        if manner.isdigit():
            return self._send(int(manner), "text/plain", b"")
        if manner == "whole":
            return self._send(200, "application/octet-stream", bytes(1000))
        whole = self.shelf.pcm[name]
        asked = self.headers["Range"]
        first, last = (int(end) for end in asked.removeprefix("bytes=").split("-"))
        if last >= len(whole):
            return self._send(416, "text/plain", b"")
        part = whole[first : last + 1]
        if manner == "short":
            part = part[: len(part) // 2]
        if manner == "broken":
            return self._break_off(part)
        return self._send(
            206, "application/octet-stream", part, {"Content-Range": f"bytes {first}-{last}/{len(whole)}"}
        )

    def _break_off(self, part: bytes) -> None:
        self.send_response(206)
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part[: len(part) // 2])
        self.wfile.flush()
        self.close_connection = True
        self.connection.shutdown(2)

    def _send(self, status: int, kind: str, body: bytes, more: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {
            "Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store", **(more or {})
        }.items():  # fmt: skip
            self.send_header(name, value)
        with suppress(ConnectionError):  # the page may have turned away
            self.end_headers()
            self.wfile.write(body)


@contextmanager
def serving(shelf: Shelf) -> Iterator[str]:
    """The shelf on a free port of this machine, by its address."""
    handler = type("ShelfHandler", (Handler,), {"shelf": shelf})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def unpack(packed: list[str]) -> np.ndarray:
    """What the bench captured, float32 (channels, frames)."""
    return np.stack([np.frombuffer(base64.b64decode(channel), "<f4") for channel in packed])


def render(page, **what) -> dict:
    """Render on the bench; `samples` come back as float32 (2, frames)."""
    answer = page.evaluate("(what) => window.bench.render(what)", json.loads(json.dumps(what)))
    return {**answer, "samples": unpack(answer["samples"])}
