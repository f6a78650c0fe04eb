"""Where bytes lie: one file for each SHA-256, below the home folder. The only module that knows.

With a bucket (`CONTROLROOM_BUCKET`) everything is kept there too, and what this machine lacks is brought from it: the
folder is then what is at hand, and several machines may work for one desk.
"""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from controlroom.base.errors import InputRefused, surroundings
from controlroom.base.files import sha256_of, whole_or_nothing
from controlroom.desk.songs.models import Blob, Recording
from controlroom.outside.bucket import Bucket


def place_of(sha256: str) -> Path:
    """Where the bytes with that hash lie, or would."""
    return Path(settings.BLOBS) / sha256[:2] / sha256


def path_of(blob: Blob) -> Path:
    """The file of a blob; raises `InputRefused` when somebody removed it behind the desk's back."""
    path = place_of(blob.sha256)
    if not path.is_file() and not ((store := _bucket()) and store.fetch(blob.sha256, path)):
        raise InputRefused(_called(blob), "its file is gone from the disk", "Put it back, or upload it again.")
    return path


def _called(blob: Blob) -> str:
    """What people know the bytes by: the name they came with."""
    recording = Recording.objects.filter(blob=blob).order_by("pk").first()
    return recording.name if recording else blob.sha256[:12]


def is_kept(blob: Blob) -> bool:
    """Whether its file is at hand, or a bucket has it (asking that for each line of a page would take too long)."""
    return bool(settings.BUCKET) or place_of(blob.sha256).is_file()


def keep(studio_id: int, path: Path, *, move: bool = False) -> Blob:
    """Keep a file's bytes, once however often they come; `move` takes the file itself where it can."""
    sha256, size = sha256_of(path), path.stat().st_size
    target = place_of(sha256)
    if not (target.is_file() and target.stat().st_size == size):
        _bring(path, target, move)
    elif move:
        path.unlink(missing_ok=True)
    if store := _bucket():
        store.put(sha256, target)
    blob, _ = Blob.objects.get_or_create(studio_id=studio_id, sha256=sha256, defaults={"size": size})
    return blob


def forget(blob: Blob) -> None:
    """Let bytes go that nobody holds any more; what a row of any app speaks of stays."""
    with transaction.atomic():
        try:
            blob.delete()  # every row that holds it protects it
        except ProtectedError:
            return
        if Blob.objects.filter(sha256=blob.sha256).exists():
            return  # another studio has the same bytes
        # Inside the transaction: what breaks off here leaves a row without its file, never a file nobody knows.
        with surroundings(Path(settings.BLOBS)):
            place_of(blob.sha256).unlink(missing_ok=True)
        if store := _bucket():
            store.remove(blob.sha256)


def _bucket() -> Bucket | None:
    return _opened(settings.BUCKET) if settings.BUCKET else None


@cache
def _opened(url: str) -> Bucket:
    return Bucket(url)


def _bring(path: Path, target: Path, move: bool) -> None:
    with surroundings(target):
        target.parent.mkdir(parents=True, exist_ok=True)
    if move and path.stat().st_dev == target.parent.stat().st_dev:
        with surroundings(target):
            path.replace(target)
    else:
        with whole_or_nothing(target) as part:
            shutil.copyfile(path, part)
        if move:
            path.unlink(missing_ok=True)
    target.chmod(0o444)
