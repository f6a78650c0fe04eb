"""Who is recorded when: the session's takes, each giving its files one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from controlroom.base.progress import SILENT, Progress
from controlroom.sample import band, singers
from controlroom.sample.composition import Score
from controlroom.sample.demo import telephone_demo
from controlroom.sample.instruments.drum_room import MICS, Kit, Mic
from controlroom.sample.instruments.tone import Row
from controlroom.sample.mistakes import LEAD_PASSES, Mistakes
from controlroom.sample.truth import TrueFile

Recorded = Iterator[tuple[TrueFile, Row]]
Take = Callable[[], Recorded]
PUNCH = "punch"


def takes(score: Score, mistakes: Mistakes, progress: Progress = SILENT) -> list[Take]:
    """Everything that is recorded; a take makes its sound when it is asked, one file at a time where it can.

    `progress` is called while long takes are sung, so that they can be stopped.
    """
    kit = Kit(score.seed)
    passes = [band.played_drums(score, slips, at) for at, slips in enumerate(mistakes.slips)]

    def drums(mic: Mic) -> Take:
        def take() -> Recorded:
            rows = band.drum_mic(kit, mic, passes, score, mistakes)
            for at, row in enumerate(rows, start=1):
                yield _file("drums", f"{mic.name}_{at:02d}", mic.role, f"{at:02d}", side=mic.side or None), row

        return take

    def bass() -> Recorded:
        direct, amped = band.bass(score, mistakes)
        yield _file("bass", "Bass DI_01", "bass DI"), direct
        yield _file("bass", "Bass Amp_01", "bass amp"), amped

    def guitars() -> Recorded:
        yield _file("guitar 1", "Electric Gtr 1_01", "electric guitar"), band.arpeggio_guitar(score, mistakes)
        yield _file("guitar 2", "Electric Gtr 2_01", "electric guitar"), band.strum_guitar(score)

    def keys() -> Recorded:
        left, right = band.keys(score)
        yield _file("keys", "Keys L_01", "keys", side="L"), left
        yield _file("keys", "Keys R_01", "keys", side="R"), right

    def lead(at: int) -> Take:
        def take() -> Recorded:
            number = f"{at + 1:02d}"
            row = singers.lead_pass(score, mistakes, at, progress)
            yield _file("lead vocal", f"Lead Vox_{number}", "lead vocal", number), row

        return take

    def punch() -> Recorded:
        start_s, row = singers.punch_in(score, mistakes)
        yield _file("lead vocal", "Lead Vox_punch", "lead vocal", PUNCH, start_s=start_s), row

    def backing() -> Recorded:
        for name, high in (("BV High_01", True), ("BV Low_01", False)):
            yield _file("backing vocal", name, "backing vocal"), singers.backing(score, mistakes, high, progress)

    def demo() -> Recorded:
        yield TrueFile("demo/phone demo.m4a", "demo", "demo", ""), telephone_demo(score, progress)

    sung = [*(lead(at) for at in range(LEAD_PASSES)), punch, backing]
    return [*(drums(mic) for mic in MICS), bass, guitars, keys, *sung, demo]


def _file(
    part: str, name: str, role: str, pass_name: str = "01", *, start_s: float = 0.0, side: str | None = None
) -> TrueFile:
    return TrueFile(f"takes/{part}/{name}.wav", part, role, pass_name, start_s, side)
