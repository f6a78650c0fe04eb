"""What is done with mail in the background. Each may be run again: it comes to the same end.

All of it goes before listening: a morning with forty demos must not keep back the letter that cannot wait.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.utils import timezone

from controlroom.base.errors import Cancelled, ControlroomError
from controlroom.base.progress import Progress
from controlroom.desk import works
from controlroom.desk.accounts.actor import house
from controlroom.desk.mail.models import MailAccount, MailMessage, Outgoing
from controlroom.desk.works import routine, work


def ask_fetch(account: MailAccount) -> works.Asked:
    """Have an account asked for what is new, by the house."""
    return works.ask(
        house(account.studio_id), "mail.fetch", says=f"Fetching mail of {account.name}", account=account.pk
    )


@routine(every_s=10.0)
def fetch_what_is_due() -> None:
    """Ask the accounts whose time has come."""
    now = timezone.now()
    due = MailAccount.objects.filter(removed_at=None, due_at__lte=now)
    for account in due.order_by("due_at")[:20]:
        # The fetch says itself when it is due again; this holds where it ends without a word.
        MailAccount.objects.filter(pk=account.pk).update(due_at=now + timedelta(minutes=account.every_min))
        ask_fetch(account)


@work("mail.fetch", queue="quick", first=True)
def fetch(progress: Progress, *, account: int) -> dict[str, Any]:
    """Bring in what is new in an account."""
    from controlroom.desk.mail import fetching

    brought = fetching.fetch(MailAccount.objects.get(pk=account), progress)
    number = len(brought.messages)
    return {"says": brought.error or (f"{number} new." if number else "Nothing new."), "messages": number}


@work("mail.send", queue="quick", first=True)
def send(progress: Progress, *, letter: int) -> dict[str, Any]:
    """Hand a letter to its mail server."""
    from controlroom.desk.mail import sending

    return _told(lambda: sending.send_now(Outgoing.objects.get(pk=letter)))


@work("mail.polish", queue="quick", first=True)
def polish(progress: Progress, *, letter: int, words: str) -> dict[str, Any]:
    """Have the words of a draft polished."""
    from controlroom.desk.mail import polishing

    return polishing.polish_now(Outgoing.objects.get(pk=letter), words)


@work("mail.link", queue="quick", first=True)
def link(progress: Progress, *, message: int, url: str) -> dict[str, Any]:
    """Fetch what a link of a message leads to, through the guarded door."""
    from controlroom.desk.mail import links

    return _told(lambda: links.fetch_now(MailMessage.objects.get(pk=message), url, progress))


def _told(attempt: Callable[[], str]) -> dict[str, Any]:
    """What came of it. A refusal stands at the letter or the link, and rises from there: it is no job that failed."""
    try:
        return {"says": attempt()}
    except Cancelled:
        raise
    except ControlroomError as error:
        return {"says": str(error)}


@work("mail.sort", queue="quick", first=True)
def sort(progress: Progress, *, studio: int) -> dict[str, Any]:
    """Sort what came in anew, after the rules or the habits changed."""
    from controlroom.desk.mail import sorting

    changed = sorting.sort_recent(studio, progress)
    return {"says": f"{changed} sorted otherwise." if changed else "All of it stays as it was."}
