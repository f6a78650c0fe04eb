"""What is done with mail accounts: added, tried, changed, removed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from controlroom.base.errors import ControlroomError, UsageError
from controlroom.desk.accounts.actor import Actor
from controlroom.desk.mail import fetching, jobs, secrets
from controlroom.desk.mail.models import MailAccount
from controlroom.desk.people.text import named, one_line

LINES = ("host", "user", "folder", "path", "smtp_host", "smtp_user", "from_email", "from_name")
CHANGEABLE = (
    "name", *LINES, "way", "port", "security", "is_token", "since", "every_min", "smtp_port", "smtp_security",
)  # fmt: skip
SECRETS = ("secret", "smtp_secret")
FIRST_DAYS = 30
"""What lies longer in a mailbox than that is left there, unless somebody wants it."""


def add_account(actor: Actor, **fields: Any) -> MailAccount:
    """A new account, asked for mail at once; `fields` as `change_account` takes them."""
    fields.setdefault("since", timezone.localdate() - timedelta(days=FIRST_DAYS))
    account = change_account(actor, MailAccount(studio_id=actor.studio_id), **fields)
    jobs.ask_fetch(account)
    return account


def change_account(actor: Actor, account: MailAccount, **fields: Any) -> MailAccount:
    """Change fields of an account (`CHANGEABLE`; `secret` and `smtp_secret` in clear, "" keeps what is kept)."""
    actor.must("manage")
    place = (account.way, account.host, account.user, account.folder)
    for field, value in fields.items():
        if field in SECRETS:
            if value:
                setattr(account, field, secrets.sealed(value))
        elif field in CHANGEABLE:
            setattr(account, field, _cleaned(field, value))
        else:
            raise UsageError(field, "an account has no such field", f"Choose among {', '.join(CHANGEABLE)}.")
    _check(account)
    if account.pk and place != (account.way, account.host, account.user, account.folder):
        account.uidvalidity = account.last_uid = 0  # another mailbox counts anew
    account.error, account.failures, account.due_at = "", 0, timezone.now()
    account.save()
    return account


def _cleaned(field: str, value: Any) -> Any:
    if field == "name":
        return named(str(value), "The account's name", 120)
    return one_line(str(value), MailAccount._meta.get_field(field).max_length or 200) if field in LINES else value


def _check(account: MailAccount) -> None:
    if account.way == "imap" and not (account.host and account.user):
        raise UsageError("A mailbox", "it needs a server and a user", "Type both.")
    if account.way != "imap":
        folder = Path(account.path).expanduser()
        if not folder.is_absolute() or not folder.is_dir():
            raise UsageError(account.path or "The folder", "there is no such folder here", "Type its whole path.")


def remove_account(actor: Actor, account: MailAccount) -> MailAccount:
    """Ask an account no more, and forget its passwords. Its messages stay."""
    actor.must("manage")
    account.removed_at, account.secret, account.smtp_secret = timezone.now(), "", ""
    account.save(update_fields=["removed_at", "secret", "smtp_secret"])
    return account


def try_account(actor: Actor, account: MailAccount) -> list[tuple[str, bool, str]]:
    """Whether mail can be fetched and sent: (what, works, a sentence) for each way."""
    actor.must("manage")
    tried = [("Fetching", *_tried(_fetching, account))]
    return [*tried, ("Sending", *_tried(_sending, account))] if account.may_send else tried


def _tried(attempt: Callable[[MailAccount], str], account: MailAccount) -> tuple[bool, str]:
    try:
        return True, attempt(account)
    except ControlroomError as error:
        return False, str(error)


def _fetching(account: MailAccount) -> str:
    if account.way != "imap":
        _check(account)
        return "The folder is here."
    from controlroom.outside import imap

    number = imap.check(fetching.imap_of(account))
    return f"{account.folder} has {number} message{'s' * (number != 1)}."


def _sending(account: MailAccount) -> str:
    from controlroom.outside import smtp

    smtp.check(fetching.smtp_of(account))
    return "The server takes letters."
