"""Two studios, their users, and clients that are signed in. `fresh_home` gives every test blobs of its own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from desk.calendar_kit import band, book, want  # noqa: F401  (fixtures)
from desk.mail_kit import account, arrives  # noqa: F401  (fixtures)
from desk.songs_kit import asked, heard, mix, song, wav  # noqa: F401  (fixtures)
from django.test import Client

from controlroom.desk.accounts.models import Studio, User


@pytest.fixture(autouse=True)
def fresh_home(settings: object, tmp_path: Path) -> Path:
    """Blobs and work of one test lie in its own folder."""
    settings.HOME = tmp_path / "home"  # type: ignore[attr-defined]
    settings.BLOBS = settings.HOME / "blobs"  # type: ignore[attr-defined]
    settings.WORK = settings.HOME / "work"  # type: ignore[attr-defined]
    settings.HOME.mkdir()  # type: ignore[attr-defined]
    return settings.HOME  # type: ignore[attr-defined, no-any-return]


@pytest.fixture
def studio(db: None) -> Studio:
    return Studio.objects.create(name="Room One", time_zone="Europe/Berlin")


@pytest.fixture
def other_studio(db: None) -> Studio:
    return Studio.objects.create(name="Room Two")


@pytest.fixture
def make_user(studio: Studio) -> Callable[..., User]:
    def make(role: str = "producer", name: str = "", at: Studio | None = None) -> User:
        name = name or role.capitalize()
        user = User(
            studio=at or studio, email=f"{name.lower()}-{User.objects.count()}@example.org", name=name, role=role
        )
        user.set_password("a long password")
        user.save()
        return user

    return make


@pytest.fixture
def producer(make_user: Callable[..., User]) -> User:
    return make_user("producer")


@pytest.fixture
def engineer(make_user: Callable[..., User]) -> User:
    return make_user("engineer")


@pytest.fixture
def reader(make_user: Callable[..., User]) -> User:
    return make_user("reader")


@pytest.fixture
def stranger(make_user: Callable[..., User], other_studio: Studio) -> User:
    """A producer of another studio."""
    return make_user("producer", "Stranger", other_studio)


@pytest.fixture
def as_user() -> Callable[[User], Client]:
    """A client signed in as that user."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def client_of(as_user: Callable[[User], Client], producer: User) -> Client:
    """A client signed in as the producer."""
    return as_user(producer)
