"""What tests of mail share: an account, letters as they arrive, and fetching them without a server."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from desk.songs_kit import tone
from django.utils import timezone

from controlroom.desk.accounts.models import Studio, User
from controlroom.desk.mail import fetching
from controlroom.desk.mail.models import MailAccount, MailMessage
from controlroom.sound.files import Format, write

_numbers = itertools.count(1)


def raw(
    subject: str = "Hello",
    text: str = "Hello there.",
    *,
    sender: str = "Mara Lind <mara@example.org>",
    to: str = "studio@example.com",
    message_id: str = "",
    answers: str = "",
    html: str = "",
    files: dict[str, bytes] | None = None,
    hours_ago: float = 1.0,
    **headers: str,
) -> bytes:
    """A message as a mail server has it."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, subject
    message["Date"] = format_datetime(timezone.now() - timedelta(hours=hours_ago))
    message["Message-ID"] = f"<{message_id or f'{next(_numbers)}@mail.example.org'}>"
    if answers:
        message["In-Reply-To"] = message["References"] = f"<{answers}>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    if html:
        message.add_alternative(html, subtype="html")
    for name, data in (files or {}).items():
        message.add_attachment(data, maintype="audio", subtype="wav", filename=name)
    return message.as_bytes()


def sound(seconds: float = 1.0, folder: Path | None = None, *, tmp_path: Path) -> bytes:
    """A small WAV."""
    path = tmp_path / f"sound-{next(_numbers)}.wav"
    write(path, tone(seconds), Format("wav", bits=16))
    return path.read_bytes()


@pytest.fixture
def account(studio: Studio, producer: User) -> MailAccount:
    """An account that sends; nobody asks its server in these tests."""
    return MailAccount.objects.create(
        studio=studio,
        name="Studio",
        host="imap.example.com",
        user="studio@example.com",
        from_email="studio@example.com",
        from_name="Room One",
        smtp_host="smtp.example.com",
    )


@pytest.fixture
def arrives(account: MailAccount, asked: list[Any], tmp_path: Path) -> Callable[..., MailMessage | None]:
    """Have a message arrive: it is kept, read, sorted; gives its row (None where it was here already)."""

    def arrive(data: bytes, **place: Any) -> MailMessage | None:
        path = tmp_path / f"arrives-{next(_numbers)}.eml"
        path.write_bytes(data)
        fetching.keep_raw(account, path, **({"uidvalidity": 1, "uid": next(_numbers)} | place))
        messages, _ = fetching.settle(account)
        return messages[0] if messages else None

    return arrive
