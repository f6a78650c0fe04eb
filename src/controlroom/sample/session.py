"""The session: everybody plays, every file is written, the folder appears whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Unpack
from zlib import crc32

import msgspec

from controlroom.base.canonical import to_json
from controlroom.base.errors import UsageError, surroundings
from controlroom.base.files import write_bytes
from controlroom.base.progress import SILENT, Progress
from controlroom.sample.composition import Score, Wishes, compose
from controlroom.sample.facts import truth_of
from controlroom.sample.instruments.tone import RATE_HZ, Row
from controlroom.sample.mistakes import draw_mistakes
from controlroom.sample.randomness import chance
from controlroom.sample.schedule import Take, takes
from controlroom.sample.truth import SCHEMA, TrueFile, Truth
from controlroom.song.folder import write_sheet
from controlroom.song.model import Person, Sheet, Split
from controlroom.sound.files import Format, Metadata, write
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Audio

SESSION_START_S = 3600  # files carry the studio's clock: the session begins at 01:00:00
TRUTH_NAME = "truth.json"
_RAW, _PHONE = Format("wav", 24), Format("aac", bitrate_kbps=64)
_BANDS = ("The Second Reel", "Lanes & Ladders", "Small Hours", "Quiet Machinery", "The Understudies", "Paper Harbour")
_NAMES = ("Mara Lindqvist", "Jonas Okafor", "Ines Carvalho", "Theo Brandt", "Noor Haddad", "Ruby Castellano")
_ROLES = (("writer", "lead vocal", "guitar"), ("writer", "keys"), ("bass",), ("drums",), ("guitar",), ("producer",))


def make_sample_song(
    folder: str | os.PathLike[str],
    *,
    seed: int = 1,
    tempo_bpm: float | None = None,
    key: str | None = None,
    seconds: float = 75.0,
    force: bool = False,
    progress: Progress = SILENT,
    **wishes: Unpack[Wishes],
) -> Truth:
    """Make `folder`: an original song as raw takes, a demo, `song.toml`, and `truth.json` with what is true of it.

    Same arguments, same files, bit by bit. `seconds` from 20 to 600, `tempo_bpm` from 60 to 180, `key` like
    "F# minor"; tempo and key are drawn from the seed when not given; `wishes`: see `Wishes`. Raises `UsageError` for
    what cannot be played and for a folder with something in it; `force` replaces a sample song, never anything else.
    """
    target = Path(folder)
    _refuse_unless_free(target, force=force)
    score = compose(seed, tempo_bpm, key, seconds, **wishes)
    mistakes = draw_mistakes(score)
    with _whole_folder(target) as part:
        sheet = _sheet(score)
        tally = _Tally(progress, score.title)
        files = _record(part, score.title, takes(score, mistakes, tally), tally)
        write_sheet(part, sheet)
        truth = truth_of(score, mistakes, sheet.artist, files)
        write_bytes(part / TRUTH_NAME, to_json(truth, indent=2))
    return truth


class _Tally:
    """How many takes are done. Long takes call it while they last, so that they can be stopped."""

    def __init__(self, progress: Progress, title: str) -> None:
        self._progress, self._what = progress, title
        self._done, self._total, self._lock = 0, 1, Lock()

    def begin(self, total: int) -> None:
        self._total = total
        self()

    def __call__(self, done: float = 0, total: float = 0, what: str = "") -> None:
        self._progress(self._done, self._total, self._what)

    def finished(self, name: str) -> None:
        with self._lock:
            self._done, self._what = self._done + 1, name
            self()


def _record(folder: Path, title: str, schedule: list[Take], tally: _Tally) -> list[TrueFile]:
    """Record and write every take, as many at a time as there are cores; the files in the order of the schedule."""

    def record(take: Take) -> list[TrueFile]:
        files = []
        for file, row in take():
            _write(folder, file, row, title)
            files.append(file)
        tally.finished(Path(files[-1].file).name)
        return files

    tally.begin(len(schedule))
    return [file for files in side_by_side(record, schedule) for file in files]


def _write(folder: Path, file: TrueFile, row: Row, title: str) -> None:
    time_reference = round((SESSION_START_S + file.start_s) * RATE_HZ)
    metadata = Metadata(software="Controlroom", time_reference=time_reference, ixml={"PROJECT": title})
    phone = file.part == "demo"
    write(
        folder / file.file,
        Audio(row, RATE_HZ),
        _PHONE if phone else _RAW,
        metadata=Metadata(title=f"{title} (demo)") if phone else metadata,
        dither_seed=crc32(file.file.encode()),
    )


def _sheet(score: Score) -> Sheet:
    """`song.toml`: title, band, people; two of them wrote it, all but the producer's share own the recording alike."""
    draw = chance(score.seed, "people")
    names = [str(name) for name in draw.permutation(_NAMES)]
    work = (Fraction(3, 5), Fraction(2, 5))
    recording = (*(Fraction(9, 50),) * 5, Fraction(1, 10))
    return Sheet(
        title=score.title,
        artist=str(draw.choice(_BANDS)),
        tempo_bpm=score.grid.tempo_bpm,
        key=score.key.name,
        meter=score.grid.meter.name,
        people=tuple(Person(name=name, roles=roles) for name, roles in zip(names, _ROLES, strict=True)),
        splits=(
            *(Split(name=name, share=share, of="work") for name, share in zip(names, work, strict=False)),
            *(Split(name=name, share=share, of="recording") for name, share in zip(names, recording, strict=True)),
        ),
    )


def _refuse_unless_free(target: Path, *, force: bool) -> None:
    if target.is_file():
        raise UsageError(str(target), "there is a file of this name", "Choose another name for the folder.")
    if not target.is_dir() or not any(target.iterdir()):
        return
    if not force:
        raise UsageError(str(target), "there is something in it", "Choose another folder, or say --force.")
    if not _is_sample_song(target):
        raise UsageError(str(target), "it is not a sample song, and is not replaced", "Choose another folder.")


def _is_sample_song(folder: Path) -> bool:
    class Marked(msgspec.Struct):
        schema: str

    try:
        marked = msgspec.json.decode((folder / TRUTH_NAME).read_bytes(), type=Marked)
    except (OSError, msgspec.DecodeError):
        return False
    return marked.schema == SCHEMA


@contextmanager
def _whole_folder(target: Path) -> Iterator[Path]:
    """A hidden folder beside `target` that takes its place when the block ends well, and else is gone."""
    mark = secrets.token_hex(6)
    part, old = (target.with_name(f".{target.name}.{mark}.{kind}") for kind in ("part", "old"))
    try:
        with surroundings(target):
            part.mkdir(parents=True)
        yield part
        with surroundings(target):
            _replace(target, part, old)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _replace(target: Path, part: Path, old: Path) -> None:
    """`part` takes the place of `target`; what was there stays when that fails."""
    if target.exists():
        target.rename(old)
    try:
        part.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
