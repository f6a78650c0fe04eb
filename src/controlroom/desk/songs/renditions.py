"""Keeping what was made of a recording."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

from controlroom.base.errors import surroundings
from controlroom.desk.songs import blobs
from controlroom.desk.songs.models import Blob, Recording, Rendition


@contextmanager
def scratch() -> Iterator[Path]:
    """A folder for what is being made, gone afterwards; on the blobs' disk, so that files are moved, not copied."""
    work = Path(settings.WORK)
    with surroundings(work):
        work.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="making-") as folder:
        yield Path(folder)


def keep_file(recording: Recording, kind: str, path: Path, facts: dict[str, Any] | None = None) -> Rendition:
    """Keep a file as a rendition; the file itself is moved."""
    return keep_blob(recording, kind, blobs.keep(recording.studio_id, path, move=True), facts)


def keep_bytes(recording: Recording, kind: str, data: bytes, facts: dict[str, Any] | None = None) -> Rendition:
    with scratch() as folder:
        path = folder / kind
        with surroundings(path):
            path.write_bytes(data)
        return keep_file(recording, kind, path, facts)


def keep_blob(recording: Recording, kind: str, blob: Blob, facts: dict[str, Any] | None = None) -> Rendition:
    """Say that a blob is that rendition; a newer one takes the place of an older one."""
    made, _ = Rendition.objects.update_or_create(
        recording=recording,
        kind=kind,
        defaults={"studio_id": recording.studio_id, "blob": blob, "facts": facts or {}},
    )
    return made


def trim(studio_id: int, kinds: Collection[str], most_bytes: int) -> int:
    """Let the oldest renditions of these kinds go until all of the studio's fit into `most_bytes`, the newest whatever
    its size; says how many went. Each is made again when somebody asks for it.
    """
    rows = Rendition.objects.filter(studio_id=studio_id, kind__in=kinds).select_related("blob").order_by("-pk")
    kept_bytes, gone = 0, 0
    for k, row in enumerate(rows):
        kept_bytes += row.blob.size
        if k and kept_bytes > most_bytes:
            row.delete()
            blobs.forget(row.blob)
            gone += 1
    return gone
