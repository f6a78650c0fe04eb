"""HTML made harmless: a short list of what may stay, nothing asked for from anywhere, links that say where they go."""

from __future__ import annotations

import html as entities
import re
from html import unescape

import msgspec
import nh3

from controlroom.rooms.correspondence.reading.html_text import as_text
from controlroom.rooms.correspondence.reading.links import link_of, unwrapped

MOST_HTML = 400_000  # characters; what is longer is cut: the parser takes 3 s for the worst of that length
_MOST_DEEP = 200  # elements within elements: the parser's time grows with the square of it

_TAGS = frozenset((
    "a", "abbr", "b", "blockquote", "br", "caption", "cite", "code", "dd", "del", "dfn", "div", "dl", "dt",
    "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd", "li", "mark", "ol", "p", "pre",
    "q", "s", "samp", "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead",
    "tr", "u", "ul", "var",
))  # fmt: skip
_EMPTIED = frozenset((
    "script", "style", "title", "noscript", "template", "iframe", "object", "embed", "applet", "textarea",
    "select", "svg", "math", "head", "frameset", "xmp",
))  # fmt: skip
_ATTRIBUTES = {"a": {"href"}, "img": {"src", "alt"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_ATTRIBUTES |= {"ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel", "cid"}

_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z-]+="[^"]*")*)>')
_CID = re.compile(r' src="cid:([^"]*)"')
_LINK = re.compile(r'<a href="(https?:[^"]*)"([^>]*)>(.*?)</a>', re.DOTALL)
_OPENING = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_REMOTE = re.compile(
    r"""(?:\bsrc|\bbackground|\bposter|\bsrcset)\s*=\s*["']?\s*(?:https?:)?//|url\(\s*["']?\s*(?:https?:)?//|@import"""
    r"""|<link\b|http-equiv\s*=\s*["']?refresh""",
    re.IGNORECASE,
)
_ACTIVE = re.compile(
    r"<(?:script|iframe|object|embed|applet|form|svg|base)\b|\bon[a-z]{3,20}\s*=|javascript:", re.IGNORECASE
)


class Cleaned(msgspec.Struct, frozen=True, kw_only=True):
    """Sanitised HTML, and what was taken out: things to be fetched from elsewhere, things that act, masked links."""

    html: str
    remote: int = 0
    active: int = 0
    masked: tuple[str, ...] = ()


def sanitised(html: str) -> str:
    """HTML that asks for nothing from anywhere and does nothing.

    No script, style, form or drawing stays. Images stay only where they came with the message: `<img data-cid="ID">`,
    for a page to fill. Links get rel="noopener noreferrer", and the host behind them where their words do not tell it.
    """
    return cleaned(html).html


def cleaned(html: str) -> Cleaned:
    html = _shallow(html[:MOST_HTML].replace("\x00", ""))
    clean = nh3.clean(
        html,
        tags=set(_TAGS),
        clean_content_tags=set(_EMPTIED),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        strip_comments=True,
        link_rel="noopener noreferrer",
        url_schemes=set(_SCHEMES),
    )
    clean = _TAG.sub(_image, clean)
    masked: list[str] = []
    clean = _LINK.sub(lambda match: _told(match, masked), clean)
    remote, active = len(_REMOTE.findall(html)), len(_ACTIVE.findall(html))
    return Cleaned(html=clean.strip(), remote=remote, active=active, masked=tuple(dict.fromkeys(masked)))


def text_of(html: str) -> str:
    """The words of HTML, with its lines, list marks, quotes (`> `) and the targets of its links."""
    return as_text(sanitised(html))


def _attribute(tag: str, name: str, value: str) -> str | None:
    if tag == "img" and name == "src":
        value = value.strip()
        return f"cid:{value[4:]}" if value.lower().startswith("cid:") else None
    if name == "href":
        value = value.strip()
        if value.lower().startswith(("http://", "https://")):
            return unwrapped(value)
        return value if value.lower().startswith(("mailto:", "tel:")) else None
    return value


def _image(match: re.Match[str]) -> str:
    """Images without bytes in the message go; the others wait for a page to fill them."""
    if match[2] != "img":
        return match[0]
    return f"<img{_CID.sub(_waiting, match[3])}>" if _CID.search(match[3]) else ""


def _waiting(match: re.Match[str]) -> str:
    return f' data-cid="{match[1]}"'


def _told(match: re.Match[str], masked: list[str]) -> str:
    """The host is said behind a link whose words do not say it; words that say another one are masked."""
    link = link_of(unescape(match[1]))
    if link is None:
        return match[3]
    said = unescape(_TAG.sub("", match[3])).lower()
    if link.host.removeprefix("www.") in said:
        return match[0]
    other = re.search(r"(?:https?://|www\.)([\w.-]+\.[a-z]{2,})", said)
    if other and not link.host.endswith(other[1].removeprefix("www.")):
        masked.append(link.host)
    return f"{match[0]} <small>[{entities.escape(link.host)}]</small>"


def _shallow(html: str) -> str:
    """Text without its tags where they are nested so deep that nobody wrote them."""
    depth = 0
    for match in _OPENING.finditer(html):
        if match[1]:
            depth = max(depth - 1, 0)
        elif match[2].lower() not in ("br", "img", "hr", "meta", "link", "input", "p", "li", "td", "tr", "th", "o"):
            depth += 1
            if depth > _MOST_DEEP:
                return "<p>" + entities.escape(unescape(re.sub(r"<[^<>]{0,2000}>", " ", html))) + "</p>"
    return html
