"""A sheet as PDF, by Typst. The words reach the template as values, never as code.

Set in the fonts that Typst brings along: the same sheet gives the same bytes on every machine. Where letters are not in
them (Japanese, say) the machine's own fonts help; where those have none either, each such letter is printed as "?" and
the sheet says so.
"""

from __future__ import annotations

import json
import re
import unicodedata
from datetime import UTC
from importlib.resources import files
from typing import Any, Literal

import typst

from controlroom.rooms.scheduling.sheets.call import CallSheet
from controlroom.rooms.scheduling.sheets.session import SessionSheet

Paper = Literal["a4", "us-letter"]
Sheet = CallSheet | SessionSheet

# How it is set: in Typst's own fonts; with the machine's beside them; as a PDF that promises nothing for the archive.
_OWN_FONTS: dict[str, Any] = {"ignore_system_fonts": True, "pdf_standards": "a-2u"}
_ALL_FONTS: dict[str, Any] = {"pdf_standards": "a-2u"}
_ANY_PDF: dict[str, Any] = {}
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_NOTE = (
    'A "?" may stand for a letter that this computer has no font for. See the page on the desk, or install one '
    "(Noto Sans CJK, say)."
)


def as_pdf(sheet: Sheet, paper: Paper = "a4") -> bytes:
    """The sheet as PDF, dated by its stamp: PDF/A-2u (ISO 19005-2), but where a font of the machine forbids that."""
    words = {**_clean(sheet.page()), "paper": paper, "fonts": ""}
    try:
        return _compiled(sheet, words, _OWN_FONTS)
    except typst.TypstError:
        pass
    try:
        return _compiled(sheet, words, _ALL_FONTS)
    except typst.TypstError as error:
        missing = frozenset("".join(_MISSING.findall(error.diagnostic)))
    shown = {**_without(words, missing), "fonts": _NOTE if missing else ""}
    return _compiled(sheet, shown, _ANY_PDF)


def _compiled(sheet: Sheet, words: dict[str, Any], how: dict[str, Any]) -> bytes:
    here = files("controlroom.rooms.scheduling.sheets")
    template = "".join(here.joinpath(name).read_text("utf-8") for name in ("look.typ", f"{words['kind']}.typ"))
    stamp = int(sheet.stamp.astimezone(UTC).timestamp())
    made: bytes = typst.compile(
        template.encode(), format="pdf", sys_inputs={"sheet": json.dumps(words)}, timestamp=stamp, **how
    )
    return made


def _clean(words: Any) -> Any:
    """The same words without what no page can hold: control characters, halves of characters."""
    if isinstance(words, str):
        return _CONTROLS.sub(" ", words).encode("utf-8", "replace").decode("utf-8")
    if isinstance(words, dict):
        return {key: _clean(value) for key, value in words.items()}
    return [_clean(value) for value in words] if isinstance(words, list) else words


def _without(words: Any, letters: frozenset[str]) -> Any:
    """The same words; letters that cannot be shown become "?", signs (emoji and what joins them) go."""
    if isinstance(words, str):
        return "".join(_shown(letter) if letter in letters else letter for letter in words)
    if isinstance(words, dict):
        return {key: _without(value, letters) for key, value in words.items()}
    return [_without(value, letters) for value in words] if isinstance(words, list) else words


def _shown(letter: str) -> str:
    return "?" if unicodedata.category(letter)[0] in "LN" else ""
