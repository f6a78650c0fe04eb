"""Names of attachments, made safe: nothing in them leads out of a folder, hides what it is, or upsets a file system."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

from controlroom.rooms.correspondence.reading.headers import one_line

MOST_BYTES = 150
_RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[<>:"|?*\x00-\x1f]')
_TURNS = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")
_PROGRAMS = frozenset((
    ".exe", ".scr", ".com", ".bat", ".cmd", ".pif", ".js", ".jse", ".vbs", ".vbe", ".wsf", ".hta", ".msi",
    ".lnk", ".ps1", ".jar", ".app", ".dmg", ".pkg", ".apk", ".iso", ".img", ".reg", ".cpl", ".dll", ".docm",
    ".xlsm", ".pptm", ".html", ".htm", ".svg", ".url",
))  # fmt: skip
_ARCHIVES = frozenset((
    ".zip", ".rar", ".7z", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar", ".ace", ".arj", ".cab", ".lzh",
))  # fmt: skip
_EXTENSIONS = {"audio/mpeg": ".mp3", "audio/mp3": ".mp3", "audio/wav": ".wav", "audio/x-wav": ".wav",
               "audio/flac": ".flac", "audio/mp4": ".m4a", "audio/x-m4a": ".m4a", "message/rfc822": ".eml",
               "text/calendar": ".ics", "text/plain": ".txt", "application/octet-stream": ".bin"}  # fmt: skip


def safe_name(stated: str, part: str, media_type: str) -> str:
    """A file name from what the message says, or one made of the part's number where it says nothing usable."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", one_line(_TURNS.sub("", stated))))[-1]
    name = _FORBIDDEN.sub("_", re.sub(r"^[A-Za-z]:", "", last)).strip(" .")
    if not name.strip("_"):
        name = f"attachment-{part}{_extension(media_type)}"
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _short(name)


def _extension(media_type: str) -> str:
    return _EXTENSIONS.get(media_type) or mimetypes.guess_extension(media_type) or ".bin"


def _short(name: str) -> str:
    """At most 150 bytes, its extension kept."""
    stem, dot, extension = name.rpartition(".")
    if not dot or len(extension.encode()) > 12:
        stem, extension = name, ""
    room = MOST_BYTES - len(extension.encode()) - len(dot)
    cut = stem.encode()[:room].decode("utf-8", "ignore").rstrip(" .")
    return f"{cut}.{extension}" if extension else cut


def hides(stated: str) -> bool:
    """Whether a name is written so that it seems another: marks that turn it round, or `song.wav.exe`."""
    return bool(_TURNS.search(stated)) or bool(
        re.search(r"\.(wav|mp3|flac|m4a|aiff?|pdf|docx?|xlsx?|jpe?g|png|txt)\s*\.\w{2,4}$", stated, re.IGNORECASE)
        and ending(stated) in _PROGRAMS
    )


def ending(name: str) -> str:
    """The extension in lower case, with its dot; "" where there is none."""
    return "." + name.rpartition(".")[2].lower().strip() if "." in name else ""


def is_program(name: str) -> bool:
    return ending(name) in _PROGRAMS


def is_archive(name: str, first: bytes) -> bool:
    """By name or by first bytes (zip, rar, 7z, gzip, bzip2, xz). It is never opened."""
    magic = (b"PK\x03\x04", b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh", b"\xfd7zXZ\x00")
    office = ending(name) in (".docx", ".xlsx", ".pptx", ".odt", ".ods", ".odp")
    return ending(name) in _ARCHIVES or (first.startswith(magic) and not office)
