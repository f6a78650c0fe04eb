"""Letters handed to a real SMTP server: once, whole, and what becomes of each recipient told."""

from __future__ import annotations

import socket
import threading
from contextlib import closing, contextmanager
from typing import Any

import pytest
from servers import HOST, free_port
from servers.smtp_server import SmtpTestServer, smtp_server

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.outside.imap import Seen, fetch_new
from controlroom.outside.smtp import SmtpServer, Unclear, check, send

RAW = "From: ada@example.org\r\nSubject: Your demo\r\n\r\nHello\r\n.\r\n..two\r\nGrüße\r\n".encode()


def of(server: SmtpTestServer, **changed: Any) -> SmtpServer:
    given = {
        "host": server.host,
        "port": server.port,
        "security": "starttls",
        "user": "ada",
        "password": "secret",
        "ca_file": str(server.ca_file),
    }
    return SmtpServer(**(given | changed))


def test_a_letter_goes_out_as_it_is(smtp):
    sent = send(of(smtp), "ada@example.org", ["mara@example.org", "Léo@example.org"], RAW)
    assert sent.accepted == ("mara@example.org", "Léo@example.org")
    assert sent.refused == {}
    (taken,) = smtp.taken
    assert (taken.sender, taken.recipients, taken.raw) == ("ada@example.org", sent.accepted, RAW)


@pytest.mark.parametrize("security", ["tls", "plain"])
def test_over_tls_at_once_and_plainly(security):
    with smtp_server(security=security) as server:
        send(of(server, security=security), "ada@example.org", ["mara@example.org"], RAW)
        assert [taken.raw for taken in server.taken] == [RAW]


def test_line_ends_are_made_right_and_the_last_line_ends(smtp):
    send(of(smtp), "ada@example.org", ["mara@example.org"], b"Subject: x\n\none\ntwo\rthree")
    assert smtp.taken[0].raw == b"Subject: x\r\n\r\none\r\ntwo\r\nthree\r\n"


def test_who_is_refused_is_told_and_the_others_get_it(smtp):
    smtp.refuse = {"gone@example.org"}
    sent = send(of(smtp), "ada@example.org", ["gone@example.org", "mara@example.org"], RAW)
    assert sent.accepted == ("mara@example.org",)
    assert sent.refused == {"gone@example.org": "550 5.1.1 nobody of that name lives here"}
    assert smtp.taken[0].recipients == ("mara@example.org",)


def test_when_all_are_refused_nothing_went_out(smtp):
    smtp.refuse = {"gone@example.org"}
    with pytest.raises(SurroundingsFailed, match=r"refused gone@example\.org \(550 .*Check the address"):
        send(of(smtp), "ada@example.org", ["gone@example.org"], RAW)
    assert smtp.taken == []


def test_an_answer_that_does_not_come_leaves_it_open_whether_it_went_out(smtp):
    smtp.hang_up = True
    with pytest.raises(Unclear, match="may have gone out"):
        send(of(smtp), "ada@example.org", ["mara@example.org"], RAW)


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"password": "wrong"}, "refused ada .*app password"),
        ({"password": "größer"}, "only ASCII in name and password"),
        ({"oauth_token": "stale"}, "refused ada .*sign in anew|broke off|cannot do"),
        ({"host": "mail.invalid"}, "no host of that name"),
        ({"port": free_port()}, "nothing answers"),
        ({"ca_file": ""}, "certificate is not trusted"),
        ({"security": "tls"}, "Check port and security"),
        ({"password": ""}, "takes nothing from ada@example.org"),
    ],
)
def test_what_goes_wrong_is_a_sentence_and_nothing_went_out(smtp, changed, says):
    with pytest.raises(SurroundingsFailed, match=says) as failed:
        send(of(smtp, **changed), "ada@example.org", ["mara@example.org"], RAW)
    assert not isinstance(failed.value, Unclear)
    assert smtp.taken == []


def test_a_server_without_tls_gets_no_password():
    with smtp_server(security="plain") as server, pytest.raises(SurroundingsFailed, match="STARTTLS"):
        check(of(server, security="starttls"))


@pytest.mark.parametrize(
    "address", ["", "mara", "mara@example.org\r\nRCPT TO:<x@example.org>", "a@b c", "<a@example.org>", "a@b,c@d"]
)
def test_what_is_no_address_is_refused(smtp, address):
    with pytest.raises(UsageError, match="not an e-mail address"):
        send(of(smtp), "ada@example.org", [address], RAW)
    with pytest.raises(UsageError, match="for nobody"):
        send(of(smtp), "ada@example.org", [], RAW)
    assert smtp.taken == []


def test_signing_in_can_be_tried_alone(smtp):
    check(of(smtp))
    assert smtp.taken == []
    assert "secret" not in repr(of(smtp))


@contextmanager
def scripted(*answers: str | None):
    """A server that says these lines, one after each line it hears (None: it only listens), and then hangs up."""
    with closing(socket.create_server((HOST, 0))) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection, connection.makefile("rwb") as lines:
                for answer in answers:
                    if answer is not None:
                        lines.write(answer.encode() + b"\r\n")
                        lines.flush()
                    lines.readline()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield SmtpServer(host=HOST, port=listening.getsockname()[1], security="plain")
        thread.join(10)


GREETED = ("220 here", "250-here\r\n250 SIZE 1000")


@pytest.mark.parametrize(
    ("answers", "size", "says"),
    [
        (GREETED, 5000, "takes 1 kB at most, and this letter has 5 kB"),
        ((*GREETED, "250 ok", "250 ok", "451 later"), 10, "does not take the letter .451 later"),
        ((*GREETED, "250 ok", "250 ok"), 10, "ended the connection"),
        (("554 go away",), 10, "broke off|ended"),
    ],
)
def test_before_the_last_line_is_said_it_surely_did_not_go_out(answers, size, says):
    with scripted(*answers) as server, pytest.raises(SurroundingsFailed, match=says) as failed:
        send(server, "ada@example.org", ["mara@example.org"], b"x" * size)
    assert not isinstance(failed.value, Unclear)


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [("554 spam", SurroundingsFailed, "refused the letter .554"), ("?", Unclear, "may have")],
)
def test_what_is_answered_after_the_last_line_decides(answer, error, says):
    script = scripted(*GREETED, "250 ok", "250 ok", "354 go on", None, answer)
    with script as server, pytest.raises(error, match=says):
        send(server, "ada@example.org", ["mara@example.org"], b"one line")


def test_addresses_beyond_ascii_need_a_server_that_takes_them():
    with scripted(*GREETED) as server, pytest.raises(SurroundingsFailed, match=r"cannot do what is needed|only ASCII"):
        send(server, "ada@example.org", ["léo@example.org"], RAW)


def test_out_by_smtp_and_in_by_imap(imap, mailbox, tmp_path):
    """The whole loop: what goes out to somebody is what they fetch; who has no mailbox bounces at the door."""
    with smtp_server(deliver=imap.deliver) as server:
        send(of(server), "ada@example.org", [f"{mailbox.user}@example.org"], RAW)
        with pytest.raises(SurroundingsFailed, match="no mailbox here"):
            send(of(server), "ada@example.org", ["nobody@example.org"], RAW)
    raws: list[bytes] = []
    fetch_new(mailbox.account(), Seen(), lambda raw: raws.append(raw.path.read_bytes()), into=tmp_path)
    assert raws == [RAW]
