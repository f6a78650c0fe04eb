"""What a message was taken for, and why. Reasons are codes and values; their sentences stand in `reasons.toml`."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import msgspec

Kind = Literal["demo", "note", "scheduling", "business", "newsletter", "junk", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)
LABELS: tuple[str, ...] = ("urgent", *KINDS)
"""What a person may say of a message: its kind, or that it is urgent."""


class Reason(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that spoke for the verdict: its code, the values its sentence needs, how much it counted."""

    code: str
    values: dict[str, str | int | float] = {}
    weight: float = 0.0

    def says(self, language: str = "en") -> str:
        """The reason as a sentence without a full stop; a value `count` of 1 takes the sentence for one."""
        entry = _sentences(language)[self.code]
        form = "one" if self.values.get("count") == 1 and "one" in entry else "says"
        return entry[form].format(**self.values)


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """`kind` and the flag `urgent` beside it. `confidence` 0 to 1. `reasons`: the weightiest first, never empty.

    `by`: "rule"; "learnt" where corrections turned it; "you" where somebody said so of this very message.
    """

    kind: Kind
    urgent: bool = False
    confidence: float = 1.0
    reasons: tuple[Reason, ...] = ()
    by: Literal["rule", "learnt", "you"] = "rule"

    @property
    def label(self) -> str:
        """ "urgent" where it is urgent, else the kind."""
        return "urgent" if self.urgent else self.kind


@cache
def _sentences(language: str) -> dict[str, dict[str, str]]:
    if language != "en":
        raise KeyError(f"no reasons in the language {language!r}")
    text = files("controlroom.rooms.correspondence.triage").joinpath("reasons.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)
