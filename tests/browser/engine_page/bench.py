"""A small server of recordings with Range, and Chromium with a page that runs the engine."""

from __future__ import annotations

import base64
import json
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np

PAGE = Path(__file__).parent
DESK = PAGE.parents[2] / "src/controlroom/desk"
SCRIPT = DESK / "assets/script"
BUILT = DESK / "static/desk"
FLAGS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip
OFFSET = 44
CSP = (  # the desk's own
    "default-src 'none'; script-src 'self'; style-src 'self' 'nonce-n0nce'; img-src 'self' data:; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
TYPES = {
    ".woff2": "font/woff2",
    ".js": "text/javascript",
    ".html": "text/html",
    ".css": "text/css",
    ".json": "application/json",
}


def interleaved(samples: np.ndarray, sample: str) -> bytes:
    """Samples (channels, frames), integers for s16 and s24, as little-endian PCM."""
    frames = np.ascontiguousarray(samples.T)
    if sample == "s16":
        return frames.astype("<i2").tobytes()
    if sample == "f32":
        return frames.astype("<f4").tobytes()
    return frames.astype("<i4").reshape(-1, 1).view(np.uint8)[:, :3].tobytes()


def wav_header(channels: int, frames: int, rate_hz: int, sample: str) -> bytes:
    """44 bytes: RIFF, fmt, and the head of the data chunk."""
    size = {"s16": 2, "s24": 3, "f32": 4}[sample] * channels
    kind = struct.pack(
        "<HHIIHH", 3 if sample == "f32" else 1, channels, rate_hz, rate_hz * size, size, 8 * size // channels
    )
    data = frames * size
    return (
        b"RIFF"
        + struct.pack("<I", 36 + data)
        + b"WAVEfmt "
        + struct.pack("<I", 16)
        + kind
        + b"data"
        + struct.pack("<I", data)
    )


class Shelf:
    """What the server has: PCM by name, pages by path, and how it misbehaves."""

    def __init__(self) -> None:
        self.pcm: dict[str, bytes] = {}
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.manners: dict[str, str] = {}
        self.status: dict[str, int] = {}
        self.requests: list[tuple[str, str | None]] = []

    def version(self, name: str, samples: np.ndarray, rate_hz: int = 48000, sample: str = "f32", **more) -> dict:
        """Put a version on the shelf; answers with its entry for the engine."""
        channels, frames = samples.shape
        self.pcm[name] = wav_header(channels, frames, rate_hz, sample) + interleaved(samples, sample)
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
        if path in self.shelf.status:
            self._send(self.shelf.status[path], "text/plain", b"")
        elif path.startswith("/pcm/"):
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
        roots = {"script": SCRIPT, "page": PAGE, "built": BUILT}
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
        first, _, end = self.headers["Range"].removeprefix("bytes=").partition("-")
        first, last = int(first), int(end or len(whole) - 1)
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
            "Content-Type": kind, "Content-Length": str(len(body)), "Cache-Control": "no-store",
            "Accept-Ranges": "bytes", "Content-Security-Policy": CSP, **(more or {}),
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


def peaks_of(samples: np.ndarray, rate_hz: int = 48000, bin_s: float = 0.1) -> bytes:
    """The waveform as the desk serves it, of samples in -1 to 1."""
    size = round(bin_s * rate_hz)
    bins = samples[:, : samples.shape[1] // size * size].reshape(len(samples), -1, size)
    low, high = (np.round(127 * side).astype(int).tolist() for side in (bins.min(axis=2), bins.max(axis=2)))
    return json.dumps({"bin_s": bin_s, "low": low, "high": high}).encode()


TAB = '<button class="tab" data-version="{id}" aria-pressed="false">{label} <kbd>{key}</kbd></button>'
NOTE = """<article class="note" data-note="{id}" data-at="{at_s}" data-number="{number}" data-who="{who}">
<div class="row"><button type="button" class="chip hot num" data-seek="{at_s}">{at_s} s</button></div>
<p data-text>{text}</p></article>"""


def review_page(shelf: Shelf, versions: list[dict], current: int, notes: list[dict]) -> str:
    """Put a review page on the shelf, as the desk's templates write it; answers with its path."""
    tabs = "".join(TAB.format(**each) for each in versions)
    listed = "".join(NOTE.format(**each) for each in notes)
    data = {"song": {"id": 1, "title": "Paper Lanterns"}, "clock_hz": 48000, "current": current, "can": ["comment"]}
    html = (PAGE / "review.html").read_text()
    html = (
        html.replace("TABS", tabs).replace("NOTES", listed).replace("DATA", json.dumps({**data, "versions": versions}))
    )
    shelf.pages["/review"] = ("text/html", html.encode())
    return "/review"


def unpack(packed: list[str]) -> np.ndarray:
    """What the bench captured, float32 (2, frames); equal channels come once."""
    channels = [np.frombuffer(base64.b64decode(channel), "<f4") for channel in packed]
    return np.stack([channels[0], channels[-1]])


def render(page, **what) -> dict:
    """Render on the bench; `samples` come back as float32 (2, frames)."""
    answer = page.evaluate("(what) => window.bench.render(what)", json.loads(json.dumps(what)))
    return {**answer, "samples": unpack(answer["samples"])}
