"""What a PDF of Typst's shows, and how large its pages are: through the fonts' maps from glyphs to letters (ToUnicode,
ISO 32000-1 §9.10.3). Enough of a reader for tests; it knows nothing of encryption or object streams."""

from __future__ import annotations

import re
import zlib

_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def page_sizes(pdf: bytes) -> list[tuple[int, int]]:
    """Width and height of each page in points."""
    boxes = re.findall(rb"/MediaBox\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
    return [(round(float(width)), round(float(height))) for width, height in boxes]


def shown_text(pdf: bytes) -> str:
    """All that is drawn as text, a space between two strings."""
    objects = {int(number): body for number, body in re.findall(rb"\n(\d+) 0 obj\n(.*?)\nendobj", pdf, re.S)}
    pages = re.findall(rb"/Type/Page/Resources (\d+) 0 R.*?/Contents (\d+) 0 R", pdf, re.S)
    return " ".join(_drawn(_stream(objects[int(content)]), _fonts(objects, int(names))) for names, content in pages)


def _fonts(objects: dict[int, bytes], resources: int) -> dict[bytes, dict[int, str]]:
    """Each page has its own names for its fonts."""
    fonts = {}
    for name, number in re.findall(rb"/(f\d+) (\d+) 0 R", objects[resources]):
        table = re.search(rb"/ToUnicode (\d+) 0 R", objects[int(number)])
        fonts[name] = _letters(_stream(objects[int(table[1])])) if table else {}
    return fonts


def _stream(body: bytes) -> bytes:
    data = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.S)[1]
    return zlib.decompress(data) if b"FlateDecode" in body else data


def _letters(table: bytes) -> dict[int, str]:
    pairs = re.findall(rb"<([0-9A-F]{4})> <([0-9A-F]+)>\n", table)
    return {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}


def _drawn(content: bytes, fonts: dict[bytes, dict[int, str]]) -> str:
    said, letters = [], {}
    for name, array in re.findall(rb"/(f\d+) [\d.]+ Tf|\[((?:\((?:\\.|[^\\)])*\)|[^\]()])*)\]TJ", content, re.S):
        if name:
            letters = fonts.get(name, {})
            continue
        codes = b"".join(_unescaped(text) for text in re.findall(rb"\(((?:\\.|[^\\)])*)\)", array, re.S))
        pairs = zip(codes[::2], codes[1::2], strict=True)
        said.append("".join(letters.get(256 * high + low, "\ufffd") for high, low in pairs))
    return " ".join(said)


def _unescaped(text: bytes) -> bytes:
    def one(found: re.Match[bytes]) -> bytes:
        escaped = found[1]
        return bytes([int(escaped, 8) & 255]) if escaped.isdigit() else _ESCAPES.get(escaped, escaped)

    return re.sub(rb"\\([0-7]{1,3}|.)", one, text, flags=re.S)
