"""What a walk is asked for."""

from __future__ import annotations

from typing import Literal, get_args

import msgspec

from controlroom.base.errors import UsageError

Stage = Literal["reading", "tracking", "editing", "mixing", "mastering", "delivery", "report"]
STAGES: tuple[Stage, ...] = get_args(Stage)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`target_lufs` None: as loud as suits the mix. `start` makes that room and all after it anew, `until` stops after
    its room, `replan` discards edited plans.
    """

    target_lufs: float | None = -14.0
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


def checked_options(options: Options) -> Options:
    """`options`, when they can be meant; raises `UsageError`."""
    if options.target_lufs is not None and not -70.0 <= options.target_lufs <= 0.0:
        raise UsageError(f"A target of {options.target_lufs:g} LUFS", "it lies outside -70 to 0", "Try -14.")
    if not -20.0 <= options.ceiling_dbtp <= 0.0:
        raise UsageError(f"A ceiling of {options.ceiling_dbtp:g} dBTP", "it lies outside -20 to 0", "Try -1.")
    if options.start and options.until and STAGES.index(options.start) > STAGES.index(options.until):
        raise UsageError(f"--from {options.start} --until {options.until}", "that order runs backwards")
    return options
