"""Mail from a real Dovecot: what is new, once, whole, and nothing on the server changed."""

from __future__ import annotations

import itertools
import socket
import ssl
import threading
import tracemalloc
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from servers import HOST, free_port
from servers.imap_server import imap_server

from controlroom.base.errors import Cancelled, SurroundingsFailed, UsageError
from controlroom.outside import imap
from controlroom.outside.imap import ImapAccount, Raw, Seen, check, fetch_new, wait_for_mail
from controlroom.outside.reaching import tls_context


def letter(subject: str, body: str = "Hello") -> bytes:
    head = f"From: mara@example.org\r\nSubject: {subject}\r\nMessage-ID: <{subject}@example.org>\r\n"
    return f"{head}\r\n{body}\r\n".encode()


def fetched(account: ImapAccount, seen: Seen, into: Path) -> tuple[list[bytes], Seen]:
    raws: list[bytes] = []
    seen = fetch_new(account, seen, lambda raw: raws.append(raw.path.read_bytes()), into=into)
    return raws, seen


@pytest.mark.parametrize("security", ["tls", "starttls", "plain"])
def test_new_mail_comes_once_and_in_order(mailbox, tmp_path, security):
    account = mailbox.account(
        security=security, port=mailbox.server.tls_port if security == "tls" else mailbox.server.port
    )
    assert fetched(account, Seen(), tmp_path)[0] == []
    mailbox.deliver(letter("one"), letter("two"))
    raws, seen = fetched(account, Seen(), tmp_path)
    assert raws == [letter("one"), letter("two")]
    assert fetched(account, seen, tmp_path) == ([], seen)
    mailbox.deliver(letter("three"))
    assert fetched(account, seen, tmp_path)[0] == [letter("three")]


def test_reading_marks_nothing_as_read(mailbox, tmp_path):
    mailbox.deliver(letter("one"))
    fetched(mailbox.account(), Seen(), tmp_path)
    assert mailbox.server.seen(mailbox.user) == 0
    assert len(mailbox.server.held(mailbox.user)) == 1


def test_a_token_signs_in_as_well(mailbox, tmp_path):
    mailbox.deliver(letter("one"))
    account = mailbox.account(password="", oauth_token=mailbox.server.token(mailbox.user))
    assert fetched(account, Seen(), tmp_path)[0] == [letter("one")]
    with pytest.raises(SurroundingsFailed, match=r"refused .* sign in anew"):
        check(mailbox.account(password="", oauth_token="stale"))


def test_killed_between_two_messages_nothing_is_lost(mailbox, tmp_path):
    mailbox.deliver(letter("one"), letter("two"), letter("three"))
    kept: list[Raw] = []

    def keep(raw: Raw) -> None:
        if len(kept) == 2:
            raise KeyboardInterrupt
        kept.append(raw)

    with pytest.raises(KeyboardInterrupt):
        fetch_new(mailbox.account(), Seen(), keep, into=tmp_path)
    assert fetched(mailbox.account(), kept[-1].seen, tmp_path)[0] == [letter("three")]


def test_a_cancelled_run_leaves_no_half_file(mailbox, tmp_path):
    mailbox.deliver(letter("big", "x" * 70 + "\r\n" + ("y" * 70 + "\r\n") * 40_000))

    def progress(done: float, total: float, what: str = "") -> None:
        if not what:
            raise Cancelled

    with pytest.raises(Cancelled):
        fetch_new(mailbox.account(), Seen(), lambda raw: None, progress, into=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_big_message_comes_in_pieces(mailbox, tmp_path):
    raw = letter("big", ("z" * 70 + "\r\n") * 420_000)
    mailbox.deliver(raw, letter("small"))
    paths: list[Path] = []
    tracemalloc.start()
    fetch_new(mailbox.account(), Seen(), lambda raw: paths.append(raw.path), into=tmp_path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert paths[0].read_bytes() == raw
    assert len(raw) > 30e6
    assert most < 8e6


@contextmanager
def scripted(fetch: dict[bytes, bytes], most: int = 100):
    """A server with UIDVALIDITY 9 whose messages answer to FETCH like this (UID -> lines); it hears `most` commands."""
    says = {
        b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n%s OK done\r\n",
        b"EXAMINE": b"* 3 EXISTS\r\n* OK [UIDVALIDITY 9] x\r\n%s OK [READ-ONLY] done\r\n",
        b"SEARCH": b"* SEARCH " + b" ".join(sorted(fetch)) + b"\r\n%s OK done\r\n",
        b"LOGOUT": b"* BYE\r\n%s OK done\r\n",
    }
    with closing(socket.create_server((HOST, 0))) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as lines:
                lines.write(b"* OK here\r\n")
                lines.flush()
                for words in itertools.islice(iter(lambda: lines.readline().split(), []), most):
                    name = words[2] if words[1] == b"UID" else words[1]
                    answer = fetch[words[3]] if name == b"FETCH" else says.get(name, b"%s OK done\r\n")
                    lines.write(answer.replace(b"%s", words[0]))
                    lines.flush()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield ImapAccount(host=HOST, port=listening.getsockname()[1], security="plain", user="ada", password="x")
        thread.join(10)


def given(raw: bytes) -> bytes:
    return b"* 1 FETCH (BODY[] {%d}\r\n" % len(raw) + raw + b")\r\n%s OK done\r\n"


def test_a_message_that_the_server_withholds_keeps_no_other_back(tmp_path):
    raws: list[Raw] = []
    answers = {b"1": given(b"one"), b"2": b"%s NO cannot be converted\r\n", b"3": b"%s BAD what\r\n", b"4": given(b"x")}
    says = r"message 2 \(cannot be converted\), 3 \(.*what.*\) of INBOX"
    with scripted(answers) as account, pytest.raises(SurroundingsFailed, match=says):
        fetch_new(account, Seen(), raws.append, into=tmp_path)
    assert [raw.path.read_bytes() for raw in raws] == [b"one", b"x"]
    assert raws[-1].seen == Seen(uidvalidity=9, last_uid=4)
    assert len(list(tmp_path.iterdir())) == 2


def test_a_server_that_has_enough_for_now_is_asked_again_later(tmp_path):
    """Nothing is passed over: the message it would not give out is the next one to be fetched."""
    raws: list[Raw] = []
    answers = {b"1": given(b"one"), b"2": b"%s NO [LIMIT] too much\r\n", b"3": given(b"three")}
    with scripted(answers) as account, pytest.raises(SurroundingsFailed, match="no more for now"):
        fetch_new(account, Seen(), raws.append, into=tmp_path)
    assert [raw.seen.last_uid for raw in raws] == [1]


@pytest.mark.parametrize(
    ("answer", "raw"),
    [
        (b"%s OK gone\r\n", None),
        (b"* 1 FETCH (FLAGS (\\Seen))\r\n%s OK gone\r\n", None),
        (b'* 1 FETCH (BODY[] "")\r\n%s OK done\r\n', b""),
        (b"* 1 FETCH (BODY[] NIL)\r\n%s OK done\r\n", b""),
    ],
)
def test_a_message_that_vanished_or_is_empty_stops_nothing(tmp_path, answer, raw):
    with scripted({b"1": answer, b"2": given(b"x")}) as account:
        raws, seen = fetched(account, Seen(), tmp_path)
    assert raws == ([b"x"] if raw is None else [raw, b"x"])
    assert seen == Seen(uidvalidity=9, last_uid=2)


def test_a_connection_that_breaks_in_a_message_leaves_no_half_file(tmp_path):
    broken = b"* 1 FETCH (BODY[] {9999}\r\nSubject: half"
    with scripted({b"1": given(b"one"), b"2": broken}, most=6) as account:
        raws: list[Raw] = []
        with pytest.raises(SurroundingsFailed, match="in the middle of a message"):
            fetch_new(account, Seen(), raws.append, into=tmp_path)
    assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"one"]


def test_a_full_disk_is_not_blamed_on_the_server(tmp_path):
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    with (
        scripted({b"1": given(b"x" * 3_000_000)}) as account,
        imap._opened(account) as box,
        full.open("wb", buffering=0) as out,
        pytest.raises(SurroundingsFailed, match=r"/dev/full: no space left"),
    ):
        imap._bring(box, account, 1, out, lambda: None)


def test_a_message_as_long_as_a_piece_is_whole(mailbox, tmp_path):
    head = letter("edge", "")[:-2]
    raws = [head + b"w" * (size - len(head) - 2) + b"\r\n" for size in ((1 << 16) - 1, 1 << 16, (1 << 16) + 1)]
    mailbox.deliver(*raws)
    assert fetched(mailbox.account(), Seen(), tmp_path)[0] == raws


def test_another_uidvalidity_starts_anew(mailbox, tmp_path):
    mailbox.deliver(letter("one"), letter("two"))
    _, seen = fetched(mailbox.account(), Seen(), tmp_path)
    mailbox.server.start_anew(mailbox.user)
    raws, anew = fetched(mailbox.account(), seen, tmp_path)
    assert sorted(raws) == [letter("one"), letter("two")]
    assert anew.uidvalidity != seen.uidvalidity


def test_what_came_before_a_day_is_left(mailbox, tmp_path):
    mailbox.deliver(letter("one"))
    today = datetime.now(UTC).date()
    assert fetched(mailbox.account(since=today - timedelta(days=1)), Seen(), tmp_path)[0] == [letter("one")]
    assert fetched(mailbox.account(since=today + timedelta(days=2)), Seen(), tmp_path)[0] == []


def test_what_keeping_refuses_is_not_blamed_on_the_server(mailbox, tmp_path):
    mailbox.deliver(letter("one"))

    def keep(raw: Raw) -> None:
        raise ConnectionResetError("the database")

    with pytest.raises(ConnectionResetError, match="the database"):
        fetch_new(mailbox.account(), Seen(), keep, into=tmp_path)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "wrong"}, r"refused user\d+ .*app password"),
        ({"password": "größer"}, r"refused user\d+ .*app password"),
        ({"host": "mail.invalid"}, "no host of that name"),
        ({"port": free_port()}, "nothing answers"),
        ({"ca_file": ""}, "certificate is not trusted"),
        ({"folder": "Nowhere"}, "no folder 'Nowhere'.*INBOX"),
    ],
)
def test_what_goes_wrong_is_a_sentence(mailbox, changed, says):
    with pytest.raises(SurroundingsFailed, match=says):
        check(mailbox.account(**changed))


def test_starttls_asks_for_a_trusted_certificate_too(mailbox):
    with pytest.raises(SurroundingsFailed, match="certificate is not trusted"):
        check(mailbox.account(security="starttls", port=mailbox.server.port, ca_file=""))


def test_tls_at_a_port_that_speaks_plainly_is_a_sentence(mailbox):
    with pytest.raises(SurroundingsFailed, match="Check port and security"):
        check(mailbox.account(port=mailbox.server.port))


def test_certificates_and_names_are_verified():
    context = tls_context()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    with pytest.raises(UsageError, match="PEM"):
        tls_context(__file__)


def test_starttls_at_port_993_is_refused(mailbox):
    with pytest.raises(UsageError, match="993"):
        check(mailbox.account(security="starttls", port=993))


def test_an_account_keeps_its_password_to_itself(mailbox):
    assert "a secret" not in repr(mailbox.account())


def test_idle_hears_a_message_at_once(mailbox):
    mailbox.deliver(letter("old"))
    asked = threading.Event()

    def stop() -> bool:
        asked.set()
        return False

    def arrive() -> None:
        asked.wait(10)
        mailbox.deliver(letter("new"))

    thread = threading.Thread(target=arrive)
    thread.start()
    assert wait_for_mail(mailbox.account(), stop, 20.0)
    thread.join()


def test_what_lies_there_already_is_not_waited_for(mailbox, tmp_path):
    mailbox.deliver(letter("one"))
    _, seen = fetched(mailbox.account(), Seen(), tmp_path)
    mailbox.deliver(letter("two"))
    assert wait_for_mail(mailbox.account(), lambda: True, 20.0, seen=seen)
    assert not wait_for_mail(mailbox.account(), lambda: True, 20.0)


def test_waiting_ends_when_it_is_told_to(mailbox):
    assert not wait_for_mail(mailbox.account(), lambda: True, 60.0)
    assert not wait_for_mail(mailbox.account(), lambda: False, 0.2)


def test_without_idle_the_server_is_asked(mailbox_without_idle, monkeypatch):
    mailbox = mailbox_without_idle
    monkeypatch.delattr("controlroom.outside.imap._idle")
    began = threading.Event()

    def stop() -> bool:
        began.set()
        return False

    def arrive() -> None:
        began.wait(10)
        mailbox.deliver(letter("new"))

    thread = threading.Thread(target=arrive)
    thread.start()
    assert wait_for_mail(mailbox.account(), stop, 20.0, poll_s=0.1)
    thread.join()


def test_a_server_that_dies_while_one_waits_is_a_sentence():
    with imap_server({"ada": "secret"}) as server:
        account = ImapAccount(
            host=server.host, port=server.tls_port, user="ada", password="secret", ca_file=str(server.ca_file)
        )
        failed: list[Exception] = []
        waiting = threading.Event()

        def stop() -> bool:
            waiting.set()
            return False

        def wait() -> None:
            try:
                wait_for_mail(account, stop, 30.0)
            except Exception as error:
                failed.append(error)

        thread = threading.Thread(target=wait)
        thread.start()
        assert waiting.wait(10)
    thread.join(10)
    assert [type(error) for error in failed] == [SurroundingsFailed]


def test_the_server_is_one_for_many_users(mailbox):
    assert mailbox.server.held(mailbox.user) == []
    with pytest.raises(KeyError):
        mailbox.server.deliver("nobody@example.org", b"")
