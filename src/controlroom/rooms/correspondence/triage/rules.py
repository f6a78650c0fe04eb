"""The rules of sorting as they stand in `rules.toml`, and what somebody changed in them."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.correspondence.triage.verdict import KINDS
from controlroom.rooms.correspondence.triage.words import Phrasebook

GRADES = ("strong", "clear", "slight")
GROUPS = (*KINDS, "urgent", "deadline", "calm")


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`rules.toml` as a value. `words`: group -> language -> grade -> phrases; `facts`: code -> kind -> weight."""

    waiting_days: int
    due_days: int
    urgent_from: float
    grades: dict[str, float]
    words_most: dict[str, float]
    prior: dict[str, float]
    facts: dict[str, dict[str, float]]
    urgency: dict[str, float]
    senders: dict[str, tuple[str, ...]]
    words: dict[str, dict[str, dict[str, tuple[str, ...]]]]
    everyday: dict[str, tuple[str, ...]]


class Rules:
    """What counts how much. `shipped()` are ours; `read(text)` lays somebody's own text over them."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.phrasebook = Phrasebook(
            (
                (group, language, grade, phrase)
                for group, languages in settings.words.items()
                for language, grades in languages.items()
                for grade, phrases in grades.items()
                for phrase in phrases
            ),
            settings.everyday,
        )

    @staticmethod
    @cache
    def shipped() -> Rules:
        """The rules as they come with the house."""
        return Rules(_settings(_shipped_tree()))

    @staticmethod
    def shipped_text() -> str:
        """`rules.toml` as it comes with the house, for people to read."""
        return files("controlroom.rooms.correspondence.triage").joinpath("rules.toml").read_text(encoding="utf-8")

    @staticmethod
    def read(text: str) -> Rules:
        """Somebody's own TOML over the shipped rules: figures replace ours, words join ours, "-word" takes one away.

        Raises UsageError that names the line, or the rule, which cannot be meant.
        """
        try:
            own = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            where = re.search(r"line (\d+)", str(error))
            line = int(where[1]) if where else text.count("\n") + 1
            why = re.sub(r"\s*\(at .*\)$", "", str(error)).lower()
            raise UsageError(f"Rules, line {line}", why, "Mend that line.") from error
        tree = _shipped_tree()
        _check_names(own, tree, text)
        return Rules(_settings(_merged(tree, own), text))


def _shipped_tree() -> dict[str, Any]:
    return tomllib.loads(Rules.shipped_text())


def _settings(tree: dict[str, Any], text: str = "") -> Settings:
    try:
        return msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        name = re.findall(r"[\w-]+", str(error).rpartition("`$")[2])
        line = _line_of(name[-1], text) if name else 0
        raise UsageError(_place(line), str(error), "Mend that line.") from error


def _check_names(own: dict[str, Any], tree: dict[str, Any], text: str) -> None:
    """A misspelt name would be a rule that never acts; it is refused with its line."""
    for name, value in own.items():
        if name not in tree:
            raise UsageError(_place(_line_of(name, text)), f"there is no rule called {name!r}", "Compare it with ours.")
        if name in ("facts", "urgency", "grades", "senders", "prior", "words_most") and isinstance(value, dict):
            _refuse_unknown(value, tree[name], text)
    _refuse_unknown(own.get("words", {}), GROUPS, text)
    for languages in own.get("words", {}).values():
        for grades in languages.values() if isinstance(languages, dict) else ():
            _refuse_unknown(grades, GRADES, text)
    for weights in own.get("facts", {}).values():
        _refuse_unknown(weights, KINDS, text)


def _refuse_unknown(names: Any, known: Any, text: str) -> None:
    for name in names if isinstance(names, dict) else ():
        if name not in known:
            why = f"{name!r} is none of {', '.join(sorted(known))}"
            raise UsageError(_place(_line_of(name, text)), why, "Compare it with the shipped rules.")


def _merged(ours: Any, own: Any) -> Any:
    if isinstance(own, dict) and isinstance(ours, dict | None):
        ours = ours or {}
        return {name: _merged(ours.get(name), own[name]) if name in own else ours[name] for name in {**ours, **own}}
    if isinstance(own, list) and isinstance(ours, list | None):
        ours = ours or []
        gone = {word[1:] for word in own if isinstance(word, str) and word.startswith("-")}
        return [word for word in [*ours, *own] if word not in gone and not str(word).startswith("-")]
    return own


def _line_of(name: str, text: str) -> int:
    """The first line of `text` that speaks of `name`; 0 where none does."""
    return next((number for number, line in enumerate(text.splitlines(), 1) if name in line), 0)


def _place(line: int) -> str:
    return f"Rules, line {line}" if line else "Rules"
