"""What the preflight saw, and what was delivered."""

from __future__ import annotations

from typing import Any

import msgspec

from controlroom.base.check import Check
from controlroom.base.finding import Finding


class DeliveryReport(msgspec.Struct, frozen=True, kw_only=True):
    """A master before it leaves. `silence_*_s`: below -60 dBFS; `edge_*_db`: level of the very first and last frame."""

    rate_hz: int
    channels: int
    duration_s: float
    silence_at_start_s: float = 0.0
    silence_at_end_s: float = 0.0
    edge_start_db: float | None = None
    edge_end_db: float | None = None
    silent: bool = False


class DeliveredFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it was read back from the disk. `path` is relative to the delivery folder; `version` None: the song
    itself."""

    path: str
    sha256: str
    kind: str
    bytes: int
    codec: str | None = None
    rate_hz: int | None = None
    channels: int | None = None
    bits: int | None = None
    bitrate_kbps: int | None = None
    vbr_quality: int | None = None
    version: str | None = None
    frames: int | None = None
    duration_s: float | None = None
    integrated_lufs: float | None = None
    true_peak_dbtp: float | None = None

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in msgspec.structs.asdict(self).items() if value is not None}


class Delivered(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was written, checked after reading it back."""

    files: tuple[DeliveredFile, ...]
    checks: tuple[Check, ...] = ()
    findings: tuple[Finding, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "files": [file.to_json() for file in self.files],
            "checks": [check.to_json() for check in self.checks],
            "findings": [finding.to_json() for finding in self.findings],
        }
