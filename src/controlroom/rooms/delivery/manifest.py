"""The lists that go with a delivery: `manifest.json` for programs and people, `SHA256SUMS` for `sha256sum -c`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from controlroom.base.canonical import to_json
from controlroom.base.files import sha256_of, write_bytes, write_text
from controlroom.rooms.delivery.plan import DeliveryPlan
from controlroom.rooms.delivery.report import DeliveredFile

SCHEMA = "controlroom.manifest/1"
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
_SAID = ("title", "artist", "album", "composer", "copyright", "date", "isrc", "upc", "label", "language", "explicit")
_LISTED = ("credits", "markers", "destinations")


def write_manifest(folder: Path, plan: DeliveryPlan, files: Sequence[DeliveredFile]) -> tuple[DeliveredFile, ...]:
    """Write both into `folder`; the manifest says nothing of when or where, so the same delivery has the same bytes."""
    write_bytes(folder / MANIFEST, to_json(_told(plan, files), indent=2) + b"\n")
    manifest = listed(folder, MANIFEST, "manifest")
    write_text(folder / SUMS, "".join(f"{file.sha256}  {file.path}\n" for file in (*files, manifest)))
    return manifest, listed(folder, SUMS, "checksums")


def _told(plan: DeliveryPlan, files: Sequence[DeliveredFile]) -> dict[str, Any]:
    said = {name: getattr(plan, name) for name in _SAID}
    lists = {name: msgspec.to_builtins(getattr(plan, name)) for name in _LISTED}
    return {
        "schema": SCHEMA,
        **{name: value for name, value in said.items() if value not in ("", None)},
        **{name: value for name, value in lists.items() if value},
        "files": [file.to_json() for file in files],
    }


def listed(folder: Path, name: str, kind: str) -> DeliveredFile:
    """A file of `folder` that is not sound, with its checksum."""
    path = folder / name
    return DeliveredFile(path=name, sha256=sha256_of(path), kind=kind, bytes=path.stat().st_size)
