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

from controlroom.base.errors import ControlroomError
from controlroom.rooms.scheduling.sheets.call import CallSheet
from controlroom.rooms.scheduling.sheets.session import SessionSheet

Paper = Literal["a4", "us-letter"]
Sheet = CallSheet | SessionSheet

_MISSING = re.compile(r'the text `"((?:[^"\\]|\\.)+)"` could not be displayed')
_NOTE = (
    'A "?" may stand for a letter that this computer has no font for. See the page on the desk, or install one '
    "(Noto Sans CJK, say)."
)


def as_pdf(sheet: Sheet, paper: Paper = "a4") -> bytes:
    """The sheet as PDF/A-2u (ISO 19005-2), dated by its stamp."""
    words = {**sheet.page(), "paper": paper, "fonts": ""}
    try:
        return _compiled(sheet, words, own_fonts_only=True)
    except _NoFont:
        pass
    try:
        return _compiled(sheet, words, own_fonts_only=False)
    except _NoFont as error:
        shown = {**_without(words, error.letters), "fonts": _NOTE}
        return _compiled(sheet, shown, own_fonts_only=False)


class _NoFont(Exception):
    """Letters that no font has."""

    def __init__(self, letters: frozenset[str]) -> None:
        self.letters = letters
        super().__init__("".join(sorted(letters)))


def _compiled(sheet: Sheet, words: dict[str, Any], *, own_fonts_only: bool) -> bytes:
    here = files("controlroom.rooms.scheduling.sheets")
    template = "".join(here.joinpath(name).read_text("utf-8") for name in ("look.typ", f"{words['kind']}.typ"))
    try:
        made = typst.compile(
            template.encode(),
            format="pdf",
            ignore_system_fonts=own_fonts_only,
            sys_inputs={"sheet": json.dumps(words)},
            pdf_standards="a-2u",
            timestamp=int(sheet.stamp.astimezone(UTC).timestamp()),
        )
    except typst.TypstError as error:
        letters = frozenset("".join(_MISSING.findall(error.diagnostic)))
        if not letters:
            raise ControlroomError(sheet.title, f"the sheet cannot be set: {error.message}") from error
        raise _NoFont(letters) from error
    return made


def _without(words: Any, letters: frozenset[str]) -> Any:
    """The same words; letters that cannot be shown become "?", signs (emoji and what joins them) go."""
    if isinstance(words, str):
        return "".join(_shown(letter) if letter in letters else letter for letter in words)
    if isinstance(words, dict):
        return {key: _without(value, letters) for key, value in words.items()}
    return [_without(value, letters) for value in words] if isinstance(words, list) else words


def _shown(letter: str) -> str:
    return "?" if unicodedata.category(letter)[0] in "LN" else ""
