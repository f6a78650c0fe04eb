"""What a walk is asked for."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from controlroom.base.errors import UsageError

Stage = Literal["reading", "tracking", "editing", "mixing", "mastering", "delivery", "report"]
STAGES: tuple[Stage, ...] = get_args(Stage)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`start` makes that room and all after it anew; `until` stops after it; `replan` discards edited plans."""

    target_lufs: float = -14.0
    ceiling_dbtp: float = -1.0
    start: Stage | None = None
    until: Stage | None = None
    replan: bool = False

    def wants(self, stage: Stage) -> bool:
        """Is `stage` part of this walk? The report always tells what has been done."""
        return self.until is None or stage == "report" or STAGES.index(stage) <= STAGES.index(self.until)

    def anew(self, stage: Stage) -> bool:
        """Is what this stage made before to be made again?"""
        return self.start is not None and STAGES.index(stage) >= STAGES.index(self.start)


def stage_named(name: str) -> Stage:
    """The stage a person means by `name` ("mixing", "mix", "edit"); raises `UsageError`."""
    wanted = name.strip().lower()
    for stage in STAGES:
        if wanted and stage.startswith(wanted.removesuffix("ing")):
            return stage
    raise UsageError(f"There is no room called {name!r}", "the rooms are " + ", ".join(STAGES))
