"""The words of sanitised HTML: lines, list marks, quotes and the targets of links, as plain text tells them."""

from __future__ import annotations

import re
from html import unescape

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_HREF = re.compile(r' href="(https?://[^"]*)"')
_TOLD_HOST = re.compile(r"</a> <small>\[[^<\]]{1,253}\]</small>")  # the address itself is written instead
_BLOCKS = frozenset((
    "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul", "ol", "dl", "dd", "dt", "pre", "hr",
    "caption", "blockquote",
))  # fmt: skip
_SPACED = frozenset((
    "p", "table", "ul", "ol", "blockquote", "h1", "h2", "h3",
))  # fmt: skip
_MOST_QUOTES = 10


def as_text(clean: str) -> str:
    """The words of HTML that `sanitised` made; quoted blocks get `> ` before their lines, links their target behind."""
    page, last = _Page(), 0
    clean = _TOLD_HOST.sub("</a>", clean)
    for match in _TAG.finditer(clean):
        page.say(clean[last : match.start()])
        page.tag(match[2], bool(match[1]), match[3])
        last = match.end()
    page.say(clean[last:])
    return page.text()


class _Page:
    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._quotes = 0
        self._link: list[str] = []  # the words of the link that is open
        self._href = ""

    def say(self, html: str) -> None:
        said = re.sub(r"[ \t\r\n\f\xa0]+", " ", unescape(html))
        said = said if self._line else said.lstrip()
        if said:
            self._line.append(said)
            self._link.append(said)

    def tag(self, tag: str, closing: bool, attributes: str) -> None:
        if tag == "a":
            self._at_link(closing, attributes)
        elif tag == "br":
            self._break(always=True)
        elif tag in _BLOCKS:
            self._break()
            if tag == "blockquote":
                self._quotes = max(self._quotes + (-1 if closing else 1), 0)
            if closing and tag in _SPACED:
                self._break(always=True)
        elif tag == "li" and not closing:
            self._break()
            self._line.append("- ")
        elif tag in ("td", "th") and closing and self._line:
            self._line.append(" ")

    def text(self) -> str:
        self._break()
        return re.sub(r"(?:\n(?:> )*>?)+(\n(?:> )*>?\n)", r"\1", "\n".join(self._lines)).strip("\n")

    def _break(self, always: bool = False) -> None:
        if always or self._line:
            self._lines.append(f"{'> ' * min(self._quotes, _MOST_QUOTES)}{''.join(self._line)}".rstrip())
            self._line = []

    def _at_link(self, closing: bool, attributes: str) -> None:
        if not closing:
            match = _HREF.search(attributes)
            self._href, self._link = (unescape(match[1]) if match else ""), []
        elif self._href and self._href.rstrip("/") not in "".join(self._link):
            self._line.append(f" <{self._href}>")
