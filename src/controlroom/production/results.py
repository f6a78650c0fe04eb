"""What a walk knows so far: each stage adds its chapter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.check import Check
from controlroom.base.finding import Finding
from controlroom.production.material import Material
from controlroom.rooms.delivery import Delivered
from controlroom.rooms.editing import EditPlan
from controlroom.rooms.mastering import MasterPlan
from controlroom.rooms.mastering.render import Taken
from controlroom.rooms.mixing import MixPlan, Standing
from controlroom.rooms.tracking import TakeReport
from controlroom.song.model import Side
from controlroom.sound.meter import Loudness
from controlroom.sound.survey import Survey


class CheckedTake(msgspec.Struct, frozen=True, kw_only=True):
    """One file of one pass, checked."""

    part: str
    take: str
    report: TakeReport


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """All takes, checked; `surveys` by the path of the file."""

    takes: tuple[CheckedTake, ...]
    surveys: dict[Path, Survey]


class Track(msgspec.Struct, frozen=True, kw_only=True):
    """A finished track: where it lies, what it was made of (`key`), and what it is."""

    name: str
    path: Path
    key: str
    role: str
    part: str
    survey: Survey
    side: Side | None = None
    printed: bool = False


class Edited(msgspec.Struct, frozen=True, kw_only=True):
    """All finished tracks; `plans` for the parts that were edited."""

    tracks: tuple[Track, ...]
    plans: tuple[EditPlan, ...]
    findings: tuple[Finding, ...] = ()


class MixFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a rendered mix."""

    strips: tuple[Standing, ...] = ()
    loudness: Loudness = Loudness()
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()


class MixMade(msgspec.Struct, frozen=True, kw_only=True):
    """The mix on disk; `plan` is None for one that was supplied."""

    path: Path
    key: str
    survey: Survey
    plan: MixPlan | None = None
    facts: MixFacts = MixFacts()
    findings: tuple[Finding, ...] = ()


class MasterFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a rendered master."""

    key: str
    loudness: Loudness
    gain_db: float
    taken: Taken
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...]


class MasterMade(msgspec.Struct, frozen=True, kw_only=True):
    """One float master for each delivery rate; `facts` and `survey` are those of the first."""

    paths: dict[int, Path]
    plan: MasterPlan
    facts: MasterFacts
    survey: Survey
    findings: tuple[Finding, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """The chapters of a walk; None where it has not been."""

    material: Material
    checked: Checked | None = None
    edited: Edited | None = None
    mix: MixMade | None = None
    master: MasterMade | None = None
    delivered: Delivered | None = None
    findings: tuple[Finding, ...] = ()

    def with_(self, **chapters: Any) -> Story:
        return msgspec.structs.replace(self, **chapters)

    @property
    def title(self) -> str:
        """What the song is called: as its sheet says, else as its folder is."""
        return self.material.song.sheet.title or self.material.song.folder.name

    @property
    def every_finding(self) -> tuple[Finding, ...]:
        """What was noticed in all rooms but of single takes, those stand in their sheet."""
        chapters = (self.edited, self.mix, self.master, self.delivered)
        of_rooms = (finding for chapter in chapters if chapter for finding in chapter.findings)
        return (*self.material.findings, *self.findings, *of_rooms)

    @property
    def the_takes(self) -> Checked:
        assert self.checked is not None, "editing comes after tracking"
        return self.checked

    @property
    def the_edits(self) -> Edited:
        assert self.edited is not None, "mixing comes after editing"
        return self.edited

    @property
    def the_mix(self) -> MixMade:
        assert self.mix is not None, "mastering comes after mixing"
        return self.mix

    @property
    def the_master(self) -> MasterMade:
        assert self.master is not None, "delivery comes after mastering"
        return self.master
