"""Writing the deliverables, side by side, and reading each one back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec

from controlroom.base.check import Check
from controlroom.base.errors import UsageError
from controlroom.base.files import sha256_of
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.delivery.manifest import write_manifest
from controlroom.rooms.delivery.measure import measure, preflight
from controlroom.rooms.delivery.plan import DeliveryPlan, Item
from controlroom.rooms.delivery.report import Delivered, DeliveredFile
from controlroom.sound.files import AudioFile, Metadata, write
from controlroom.sound.meter import Loudness, measure_loudness
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Signal

SOFTWARE = "Controlroom"
LOSSY = ("mp3",)
WRITTEN_AS_MASTERED_DB = 0.01  # dither and rounding to 24 bits move the true peak less than this
FULL_SCALE_DBTP = 0.0


class _Written(msgspec.Struct, frozen=True):
    file: DeliveredFile
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...] = ()


class _Master(msgspec.Struct, frozen=True):
    """A master at one rate. A path is opened by every encoder for itself; a signal must bear several readers."""

    source: Signal | Path
    frames: int
    loudness: Loudness

    def open(self) -> AbstractContextManager[Signal]:
        return _opened(self.source)


def render(
    masters: Mapping[int, Signal | Path], plan: DeliveryPlan, folder: Path, progress: Progress = SILENT
) -> Delivered:
    """Write every item of `plan` into `folder`, with tags, a manifest and checksums.

    `masters`: the undithered float master by rate; a file is best, since several encoders read it at once (a signal
    must bear that: `Audio` and `Scratch` do). Each file is decoded again: its length, loudness and true peak are what
    the disk holds. Raises `UsageError` when the master of a rate is missing, `SurroundingsFailed` when the disk is
    full.
    """
    missing = [rate for rate in plan.rates_hz if rate not in masters]
    if missing:
        raise UsageError("A delivery needs a master at each of its rates", f"{missing[0]} Hz is missing")
    opened = {rate: _measured(masters[rate]) for rate in plan.rates_hz}
    together = _Together(progress, len(plan.items))
    slowest_first = sorted(range(len(plan.items)), key=lambda k: plan.items[k].kind not in LOSSY)

    def deliver(k: int) -> tuple[int, _Written]:
        item = plan.items[k]
        return k, _deliver(item, opened[item.rate_hz], plan, folder, together.part(k))

    written = [result for _, result in sorted(side_by_side(deliver, slowest_first), key=lambda pair: pair[0])]
    files = tuple(result.file for result in written)
    found = [finding for result in written for finding in result.findings]
    return Delivered(
        files=(*files, *write_manifest(folder, plan, files)),
        checks=tuple(check for result in written for check in result.checks),
        findings=(*_preflight(opened, plan), *found),
    )


def _preflight(masters: Mapping[int, _Master], plan: DeliveryPlan) -> tuple[Finding, ...]:
    if not masters:
        return ()
    with masters[plan.rates_hz[0]].open() as signal:
        return preflight(measure(signal), plan)


def _opened(source: Signal | Path) -> AbstractContextManager[Signal]:
    return AudioFile(source) if isinstance(source, Path) else nullcontext(source)


def _measured(source: Signal | Path) -> _Master:
    with _opened(source) as signal:
        return _Master(source, signal.frames, measure_loudness(signal))


def _deliver(item: Item, master: _Master, plan: DeliveryPlan, folder: Path, progress: Progress) -> _Written:
    path = folder / plan.file_name(item)
    metadata = _metadata(plan, master.loudness)
    with master.open() as signal:
        write(path, signal, item.format, metadata=metadata, progress=scaled(progress, 0.0, 0.8))
    with AudioFile(path) as back:
        loudness = measure_loudness(back, scaled(progress, 0.8, 1.0))
        info = back.info
    file = DeliveredFile(
        path=path.name,
        sha256=sha256_of(path),
        kind=item.kind,
        bytes=path.stat().st_size,
        codec=info.codec,
        rate_hz=info.rate_hz,
        channels=info.channels,
        bits=info.bits,
        bitrate_kbps=item.bitrate_kbps,
        frames=info.frames,
        duration_s=info.frames / info.rate_hz,
        integrated_lufs=loudness.integrated_lufs,
        true_peak_dbtp=loudness.true_peak_dbtp,
    )
    return _Written(file, _checks(file, master), _codec_findings(file))


def _metadata(plan: DeliveryPlan, loudness: Loudness) -> Metadata:
    return Metadata(
        title=plan.title,
        artist=plan.artist,
        album=plan.album,
        composer=plan.composer,
        copyright=plan.copyright,
        date=plan.date,
        isrc=plan.isrc,
        software=SOFTWARE,
        integrated_lufs=loudness.integrated_lufs,
        range_lu=loudness.range_lu,
        true_peak_dbtp=loudness.true_peak_dbtp,
        max_momentary_lufs=loudness.max_momentary_lufs,
        max_short_term_lufs=loudness.max_short_term_lufs,
    )


def _checks(file: DeliveredFile, master: _Master) -> tuple[Check, ...]:
    peak = master.loudness.true_peak_dbtp
    highest = FULL_SCALE_DBTP if file.kind in LOSSY or peak is None else peak + WRITTEN_AS_MASTERED_DB
    return (
        Check(
            name=f"{file.kind} length", value=file.frames, unit="frames", at_least=master.frames, at_most=master.frames
        ),
        Check(name=f"{file.kind} true peak", value=file.true_peak_dbtp, unit="dBTP", at_most=highest),
    )


def _codec_findings(file: DeliveredFile) -> tuple[Finding, ...]:
    peak = file.true_peak_dbtp
    if file.kind not in LOSSY or peak is None or peak <= FULL_SCALE_DBTP:
        return ()
    return (Finding(code="delivery_codec_overs", severity="advice", path=file.path, args={"over_db": peak}),)


class _Together:
    """One progress for jobs that run side by side: each has the same share."""

    def __init__(self, progress: Progress, jobs: int) -> None:
        self._progress, self._lock, self._done = progress, threading.Lock(), [0.0] * max(jobs, 1)

    def part(self, job: int) -> Progress:
        def report(done: float, total: float, what: str = "") -> None:
            with self._lock:
                self._done[job] = done / total if total else 1.0
                self._progress(sum(self._done), len(self._done), what)

        return report
