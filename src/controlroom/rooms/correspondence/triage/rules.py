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
        _check(own, tree, text, ())
        return Rules(_settings(_merged(tree, own)))


def _shipped_tree() -> dict[str, Any]:
    return tomllib.loads(Rules.shipped_text())


def _settings(tree: dict[str, Any]) -> Settings:
    try:
        return msgspec.convert(tree, Settings)
    except msgspec.ValidationError as error:
        raise UsageError("Rules", str(error), "Compare them with the shipped rules.") from error


_OPEN = frozenset({("words", group) for group in GROUPS} | {("everyday",)})  # tables that may get names of their own


def _check(own: Any, ours: Any, text: str, path: tuple[str, ...]) -> None:
    """A misspelt name would be a rule that never acts: it is refused with its line, and so is what has another form."""
    if _form(own) != _form(ours):
        raise UsageError(
            _place(path, text), f"{path[-1]!r} must be {_form(ours)}", "Compare it with the shipped rules."
        )
    if not isinstance(own, dict):
        return
    known = _known(ours, path)
    for name, value in own.items():
        if name not in known and path not in _OPEN:
            why = f"{name!r} is none of {', '.join(sorted(known))}"
            raise UsageError(_place((*path, name), text), why, "Compare it with the shipped rules.")
        _check(value, known.get(name, next(iter(known.values()))), text, (*path, name))


def _known(ours: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """What may stand in a table: a fact may speak for any kind, words may have any grade."""
    if path == ("words",):
        return {group: ours.get(group, ours["demo"]) for group in GROUPS}
    if path[:1] == ("words",) and len(path) == 3:
        return {grade: [""] for grade in GRADES}
    if path[:1] in (("facts",), ("prior",)) and path != ("facts",):
        return dict.fromkeys(KINDS, 1.0)
    return ours


def _form(value: Any) -> str:
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    return "a figure" if isinstance(value, int | float) and not isinstance(value, bool) else "words"


def _merged(ours: Any, own: Any) -> Any:
    if isinstance(own, dict) and isinstance(ours, dict | None):
        ours = ours or {}
        return {name: _merged(ours.get(name), own[name]) if name in own else ours[name] for name in {**ours, **own}}
    if isinstance(own, list) and isinstance(ours, list | None):
        ours = ours or []
        gone = {word[1:] for word in own if isinstance(word, str) and word.startswith("-")}
        return [word for word in [*ours, *own] if word not in gone and not str(word).startswith("-")]
    return own


def _place(path: tuple[str, ...], text: str) -> str:
    """ "Rules, line 7": the line that names the last of `path`, after the lines that name what it stands in."""
    lines = text.splitlines()
    at = 0
    for name in path:
        at = next((number for number in range(at, len(lines)) if name in lines[number]), at)
    return f"Rules, line {at + 1}"
