"""Real servers for tests: started in a moment, on ports of their own, gone at the end of the block.

    from servers.imap_server import imap_server        Dovecot: IMAP with TLS, STARTTLS, IDLE, XOAUTH2
    from servers.smtp_server import smtp_server        aiosmtpd: takes mail, can deliver it into Dovecot, can bounce
    from servers.caldav_server import caldav_server    Radicale: CalDAV with a user and a calendar
    from servers.web_server import web_server          pages that a test writes as functions

Each is a context manager; `tests/outside/conftest.py` shows them as fixtures. They need no network, only loopback, and
may run many at a time (pytest-xdist): ports are free ones, folders are new ones. Where Dovecot is not installed
(Debian: apt-get install dovecot-imapd), `imap_server` skips the test and says so.

A letter from the outside, read by IMAP, answered by SMTP, and the answer read by IMAP again:

    with imap_server({"ada": "secret", "bob": "secret"}) as imap, smtp_server(deliver=imap.deliver) as smtp:
        imap.deliver("ada", raw)                           it lies in ada's INBOX at once; one who idles is told
        account = ImapAccount(host=imap.host, port=imap.tls_port, security="tls", user="ada", password="secret",
                              ca_file=str(imap.ca_file))
        ...
        send(SmtpServer(host=smtp.host, port=smtp.port, security="starttls", user="ada", password="secret",
                        ca_file=str(smtp.ca_file)), "ada@example.org", ["bob@example.org"], raw)
        assert imap.held("bob") == [raw]                   bob@example.org is the user bob; unknown users get 550

A server in another process (the desk in a browser test) reads the same: give it host, port and `ca_file`.
"""

from __future__ import annotations

import socket
import time
from contextlib import closing
from pathlib import Path

import trustme

HOST = "127.0.0.1"


def free_port() -> int:
    """A port on which nothing listens just now."""
    with closing(socket.socket()) as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def wait_until_open(port: int, *, most_s: float = 10.0) -> None:
    """Return as soon as something listens on `port`; TimeoutError after `most_s`."""
    until = time.monotonic() + most_s
    while True:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
            return
        except OSError:
            if time.monotonic() > until:
                raise TimeoutError(f"nothing listens on port {port}") from None
            time.sleep(0.02)


def certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """A server's certificate with its key for `names`, and the file of the authority that signed it."""
    authority = trustme.CA()
    server, trusted = folder / "server.pem", folder / "ca.pem"
    authority.issue_cert(*names).private_key_and_cert_chain_pem.write_to_path(str(server))
    authority.cert_pem.write_to_path(str(trusted))
    return server, trusted
