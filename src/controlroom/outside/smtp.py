"""Handing a finished message to a mail server (RFC 5321), once."""

from __future__ import annotations

import re
import smtplib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Literal

import msgspec

from controlroom.base.errors import SurroundingsFailed, UsageError
from controlroom.outside.bodies import size_of
from controlroom.outside.reaching import GREET_S, QUIET_S, reached, short, tls_context

Security = Literal["tls", "starttls", "plain"]

_CHECK = "Check name and password; many providers want an app password here."


class SmtpServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where letters go out.

    `security`: tls (usually port 465), starttls (587), plain (only for a bridge on this machine). `password` (or an app
    password), or `oauth_token` for XOAUTH2; neither: nobody signs in. `ca_file`: certificates to trust beside the known
    ones.
    """

    host: str
    port: int = 465
    security: Security = "tls"
    user: str = ""
    password: str = ""
    oauth_token: str = ""
    ca_file: str = ""

    def __repr__(self) -> str:
        return f"SmtpServer({self.user} at {self.host}:{self.port})"


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """Who the server takes the message for, and whom it refused: address -> its words."""

    accepted: tuple[str, ...]
    refused: dict[str, str] = {}


class Unclear(SurroundingsFailed):
    """The message was handed over whole, and the answer did not come: it may have gone out, or not."""


def send(server: SmtpServer, sender: str, recipients: Sequence[str], raw: bytes) -> Sent:
    """Hand over `raw`, a finished RFC 5322 message, for `recipients`; `sender` is where bounces go.

    Tried once. When some recipients are refused the others get it, and the answer says who did not. Raises `UsageError`
    for what is no address; `Unclear` when the connection ends after the last byte and before the answer;
    `SurroundingsFailed` when it surely did not go out: server not reached, certificate not trusted, password refused,
    nobody of the recipients taken, too large.
    """
    for address in (sender, *recipients):
        if not re.fullmatch(r"[^\s<>,;:\x00-\x1f\x7f]+@[^\s<>@,;:\x00-\x1f\x7f]+", address):
            raise UsageError(short(address) or "The recipient", "it is not an e-mail address", "Correct it.")
    if not recipients:
        raise UsageError("The letter", "it is for nobody", "Name at least one recipient.")
    with _signed_in(server) as smtp:
        refused = _envelope(server, smtp, sender, recipients, raw)
        _hand_over(server, smtp, raw)
        return Sent(accepted=tuple(one for one in recipients if one not in refused), refused=refused)


def check(server: SmtpServer) -> None:
    """Sign in and send nothing. Raises like `send`."""
    with _signed_in(server):
        pass


@contextmanager
def _signed_in(server: SmtpServer) -> Iterator[smtplib.SMTP]:
    with _talking(server):
        smtp = _connected(server)
        if smtp.sock is not None:
            smtp.sock.settimeout(QUIET_S)
    try:
        with _talking(server):
            _sign_in(server, smtp)
        yield smtp
    finally:
        # the answer is known by now; how the server says goodbye changes nothing
        with suppress(OSError, smtplib.SMTPException):
            smtp.quit()
        smtp.close()


def _connected(server: SmtpServer) -> smtplib.SMTP:
    if server.security == "tls":
        context = tls_context(server.ca_file)
        return smtplib.SMTP_SSL(server.host, server.port, timeout=GREET_S, context=context)
    smtp = smtplib.SMTP(server.host, server.port, timeout=GREET_S)
    if server.security == "starttls":
        try:
            smtp.starttls(context=tls_context(server.ca_file))
        except BaseException:
            smtp.close()
            raise
    return smtp


def _sign_in(server: SmtpServer, smtp: smtplib.SMTP) -> None:
    smtp.ehlo_or_helo_if_needed()
    try:
        if server.oauth_token:
            token = f"user={server.user}\1auth=Bearer {server.oauth_token}\1\1"
            smtp.auth("XOAUTH2", lambda challenge=None: "" if challenge else token)
        elif server.password:
            smtp.login(server.user, server.password)
    except smtplib.SMTPAuthenticationError as error:
        why = f"it refused {server.user} ({_words(error.smtp_code, error.smtp_error)})"
        next_step = "The token may have run out: sign in anew." if server.oauth_token else _CHECK
        raise SurroundingsFailed(f"The mail server {server.host}", why, next_step) from error
    except UnicodeEncodeError as error:
        why = "it takes only ASCII in name and password"
        raise SurroundingsFailed(f"The mail server {server.host}", why, _CHECK) from error


def _envelope(
    server: SmtpServer, smtp: smtplib.SMTP, sender: str, recipients: Sequence[str], raw: bytes
) -> dict[str, str]:
    """Say from whom and for whom; who is refused. Nothing of the message has been said yet."""
    what = f"The mail server {server.host}"
    most = smtp.esmtp_features.get("size", "")
    if most.isdigit() and 0 < int(most) < len(raw):
        why = f"it takes {size_of(int(most))} at most, and this letter has {size_of(len(raw))}"
        raise SurroundingsFailed(what, why, "Send a link instead of the file.")
    with _talking(server):
        code, said = smtp.mail(sender, _options(smtp, (sender, *recipients), raw))
        if code != 250:
            raise SurroundingsFailed(
                what, f"it takes nothing from {sender} ({_words(code, said)})", "Check the sender."
            )
        refused = {}
        for recipient in recipients:
            code, said = smtp.rcpt(recipient)
            if code not in (250, 251):
                refused[recipient] = _words(code, said)
    if len(refused) == len(set(recipients)):
        why = "; ".join(f"it refused {address} ({words})" for address, words in refused.items())
        raise SurroundingsFailed(what, short(why, 400), "Check the address.")
    return refused


def _options(smtp: smtplib.SMTP, addresses: Sequence[str], raw: bytes) -> list[str]:
    """What the message needs of the server: bytes beyond ASCII (RFC 6152), addresses beyond ASCII (RFC 6531)."""
    options = [f"size={len(raw)}"] if smtp.has_extn("size") else []
    if not raw.isascii() and smtp.has_extn("8bitmime"):
        options.append("body=8bitmime")
    if not all(address.isascii() for address in addresses):
        options.append("smtputf8")
    return options


def _hand_over(server: SmtpServer, smtp: smtplib.SMTP, raw: bytes) -> None:
    """Say the message. Until its last line is said it has surely not gone out; after that only the answer tells."""
    what = f"The mail server {server.host}"
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw)
    body = re.sub(rb"(?m)^\.", b"..", lines)  # RFC 5321 §4.5.2
    with _talking(server):
        code, said = smtp.docmd("DATA")
        if code != 354:
            raise SurroundingsFailed(what, f"it does not take the letter ({_words(code, said)})", "Try again later.")
        smtp.send(body if body.endswith(b"\r\n") else body + b"\r\n")
    try:
        smtp.send(b".\r\n")
        code, said = smtp.getreply()
    except (OSError, smtplib.SMTPException):
        code, said = -1, b""
    if 400 <= code < 600:
        why = f"it refused the letter ({_words(code, said)})"
        raise SurroundingsFailed(what, why, "Change it, or ask the provider.")
    if not 200 <= code < 300:
        why = "it took the whole letter and did not answer; it may have gone out"
        raise Unclear(what, why, "Ask, or look into the provider's sent mail, before it is sent again.")


@contextmanager
def _talking(server: SmtpServer) -> Iterator[None]:
    """Turn what goes wrong on the way into a sentence."""
    what = f"The mail server {server.host}"
    try:
        with reached(what):
            try:
                yield
            except smtplib.SMTPServerDisconnected as error:
                raise ConnectionResetError from error
    except smtplib.SMTPNotSupportedError as error:
        why = f"it cannot do what is needed ({short(error)})"
        raise SurroundingsFailed(what, why, "Check port and security.") from error
    except smtplib.SMTPException as error:
        raise SurroundingsFailed(what, f"it broke off ({short(error)})", "Try again later.") from error
    except UnicodeEncodeError as error:
        raise SurroundingsFailed(what, "it takes only ASCII addresses", "Use another address.") from error


def _words(code: int, said: bytes | str) -> str:
    return short(f"{code} {said.decode(errors='replace') if isinstance(said, bytes) else said}")
