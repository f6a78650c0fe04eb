"""A printed page as PDF, by Typst. The words reach the template as values, never as code.

Set in the fonts that Typst brings along: the same words give the same bytes on every machine. Where letters are not in
them (Japanese, say) the machine's own fonts help; where those have none either, a sign is printed by its name
in Unicode ("[musical keyboard]"), a letter as "?", and the page says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from importlib.resources import files
from typing import Any

import typst

# How it is set: in Typst's own fonts; with the machine's beside them; as a PDF that promises nothing for the archive.
_OWN_FONTS: dict[str, Any] = {"ignore_system_fonts": True, "pdf_standards": "a-2u"}
_ALL_FONTS: dict[str, Any] = {"pdf_standards": "a-2u"}
_ANY_PDF: dict[str, Any] = {}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_FLAG, _TONE = "regional indicator symbol letter ", "emoji modifier"  # two letters are a flag; a tone of skin
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")  # what joins signs has no look: Typst names it by its number
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_NOTE = (
    'A "?" may stand for a letter that this computer has no font for. See the page on the desk, or install one '
    "(Noto Sans CJK, say)."
)


def pdf_of(template: str, words: dict[str, Any], *, stamp: int, picture: str = "") -> bytes:
    """A page in the house's look (`look.typ`), which `template` continues, dated `stamp` (seconds of the Unix epoch).

    PDF/A-2u (ISO 19005-2), but where a font of the machine forbids that. `words`: what `look.typ` and `template` show,
    finished strings only; `picture`: an SVG drawn here, which the template finds as `sys.inputs.picture`.
    """
    page = _Page(template, stamp, picture)
    words = {**_clean(words), "fonts": ""}
    try:
        return page.set(words)
    except typst.TypstError as error:
        missing = _missing(error.diagnostic)
    shown = {**_without(words, missing), "fonts": _NOTE if any(_is_letter(letter) for letter in missing) else ""}
    try:
        return page.set(shown)
    except typst.TypstError:
        return page.compiled(shown, _ANY_PDF)


class _Page:
    def __init__(self, template: str, stamp: int, picture: str) -> None:
        look = files("controlroom.sound.drawing").joinpath("look.typ").read_text("utf-8")
        self._source, self._stamp, self._picture = (look + template).encode(), stamp, picture

    def set(self, words: dict[str, Any]) -> bytes:
        """The page with its own fonts, else with the machine's; `TypstError` where neither have all letters."""
        try:
            return self.compiled(words, _OWN_FONTS)
        except typst.TypstError:
            return self.compiled(words, _ALL_FONTS)

    def compiled(self, words: dict[str, Any], how: dict[str, Any]) -> bytes:
        inputs = {"sheet": json.dumps(words), "picture": self._picture}
        made: bytes = typst.compile(self._source, format="pdf", sys_inputs=inputs, timestamp=self._stamp, **how)
        return made


def _missing(diagnostic: str) -> frozenset[str]:
    """The letters that no font has. What is in ASCII is in every font: it is named where a sign is joined to it."""
    named = _ESCAPED.sub(_unescaped, "".join(_MISSING.findall(diagnostic)))
    return frozenset(letter for letter in named if not letter.isascii())


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def _clean(words: Any) -> Any:
    """The same words without what no page can hold: control characters, halves of characters."""
    if isinstance(words, str):
        return _CONTROLS.sub(" ", words).encode("utf-8", "replace").decode("utf-8")
    if isinstance(words, dict):
        return {key: _clean(value) for key, value in words.items()}
    return [_clean(value) for value in words] if isinstance(words, list) else words


def _without(words: Any, letters: frozenset[str]) -> Any:
    """The same words; letters that cannot be shown become "?", signs (emoji) their names, what joins signs goes."""
    if isinstance(words, str):
        return "".join(_shown(letter) if letter in letters else letter for letter in words)
    if isinstance(words, dict):
        return {key: _without(value, letters) for key, value in words.items()}
    return [_without(value, letters) for value in words] if isinstance(words, list) else words


def _is_letter(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LN"


def _shown(letter: str) -> str:
    if _is_letter(letter):
        return "?"
    name = unicodedata.name(letter, "").lower()
    if name.startswith(_FLAG):
        return name.removeprefix(_FLAG).upper()
    return f"[{name}]" if unicodedata.category(letter)[0] in "SP" and name and not name.startswith(_TONE) else ""
