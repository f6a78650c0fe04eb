"""Listening for mail: `python -m controlroom.desk.mail.watch`, started by `controlroom start`.

A thread for each account holds IDLE (or looks at its folder), and asks for a fetch when something came. It fetches
nothing itself: whatever happens to it, the workers' routine asks every account in its own time.
"""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

from controlroom.base.errors import ControlroomError
from controlroom.desk.kin import end_with_parent
from controlroom.desk.setup import setup

if TYPE_CHECKING:
    from controlroom.desk.mail.models import MailAccount

LOOK_S = 5.0
FOLDER_S = 2.0
HELD_S = 1500.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 5.0, 600.0
FETCHED_WITHIN_S = 60.0

log = logging.getLogger(__name__)


class Watch:
    """One account being listened to, as it was set up (`way`) when the thread began."""

    def __init__(self, account: MailAccount, stopping: threading.Event) -> None:
        self.pk, self.way = account.pk, way_of(account)
        self._stopping, self._over = stopping, threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"mail-{account.pk}", daemon=True)

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._over.set()

    def is_over(self) -> bool:
        return self._over.is_set() or self._stopping.is_set()

    def _run(self) -> None:
        from django.db import connection

        pause_s = FIRST_PAUSE_S
        while not self.is_over():
            try:
                self._listen()
                pause_s = FIRST_PAUSE_S
            except Exception as error:  # a server that fails, a database that is busy: both are tried again
                if not isinstance(error, ControlroomError):
                    log.exception("listening to mail account %s", self.pk)
                self._wait(pause_s)
                pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
            finally:
                connection.close()  # nothing is held while it listens for half an hour

    def _listen(self) -> None:
        """Wait until something came, ask for a fetch, and see it done."""
        from controlroom.desk.mail import jobs
        from controlroom.desk.mail.models import MailAccount

        account = MailAccount.objects.get(pk=self.pk)
        came = self._from_server(account) if account.way == "imap" else self._from_folder(account)
        if came and not self.is_over():
            jobs.ask_fetch(account)
            until = time.monotonic() + FETCHED_WITHIN_S
            while time.monotonic() < until and not self.is_over() and self._polled() == account.polled_at:
                self._wait(0.5)

    def _from_server(self, account: MailAccount) -> bool:
        from django.db import connection

        from controlroom.desk.mail.fetching import imap_of
        from controlroom.outside.imap import Seen, wait_for_mail

        connection.close()
        seen = Seen(uidvalidity=account.uidvalidity, last_uid=account.last_uid)
        return wait_for_mail(imap_of(account), self.is_over, HELD_S, seen=seen, poll_s=60.0 * account.every_min)

    def _from_folder(self, account: MailAccount) -> bool:
        seen = stamp_of(account)
        while stamp_of(account) == seen and not self.is_over():
            self._wait(FOLDER_S)
        return True

    def _polled(self) -> object:
        from controlroom.desk.mail.models import MailAccount

        return MailAccount.objects.values_list("polled_at", flat=True).filter(pk=self.pk).first()

    def _wait(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self.is_over():
            self._over.wait(min(0.5, max(until - time.monotonic(), 0.0)))


def way_of(account: MailAccount) -> tuple[object, ...]:
    """What of an account, changed, means listening anew."""
    names = ("way", "host", "port", "security", "user", "secret", "is_token", "folder", "path", "every_min")
    return tuple(getattr(account, name) for name in names)


def stamp_of(account: MailAccount) -> tuple[float, ...]:
    """When something in the account's folder changed last."""
    root = Path(account.path)
    places = [root / "new", root / "cur"] if account.way == "maildir" else [root]
    return tuple(place.stat().st_mtime for place in places if place.is_dir())


def watch(stopping: threading.Event, look_s: float = LOOK_S) -> None:
    """Listen to every account until `stopping`; what is added, changed or removed is seen within `look_s`."""
    from django.db import DatabaseError, connection

    watches: dict[int, Watch] = {}
    parent = os.getppid()
    while not stopping.is_set() and os.getppid() == parent:
        try:
            _look(watches, stopping)
        except DatabaseError as error:
            log.warning("mail: the database does not answer: %s", error)
        connection.close()
        stopping.wait(look_s)


def _look(watches: dict[int, Watch], stopping: threading.Event) -> None:
    """Begin to listen to what is new, end what is gone; what was changed is both."""
    from controlroom.desk.mail.models import MailAccount

    accounts = {account.pk: account for account in MailAccount.objects.filter(removed_at=None)}
    for pk, each in list(watches.items()):
        if pk not in accounts or way_of(accounts[pk]) != each.way:
            watches.pop(pk).end()
    for pk, account in accounts.items():
        if pk not in watches:
            watches[pk] = Watch(account, stopping)
            watches[pk].begin()


def main() -> None:
    setup()
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    end_with_parent()
    watch(stopping)


if __name__ == "__main__":
    main()
