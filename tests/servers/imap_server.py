"""A Dovecot of one's own (2.3): users with passwords and tokens, mail in Maildirs that a test can fill and read."""

from __future__ import annotations

import base64
import getpass
import grp
import hashlib
import hmac
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from servers import HOST, certificate, free_port, wait_until_open

_TOKEN_KEY = b"the key that signs tokens"

_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = {host}
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.pem
disable_plaintext_auth = no
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {login_user}
first_valid_uid = 1
mail_location = maildir:{folder}/mail/%n
auth_mechanisms = plain login xoauth2
auth_failure_delay = 0
imap_idle_notify_interval = 1 mins
protocol imap {{
  {capability}
}}
passdb {{
  driver = passwd-file
  args = username_format=%n {folder}/users/%n
}}
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%n/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
"""

_WITHOUT_IDLE = "imap_capability = IMAP4rev1 SASL-IR LITERAL+ ENABLE UIDPLUS"


@dataclass(frozen=True)
class ImapServer:
    """Where it is (`port` speaks STARTTLS, `tls_port` TLS), and what its users hold."""

    host: str
    port: int
    tls_port: int
    ca_file: Path
    folder: Path

    def add_user(self, name: str, password: str) -> None:
        """One more user, with an empty INBOX."""
        for part in ("", "new", "cur", "tmp"):
            path = self._inbox(name) / part
            path.mkdir()
            path.chmod(0o777)  # a server that runs as root reads mail as somebody else
        # a file for each: Dovecot looks only once a second whether one has changed
        (self.folder / "users" / name).write_text(f"{name}:{{PLAIN}}{password}\n")

    def deliver(self, user: str, raw: bytes) -> Path:
        """Put a message into the INBOX of `user` (an address will do: ada@example.org is ada), as a Maildir does."""
        inbox = self._inbox(user)
        if not inbox.is_dir():
            raise KeyError(user)
        name = f"{time.time_ns()}.{os.urandom(4).hex()}.test"
        (inbox / "tmp" / name).write_bytes(raw)
        (inbox / "tmp" / name).chmod(0o644)
        return (inbox / "tmp" / name).rename(inbox / "new" / name)

    def held(self, user: str) -> list[bytes]:
        """The messages in the INBOX of `user`, oldest first."""
        paths = [path for part in ("new", "cur") for path in (self._inbox(user) / part).iterdir()]
        return [path.read_bytes() for path in sorted(paths, key=lambda path: path.name)]

    def seen(self, user: str) -> int:
        """How many messages of `user` are marked as read."""
        return sum("S" in path.name.partition(":2,")[2] for path in (self._inbox(user) / "cur").iterdir())

    def start_anew(self, user: str) -> None:
        """Give the INBOX another UIDVALIDITY and new UIDs, as after it was restored from a backup."""
        for path in self._inbox(user).glob("dovecot*"):
            path.unlink()
        (self._inbox(user) / "dovecot-uidlist").write_text(f"3 V{int(time.time()) + 1000} N1 G{os.urandom(16).hex()}\n")
        (self._inbox(user) / "dovecot-uidlist").chmod(0o666)

    def token(self, user: str) -> str:
        """An OAuth 2.0 access token for `user` (a JWT that this server verifies)."""
        now = int(time.time())
        claims = {"sub": user, "iat": now - 5, "exp": now + 3600}
        head = ".".join(_b64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
        return f"{head}.{_b64(hmac.new(_TOKEN_KEY, head.encode(), hashlib.sha256).digest())}"

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def _inbox(self, user: str) -> Path:
        return self.folder / "mail" / user.partition("@")[0]


@contextmanager
def imap_server(users: Mapping[str, str], *, idle: bool = True) -> Iterator[ImapServer]:
    """Run a Dovecot for `users` (name -> password; ada@example.org signs in as well); `idle=False` offers no IDLE."""
    program = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("Dovecot is not installed here (Debian: apt-get install dovecot-imapd)")
    if not subprocess.run([program, "--version"], capture_output=True, text=True).stdout.startswith("2.3."):
        pytest.skip("this Dovecot is not of the line 2.3, whose configuration is written here")
    # not pytest's own folder: a socket's path is at most 108 bytes long, and Dovecot's other users must come in
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))
    folder.chmod(0o755)
    try:
        server = _prepared(folder, users, idle=idle)
        process = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL)
        try:
            wait_until_open(server.port)
            yield server
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(10)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _prepared(folder: Path, users: Mapping[str, str], *, idle: bool) -> ImapServer:
    for name in ("run", "mail", "users", "keys/default/HS256"):
        (folder / name).mkdir(parents=True)
    certificate(folder, "localhost", HOST)
    (folder / "mail").chmod(0o777)
    (folder / "keys/default/HS256/default").write_bytes(base64.b64encode(_TOKEN_KEY))
    (folder / "oauth2.conf").write_text(
        f"introspection_mode = local\nlocal_validation_key_dict = fs:posix:prefix={folder}/keys/\n"
        "username_attribute = sub\n"
    )
    me, mine = getpass.getuser(), grp.getgrgid(os.getgid()).gr_name
    root = os.getuid() == 0
    port, tls_port = free_port(), free_port()
    text = _CONFIGURATION.format(
        folder=folder,
        host=HOST,
        port=port,
        tls_port=tls_port,
        user=me,
        group=mine,
        login_user="dovenull" if root else me,
        mail_user="nobody" if root else me,
        mail_group="nogroup" if root else mine,
        capability="" if idle else _WITHOUT_IDLE,
    )
    (folder / "dovecot.conf").write_text(re.sub(r"^ *$\n", "", text, flags=re.M))
    server = ImapServer(HOST, port, tls_port, folder / "ca.pem", folder)
    for name, password in users.items():
        server.add_user(name, password)
    return server


def _b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
