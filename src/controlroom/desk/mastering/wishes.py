"""What somebody wants of a master, as a form sends it and a job takes it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import msgspec

from controlroom.base.errors import UsageError
from controlroom.desk.mastering.targets import BY_KEY
from controlroom.desk.people.text import whole_number

DIMENSIONS = ("tone", "dynamics", "width", "loudness")
LOWEST_CEILING_DBTP, HIGHEST_CEILING_DBTP = -12.0, 0.0
MOST_REFERENCES = 6


class Amounts(msgspec.Struct, frozen=True, kw_only=True):
    """How far toward the references, 0..1 each."""

    tone: float = 1.0
    dynamics: float = 0.5
    width: float = 0.5
    loudness: float = 0.0


class Chosen(msgspec.Struct, frozen=True, kw_only=True):
    """A reference: the primary key of its recording, and how much it counts against the others (0..1)."""

    recording: int
    weight: float = 1.0


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """`ceiling_dbtp` None: the target's own. `off`: keys of steps that are left out (`steps.Step`). `plan`: a plan as
    somebody wrote it (TOML), which is rendered as it stands, whatever else is wished; "" for the proposal.
    """

    target: str = "auto"
    ceiling_dbtp: float | None = None
    codec_safe: bool = False
    references: tuple[Chosen, ...] = ()
    amounts: Amounts = Amounts()
    off: tuple[str, ...] = ()
    plan: str = ""

    def to_json(self) -> dict[str, Any]:
        """As a job's argument, and on the row."""
        return dict(msgspec.to_builtins(self))


def wishes_of(kept: Mapping[str, Any]) -> Wishes:
    """What `to_json` wrote."""
    return msgspec.convert(dict(kept), Wishes)


def wishes_in(sent: Any) -> Wishes:
    """What a filled-in form (a QueryDict) wants; raises `UsageError` with the field that cannot be meant.

    Steps that the page showed (`step`) and that are not ticked (`on`) are off.
    """
    target = str(sent.get("target", "auto"))
    if target not in BY_KEY:
        raise UsageError("That target", "there is none of that name", "Choose one of those on the page.")
    ticked = sent.getlist("on")
    return Wishes(
        target=target,
        ceiling_dbtp=_ceiling_dbtp(str(sent.get("ceiling_dbtp", ""))),
        codec_safe=sent.get("codec_safe") == "on",
        references=_references(sent),
        amounts=Amounts(**{name: _share(sent, f"amount_{name}", getattr(Amounts(), name)) for name in DIMENSIONS}),
        off=tuple(sorted({step for step in sent.getlist("step") if step not in ticked})),
    )


def _ceiling_dbtp(typed: str) -> float | None:
    if not typed.strip():
        return None
    ceiling_dbtp = _number(typed, "The ceiling")
    if not LOWEST_CEILING_DBTP <= ceiling_dbtp <= HIGHEST_CEILING_DBTP:
        span = f"It lies between −{-LOWEST_CEILING_DBTP:g} and {HIGHEST_CEILING_DBTP:g} dBTP."
        raise UsageError("The ceiling", f"{ceiling_dbtp:g} dBTP is no ceiling for a master", span)
    return ceiling_dbtp


def _references(sent: Any) -> tuple[Chosen, ...]:
    """Those whose weight is more than nothing, and the one that was added from the list."""
    weights = {
        pk: _share(sent, f"weight_{pk}", 1.0) for pk in map(whole_number, sent.getlist("reference")) if pk is not None
    }
    if added := whole_number(sent.get("added")):
        weights[added] = 1.0
    chosen = tuple(Chosen(recording=pk, weight=weight) for pk, weight in sorted(weights.items()) if weight > 0)
    if len(chosen) > MOST_REFERENCES:
        raise UsageError("The references", f"there are {len(chosen)}", f"Take {MOST_REFERENCES} at most.")
    return chosen


def _share(sent: Any, name: str, default: float) -> float:
    """A percentage of the form, 0..1."""
    typed = str(sent.get(name, "")).strip()
    return min(max(_number(typed, "An amount") / 100, 0.0), 1.0) if typed else default


def _number(typed: str, what: str) -> float:
    try:
        value = float(typed.replace("−", "-").replace(",", "."))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise UsageError(what, f"{typed[:20]!r} is no number", "Type figures only.")
    return value
