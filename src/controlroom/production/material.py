"""The first stage: what lies in the song folder."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from controlroom.base.errors import InputRefused
from controlroom.base.files import sha256_of
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, ticking
from controlroom.song.folder import find_audio, read_sheet
from controlroom.song.grouping import group
from controlroom.song.model import FileFacts, Song
from controlroom.sound.files import AudioInfo, probe
from controlroom.sound.parallel import side_by_side

LOWEST_SESSION_RATE_HZ = 44100


class Source(msgspec.Struct, frozen=True):
    """One original file: what its header says, and the hash of its bytes."""

    path: Path
    info: AudioInfo
    sha256: str


class Material(msgspec.Struct, frozen=True):
    """A song and its readable files; `sources` by path relative to the folder."""

    song: Song
    sources: dict[Path, Source]
    rate_hz: int
    findings: tuple[Finding, ...] = ()

    @property
    def takes(self) -> list[Path]:
        """The files that are recorded material, in the order of the parts."""
        return [mic.path for part in self.song.parts for each in part.passes for mic in each.mics]


def read_material(folder: Path, progress: Progress = SILENT) -> Material:
    """Read a song folder; files that are not sound become findings.

    Raises `InputRefused` when nothing in it can be used, `SongFileError` when `song.toml` cannot be meant.
    """
    if not folder.is_dir():
        raise InputRefused(folder, "this is not a folder", "Make one with: controlroom new DIR.")
    sheet = read_sheet(folder)
    found = find_audio(folder)
    wanted = [*found.takes, *found.demos, *found.mixes]
    sources, findings = _read_files(folder, wanted, progress)
    takes = [_facts(sources[path]) for path in found.takes if path in sources]
    mixes = tuple(path for path in found.mixes if path in sources)
    if not takes and not mixes:
        raise InputRefused(folder, _nothing_usable(findings), "Put the recordings into takes/<part>/ and run it again.")
    demos = tuple(path for path in found.demos if path in sources)
    parts = group(takes, sheet)
    song = Song(folder=folder, sheet=sheet, parts=parts, demos=demos, mixes=mixes)
    heard = [facts.path for facts in takes] or mixes
    rate_hz = sheet.rate_hz or session_rate_hz([sources[path].info for path in heard])
    return Material(song, sources, rate_hz, tuple(findings))


def session_rate_hz(infos: Sequence[AudioInfo]) -> int:
    """The takes' own rate: the one most of their material has, and the higher where two tie; never below 44.1 kHz."""
    seconds: dict[int, float] = {}
    for info in infos:
        seconds[info.rate_hz] = seconds.get(info.rate_hz, 0.0) + info.frames / info.rate_hz
    return max(max(seconds, key=lambda rate: (seconds[rate], rate)), LOWEST_SESSION_RATE_HZ)


def _read_files(folder: Path, paths: Sequence[Path], progress: Progress) -> tuple[dict[Path, Source], list[Finding]]:
    tick = ticking(progress, len(paths), "reading")

    def read(path: Path) -> Source | Finding:
        try:
            info = probe(folder / path)
        except InputRefused as refusal:
            return Finding(code="unreadable", severity="warning", path=path.as_posix(), args={"why": refusal.why})
        source = Source(path, info, sha256_of(folder / path))
        tick()
        return source

    results = side_by_side(read, paths)
    sources = {result.path: result for result in results if isinstance(result, Source)}
    return sources, [result for result in results if isinstance(result, Finding)]


def _facts(source: Source) -> FileFacts:
    info = source.info
    stamp = None if info.time_reference is None else info.time_reference / info.rate_hz
    return FileFacts(
        path=source.path,
        rate_hz=info.rate_hz,
        channels=info.channels,
        frames=info.frames,
        codec=info.codec,
        time_reference_s=stamp,
        ixml=info.ixml,
    )


def _nothing_usable(findings: Sequence[Finding]) -> str:
    if not findings:
        return "there is no recording in it"
    return f"none of its {len(findings)} files is a recording that can be read"
