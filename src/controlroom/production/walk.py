"""The walk of one song through the rooms, in order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.progress import SILENT, Progress
from controlroom.production.checking import check_material
from controlroom.production.delivering import deliver_master
from controlroom.production.editing import edit_parts
from controlroom.production.mastering import master_mix
from controlroom.production.material import Material, read_material
from controlroom.production.mixing import mix_tracks
from controlroom.production.options import Options, Stage
from controlroom.production.report import write_report
from controlroom.production.results import Story
from controlroom.production.workshop import Workshop
from controlroom.store.ledger import Ledger

Watch = Callable[[Stage], Progress]
"""Asked for a progress at the beginning of each stage."""


LAST_OPTIONS = ("options", "last")
"""Where the ledger keeps what the last walk was asked for."""


class StageRun(msgspec.Struct, frozen=True):
    """One stage as it went: how long, and what it left (paths relative to where `out` lies, as "out/mix/...")."""

    name: Stage
    seconds: float
    outputs: tuple[str, ...] = ()


class Walk(msgspec.Struct, frozen=True):
    """A finished walk."""

    stages: tuple[StageRun, ...]
    report: Path
    story: Story

    def to_json(self) -> dict[str, Any]:
        stages = [{"name": run.name, "seconds": round(run.seconds, 3), "outputs": run.outputs} for run in self.stages]
        findings = [finding.to_json() for finding in self.story.every_finding]
        return {"stages": stages, "report": str(self.report), "findings": findings}


def _unwatched(stage: Stage) -> Progress:
    return SILENT


class _Clock:
    """Keeps the time of each stage."""

    def __init__(self, out: Path, watch: Watch) -> None:
        self.runs: list[StageRun] = []
        self._out, self._watch = out, watch

    @contextmanager
    def stage(self, name: Stage) -> Iterator[tuple[Progress, list[Path]]]:
        outputs: list[Path] = []
        progress, began = self._watch(name), time.monotonic()
        progress(0.0, 1.0, name)
        yield progress, outputs
        progress(1.0, 1.0, name)
        told = tuple(path.relative_to(self._out.parent).as_posix() for path in outputs)
        self.runs.append(StageRun(name, time.monotonic() - began, told))


def produce(folder: Path, options: Options | None = None, watch: Watch = _unwatched) -> Walk:
    """Take the song in `folder` through the rooms; everything made goes under its `out/`.

    What was made before from the same sources and plans is kept. Raises `InputRefused` when there is nothing to work
    on, `SurroundingsFailed` when the disk refuses, `Cancelled` when the progress says so; whole files only are left.
    """
    folder = folder.absolute()
    clock = _Clock(folder / "out", watch)
    with clock.stage("reading") as (progress, _):
        material = read_material(folder, progress)  # a hopeless folder is refused with nothing written
    return _walk(material, folder / "out", options or Options(), clock)


def produce_song(material: Material, out: Path, options: Options | None = None, watch: Watch = _unwatched) -> Walk:
    """Take a song through the rooms, its originals wherever `material` says; nothing is written but below `out`.

    What an earlier walk left in `out` is continued. Raises as `produce` does.
    """
    out = out.absolute()
    return _walk(material, out, options or Options(), _Clock(out, watch))


def _walk(material: Material, out: Path, options: Options, clock: _Clock) -> Walk:
    shop, story = Workshop(out, Ledger(out), options), Story(material=material)
    with shop.ledger.held():
        shop.ledger.keep(*LAST_OPTIONS, options)
        for name, room in _ROOMS:
            if options.wants(name):
                with clock.stage(name) as (progress, outputs):
                    story = room(story, shop, outputs, progress)
        with clock.stage("report") as (progress, outputs):
            report = write_report(story, shop, clock.runs, progress)
            outputs.append(report)
    return Walk(tuple(clock.runs), report, story)


Room = Callable[[Story, Workshop, list[Path], Progress], Story]
_ROOMS: tuple[tuple[Stage, Room], ...] = (
    ("tracking", check_material),
    ("editing", edit_parts),
    ("mixing", mix_tracks),
    ("mastering", master_mix),
    ("delivery", deliver_master),
)
