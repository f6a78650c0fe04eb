"""Writing the deliverables, side by side, and reading each one back."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import msgspec

from controlroom.base.check import Check
from controlroom.base.errors import UsageError
from controlroom.base.files import sha256_of, write_bytes
from controlroom.base.finding import Finding
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.rooms.delivery.cover import Cover
from controlroom.rooms.delivery.flight import Flight
from controlroom.rooms.delivery.manifest import listed, write_manifest
from controlroom.rooms.delivery.measure import measure
from controlroom.rooms.delivery.plan import FULL_SCALE_DBTP, DeliveryPlan, Item, Version, kind_name
from controlroom.rooms.delivery.preflight import preflight
from controlroom.rooms.delivery.report import Delivered, DeliveredFile
from controlroom.rooms.delivery.rights import Rights
from controlroom.rooms.delivery.said import metadata
from controlroom.rooms.delivery.sheet import MasterSheet, as_pdf
from controlroom.sound.files import AudioFile, write
from controlroom.sound.meter import Loudness, LoudnessSeries, measure_loudness, metered
from controlroom.sound.parallel import side_by_side
from controlroom.sound.signal import Signal

WRITTEN_AS_MASTERED_DB = 0.01  # dither and rounding to 24 bits move the true peak less than this
WRITTEN_IN_16_BITS_DB = 0.1

NOTHING_KNOWN = Rights()

Masters = Mapping[int, Signal | Path]


class _Written(msgspec.Struct, frozen=True):
    file: DeliveredFile
    checks: tuple[Check, ...]
    findings: tuple[Finding, ...] = ()


class _Master(msgspec.Struct, frozen=True):
    """A master at one rate. A path is opened by every encoder for itself; a signal must bear several readers."""

    source: Signal | Path
    frames: int
    channels: int
    loudness: Loudness
    series: LoudnessSeries

    def open(self) -> AbstractContextManager[Signal]:
        return _opened(self.source)


def render(
    masters: Masters,
    plan: DeliveryPlan,
    folder: Path,
    progress: Progress = SILENT,
    *,
    alternates: Mapping[Version, Masters] | None = None,
    cover: Cover | None = None,
    rights: Rights = NOTHING_KNOWN,
) -> Delivered:
    """Write every item of `plan` into `folder`, with tags, cover, master sheet, manifest and checksums.

    `masters`: the undithered float master by rate, `alternates` those of the other versions; a file is best, since
    several encoders read it at once (a signal must bear that: `Audio` and `Scratch` do). Each file is decoded again:
    its length, loudness and true peak are what the disk holds. Raises `UsageError` when the master of a rate is
    missing, `SurroundingsFailed` when the disk is full.
    """
    opened = {
        (version, rate): _measured(source)
        for version, rate, source in _needed(plan, {"": masters, **(alternates or {})})
    }
    together = _Together(progress, len(plan.items))
    slowest_first = sorted(range(len(plan.items)), key=lambda k: not plan.items[k].lossy)

    def deliver(k: int) -> tuple[int, _Written]:
        item = plan.items[k]
        return k, _deliver(item, opened[item.version, item.rate_hz], plan, folder, cover, together.part(k))

    written = [result for _, result in sorted(side_by_side(deliver, slowest_first), key=lambda pair: pair[0])]
    files = tuple(result.file for result in written)
    first = opened.get(("", plan.rates_hz[0])) if plan.rates_hz else None
    found = [finding for result in written for finding in result.findings]
    findings = (*_preflight(first, plan, files, cover, rights), *found)
    series = first.series if first else None
    sheet = MasterSheet(plan=plan, files=files, series=series, cover=cover, findings=findings)
    papers = _papers(sheet, folder)
    return Delivered(
        files=(*files, *papers, *write_manifest(folder, plan, (*files, *papers))),
        checks=tuple(check for result in written for check in result.checks),
        findings=findings,
    )


def _needed(plan: DeliveryPlan, masters: Mapping[Version, Masters]) -> list[tuple[Version, int, Signal | Path]]:
    """Version, rate and source of every master that the plan asks for."""
    needed = []
    for version in ("", *plan.versions):
        for rate_hz in plan.rates_of(version):
            if rate_hz not in masters.get(version, {}):
                why = f"{version} {rate_hz} Hz is missing".strip()
                raise UsageError("A delivery needs a master at each of its rates", why)
            needed.append((version, rate_hz, masters[version][rate_hz]))
    return needed


def _papers(sheet: MasterSheet, folder: Path) -> tuple[DeliveredFile, ...]:
    """What goes along that is not sound: the cover and the master sheet."""
    papers, named = [], sheet.plan.name
    if sheet.cover:
        name = f"{named}{sheet.cover.suffix}"
        write_bytes(folder / name, sheet.cover.data)
        papers.append(listed(folder, name, "cover"))
    if sheet.files:
        name = f"{named} (master sheet).pdf"
        write_bytes(folder / name, as_pdf(sheet))
        papers.append(listed(folder, name, "sheet"))
    return tuple(papers)


def _preflight(
    master: _Master | None, plan: DeliveryPlan, files: tuple[DeliveredFile, ...], cover: Cover | None, rights: Rights
) -> tuple[Finding, ...]:
    if master is None:
        return ()
    with master.open() as signal:
        report = measure(signal)
    return preflight(
        Flight(plan=plan, report=report, loudness=master.loudness, files=files, cover=cover, rights=rights)
    )


def _opened(source: Signal | Path) -> AbstractContextManager[Signal]:
    return AudioFile(source) if isinstance(source, Path) else nullcontext(source)


def _measured(source: Signal | Path) -> _Master:
    with _opened(source) as signal:
        meter = metered(signal)
        return _Master(source, signal.frames, signal.channels, meter.result(), meter.series())


def _deliver(
    item: Item, master: _Master, plan: DeliveryPlan, folder: Path, cover: Cover | None, progress: Progress
) -> _Written:
    path = folder / plan.file_name(item)
    said = metadata(plan, item, master.loudness, master.channels, cover)
    with master.open() as signal:
        write(path, signal, item.format, metadata=said, progress=scaled(progress, 0.0, 0.8))
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
        vbr_quality=item.vbr_quality,
        version=item.version or None,
        frames=info.frames,
        duration_s=info.frames / info.rate_hz,
        integrated_lufs=loudness.integrated_lufs,
        true_peak_dbtp=loudness.true_peak_dbtp,
    )
    return _Written(file, _checks(plan, item, file, master), _codec_findings(item, file))


def _checks(plan: DeliveryPlan, item: Item, file: DeliveredFile, master: _Master) -> tuple[Check, ...]:
    peak, name = master.loudness.true_peak_dbtp, file.kind
    if sum(other.kind == item.kind for other in plan.items) > 1:
        name = " ".join(word for word in (item.kind, item.version, item.quality) if word)
    room = WRITTEN_IN_16_BITS_DB if item.bits == 16 else WRITTEN_AS_MASTERED_DB
    highest = FULL_SCALE_DBTP if item.lossy or peak is None else peak + room
    return (
        Check(name=f"{name} length", value=file.frames, unit="frames", at_least=master.frames, at_most=master.frames),
        Check(name=f"{name} true peak", value=file.true_peak_dbtp, unit="dBTP", at_most=highest),
    )


def _codec_findings(item: Item, file: DeliveredFile) -> tuple[Finding, ...]:
    peak = file.true_peak_dbtp
    if not item.lossy or peak is None or peak <= FULL_SCALE_DBTP:
        return ()
    args: dict[str, str | int | float | bool] = {"over_db": peak, "codec": f"{kind_name(item.kind)} ({item.quality})"}
    return (Finding(code="delivery_codec_overs", severity="warning", path=file.path, args=args),)


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
