"""What a walk is asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

import msgspec

from controlroom.base.errors import UsageError
from controlroom.rooms.delivery import VERSIONS, Version, destination_names, format_names

Stage = Literal["reading", "tracking", "editing", "mixing", "mastering", "delivery", "report"]
STAGES: tuple[Stage, ...] = get_args(Stage)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be delivered: formats and destinations by name (none: the release set), other versions of the song,
    and the cover ("": the one that lies beside the song)."""

    formats: tuple[str, ...] = ()
    destinations: tuple[str, ...] = ()
    alternates: tuple[Version, ...] = ()
    cover: str = ""


def asked_for(formats: str = "", destinations: str = "", alternates: str = "", cover: Path | None = None) -> Asked:
    """What a person asks for in words: names with commas between them; nothing at all means every format.

    Raises `UsageError` for a name that is none.
    """
    versions = tuple(version for said in _words(alternates) for version in _versions(said))
    named = format_names(_words(formats))
    places = destination_names(_words(destinations))
    return Asked(
        formats=named if named or places else format_names(["all"]),
        destinations=places,
        alternates=tuple(dict.fromkeys(versions)),
        cover=str(cover.absolute()) if cover else "",
    )


def _words(said: str) -> list[str]:
    return [word.strip().lower() for word in said.split(",") if word.strip()]


def _versions(said: str) -> tuple[Version, ...]:
    if said == "all":
        return tuple(version for version in VERSIONS if version != "clean")  # words are not taken out by the house
    meant = next(
        (v for v in VERSIONS if said.replace("-", " ") in (v, v.removesuffix(" mix"), v.replace(" ", ""))), None
    )
    if meant is None:
        raise UsageError(
            f"There is no version called {said!r}", f"there are all, {', '.join(VERSIONS)}", "Choose of these."
        )
    return (meant,)


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`target_lufs` None: as loud as the mix carries; `medium`: a destination with rules of its own (`vinyl`, `club`,
    ...). `ceiling_dbtp` None: -1, or the destination's. `start` makes that room and all after it anew, `until` stops
    after its room, `replan` discards edited plans. `delivery` None: what was asked for last.
    """

    target_lufs: float | None = None
    medium: str = ""
    ceiling_dbtp: float | None = None
    start: Stage | None = None
    until: Stage | None = None
    replan: bool = False
    delivery: Asked | None = None

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
    """`options`, when its rooms stand in order; raises `UsageError`."""
    if options.start and options.until and STAGES.index(options.start) > STAGES.index(options.until):
        raise UsageError(f"--from {options.start} --until {options.until}", "that order runs backwards")
    return options
