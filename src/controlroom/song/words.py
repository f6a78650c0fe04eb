"""A name as a person reads it: "03_KickIn" is the words "03", "kick", "in"."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SEAMS = re.compile(
    r"(?<=[a-zà-öø-ÿ])(?=[A-ZÀ-ÖØ-Þ])"  # KickIn
    r"|(?<=[A-Z])(?=[A-Z][a-z]{2})"  # BGVox, but not OHs
    r"|(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])"  # Gtr2DT
)


def plain(text: str) -> str:
    """Lower case without accents, the same for composed and decomposed spellings (macOS writes the latter)."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in spread if not unicodedata.combining(letter))


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """The words of a name, lower case, without accents; camel case, letters and figures are taken apart."""
    apart = _SEAMS.sub(" ", unicodedata.normalize("NFC", name))
    return tuple(word for word in re.split(r"[\W_]+", plain(apart)) if word and word != "s")


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """A sort key that puts "take 2" before "take 10"."""
    pieces = re.findall(r"\d+|\D+", plain(text))
    return tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces)
