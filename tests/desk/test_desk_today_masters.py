"""Mixes without a master on the page of the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from controlroom.desk.accounts.models import User
from controlroom.desk.mastering.models import Mastering
from controlroom.desk.review import actions as review
from controlroom.desk.songs import actions as songs
from controlroom.desk.songs.models import Recording, Song
from controlroom.desk.today.providers import Item, sections

pytestmark = pytest.mark.django_db


@pytest.fixture
def arrives(producer: User, wav: Callable[..., Path]) -> Callable[..., Recording]:
    """A version that was listened to; each has bytes of its own."""
    seconds = iter(0.1 * k for k in range(5, 30))

    def make(song: Song, kind: str = "mix", days_ago: int = 0) -> Recording:
        row = songs.arrive(producer.actor, song, wav(seconds=next(seconds)), kind=kind, name=f"{kind}.wav")
        came = timezone.now() - timedelta(days=days_ago)
        Recording.objects.filter(pk=row.pk).update(state="heard", created_at=came, samples_sha256="ab" * 32)
        row.refresh_from_db()
        return row

    return make


def listed(user: User) -> list[Item]:
    return [item for section in sections(user.actor) if section.name == "unmastered" for item in section.items]


def mastered(mix: Recording, master: Recording) -> None:
    Mastering.objects.create(studio_id=mix.studio_id, mix=mix, master=master, key=str(master.pk), proposal="", plan="")


def test_the_newest_mix_stands_there_until_it_has_a_master(
    producer: User, song: Song, arrives: Callable[..., Recording], client_of: Client
) -> None:
    assert listed(producer) == []
    first = arrives(song, days_ago=3)
    mastered(first, arrives(song, "master", days_ago=2))
    assert listed(producer) == []
    second = arrives(song, days_ago=1)
    (item,) = listed(producer)
    assert (item.title, item.about, item.url) == ("Paper Lanterns", "Mara Lind", f"/recordings/{second.pk}/master/")
    assert item.says.startswith("Mix 2 came ")
    page = client_of.get("/").content.decode()
    assert "Mixes without a master" in page
    assert "One mix has no master." in page
    late = arrives(song, "master")
    mastered(first, late)  # of the mix before
    assert len(listed(producer)) == 1
    ours = arrives(song, "master")
    mastered(second, ours)
    assert listed(producer) == []
    songs.archive_recording(producer.actor, ours)
    assert len(listed(producer)) == 1


def test_a_master_from_elsewhere_stands_for_the_mixes_before_it(
    producer: User, song: Song, arrives: Callable[..., Recording]
) -> None:
    arrives(song, days_ago=2)
    arrives(song, "master", days_ago=1)
    assert listed(producer) == []
    arrives(song)
    assert len(listed(producer)) == 1


def test_what_is_approved_comes_first(producer: User, song: Song, arrives: Callable[..., Recording]) -> None:
    arrives(song, days_ago=5)
    other = songs.create_song(producer.actor, title="Undertow", stage="mixing")
    review.approve(producer.actor, arrives(other))
    assert [item.title for item in listed(producer)] == ["Undertow", "Paper Lanterns"]
    assert listed(producer)[0].says.startswith("Mix 1, approved, came ")


@pytest.mark.parametrize("stage", ["demo", "delivered"])
def test_songs_that_need_none_are_left_out(
    stage: str, producer: User, song: Song, arrives: Callable[..., Recording]
) -> None:
    arrives(song)
    Song.objects.update(stage=stage)
    assert listed(producer) == []


def test_it_is_nobody_elses(reader: User, stranger: User, song: Song, arrives: Callable[..., Recording]) -> None:
    arrives(song)
    assert listed(reader) == listed(stranger) == []
