"""The plans of a walk for those who need not know where they lie: read them, replace them, discard them.

A plan goes by its name: `edit/drums` (one for each part), `mix`, `master`, `delivery`. A plan that was replaced is
kept and rendered by the next walk, as one that was edited in its file is.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from controlroom.base.errors import InputRefused, UsageError
from controlroom.base.files import write_text
from controlroom.production.editing import EDITED_PARTS
from controlroom.production.plan_fields import within_bounds
from controlroom.production.plan_text import AnyPlan, plan_of
from controlroom.rooms.delivery import DeliveryPlan
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mixing import MixPlan
from controlroom.store.ledger import Ledger
from controlroom.store.plans import edited_plan, read_plan

EDIT = "edit/"

_LATER: dict[str, tuple[str, type[AnyPlan]]] = {
    "mix": ("mix", MixPlan),
    "master": ("masters", MasterPlan),
    "delivery": ("delivery", DeliveryPlan),
}


class PlanOnDisk(msgspec.Struct, frozen=True, kw_only=True):
    """A plan as it lies below `out`; `edited`: it is not what the house proposed."""

    name: str
    path: Path
    kind: type[AnyPlan]
    text: str
    edited: bool

    def read(self) -> AnyPlan:
        """The plan itself; raises `InputRefused` when what was written into its file cannot be meant."""
        return read_plan(self.path, self.kind)


def stage_plans(out: Path) -> dict[str, PlanOnDisk]:
    """The plans that the walks in `out` have left so far, by name, in the order of the rooms."""
    ledger = Ledger(out.absolute())
    return {name: _on_disk(name, path, kind, ledger) for name, path, kind in _places(ledger) if path.is_file()}


def write_plan(out: Path, name: str, text: str) -> None:
    """Replace the plan `name` below `out` by `text` (TOML): the next walk renders that.

    Raises `UsageError` when there is no such plan, or with the place in `text` that cannot be meant.
    """
    known = _known(out, name)
    within_bounds(plan_of(text, known.kind))
    write_text(known.path, text)


def discard_plan(out: Path, name: str) -> None:
    """Let go of the plan `name`, edited or not: the next walk proposes it anew. Raises `UsageError` as above."""
    _known(out, name).path.unlink(missing_ok=True)


def _known(out: Path, name: str) -> PlanOnDisk:
    plans = stage_plans(out)
    if name not in plans:
        at_hand = ", ".join(plans) or "none yet"
        raise UsageError(f"There is no plan called {name!r}", f"at hand: {at_hand}", "Run its room first.")
    return plans[name]


def _places(ledger: Ledger) -> Iterator[tuple[str, Path, type[AnyPlan]]]:
    edits = ledger.folder / "edits"
    parts = ledger.recall(*EDITED_PARTS, tuple[str, ...])
    if parts is None:
        parts = tuple(sorted(path.parent.name for path in edits.glob("*/plan.toml")))
    for part in parts:
        yield f"{EDIT}{part}", edits / part / "plan.toml", EditPlan
    for name, (folder, kind) in _LATER.items():
        yield name, ledger.folder / folder / "plan.toml", kind


def _on_disk(name: str, path: Path, kind: type[AnyPlan], ledger: Ledger) -> PlanOnDisk:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputRefused(path, f"the plan cannot be read ({error})", "Check who may read it.") from error
    return PlanOnDisk(name=name, path=path, kind=kind, text=text, edited=_edited(path, kind, ledger))


def _edited(path: Path, kind: type[AnyPlan], ledger: Ledger) -> bool:
    try:
        return edited_plan(path, kind, ledger) is not None
    except InputRefused:  # what cannot be meant was not written by the house
        return True
