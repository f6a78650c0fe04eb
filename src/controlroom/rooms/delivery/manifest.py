"""The lists that go with a delivery: `manifest.json` for programs and people, `SHA256SUMS` for `sha256sum -c`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from controlroom.base.canonical import to_json
from controlroom.base.files import sha256_of, write_bytes, write_text
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveredFile

SCHEMA = "controlroom.manifest/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def write_manifest(folder: Path, plan: DeliveryPlan, files: Sequence[DeliveredFile]) -> tuple[DeliveredFile, ...]:
    """Write both into `folder`; the manifest says nothing of when or where, so the same delivery has the same bytes."""
    write_bytes(folder / MANIFEST, to_json(_told(plan, files), indent=2) + b"\n")
    manifest = _listed(folder, MANIFEST, "manifest")
    write_text(folder / SUMS, "".join(f"{file.sha256}  {file.path}\n" for file in (*files, manifest)))
    return manifest, _listed(folder, SUMS, "checksums")


def _told(plan: DeliveryPlan, files: Sequence[DeliveredFile]) -> dict[str, Any]:
    names = ("title", "artist", "album", "composer", "copyright", "date", "isrc")
    return {
        "schema": SCHEMA,
        **{name: getattr(plan, name) for name in names if getattr(plan, name)},
        "files": [file.to_json() for file in files],
    }


def _listed(folder: Path, name: str, kind: str) -> DeliveredFile:
    path = folder / name
    return DeliveredFile(path=name, sha256=sha256_of(path), kind=kind, bytes=path.stat().st_size)
