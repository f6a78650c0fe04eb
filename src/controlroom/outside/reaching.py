"""What every way out shares: whom we trust, and a sentence for each way in which a server is not reached."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from smtplib import SMTPException

import certifi

from controlroom.base.errors import ControlroomError, SurroundingsFailed, UsageError

QUIET_S = 60.0
"""After so long without a byte a server counts as gone."""
GREET_S = 20.0
"""So long a server may take to greet: one that waits for TLS while it is waited for says nothing at all."""


def tls_context(ca_file: str = "") -> ssl.SSLContext:
    """Certificates are verified, names checked, TLS 1.2 at least. Trusted are the system's authorities, those of
    certifi (a container may have none of its own), and the authorities in `ca_file` (PEM) for a house with its own.

    Raises `UsageError` where `ca_file` cannot be read.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if ca_file:
        try:
            context.load_verify_locations(ca_file)
        except (OSError, ssl.SSLError) as error:
            raise UsageError(ca_file, "it holds no certificate that can be read", "Name a PEM file.") from error
    return context


@contextmanager
def reached(what: str) -> Iterator[None]:
    """Turn what the network refuses into a sentence; `what` names the server: "The mail server imap.example.org"."""
    try:
        yield
    except ControlroomError:
        raise
    except Exception as error:
        cause = _cause_of(error)
        if cause is None:
            raise
        raise SurroundingsFailed(what, *_said(cause)) from error


def _cause_of(error: BaseException | None) -> OSError | None:
    """The system's own error behind what a library made of it (smtplib's own are OSErrors as well, for no reason)."""
    while error is not None and (not isinstance(error, OSError) or isinstance(error, SMTPException)):
        error = error.__cause__ or error.__context__
    return error


def _said(error: OSError) -> tuple[str, str]:
    """Why, and what to do next."""
    if isinstance(error, ssl.SSLCertVerificationError):
        why = f"its certificate is not trusted ({error.verify_message})"
        return why, "Check the name; for an authority of your own, give its certificate file."
    if isinstance(error, ssl.SSLError):
        return "no encrypted connection came about", "Check port and security: another port speaks another way."
    if isinstance(error, socket.gaierror):
        return "there is no host of that name, or no network", "Check its name and the connection."
    if isinstance(error, TimeoutError) or error.errno == errno.ETIMEDOUT:
        return "it does not answer", "Check host, port and encryption, or try again later."
    if isinstance(error, ConnectionRefusedError):
        return "nothing answers at that port", "Check host and port."
    if isinstance(error, ConnectionError):
        return "it ended the connection", "Try again; if that repeats, check port and security."
    return error.strerror or str(error), "Check the connection and try again."


def short(words: object, most: int = 120) -> str:
    """An address or a server's words in one line, not longer than a sentence bears."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
    return line if len(line) <= most else line[: most - 1] + "…"
