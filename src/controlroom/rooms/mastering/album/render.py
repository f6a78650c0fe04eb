"""Making the album: each song mastered, all of them laid out as one programme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np

from controlroom.base.errors import UsageError
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.mastering.album.decide import DEFAULT_CEILING_DBTP, track_plan
from controlroom.rooms.mastering.album.hear import hear
from controlroom.rooms.mastering.album.plan import RATES_HZ, AlbumPlan, AlbumTrack
from controlroom.rooms.mastering.album.programme import Joined, Patched, Piece, Programme
from controlroom.rooms.mastering.album.report import SongReport
from controlroom.rooms.mastering.master import Mastered, master
from controlroom.sound.limiter import Limiter
from controlroom.sound.meter import Loudness, measure_loudness
from controlroom.sound.signal import Audio, Samples, Signal
from controlroom.sound.stream import Chain

SECTORS_PER_S = 75  # tracks begin on sectors of a CD, at every rate: so all versions of the album have the same times
SHARE_MASTERING = 0.9
MARGIN_S, MARGIN_DB = 1.0, 0.05


class TrackMade(msgspec.Struct, frozen=True, kw_only=True):
    """A track in the programme, in frames.

    `pause_at` is where the silence before it begins, `start` where it begins itself; it ends where the next one begins.
    `loudness` is that of its music, without the pause after it.
    """

    track: AlbumTrack
    pause_at: int
    start: int
    frames: int
    loudness: Loudness


class AlbumRender(msgspec.Struct, frozen=True, kw_only=True):
    """The programme (undithered float, in temporary files), its tracks, and what the mastering of each said.

    `joints`: the frames where one song meets the next; `loudness` of the whole.
    """

    signal: Signal
    tracks: tuple[TrackMade, ...]
    loudness: Loudness
    joints: tuple[int, ...]
    findings: tuple[Finding, ...]


class _Group(msgspec.Struct, frozen=True):
    """Songs that go on into one another: mastered as one."""

    tracks: tuple[AlbumTrack, ...]
    made: Mastered
    starts: tuple[int, ...]  # of each track in `made`


def render(
    signals: Mapping[str, Signal],
    songs: Sequence[SongReport],
    plan: AlbumPlan,
    progress: Progress = SILENT,
    *,
    folder: Path | None = None,
) -> AlbumRender:
    """Master the songs of `plan` and lay them out at its rate; `signals` by file, `songs` in the plan's order.

    `folder`: where temporary files lie. The same signals and plan give the same samples. Raises `UsageError` where the
    plan cannot be meant, `SurroundingsFailed` when the disk is full.
    """
    if len({signal.channels for signal in signals.values()}) > 1:
        raise UsageError("The album", "some of its songs are mono and others are not", "Bring all to two channels.")
    rate_hz = plan.rate_hz or RATES_HZ[0]
    plan = msgspec.structs.replace(plan, rate_hz=rate_hz)
    groups = _mastered(signals, songs, plan, scaled(progress, 0.0, SHARE_MASTERING, "mastering"), folder)
    programme, marks, joints = _laid_out(groups, rate_hz)
    ceiling_dbtp = DEFAULT_CEILING_DBTP if plan.ceiling_dbtp is None else plan.ceiling_dbtp
    whole = Patched(programme, _held(programme, ceiling_dbtp))
    loudness = measure_loudness(whole, scaled(progress, SHARE_MASTERING, 1.0, "the album"))
    return AlbumRender(
        signal=whole,
        tracks=_tracks(plan, whole, marks),
        loudness=loudness,
        joints=joints,
        findings=tuple(_of(finding, group) for group in groups for finding in group.made.findings),
    )


def _of(finding: Finding, group: _Group) -> Finding:
    return msgspec.structs.replace(finding, path=finding.path or group.tracks[0].file)


def _mastered(
    signals: Mapping[str, Signal],
    songs: Sequence[SongReport],
    plan: AlbumPlan,
    progress: Progress,
    folder: Path | None,
) -> list[_Group]:
    chains: list[list[int]] = []
    for k, track in enumerate(plan.tracks):
        if track.segue and chains:
            chains[-1].append(k)
        else:
            chains.append([k])
    total, done, groups = (
        sum(signals[track.file].frames / signals[track.file].rate_hz for track in plan.tracks),
        0.0,
        [],
    )
    for chain in chains:
        sources = [signals[plan.tracks[k].file] for k in chain]
        length = sum(source.frames / source.rate_hz for source in sources)
        part = scaled(progress, done / total, (done + length) / total, "mastering")
        groups.append(_group(sources, [plan.tracks[k] for k in chain], songs[chain[0]], plan, part, folder))
        done += length
    return groups


def _group(
    sources: Sequence[Signal],
    tracks: Sequence[AlbumTrack],
    song: SongReport,
    plan: AlbumPlan,
    progress: Progress,
    folder: Path | None,
) -> _Group:
    if len({source.rate_hz for source in sources}) > 1:
        why = "it goes on into a song of another rate"
        raise UsageError(tracks[0].file, why, "Write segue = false there.")
    source = sources[0] if len(sources) == 1 else Joined(sources)
    if len(sources) > 1:
        song = hear(source, song.file)
    made = master(source, plan=track_plan(plan, tracks[0], song), report=song.master, progress=progress, folder=folder)
    edges = np.cumsum([0, *(one.frames for one in sources)])[:-1]
    starts = tuple(round(int(edge) * made.signal.rate_hz / source.rate_hz) for edge in edges)
    return _Group(tuple(tracks), made, starts)


class _Mark(msgspec.Struct, frozen=True):
    track: AlbumTrack
    pause_at: int
    start: int


def _laid_out(groups: Sequence[_Group], rate_hz: int) -> tuple[Programme, list[_Mark], tuple[int, ...]]:
    """Place the groups; a track begins on a sector, or (in the middle of sound) is marked at the sector before."""
    sector = rate_hz // SECTORS_PER_S
    pieces: list[Piece] = []
    marks: list[_Mark] = []
    joints: list[int] = []
    at = 0
    for k, group in enumerate(groups):
        first, last = group.tracks[0], group.tracks[-1]
        after = groups[k + 1].tracks[0] if k + 1 < len(groups) else None
        crossfade = 0 if k == 0 else _crossfade(first, pieces[-1].signal.frames, group.made.signal.frames, rate_hz)
        if crossfade:
            start = max(at - crossfade, 0) // sector * sector
            crossfade = at - start
            pieces[-1] = msgspec.structs.replace(pieces[-1], fade_out=crossfade, crossed_out=True)
        else:
            start = -(-(at + round((first.gap_s or 0.0) * rate_hz)) // sector) * sector
        pieces.append(
            Piece(
                signal=group.made.signal,
                start=start,
                fade_in=crossfade or _fade(first.fade_in_s, group, rate_hz),
                fade_out=0 if after and after.crossfade_s else _fade(last.fade_out_s, group, rate_hz),
                shape=first.fade,
                crossed_in=bool(crossfade),
            )
        )
        pause_at = min(-(-at // sector) * sector, start)
        for track, inside in zip(group.tracks, group.starts, strict=True):
            mark = (start + inside) // sector * sector
            marks.append(_Mark(track, pause_at if inside == 0 else mark, mark))
            joints.append(start + inside)
        at = pieces[-1].stop
        joints.append(at)
    return Programme(pieces, rate_hz, pieces[0].signal.channels), marks, tuple(sorted(set(joints)))


def _crossfade(track: AlbumTrack, before: int, after: int, rate_hz: int) -> int:
    """In frames; half of the shorter song at most."""
    return min(round((track.crossfade_s or 0.0) * rate_hz), before // 2, after // 2)


def _fade(length_s: float | None, group: _Group, rate_hz: int) -> int:
    return min(round((length_s or 0.0) * rate_hz), group.made.signal.frames)


def _held(programme: Programme, ceiling_dbtp: float) -> list[tuple[int, Samples]]:
    """The crossfades that would pass the ceiling, limited: the songs on both sides stay as they are."""
    margin = round(MARGIN_S * programme.rate_hz)
    patches: list[tuple[int, Samples]] = []
    for piece in programme.pieces:
        if not piece.crossed_in:
            continue
        start = max(piece.start - margin, 0)
        stop = min(piece.start + piece.fade_in + margin, programme.frames)
        around = Audio(Patched(programme, patches).read(start, stop - start), programme.rate_hz)
        if (measure_loudness(around).true_peak_dbtp or -200.0) > ceiling_dbtp:
            patches.append((start, _limited(around, ceiling_dbtp - MARGIN_DB)))
    return patches


def _limited(around: Audio, ceiling_dbtp: float) -> Samples:
    """Limited in the middle, untouched at both ends."""
    chain = Chain(around, lambda: [Limiter(around.rate_hz, around.channels, ceiling_dbtp)])
    held = chain.read(0, around.frames)
    ramp = min(round(0.2 * around.rate_hz), around.frames // 4)
    mix = np.ones(around.frames, np.float32)
    if ramp:
        mix[:ramp] = np.linspace(0, 1, ramp, dtype=np.float32)
        mix[-ramp:] = np.linspace(1, 0, ramp, dtype=np.float32)
    return around.samples + (held - around.samples) * mix


def _tracks(plan: AlbumPlan, programme: Signal, marks: Sequence[_Mark]) -> tuple[TrackMade, ...]:
    made = []
    for k, mark in enumerate(marks):
        stop = marks[k + 1].start if k + 1 < len(marks) else programme.frames
        pause = marks[k + 1].pause_at if k + 1 < len(marks) else programme.frames
        loudness = measure_loudness(_Part(programme, mark.start, max(pause - mark.start, 1)))
        made.append(
            TrackMade(
                track=mark.track, pause_at=mark.pause_at, start=mark.start, frames=stop - mark.start, loudness=loudness
            )
        )
    return tuple(made)


class _Part:
    """Some frames of a signal."""

    def __init__(self, source: Signal, start: int, frames: int) -> None:
        self.rate_hz, self.channels, self.frames = source.rate_hz, source.channels, frames
        self._source, self._start = source, start

    def read(self, start: int, frames: int) -> Samples:
        start = max(start, 0)
        return self._source.read(self._start + start, max(min(frames, self.frames - start), 0))
