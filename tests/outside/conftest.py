"""The servers that the tests of the ways out share, and an address of its own for each test."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from servers.caldav_server import CalDavServer, caldav_server
from servers.imap_server import ImapServer, imap_server
from servers.smtp_server import SmtpTestServer, smtp_server
from servers.web_server import WebServer, web_server

from controlroom.outside.imap import ImapAccount

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def imap() -> Iterator[ImapServer]:
    with imap_server({}) as server:
        yield server


@pytest.fixture(scope="session")
def imap_without_idle() -> Iterator[ImapServer]:
    with imap_server({}, idle=False) as server:
        yield server


@pytest.fixture
def smtp() -> Iterator[SmtpTestServer]:
    with smtp_server() as server:
        yield server


@pytest.fixture(scope="session")
def caldav() -> Iterator[CalDavServer]:
    with caldav_server() as server:
        yield server


@pytest.fixture
def web() -> Iterator[WebServer]:
    with web_server() as server:
        yield server


@dataclass(frozen=True)
class Mailbox:
    """A user of its own on a server, with an empty INBOX."""

    server: ImapServer
    user: str

    def account(self, **changed: Any) -> ImapAccount:
        given = {
            "host": self.server.host,
            "port": self.server.tls_port,
            "user": self.user,
            "password": "a secret",
            "ca_file": str(self.server.ca_file),
        }
        return ImapAccount(**(given | changed))

    def deliver(self, *raws: bytes) -> None:
        for raw in raws:
            self.server.deliver(self.user, raw)


def _mailbox(server: ImapServer) -> Mailbox:
    user = f"user{next(_numbers)}"
    server.add_user(user, "a secret")
    return Mailbox(server, user)


@pytest.fixture
def mailbox(imap: ImapServer) -> Mailbox:
    return _mailbox(imap)


@pytest.fixture
def mailbox_without_idle(imap_without_idle: ImapServer) -> Mailbox:
    return _mailbox(imap_without_idle)
