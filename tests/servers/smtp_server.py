"""An SMTP server (aiosmtpd): STARTTLS and a password, keeps what it takes, can deliver it, can refuse it."""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from servers import HOST, certificate, free_port


@dataclass(frozen=True)
class Taken:
    """A message that the server accepted, as it came."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)  # type: ignore[return-value]


@dataclass
class SmtpTestServer:
    """Where it is and what came in. A test may set `refuse` (addresses that get 550) and `hang_up` (it takes the whole
    message and ends the connection instead of answering)."""

    host: str
    port: int
    ca_file: Path
    taken: list[Taken] = field(default_factory=list)
    refuse: set[str] = field(default_factory=set)
    hang_up: bool = False


class _Door:
    """What aiosmtpd asks at each step."""

    def __init__(self, server: SmtpTestServer, deliver: Callable[[str, bytes], Any] | None) -> None:
        self._server, self._deliver = server, deliver

    async def handle_RCPT(  # noqa: N802
        self, _smtp: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address.lower() in self._server.refuse:
            return "550 5.1.1 nobody of that name lives here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 welcome"

    async def handle_DATA(self, smtp: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        raw = envelope.content if isinstance(envelope.content, bytes) else str(envelope.content).encode()
        if self._server.hang_up:
            smtp.transport.abort()
            return "250 never heard"
        for address in envelope.rcpt_tos:
            if self._deliver is not None:
                try:
                    self._deliver(address, raw)
                except KeyError:
                    return f"550 5.1.1 {address} has no mailbox here"
        self._server.taken.append(Taken(envelope.mail_from or "", tuple(envelope.rcpt_tos), raw))
        return "250 2.0.0 taken"


class _Threaded(Controller):
    """The controller, with a name in its greeting that needs no look-up."""

    def factory(self) -> SMTP:
        return SMTP(self.handler, hostname="mail.example.org", **self.SMTP_kwargs)


@contextmanager
def smtp_server(
    *,
    user: str = "ada",
    password: str = "secret",
    deliver: Callable[[str, bytes], Any] | None = None,
    security: str = "starttls",
) -> Iterator[SmtpTestServer]:
    """Run a server that asks for STARTTLS (or speaks TLS at once, or plain) and this password.

    `deliver(address, raw)` is called for each recipient; it raises KeyError for somebody who is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        pem, ca_file = certificate(Path(folder), "localhost", HOST)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        server = SmtpTestServer(HOST, free_port(), ca_file)

        def known(_smtp: SMTP, _session: Session, _envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
            said = (data.login, data.password) if isinstance(data, LoginPassword) else None
            return AuthResult(success=said == (user.encode(), password.encode()), handled=False)

        # where TLS is there from the beginning aiosmtpd does not know it, and warns: a password is only taken then
        options: dict[str, Any] = {"authenticator": known, "auth_require_tls": False}
        if security == "starttls":
            options |= {"tls_context": context, "require_starttls": True}
            options |= {"auth_required": True, "auth_require_tls": True}
        tls = {"ssl_context": context} if security == "tls" else {}
        controller = _Threaded(_Door(server, deliver), hostname=HOST, port=server.port, **tls, **options)
        controller.start()
        try:
            yield server
        finally:
            controller.stop()
