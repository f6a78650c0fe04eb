"""What every stage of a walk has at hand: the folder, the ledger, the options."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import msgspec

from controlroom.base.finding import Finding
from controlroom.production.options import Options, Stage
from controlroom.store.ledger import Ledger
from controlroom.store.plans import Plan, Settled, settle


@dataclass(frozen=True)
class Workshop:
    """One walk's folder and tools. Everything made goes under `out`."""

    folder: Path
    ledger: Ledger
    options: Options

    @property
    def out(self) -> Path:
        return self.folder / "out"

    def plan(self, path: Path, proposal: Plan) -> Settled[Plan]:
        """The plan to render: the proposal, or what a person made of the one on disk."""
        return settle(path, proposal, self.ledger, replan=self.options.replan)

    def make(self, stage: Stage, output: Path, key: str, render: Callable[[Path], None]) -> bool:
        """Have `render` write `output` unless it is there already under the same key; True when it was made."""
        if not self.options.anew(stage) and self.ledger.fresh(output, key):
            return False
        render(output)
        self.ledger.record(output, key)
        return True


def plan_findings(path: Path, settled: Settled[msgspec.Struct]) -> tuple[Finding, ...]:
    """What there is to say of a plan that a person changed."""
    if not settled.edited:
        return ()
    code = "plan_outdated" if settled.outdated else "plan_edited"
    severity = "warning" if settled.outdated else "info"
    return (Finding(code=code, severity=severity, args={"plan": path.name, "room": path.parent.name}),)
