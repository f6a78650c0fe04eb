"""Addresses in the words of a message: found, unwrapped, told apart. None is ever asked for."""

from __future__ import annotations

import re
from collections.abc import Iterable

from controlroom.rooms.correspondence.message import Link, LinkKind
from controlroom.rooms.correspondence.reading.headers import percent_decoded

MOST_LINKS = 200
_MOST_URL = 2000

_STREAMING = (
    "soundcloud.com", "youtube.com", "youtu.be", "spotify.com", "spotify.link", "bandcamp.com", "music.apple.com",
    "tidal.com", "deezer.com", "vimeo.com", "mixcloud.com", "audiomack.com", "qobuz.com", "reverbnation.com",
    "samply.app", "untitled.stream", "disco.ac",
)  # fmt: skip
_SERVICES: dict[LinkKind, tuple[str, ...]] = {
    "dropbox": ("dropbox.com", "dropboxusercontent.com", "db.tt"),
    "drive": ("drive.google.com", "docs.google.com", "drive.usercontent.google.com"),
    "wetransfer": ("wetransfer.com", "we.tl"),
    "streaming": _STREAMING,
}
_WEB = re.compile(r"https?://([^/\\?#]+)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_HOST = re.compile(r"[\w.-]+")
_AUDIO = re.compile(
    r"\.(wav|wave|bwf|mp3|flac|m4a|aac|aiff?|aifc|ogg|oga|opus|wma|caf|alac|wv)$", re.IGNORECASE | re.ASCII
)
_BARE_HOSTS = "|".join(
    re.escape(host) for hosts in _SERVICES.values() for host in hosts if host not in ("docs.google.com", "db.tt")
)
_URL = re.compile(
    r"(?<![\w@.])(?:https?://|www\.)[^\s<>\"'`\u3000-\u303f\uff00-\uff60「」]{1,2000}"
    rf"|(?<![\w@./-])(?:[\w-]{{1,63}}\.)?(?:{_BARE_HOSTS})/[^\s<>\"'`\u3000-\u303f\uff00-\uff60「」]{{1,2000}}",
    re.IGNORECASE,
)
_HREF = re.compile(r'<a href="([^"]{1,4000})"')
_PUNCTUATION = ".,;:!?*_~'\"…"
_PAIRS = {")": "(", "]": "[", "}": "{", "›": "‹", "»": "«"}
# Mail scanners and redirectors that carry the real address in a parameter: host -> its names.
_WRAPPERS = {
    "safelinks.protection.outlook.com": ("url",), "linkprotect.cudasvc.com": ("a",),
    "urldefense.proofpoint.com": ("u",),
    "l.facebook.com": ("u",), "lm.facebook.com": ("u",), "google.com": ("q", "url"), "slack-redir.net": ("url",),
}  # fmt: skip
_DEFENSE = re.compile(r"/v3/__(.{1,1900}?)__;")


def links_in(text: str, html: str = "", quoted: str = "") -> tuple[Link, ...]:
    """The links of a message, each once, in their order; what stands only in the quoted part is nobody's news.

    `html` is sanitised HTML.
    """
    repeated = set(_urls(quoted))
    said = list(_urls(text))
    hrefs = (_clean(_unescaped(match[1])) for match in _HREF.finditer(html))
    wanted = [*said, *(url for url in hrefs if url not in repeated)]
    found: dict[str, Link] = {}
    for url in wanted:
        if len(found) < MOST_LINKS and url not in found and (link := link_of(url)):
            found[url] = link
    return tuple(found.values())


def link_of(url: str) -> Link | None:
    """What an address leads to, by its host and path; None for anything but http and https."""
    host, path, _ = _parts(url)
    return Link(url=url, host=host, kind=_kind(host, path)) if host else None


def _parts(url: str) -> tuple[str, str, str]:
    """Host, path and query as a browser takes them (WHATWG URL §4.4); all "" where it is no web address.

    A backslash is a slash, and the host is what stands behind the last @.
    """
    match = _WEB.match(url)
    host = match[1].rpartition("@")[2].partition(":")[0].lower().rstrip(".") if match else ""
    if match is None or "." not in host or not _HOST.fullmatch(host):
        return "", "", ""
    return host, match[2] or "", match[3] or ""


def _kind(host: str, path: str) -> LinkKind:
    for kind, hosts in _SERVICES.items():
        if any(host == one or host.endswith("." + one) for one in hosts):
            return kind
    return "audio" if _AUDIO.search(_unquoted(path).rstrip("/")) else "other"


def _urls(text: str) -> Iterable[str]:
    for count, match in enumerate(_URL.finditer(text)):
        if count >= 5 * MOST_LINKS:
            return
        yield _clean(match[0])


def _clean(url: str) -> str:
    """Punctuation of the sentence off its end, a scheme before it, scanners' wrappers away."""
    url = url.strip()
    while url and (
        url[-1] in ".,;:!?*_~'\"…" or (url[-1] in _PAIRS and url.count(url[-1]) > url.count(_PAIRS[url[-1]]))
    ):
        url = url[:-1]
    if not url.lower().startswith(("http://", "https://")):
        url = f"https://{url}"
    scheme, _, rest = url.partition("://")
    return unwrapped(f"{scheme.lower()}://{rest}")[:_MOST_URL]


def unwrapped(url: str) -> str:
    """The address inside those of mail scanners (Safe Links, URL Defense and others), as its text tells it."""
    for _ in range(3):
        inner = _inner(url)
        if not inner:
            break
        url = inner
    return url


def _inner(url: str) -> str:
    host, path, asked = _parts(url)
    fields = [one.partition("=") for one in asked.split("&")[:50]]
    query = {name: _unquoted(value) for name, _, value in reversed(fields)}
    if host == "urldefense.com" and (match := _DEFENSE.search(url)):
        return _web(re.sub(r"^(https?):/(?!/)", r"\1://", match[1]))
    for wrapper, names in _WRAPPERS.items():
        if not (host == wrapper or host.endswith("." + wrapper)) or (host.endswith("google.com") and path != "/url"):
            continue
        inner = next((query[name] for name in names if name in query), "")
        if wrapper == "urldefense.proofpoint.com":
            inner = _unquoted(inner.replace("-", "%").replace("_", "/"))
        return _web(inner)
    return ""


def _unquoted(text: str) -> str:
    return percent_decoded(text).decode("utf-8", "replace")


def _web(url: str) -> str:
    return url if url.lower().startswith(("http://", "https://")) else ""


def _unescaped(value: str) -> str:
    return value.replace("&amp;", "&").replace("&quot;", '"').replace("&lt;", "<").replace("&gt;", ">")
