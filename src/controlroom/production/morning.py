"""The morning's demos: many heard side by side on all cores, told in the order in which they need an ear."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from time import time
from typing import Any

import msgspec

from controlroom.base.canonical import to_plain
from controlroom.base.errors import InputRefused
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.production.demos import Before, Shelf, find_on, shelf_of
from controlroom.production.listening import Company, Listened, Wishes, company_of, listen
from controlroom.rooms.listening.queue import Queued, need_of, ordered
from controlroom.song.folder import AUDIO_SUFFIXES
from controlroom.sound.parallel import WORKERS


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What listening to one demo gave: its report as JSON, or why it was refused; and its place in the queue."""

    path: Path
    said: dict[str, Any] = {}
    refusal: str = ""
    queued: Queued


def demos_in(paths: Sequence[Path]) -> list[Path]:
    """Files as they are given, folders as the audio files in them; raises `InputRefused` for a folder without any."""
    return [demo for path in paths for demo in (_audio_in(path) if path.is_dir() else [path])]


def _audio_in(folder: Path) -> list[Path]:
    found = (one for one in folder.iterdir() if one.suffix.lower() in AUDIO_SUFFIXES and not one.name.startswith("."))
    if demos := sorted(found):
        return demos
    raise InputRefused(folder, "there is no audio file in this folder", "Name a folder that holds demos.")


def listen_to_all(
    paths: Sequence[Path], wishes: Wishes, library: Path | None = None, progress: Progress = SILENT
) -> list[Answer]:
    """An answer for each demo, in the order given; several are heard on all cores, each in a process of its own.
    `library`: a folder of demos in which they are looked for.

    Raises `InputRefused` where what they are held against cannot be read; a demo that cannot is an answer.
    """
    company = company_of(wishes, scaled(progress, 0.0, 0.2))
    shelf = shelf_of(library, scaled(progress, 0.2, 0.4)) if library else None
    heard = _heard(paths, wishes, company, scaled(progress, 0.4, 0.95))
    return [_answer(path, one, shelf) for path, one in zip(paths, heard, strict=True)]


def _heard(paths: Sequence[Path], wishes: Wishes, company: Company, progress: Progress) -> list[Listened | str]:
    """What each demo gave, or why it was refused."""
    if len(paths) == 1:
        return [_listened(paths[0], wishes, company, progress)]
    found: dict[Path, Listened | str] = {}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(WORKERS, len(paths)), context, initializer=_leave_ctrl_c_to_the_parent) as pool:
        asked = {pool.submit(_listened, path, _apart(path, wishes), company): path for path in dict.fromkeys(paths)}
        try:
            for done, future in enumerate(as_completed(asked), start=1):
                found[asked[future]] = future.result()
                progress(done, len(asked), f"{done} of {len(asked)} demos")
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [found[path] for path in paths]


def _leave_ctrl_c_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _apart(path: Path, wishes: Wishes) -> Wishes:
    """Of several demos each has a folder of its own for pictures and for auditions."""
    return msgspec.structs.replace(
        wishes,
        pictures=wishes.pictures / path.stem if wishes.pictures else None,
        auditions=wishes.auditions / path.stem if wishes.auditions else None,
    )


def queue_of(answers: Sequence[Answer]) -> tuple[Queued, ...]:
    """The queue, what needs an ear first at its head."""
    return ordered([answer.queued for answer in answers])


def _listened(path: Path, wishes: Wishes, company: Company, progress: Progress = SILENT) -> Listened | str:
    try:
        return listen(path, wishes, company, progress)
    except InputRefused as refusal:
        return str(refusal)


def _answer(path: Path, heard: Listened | str, shelf: Shelf | None) -> Answer:
    waiting_s = _waiting_s(path)
    if isinstance(heard, str):
        queued = Queued(name=str(path), need="ask again", why=heard, waiting_s=waiting_s)
        return Answer(path=path, refusal=heard, queued=queued)
    before = find_on(shelf, path) if shelf else Before()
    need, why = need_of(heard.report, before.seen[0].path.name if before.seen else None)
    said = heard.said | ({"before": to_plain(before)} if shelf else {})
    return Answer(path=path, said=said, queued=Queued(name=str(path), need=need, why=why, waiting_s=waiting_s))


def _waiting_s(path: Path) -> float:
    try:
        return max(time() - path.stat().st_mtime, 0.0)
    except OSError:
        return 0.0
