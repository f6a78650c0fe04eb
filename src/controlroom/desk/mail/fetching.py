"""Bringing mail in: what an account has is kept as it is, then made messages of, then demos are brought in.

    the server or folder -> raw bytes kept -> FetchedMail row -> message -> sound of demos

Whatever ends in between is taken up where it was left by the next fetch, of the worker or of the command line.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from controlroom.base.errors import ControlroomError
from controlroom.base.progress import SILENT, Progress, scaled
from controlroom.desk.mail import demos, secrets, taking
from controlroom.desk.mail.models import FetchedMail, MailAccount, MailMessage
from controlroom.desk.songs import blobs, renditions

if TYPE_CHECKING:
    from controlroom.outside.imap import ImapAccount
    from controlroom.outside.smtp import SmtpServer

LONGEST_PAUSE = timedelta(hours=1)
AT_ONCE_S = 60.0
"""So long one fetch keeps other work of the queue waiting; a large mailbox comes in several."""


class Brought(NamedTuple):
    """`messages` are new; `recordings`: how many demos came of them; `error`: why the account gave nothing (more)."""

    messages: list[MailMessage]
    recordings: int
    error: str = ""


def fetch(account: MailAccount, progress: Progress = SILENT) -> Brought:
    """Bring in what is new in an account. A server that fails is a sentence in the account and in the answer."""
    error, whole = "", True
    try:
        whole = _keep_new(account, scaled(progress, 0.0, 0.6))
    except ControlroomError as failed:
        if failed.exit_code == 130:
            raise
        error = str(failed)
    messages, recordings = settle(account, scaled(progress, 0.6, 1.0))
    _polled(account, error, whole=whole)
    return Brought(messages, recordings, error)


def _keep_new(account: MailAccount, progress: Progress) -> bool:
    """Keep what is new; whether all of it is here."""
    if account.way == "imap":
        return _from_server(account, progress)
    _from_folder(account, progress)
    return True


def imap_of(account: MailAccount) -> ImapAccount:
    """How its server is reached."""
    from controlroom.outside.imap import ImapAccount

    secret = secrets.opened(account.secret)
    return ImapAccount(
        host=account.host,
        port=account.port,
        security=account.security,
        user=account.user,
        password="" if account.is_token else secret,
        oauth_token=secret if account.is_token else "",
        folder=account.folder,
        since=account.since,
        ca_file=settings.MAIL_CA,
    )


def smtp_of(account: MailAccount) -> SmtpServer:
    """How its outgoing server is reached: with user and password of the incoming one, unless others are kept."""
    from controlroom.outside.smtp import SmtpServer

    secret = secrets.opened(account.smtp_secret or account.secret)
    is_token = account.is_token and not account.smtp_secret
    return SmtpServer(
        host=account.smtp_host,
        port=account.smtp_port,
        security=account.smtp_security,
        user=account.smtp_user or account.user,
        password="" if is_token else secret,
        oauth_token=secret if is_token else "",
        ca_file=settings.MAIL_CA,
    )


class _Enough(Exception):
    """So much at once: what else the queue holds has its turn, then this goes on."""


def _from_server(account: MailAccount, progress: Progress) -> bool:
    """Keep what is new in the mailbox; whether all of it is here."""
    from controlroom.outside.imap import Raw, Seen, fetch_new

    until = time.monotonic() + AT_ONCE_S

    def keep(raw: Raw) -> None:
        with transaction.atomic():
            keep_raw(account, raw.path, uidvalidity=raw.uidvalidity, uid=raw.uid)
            _seen(account, raw.uidvalidity, raw.uid)
        if time.monotonic() > until:
            raise _Enough

    seen = Seen(uidvalidity=account.uidvalidity, last_uid=account.last_uid)
    with renditions.scratch() as folder, suppress(_Enough):
        reached = fetch_new(imap_of(account), seen, keep, progress, into=folder)
        _seen(account, reached.uidvalidity, reached.last_uid)
        return True
    return False


def _seen(account: MailAccount, uidvalidity: int, last_uid: int) -> None:
    account.uidvalidity, account.last_uid = uidvalidity, last_uid
    account.save(update_fields=["uidvalidity", "last_uid"])


def _from_folder(account: MailAccount, progress: Progress) -> None:
    """What lies in a Maildir or a folder stays there; it is known by its key."""
    from controlroom.outside.pickup import found_in

    known = set(FetchedMail.objects.filter(account=account).values_list("key", flat=True))
    found = list(found_in(Path(account.path).expanduser(), known))
    for number, each in enumerate(found):
        progress(number, len(found), f"Message {number + 1} of {len(found)}")
        with suppress(FileNotFoundError):  # another program moved it in this moment: next time
            keep_raw(account, each.path, key=each.key, move=False)


def settle(account: MailAccount, progress: Progress = SILENT) -> tuple[list[MailMessage], int]:
    """Make messages of what was fetched, and recordings of the demos among them."""
    waiting = FetchedMail.objects.filter(account=account, message=None, refusal="").select_related("account", "raw")
    pks, messages, recordings = list(waiting.order_by("pk").values_list("pk", flat=True)), [], 0
    for number, pk in enumerate(pks):
        progress(number, len(pks), "Reading what came")
        fetched = waiting.filter(pk=pk).first()  # none: another fetch was faster
        if fetched and (taken := taking.take(fetched)):
            messages.append(taken)
            recordings += len(demos.bring_in_if_demo(taken))
    for message in demos.waiting(account.studio_id).select_related("raw", "person", "thread", "song"):
        recordings += len(demos.bring_in(message))
    return messages, recordings


def keep_raw(
    account: MailAccount, path: Path, *, uidvalidity: int = 0, uid: int = 0, key: str = "", move: bool = True
) -> None:
    """Keep a message as it came: its bytes first, then the row that says so. `move` takes the file itself."""
    raw = blobs.keep(account.studio_id, path, move=move)
    FetchedMail.objects.get_or_create(account=account, uidvalidity=uidvalidity, uid=uid, key=key, defaults={"raw": raw})


def _polled(account: MailAccount, error: str, *, whole: bool = True) -> None:
    """When it is asked again: in its own time, later each time it fails, at once where more is waiting."""
    now = timezone.now()
    failures = account.failures + 1 if error else 0
    pause = timedelta(minutes=account.every_min) * 2 ** min(max(failures - 1, 0), 8) * whole
    fields = {"polled_at": now, "error": error, "failures": failures, "due_at": now + min(pause, LONGEST_PAUSE)}
    MailAccount.objects.filter(pk=account.pk).update(**fields)
    for name, value in fields.items():
        setattr(account, name, value)
