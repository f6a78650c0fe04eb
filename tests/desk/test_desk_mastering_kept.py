"""What is only listened to has a budget: the oldest goes, and is made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from controlroom.base.progress import SILENT
from controlroom.desk import works
from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.mastering import jobs
from controlroom.desk.songs import blobs, renditions
from controlroom.desk.songs.models import Blob, Recording, Rendition

pytestmark = pytest.mark.django_db


@pytest.fixture
def kept(heard: Recording, tmp_path: Path) -> Callable[[str, int], Blob]:
    """Keeps a rendition of so many bytes."""

    def keep(kind: str, size: int) -> Blob:
        path = tmp_path / kind
        path.write_bytes(kind.encode().ljust(size, b"."))
        return renditions.keep_file(heard, kind, path).blob

    return keep


def kinds(recording: Recording) -> set[str]:
    return {row.kind for row in recording.renditions.filter(kind__startswith="on-")}


def test_the_oldest_goes_first_and_takes_its_file_along(heard: Recording, kept: Callable[[str, int], Blob]) -> None:
    first, second, third = (kept(f"on-{k}", 1000) for k in range(3))
    assert renditions.trim(heard.studio_id, ["on-0", "on-1", "on-2"], 2500) == 1
    assert kinds(heard) == {"on-1", "on-2"}
    assert [blobs.place_of(each.sha256).exists() for each in (first, second, third)] == [False, True, True]
    assert not Blob.objects.filter(pk=first.pk).exists()
    assert heard.renditions.filter(kind="survey").exists()  # nothing else is touched


def test_the_newest_stays_however_large_it_is(heard: Recording, kept: Callable[[str, int], Blob]) -> None:
    kept("on-0", 10)
    kept("on-1", 5000)
    renditions.trim(heard.studio_id, ["on-0", "on-1"], 2500)
    assert kinds(heard) == {"on-1"}


def test_bytes_that_somebody_else_holds_stay(
    heard: Recording, kept: Callable[[str, int], Blob], other_studio: Studio, tmp_path: Path
) -> None:
    shared = kept("on-0", 1000)
    renditions.keep_blob(heard, "light", shared)
    theirs = kept("on-1", 1000)
    (tmp_path / "same").write_bytes(b"on-1".ljust(1000, b"."))
    blobs.keep(other_studio.pk, tmp_path / "same")
    kept("on-2", 1000)
    assert renditions.trim(heard.studio_id, ["on-0", "on-1", "on-2"], 1000) == 2
    assert Blob.objects.filter(pk=shared.pk).exists()
    assert blobs.place_of(shared.sha256).exists()
    assert not Blob.objects.filter(pk=theirs.pk).exists()
    assert blobs.place_of(theirs.sha256).exists()


def test_what_went_is_made_again(heard: Recording, producer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "KEPT_BYTES", 1)
    play = works.WORKS["mastering.play"].run
    play(SILENT, recording=heard.pk, system="phone")
    before = Rendition.objects.get(kind="on-phone").blob.sha256
    play(SILENT, recording=heard.pk, system="laptop")
    assert kinds(heard) == {"on-laptop"}
    play(SILENT, recording=heard.pk, system="phone")
    assert kinds(heard) == {"on-phone"}
    again = Rendition.objects.get(kind="on-phone").blob
    assert again.sha256 == before
    assert blobs.is_kept(again)
