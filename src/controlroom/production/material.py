"""The material of a song: its sheet and its originals, from a song folder or from anywhere else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from controlroom.base.errors import InputRefused
from controlroom.base.files import safe_name, sha256_of
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, ticking
from controlroom.song.folder import cover_in, find_audio, lyrics_in, read_sheet, sheet_findings
from controlroom.song.grouping import group
from controlroom.song.model import FileFacts, Sheet, Song
from controlroom.song.whole import version_of
from controlroom.sound.files import AudioInfo, probe
from controlroom.sound.parallel import side_by_side

LOWEST_SESSION_RATE_HZ = 44100


class Source(msgspec.Struct, frozen=True):
    """One original: where its bytes lie (an absolute path, its name of no meaning), its header, and their hash."""

    at: Path
    info: AudioInfo
    sha256: str


class Material(msgspec.Struct, frozen=True):
    """A song and its originals. `sources` are by the names the song knows them by, such as `takes/drums/Kick_01.wav`:
    grouping, roles, plans and reports speak of these; only `Source.at` says where a file lies.

    `references`, `masters` and `set_aside` (guides, sums, halves of mixes) are at hand, and not mixed. `cover`: the
    image that lies beside them; `lyrics`: their text.
    """

    song: Song
    sources: Mapping[Path, Source]
    rate_hz: int
    findings: tuple[Finding, ...] = ()
    references: tuple[Path, ...] = ()
    masters: tuple[Path, ...] = ()
    set_aside: tuple[Path, ...] = ()
    cover: Path | None = None
    lyrics: str = ""

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
    found = find_audio(folder, title=sheet.title)
    references = _there(folder, [*sheet.references, *found.references])
    sources, refusals = read_files(folder, [*found.takes, *found.demos, *found.mixes, *references], progress)
    findings = [
        Finding(code="unreadable", severity="warning", path=path.as_posix(), args={"why": refusal.why})
        for path, refusal in refusals.items()
    ]
    if not any(path in sources for path in (*found.takes, *found.mixes)):
        raise InputRefused(folder, _nothing_usable(findings), "Put the recordings into takes/<part>/ and run it again.")
    return material_of(
        sheet,
        sources,
        folder=folder,
        takes=found.takes,
        demos=found.demos,
        mixes=found.mixes,
        references=references,
        masters=found.masters,
        set_aside=found.set_aside,
        findings=(*found.findings, *sheet_findings(folder), *findings),
        cover=cover_in(folder),
        lyrics=lyrics_in(folder),
    )


def material_of(
    sheet: Sheet,
    sources: Mapping[Path, Source],
    *,
    takes: Sequence[Path],
    demos: Sequence[Path] = (),
    mixes: Sequence[Path] = (),
    references: Sequence[Path] = (),
    masters: Sequence[Path] = (),
    set_aside: Sequence[Path] = (),
    findings: tuple[Finding, ...] = (),
    folder: Path | None = None,
    cover: Path | None = None,
    lyrics: str = "",
) -> Material:
    """The material of originals whose headers and hashes are known: nothing is opened here.

    Every path is relative, laid out as in a song folder; takes, demos, mixes and references that are not among
    `sources` are left out. The last of `mixes` is taken instead of a mix of ours; one whose name says that it is an
    instrumental, an a cappella, a TV mix or a clean version stands beside the others as an alternate. Without a
    `folder` the song goes by its title. Raises `InputRefused` when there is neither take nor mix.
    """
    takes, demos, mixes, references = (
        tuple(path for path in paths if path in sources) for paths in (takes, demos, mixes, references)
    )
    alternates = tuple(path for path in mixes if version_of(path.stem))
    if len(alternates) < len(mixes):  # who sends an instrumental alone means that one
        mixes = tuple(path for path in mixes if path not in alternates)
    else:
        alternates = ()
    folder = folder or Path(safe_name(sheet.title))
    if not takes and not mixes:
        raise InputRefused(folder, "there is no recording in it", "Add its takes, or a mix, and run it again.")
    return Material(
        song=Song(
            folder=folder,
            sheet=sheet,
            parts=group([facts_of(path, sources[path].info) for path in takes], sheet),
            demos=demos,
            mixes=mixes,
            alternates=alternates,
        ),
        sources=sources,
        rate_hz=sheet.rate_hz or session_rate_hz([sources[path].info for path in takes or mixes]),
        findings=findings,
        references=references,
        masters=tuple(masters),
        set_aside=tuple(set_aside),
        cover=cover,
        lyrics=lyrics,
    )


def session_rate_hz(infos: Sequence[AudioInfo]) -> int:
    """The takes' own rate: the one most of their material has, and the higher where two tie; never below 44.1 kHz."""
    seconds: dict[int, float] = {}
    for info in infos:
        seconds[info.rate_hz] = seconds.get(info.rate_hz, 0.0) + info.frames / info.rate_hz
    return max(max(seconds, key=lambda rate: (seconds[rate], rate)), LOWEST_SESSION_RATE_HZ)


def read_files(
    folder: Path, paths: Sequence[Path], progress: Progress = SILENT
) -> tuple[dict[Path, Source], dict[Path, InputRefused]]:
    """The headers and hashes of files (paths relative to `folder`), and why the others cannot be read."""
    tick = ticking(progress, len(paths), "reading")

    def read(path: Path) -> Source | InputRefused:
        try:
            return Source(folder / path, probe(folder / path), sha256_of(folder / path))
        except InputRefused as refusal:
            return refusal
        finally:
            tick()

    results = dict(zip(paths, side_by_side(read, paths), strict=True))
    sources = {path: result for path, result in results.items() if isinstance(result, Source)}
    return sources, {path: result for path, result in results.items() if isinstance(result, InputRefused)}


def facts_of(path: Path, info: AudioInfo) -> FileFacts:
    """What grouping needs to know of a file."""
    return FileFacts(
        path=path,
        rate_hz=info.rate_hz,
        channels=info.channels,
        frames=info.frames,
        codec=info.codec,
        time_reference_s=None if info.time_reference is None else info.time_reference / info.rate_hz,
        ixml=info.ixml,
    )


def _there(folder: Path, paths: Iterable[Path]) -> list[Path]:
    """Those of `paths` that are files in `folder`, each once."""
    return [path for path in dict.fromkeys(paths) if (folder / path).is_file()]


def _nothing_usable(findings: Sequence[Finding]) -> str:
    if not findings:
        return "there is no recording in it"
    if len(findings) == 1:
        return "its only file is no recording that can be read"
    return f"none of its {len(findings)} files is a recording that can be read"
