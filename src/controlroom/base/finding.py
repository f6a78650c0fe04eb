"""Findings: what was noticed in a user's material, as values. The sentence is derived, in any language we speak."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

Severity = Literal["info", "advice", "warning", "blocking"]
SEVERITIES: tuple[Severity, ...] = ("info", "advice", "warning", "blocking")

Value = str | int | float | bool


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing noticed: its code, how grave it is, where it is, and its figures.

    `start_s`/`end_s` are seconds in the file (None: the whole of it), `channel` counts from 0 (None: all),
    `args` are the figures that the sentence needs, `path` the file it speaks of, where more than one is at hand.
    """

    code: str
    severity: Severity
    start_s: float | None = None
    end_s: float | None = None
    channel: int | None = None
    path: str | None = None
    args: dict[str, Value] = {}

    def says(self, language: str = "en") -> str:
        """The finding as a sentence; `code` must stand in the catalogue of that language. A `count` of 1 takes the
        sentence for one."""
        entry = _catalogue(language)[self.code]
        form = "one" if self.args.get("count") == 1 and "one" in entry else "says"
        return entry[form].format(**self.args)

    def to_json(self, language: str = "en") -> dict[str, Any]:
        """The finding as the command line prints it."""
        return {
            "code": self.code,
            "severity": self.severity,
            "start_s": self.start_s,
            "end_s": self.end_s,
            "channel": self.channel,
            "says": self.says(language),
            **({"path": self.path} if self.path else {}),
            **({"args": self.args} if self.args else {}),
        }


def sentences(language: str = "en") -> dict[str, str]:
    """code -> sentence (a `str.format` template), from `base/sentences/LANGUAGE.toml`."""
    return {code: entry["says"] for code, entry in _catalogue(language).items()}


@cache
def _catalogue(language: str) -> dict[str, dict[str, str]]:
    text = files("controlroom.base").joinpath("sentences", f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
