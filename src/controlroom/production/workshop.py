"""What every stage of a walk has at hand: where to make things, the ledger, the options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.finding import Finding, Value
from controlroom.base.progress import SILENT, Progress
from controlroom.production.options import Asked, Options, Stage
from controlroom.sound.files import AudioFile
from controlroom.sound.hearing import Hearing
from controlroom.sound.survey import ENGINE as SURVEY
from controlroom.sound.survey import Survey
from controlroom.store.ledger import Ledger
from controlroom.store.plans import Plan, Settled, settle

KEPT = ("plan_edited", "plan_outdated", "plan_unheeding")  # findings of a plan that a person changed


class HeardFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file, heard from beginning to end."""

    survey: Survey
    nonfinite_samples: int = 0


@dataclass(frozen=True)
class Workshop:
    """One walk's tools. Everything made goes under `out`, where the ledger keeps its book."""

    out: Path
    ledger: Ledger
    options: Options

    @property
    def scratch(self) -> Path:
        """Where large temporary files lie: on the disk of what is made."""
        return self.ledger.home

    @property
    def asked(self) -> Asked:
        """What is to be delivered: as this walk was told, else as an earlier one was."""
        if self.options.delivery is not None:
            self.ledger.keep("delivery", "asked", self.options.delivery)
            return self.options.delivery
        return self.ledger.recall("delivery", "asked", Asked) or Asked()

    def plan(self, path: Path, proposal: Plan) -> Settled[Plan]:
        """The plan to render: the proposal, or what a person made of the one on disk."""
        return settle(path, proposal, self.ledger, replan=self.options.replan)

    def keeps(self, stage: Stage, output: Path, key: str) -> bool:
        """Is `output` there already under `key`, and may this walk keep it?"""
        return not self.options.anew(stage) and self.ledger.fresh(output, key)

    def hear(self, path: Path, key: str, progress: Progress = SILENT) -> HeardFile:
        """What a file sounds like, heard once for each `key` (the hash of what it was made of)."""
        name = f"{key[:32]}-{SURVEY}"
        heard = self.ledger.recall("surveys", name, HeardFile)
        if heard is None:
            with AudioFile(path) as signal:
                survey = Hearing(signal, progress).survey
                heard = HeardFile(survey=survey, nonfinite_samples=signal.nonfinite_samples)
            self.ledger.keep("surveys", name, heard)
        return heard

    def survey(self, path: Path, key: str, progress: Progress = SILENT) -> Survey:
        """The survey of a file that the house made."""
        return self.hear(path, key, progress).survey

    def tidy(self, folder: Path, keep: Iterable[Path]) -> None:
        """Remove what an earlier walk made in `folder` and this one does not need; other people's files stay."""
        kept = set(keep)
        for old in self.ledger.made_below(folder):
            if old not in kept:
                self.ledger.forget(old)


def plan_findings(path: Path, settled: Settled[Any], unheeded: str = "") -> tuple[Finding, ...]:
    """What there is to say of a plan that a person changed; `unheeded`: what was asked for and is not in it."""
    if not settled.edited:
        return ()
    args: dict[str, Value] = {"plan": f"{path.parent.name}/{path.name}"}
    if unheeded:
        return (Finding(code="plan_unheeding", severity="warning", args={**args, "asked": unheeded}),)
    if settled.outdated:
        return (Finding(code="plan_outdated", severity="warning", args=args),)
    return (Finding(code="plan_edited", severity="info", args=args),)
