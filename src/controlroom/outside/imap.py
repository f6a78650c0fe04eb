"""Mail by IMAP4rev1 (RFC 3501): what is new is brought as files; nothing on the server is changed, not even \\Seen.

imaplib holds an answer in memory; the bytes of a message are written to its file as they come instead, so that of one
of 200 MB never more than a piece is in memory.
"""

from __future__ import annotations

import imaplib
import re
import select
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date
from functools import partial
from io import BufferedReader
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import msgspec
from imap_tools import A, BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError, UnexpectedCommandStatusError

from controlroom.base.errors import SurroundingsFailed, UsageError, surroundings
from controlroom.base.files import whole_or_nothing
from controlroom.base.progress import SILENT, Progress
from controlroom.outside.reaching import GREET_S, QUIET_S, reached, short, tls_context

Security = Literal["tls", "starttls", "plain"]

_PIECE_BYTES = 1 << 16
_IDLE_S = 25 * 60.0


class ImapAccount(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail lies and who reads it.

    `security`: tls (usually port 993), starttls (143), plain (only for a bridge on this machine). Either `password` (or
    an app password), or `oauth_token`, an access token for XOAUTH2. `ca_file`: certificates to trust beside the known
    ones. `since`: what the server received before that day is left.
    """

    host: str
    user: str
    port: int = 993
    security: Security = "tls"
    password: str = ""
    oauth_token: str = ""
    folder: str = "INBOX"
    ca_file: str = ""
    since: date | None = None

    def __repr__(self) -> str:
        return f"ImapAccount({self.user} at {self.host}:{self.port}, {self.folder})"


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """How far a folder was read: messages up to `last_uid`, as long as it has this UIDVALIDITY (RFC 3501 §2.3.1.1)."""

    uidvalidity: int = 0
    last_uid: int = 0


class _Withheld(Exception):
    """The server has a message and does not give it out; its own words."""


class Raw(msgspec.Struct, frozen=True, kw_only=True):
    """A message that was brought: its number on the server, and the file with its bytes (the caller's from now on)."""

    uid: int
    uidvalidity: int
    path: Path

    @property
    def seen(self) -> Seen:
        """How far the folder is read once this message is kept."""
        return Seen(uidvalidity=self.uidvalidity, last_uid=self.uid)


def fetch_new(
    account: ImapAccount, seen: Seen, keep: Callable[[Raw], None], progress: Progress = SILENT, *, into: Path
) -> Seen:
    """Bring every message after `seen`, oldest first, as a file below `into`; `keep` is called for each.

    Whoever keeps a message stores `raw.seen` in the same transaction: a run that is killed, or loses the connection,
    goes on after the last message that was kept, and brings at most one again (under the same name). When the folder
    has another UIDVALIDITY than `seen`, it is read from its beginning: the same letters are known by their Message-ID.
    A message that vanishes meanwhile is passed over; one that the server does not give out keeps none of the others
    back, and is told at the end. Returns how far the folder is read now.

    Raises `SurroundingsFailed`: server not reached, certificate not trusted, password refused, no such folder, a
    message withheld, disk full.
    """
    with _opened(account) as box:
        uidvalidity = _number(box, "UIDVALIDITY")
        after = seen.last_uid if seen.uidvalidity == uidvalidity else 0
        uids = _after(box, account, after)
        withheld = []
        for index, uid in enumerate(uids):
            progress(index, len(uids), f"Message {index + 1} of {len(uids)}")
            path = into / f"{uidvalidity}-{uid}.eml"
            try:
                with whole_or_nothing(path) as part, part.open("wb") as out:
                    there = _bring(box, account, uid, out, partial(progress, index, len(uids)))
            except _Withheld as refused:
                withheld.append(f"{uid} ({refused})")
                continue
            if there:
                keep(Raw(uid=uid, uidvalidity=uidvalidity, path=path))
            else:
                path.unlink()
    if withheld:
        why = f"it does not give out message {short(', '.join(withheld), 300)} of {account.folder}"
        raise SurroundingsFailed(f"The mail server {account.host}", why, "Look at it in your mail program.")
    return Seen(uidvalidity=uidvalidity, last_uid=uids[-1] if uids else after)


def check(account: ImapAccount) -> int:
    """Sign in, open the folder, and say how many messages lie in it. Raises like `fetch_new`."""
    with _opened(account) as box:
        return _number(box, "EXISTS")


def wait_for_mail(
    account: ImapAccount,
    stop: Callable[[], bool],
    timeout_s: float,
    *,
    seen: Seen | None = None,
    poll_s: float = 60.0,
) -> bool:
    """Wait until a message after `seen` is there (None: one that arrives from now on), and say whether there is.

    By IDLE where the server offers it (RFC 2177), asked anew every 25 minutes because servers hang up after 29; else
    the server is asked every `poll_s`. `stop` is asked each second. False: nothing came within `timeout_s`, or `stop`
    said so. Raises like `fetch_new`.
    """
    until = time.monotonic() + timeout_s
    with _opened(account) as box:
        if seen is None:
            last_uid = max(_after(box, account, 0), default=0)
        else:
            last_uid = seen.last_uid if seen.uidvalidity == _number(box, "UIDVALIDITY") else 0
        idle = "IDLE" in box.client.capabilities
        while not _after(box, account, last_uid):
            left_s = until - time.monotonic()
            if left_s <= 0 or stop():
                return False
            with _talking(account):
                if idle:
                    _idle(box, stop, min(left_s, _IDLE_S))
                else:
                    _pause(stop, min(left_s, poll_s))
                box.client.noop()
        return True


def _pause(stop: Callable[[], bool], wait_s: float) -> None:
    until = time.monotonic() + wait_s
    while (left_s := until - time.monotonic()) > 0 and not stop():
        time.sleep(min(left_s, 1.0))


def _idle(box: BaseMailBox, stop: Callable[[], bool], wait_s: float) -> None:
    """Listen until the server tells of a message, `wait_s` are over, or `stop` says so."""
    client, until = box.client, time.monotonic() + wait_s
    try:
        box.idle.start()  # type: ignore[no-untyped-call]
    except UnexpectedCommandStatusError:
        return  # it told of something before it agreed to idle: look at once
    told = b""
    while not told.endswith((b"EXISTS", b"RECENT")) and time.monotonic() < until and not stop():
        told = client._get_line() if _has_bytes(client, min(1.0, until - time.monotonic())) else b""
        if told.startswith(b"* BYE"):
            raise imaplib.IMAP4.abort(told.decode(errors="replace"))
    box.idle.stop()  # type: ignore[no-untyped-call]


def _has_bytes(client: imaplib.IMAP4, wait_s: float) -> bool:
    """Whether something can be read within `wait_s`, here or in the buffers above the socket, where select is blind.

    At the end of the connection this is True as well: the read that follows says so.
    """
    if _peeked(client):
        return True
    if not select.select([client.sock], [], [], max(wait_s, 0.0))[0]:
        return False
    return _peeked(client) is not None


def _peeked(client: imaplib.IMAP4) -> bytes | None:
    """What can be read without waiting; None where TLS has no whole record yet (which it says as an error)."""
    client.sock.settimeout(0)
    try:
        return cast(BufferedReader, client.file).peek(1)
    except OSError:
        return None
    finally:
        client.sock.settimeout(QUIET_S)


@contextmanager
def _opened(account: ImapAccount) -> Iterator[BaseMailBox]:
    """The folder, signed in and opened for reading only (EXAMINE: nothing is marked)."""
    with _talking(account):
        box = _connected(account)
        box.client.sock.settimeout(QUIET_S)
    try:
        with _talking(account):
            _sign_in(box, account)
            _examine(box, account)
        yield box
    finally:
        # the connection may be dead already, and then there is nobody to say goodbye to
        with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
            box.logout()
        with suppress(OSError):
            box.client.shutdown()


@contextmanager
def _talking(account: ImapAccount) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence."""
    what = f"The mail server {account.host}"
    try:
        with reached(what):
            yield
    except (imaplib.IMAP4.error, ImapToolsError) as error:
        why = f"it broke off ({short(error)})"
        raise SurroundingsFailed(what, why, "Try again; if that repeats, check port and security.") from error


def _connected(account: ImapAccount) -> BaseMailBox:
    if account.security == "plain":
        return MailBoxUnencrypted(account.host, account.port, timeout=GREET_S)
    if account.security == "starttls" and account.port == 993:
        raise UsageError(f"The mail account {account.user}", "port 993 speaks TLS at once", "Choose TLS for it.")
    kind = MailBox if account.security == "tls" else MailBoxStartTls
    return kind(account.host, account.port, timeout=GREET_S, ssl_context=tls_context(account.ca_file))


def _sign_in(box: BaseMailBox, account: ImapAccount) -> None:
    try:
        if account.oauth_token:
            box.xoauth2(account.user, account.oauth_token, initial_folder=None)
        elif (account.user + account.password).isascii():
            box.login(account.user, account.password, initial_folder=None)
        else:
            box.login_utf8(account.user, account.password, initial_folder=None)
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, MailboxLoginError) as error:
        why = f"it refused {account.user} ({_answer(error)})"
        if account.oauth_token:
            next_step = "The token may have run out: sign in anew."
        else:
            next_step = "Check name and password; many providers want an app password here."
        raise SurroundingsFailed(f"The mail server {account.host}", why, next_step) from error


def _examine(box: BaseMailBox, account: ImapAccount) -> None:
    try:
        box.folder.set(account.folder, readonly=True)
    except MailboxFolderSelectError as error:
        there = ", ".join(sorted(folder.name for folder in box.folder.list())[:12])
        why = f"it has no folder {account.folder!r} that can be read"
        raise SurroundingsFailed(f"The mail server {account.host}", why, f"There are: {short(there, 300)}.") from error
    except ValueError as error:
        raise UsageError("The folder's name", short(error), "Write it as your mail program does.") from error


def _answer(error: Exception) -> str:
    """The server's own words in an error of imaplib or imap-tools."""
    said = getattr(error, "command_result", None)
    words = said[1] if said else error.args[:1]
    return short(" ".join(w.decode(errors="replace") if isinstance(w, bytes) else str(w) for w in words))


def _number(box: BaseMailBox, name: str) -> int:
    """What the server said of the folder when it was opened; 0 where it did not say."""
    values: list[Any] = box.client.untagged_responses.get(name) or [b"0"]
    return int(values[-1])


def _after(box: BaseMailBox, account: ImapAccount, last_uid: int) -> list[int]:
    """The UIDs beyond `last_uid`, ascending. `n:*` names the last message even when its UID is below n."""
    criteria = f"UID {last_uid + 1}:*" + (f" {A(date_gte=account.since)}" if account.since else "")
    with _talking(account):
        return sorted(uid for uid in map(int, box.uids(criteria)) if uid > last_uid)


def _bring(box: BaseMailBox, account: ImapAccount, uid: int, out: BinaryIO, tick: Callable[[], None]) -> bool:
    """Write one message to `out` as it comes; False where it is gone. Raises `_Withheld`."""

    def to_file(size: int) -> bytes:
        """Stands in for what imaplib reads the bytes of a literal with (RFC 3501 §4.3)."""
        while size:
            piece = box.client.file.read(min(size, _PIECE_BYTES))
            if not piece:
                raise imaplib.IMAP4.abort("it ended in the middle of a message")
            size -= len(piece)
            with surroundings(out.name):
                out.write(cast(bytes, piece))
            tick()
        return b""

    client: Any = box.client
    client.read = to_file
    with _talking(account):
        try:
            status, answer = client.uid("FETCH", str(uid), "(BODY.PEEK[])")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            status, answer = "BAD", [str(error).encode()]
        finally:
            del client.read
    lines = [item[0] if isinstance(item, tuple) else item or b"" for item in answer]
    if status != "OK":
        raise _refusal(account, short(b" ".join(lines).decode(errors="replace")))
    return any(b"BODY[]" in line for line in lines)


def _refusal(account: ImapAccount, words: str) -> Exception:
    """Of this message only, or of any just now (RFC 5530, and large providers): then none may be passed over."""
    if re.search(r"\[(UNAVAILABLE|INUSE|LIMIT|OVERQUOTA|THROTTLED)\b", words):
        why = f"it gives out no more for now ({words})"
        return SurroundingsFailed(f"The mail server {account.host}", why, "The rest comes the next time.")
    return _Withheld(words)
