"""The sentences of a language, from `words/LANGUAGE/`: jinja2 templates over facts, filled and set in type."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import jinja2
from jinja2.runtime import Context

from controlroom.rooms.correspondence.letters.facts import Language
from controlroom.rooms.correspondence.letters.tongue import NO_BREAK, Tongue

FILES = ("form.toml", "letters.toml", "sessions.toml", "invoices.toml", "points.toml", "check.toml")
_WIDE = re.compile(r" ([;:!?](?=\s|$)|»)|(«) ")


class Filled(NamedTuple):
    """A text and the names of the facts it was made of."""

    text: str
    asked: frozenset[str]


class _Recording(Context):
    """Notes which variables a template looked at."""

    def resolve_or_missing(self, key: str) -> Any:
        value = super().resolve_or_missing(key)
        if value:
            self.__dict__.setdefault("asked", set()).add(key)
        return value


class _Environment(jinja2.Environment):
    context_class = _Recording


class Catalogue:
    """`table` holds all files of the language. A fact that is not there is an error: nothing stays blank unseen."""

    def __init__(self, language: Language) -> None:
        folder = files("controlroom.rooms.correspondence.letters").joinpath("words", language)
        self.language = language
        self.table: dict[str, Any] = {}
        for name in FILES:
            self.table |= tomllib.loads(folder.joinpath(name).read_text(encoding="utf-8"))
        self.tongue = Tongue(self.table["form"], self.table["words"])
        environment = _Environment(
            autoescape=False, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        environment.filters.update(self.tongue.filters)
        self._made = cache(environment.from_string)

    def fill(self, template: str, facts: Mapping[str, Any]) -> Filled:
        """Raises `jinja2.UndefinedError` where a fact is missing that the sentence cannot do without."""
        made = self._made(template)
        context = made.new_context(dict(facts))
        text = "".join(made.root_render_func(context))
        return Filled(self._set(text), frozenset(context.__dict__.get("asked", ())))

    def _set(self, text: str) -> str:
        """No trailing blanks, one empty line at most; French marks keep their distance without a break."""
        text = "\n".join(line.rstrip() for line in text.strip().split("\n"))
        text = re.sub(r"\n{3,}", "\n\n", text)
        if self.table["form"]["no_break"]:
            text = _WIDE.sub(lambda found: f"{found[2]}{NO_BREAK}" if found[2] else f"{NO_BREAK}{found[1]}", text)
        return text


@cache
def catalogue(language: Language) -> Catalogue:
    return Catalogue(language)
