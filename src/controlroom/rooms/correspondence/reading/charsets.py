"""Bytes that claim a character set -> words. What is claimed is often wrong; what the bytes look like decides then."""

from __future__ import annotations

import codecs
import re

# What senders write -> the superset that browsers read it as (WHATWG Encoding Standard §4.2), by the codec's name.
_ALIASES = {
    "ascii": "cp1252", "us-ascii": "cp1252", "iso-8859-1": "cp1252", "latin1": "cp1252", "latin-1": "cp1252",
    "windows-1252": "cp1252", "ansi": "cp1252", "x-ansi": "cp1252", "iso-8859-9": "cp1254", "iso-8859-11": "cp874",
    "tis-620": "cp874", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "cp936": "gb18030",
    "gb-2312": "gb18030", "gb_2312-80": "gb18030", "shift_jis": "cp932", "shift-jis": "cp932", "x-sjis": "cp932",
    "sjis": "cp932", "windows-31j": "cp932", "iso-2022-jp": "iso2022_jp_ext", "iso2022jp": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext", "cp50221": "iso2022_jp_ext", "euc-kr": "cp949", "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949", "korean": "cp949", "utf8": "utf-8", "utf-8": "utf-8", "utf8mb4": "utf-8",
    "unicode-1-1-utf-8": "utf-8", "unicode-1-1-utf-7": "utf-7", "iso-8859-8-i": "iso8859_8",
    "iso-8859-8-e": "iso8859_8", "macintosh": "mac_roman", "x-mac-roman": "mac_roman", "koi8": "koi8_r",
    "big5-hkscs": "big5hkscs", "x-euc-jp": "euc_jp", "dos-874": "cp874",
}  # fmt: skip
_OTHERS = re.compile(
    r"utf-?(7|8|16|16-?[lb]e|32|32-?[lb]e)|iso[-_]?8859[-_]?\d{1,2}|(windows|cp)[-_]?(12\d\d|8\d\d|437|9\d\d)"
    r"|koi8[-_][rut]|euc[-_]?(jp|kr)|big5|big5hkscs|gb18030|hz(-gb-2312)?|johab|iso[-_]2022[-_](jp(-?\w+)?|kr)|mac-\w+",
    re.ASCII,
)
_SINGLE = ("cp1252", "cp1254")
_COMMON_RUSSIAN = frozenset("оеаинтсрвлкмдпуыя")
_ESCAPES = (b"\x1b$B", b"\x1b$@", b"\x1b(J")
_LOOK_AT = 8192


def decoded(raw: bytes, claimed: str = "") -> tuple[str, str]:
    """The words, and the character set that had to be guessed ("" where the claimed one fits, or all is ASCII)."""
    if raw.startswith(codecs.BOM_UTF8):
        return raw.decode("utf-8-sig", "replace"), ""
    codec = codec_of(claimed)
    if raw.isascii() and not any(escape in raw for escape in _ESCAPES) and codec in ("", "utf-8", *_SINGLE):
        return raw.decode("ascii"), ""
    if codec and not (codec in _SINGLE and (_is(raw, "utf-8") or any(escape in raw for escape in _ESCAPES))):
        words = _strictly(raw, codec)
        if words is not None:
            honest = "ascii" not in claimed.lower() or raw.isascii()
            return words, "" if honest else "windows-1252"
    guess = guessed(raw)
    return raw.decode(guess, "replace"), _spoken(guess)


def codec_of(claimed: str) -> str:
    """The codec for a claimed name, "" for names that are unknown or no character set (zip, rot13, idna)."""
    name = claimed.strip().strip("\"'").lower()[:40]
    if name in _ALIASES:
        return _ALIASES[name]
    if not _OTHERS.fullmatch(name):
        return ""
    try:
        return codecs.lookup(name.replace("windows-", "cp").replace("hz-gb-2312", "hz")).name
    except LookupError:
        return ""


def guessed(raw: bytes) -> str:
    """The codec that these bytes most look like."""
    if any(escape in raw for escape in _ESCAPES):
        return "iso2022_jp_ext"
    if _is(raw, "utf-8"):
        return "utf-8"
    look = raw[:_LOOK_AT]
    high = sum(byte >= 0x80 for byte in look)
    letters = sum(chr(byte).isalpha() for byte in look if byte < 0x80)
    if high * 4 < letters:  # a few accents among many letters: a European language
        return "cp1252"
    scores = {codec: _likeness(look, codec) for codec in ("cp932", "euc_jp", "cp949", "gb18030", "koi8_r", "cp1251")}
    best = max(scores, key=lambda codec: scores[codec])
    return best if scores[best] > 0 else "cp1252"


def _likeness(look: bytes, codec: str) -> float:
    """How much the words look like that language's, 0..1; below 0 where the bytes are not possible."""
    words = _strictly(look, codec)
    if words is None:
        return -1.0
    strange = [letter for letter in words if letter > "\x7f"]
    if not strange:
        return 0.0
    if codec in ("koi8_r", "cp1251"):
        fit = sum(letter in _COMMON_RUSSIAN for letter in strange)
    elif codec in ("cp932", "euc_jp"):
        fit = sum("\u3041" <= letter <= "\u30fe" for letter in strange) * 2
    elif codec == "cp949":
        fit = sum("\uac00" <= letter <= "\ud7a3" for letter in strange)
    else:
        fit = sum(_in_gb2312(letter) for letter in strange)
    return min(fit / len(strange), 1.0) if fit else 0.0


def _in_gb2312(letter: str) -> bool:
    """Among the 3,755 most common characters (level 1 of GB 2312: lead bytes B0 to D7), or its punctuation."""
    try:
        lead = letter.encode("gb2312")[0]
    except UnicodeEncodeError:
        return letter in "\uff0c\uff01\uff1f\u3002"
    return 0xB0 <= lead <= 0xD7 or lead in (0xA1, 0xA3)


def _is(raw: bytes, codec: str) -> bool:
    return _strictly(raw, codec) is not None


def _strictly(raw: bytes, codec: str) -> str | None:
    """The words, None where the bytes are impossible. Of long ones the end may be cut inside a character."""
    try:
        return codecs.getincrementaldecoder(codec)().decode(raw, final=len(raw) < _LOOK_AT)
    except (UnicodeError, ValueError):
        return None


def _spoken(codec: str) -> str:
    return {"cp1252": "windows-1252", "iso2022_jp_ext": "iso-2022-jp", "koi8_r": "koi8-r", "cp932": "shift_jis"}.get(
        codec, codec.replace("_", "-")
    )
