"""With real servers: fetched from Dovecot and from folders, answered through SMTP, accepted, refused, come back."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from desk.mail_kit import raw, sound
from servers.imap_server import ImapServer, imap_server
from servers.smtp_server import SmtpTestServer, smtp_server

from controlroom.base.errors import SurroundingsFailed
from controlroom.desk.accounts.models import User
from controlroom.desk.mail import account_actions, fetching, letter_actions, sending, watch
from controlroom.desk.mail.models import FetchedMail, MailAccount, MailMessage, Outgoing
from controlroom.desk.songs.models import Recording

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def imap() -> Iterator[ImapServer]:
    with imap_server({"studio": "secret", "mara": "secret"}) as server:
        yield server


@pytest.fixture
def smtp(imap: ImapServer) -> Iterator[SmtpTestServer]:
    with smtp_server(user="studio", deliver=imap.deliver) as server:
        yield server


@pytest.fixture
def box(imap: ImapServer, producer: User, asked: list[Any], settings: Any, request: Any) -> MailAccount:
    """An account of a mailbox of its own."""
    name = f"studio{abs(hash(request.node.name)) % 10**8}"
    imap.add_user(name, "secret")
    settings.MAIL_CA = str(imap.ca_file)
    return account_actions.add_account(
        producer.actor,
        name=name,
        way="imap",
        host=imap.host,
        port=imap.tls_port,
        user=name,
        secret="secret",
        from_email="studio@example.org",
        from_name="Room One",
    )


def test_passwords_are_not_in_the_database(box: MailAccount) -> None:
    kept = MailAccount.objects.values_list("secret", flat=True).get(pk=box.pk)
    assert kept
    assert "secret" not in kept
    assert fetching.imap_of(box).password == "secret"


def test_a_mailbox_is_read_once(imap: ImapServer, box: MailAccount, tmp_path: Path) -> None:
    imap.deliver(
        box.name, raw("A demo", "My demo for you, please listen.", files={"Salt.wav": sound(tmp_path=tmp_path)})
    )
    imap.deliver(box.name, raw("Paper Lanterns", "The vocal is too loud in the bridge."))
    brought = fetching.fetch(box)
    assert (len(brought.messages), brought.recordings, brought.error) == (2, 1, "")
    assert fetching.fetch(MailAccount.objects.get(pk=box.pk)).messages == []
    imap.deliver(box.name, raw("One more", "Hello."))
    assert [row.subject for row in fetching.fetch(MailAccount.objects.get(pk=box.pk)).messages] == ["One more"]
    assert Recording.objects.get().song.title == "Salt"


def test_a_server_that_fails_is_a_sentence_and_is_asked_later_and_later(box: MailAccount) -> None:
    MailAccount.objects.filter(pk=box.pk).update(port=1)
    pauses = []
    for _ in range(3):
        row = MailAccount.objects.get(pk=box.pk)
        assert "nothing answers at that port" in fetching.fetch(row).error
        assert row.polled_at is not None
        pauses.append(row.due_at - row.polled_at)
    assert pauses[0] < pauses[1] < pauses[2]
    assert "nothing answers" in MailAccount.objects.get(pk=box.pk).error


def test_trying_an_account_says_what_is_wrong(imap: ImapServer, box: MailAccount, producer: User) -> None:
    assert account_actions.try_account(producer.actor, box) == [("Fetching", True, "INBOX has 0 messages.")]
    account_actions.change_account(producer.actor, box, secret="wrong", smtp_host="127.0.0.1", smtp_port=1)
    (_, fetched, why), (_, sends, _) = account_actions.try_account(producer.actor, box)
    assert not fetched
    assert not sends
    assert "refused" in why
    account_actions.change_account(producer.actor, box, secret="")
    assert fetching.imap_of(box).password == "wrong", "an empty field keeps what is kept"


@pytest.mark.parametrize("way", ["maildir", "folder"])
def test_a_folder_is_picked_up_and_left_as_it_is(way: str, producer: User, asked: Any, tmp_path: Path) -> None:
    place = tmp_path / "mail"
    inner = place / "new" if way == "maildir" else place
    inner.mkdir(parents=True)
    (place / "cur").mkdir(exist_ok=True)
    path = inner / ("1.2.host" if way == "maildir" else "one.eml")
    path.write_bytes(raw("From a folder", "Hello."))
    os.utime(path, (time.time() - 60, time.time() - 60))
    account = account_actions.add_account(
        producer.actor, name="Folder", way=way, path=str(place), from_email="studio@example.org"
    )
    assert [row.subject for row in fetching.fetch(account).messages] == ["From a folder"]
    assert fetching.fetch(account).messages == []
    assert path.is_file()
    if way == "maildir":
        path.rename(place / "cur" / "1.2.host:2,S")
        assert fetching.fetch(account).messages == []
    assert FetchedMail.objects.count() == 1


@pytest.fixture
def answered(imap: ImapServer, smtp: SmtpTestServer, box: MailAccount, producer: User) -> Outgoing:
    """A draft that answers a letter of Mara's; Mara's mailbox is on the same server."""
    account_actions.change_account(
        producer.actor, box, smtp_host=smtp.host, smtp_port=smtp.port, smtp_security="starttls", smtp_user="studio",
        smtp_secret="secret",
    )  # fmt: skip
    imap.deliver(
        box.name, raw("Paper Lanterns", "Is the mix ready?", sender="Mara <mara@example.org>", message_id="q@x.org")
    )
    (message,) = fetching.fetch(box).messages
    letter = letter_actions.begin_letter(producer.actor, answers=message)
    return letter_actions.change_letter(
        producer.actor, letter, to="Mara <mara@example.org>", subject=letter.subject,
        body="Dear Mara,\n\nI will send you the new mix on Monday.\n", account=box.pk,
    )  # fmt: skip


@pytest.fixture
def trusts_smtp(settings: Any, imap: ImapServer, smtp: SmtpTestServer, tmp_path: Path) -> None:
    both = tmp_path / "both.pem"
    both.write_bytes(Path(imap.ca_file).read_bytes() + Path(smtp.ca_file).read_bytes())
    settings.MAIL_CA = str(both)


def test_an_answer_goes_out_in_its_thread_and_is_kept(
    answered: Outgoing, trusts_smtp: None, imap: ImapServer, smtp: SmtpTestServer, producer: User, asked: list[Any]
) -> None:
    letter = letter_actions.send_letter(producer.actor, answered)
    assert letter.state == "sending"
    assert asked[-1].name == "mail.send"
    sending.send_now(letter)
    (taken,) = smtp.taken
    went = taken.message()
    assert (went["In-Reply-To"], went["References"]) == ("<q@x.org>", "<q@x.org>")
    assert went["From"].addresses[0].addr_spec == "studio@example.org"
    assert imap.held("mara")[-1] == taken.raw
    letter.refresh_from_db()
    assert letter.state == "sent"
    assert letter.message is not None
    assert letter.answers is not None
    assert letter.message.thread_id == letter.answers.thread_id
    assert letter.message.promises.get().says == "I will send you the new mix on Monday."
    assert MailMessage.objects.get(pk=letter.answers.pk).done_at is not None
    assert sending.send_now(letter).startswith("It is sent")
    assert len(smtp.taken) == 1


def test_killed_while_it_was_handed_over_it_is_not_sent_twice(
    answered: Outgoing, trusts_smtp: None, smtp: SmtpTestServer, producer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def dies(letter: Outgoing) -> Any:
        raise Killed

    letter = letter_actions.send_letter(producer.actor, answered)
    with monkeypatch.context() as patched:
        patched.setattr(sending, "sent", dies)
        with pytest.raises(Killed):
            sending.send_now(letter)
    letter = Outgoing.objects.get(pk=letter.pk)
    assert sending.send_now(letter) == sending.PERHAPS
    letter.refresh_from_db()
    assert letter.state == "failed"
    assert len(smtp.taken) == 1


def test_a_server_that_refuses_leaves_the_letter_to_be_sent_again(
    answered: Outgoing, trusts_smtp: None, smtp: SmtpTestServer, producer: User
) -> None:
    smtp.refuse.add("mara@example.org")
    letter = letter_actions.send_letter(producer.actor, answered)
    with pytest.raises(SurroundingsFailed):
        sending.send_now(letter)
    letter.refresh_from_db()
    assert letter.state == "failed"
    assert "nobody of that name" in letter.error
    smtp.refuse.clear()
    sending.send_now(letter_actions.send_letter(producer.actor, letter))
    letter.refresh_from_db()
    assert (letter.state, letter.error) == ("sent", "")


@pytest.mark.django_db(transaction=True)
def test_listening_asks_for_a_fetch_when_something_comes(
    imap: ImapServer, producer: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A changed account is listened to anew; one that is gone, no more."""
    from controlroom.desk.mail import jobs

    imap.add_user("listens", "secret")
    settings.MAIL_CA = str(imap.ca_file)
    came = threading.Event()
    monkeypatch.setattr(jobs, "ask_fetch", lambda account: came.set())
    monkeypatch.setattr(watch, "FETCHED_WITHIN_S", 0.1)
    imap.deliver("listens", raw("Before", "Hello."))
    account = MailAccount.objects.create(
        studio_id=producer.studio_id, name="L", host=imap.host, port=imap.tls_port, user="listens",
        secret=account_actions.secrets.sealed("secret"), from_email="a@example.org",
    )  # fmt: skip
    fetching.fetch(account)
    stopping = threading.Event()
    listener = threading.Thread(target=watch.watch, args=(stopping, 0.1))
    listener.start()
    try:
        time.sleep(1.0)
        assert not came.is_set(), "nothing came yet"
        imap.deliver("listens", raw("Now", "Hello."))
        assert came.wait(20)
        MailAccount.objects.filter(pk=account.pk).update(removed_at=account.created_at)
        until = time.monotonic() + 20
        while any(each.name.startswith("mail-") for each in threading.enumerate()) and time.monotonic() < until:
            time.sleep(0.1)
        assert not any(each.name.startswith("mail-") for each in threading.enumerate())
    finally:
        stopping.set()
        listener.join(10)
