"""A Radicale of one's own: a user, a password, and whatever calendars are made in it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from servers import HOST, certificate, free_port, wait_until_open

_CONFIGURATION = """
[server]
hosts = {host}:{port}
ssl = True
certificate = {pem}
key = {pem}
[auth]
type = htpasswd
htpasswd_filename = {folder}/users
htpasswd_encryption = plain
delay = 0
[storage]
filesystem_folder = {folder}/collections
[logging]
level = warning
"""


@dataclass(frozen=True)
class CalDavServer:
    url: str
    ca_file: Path
    user: str
    password: str
    folder: Path

    def make_calendar(self, name: str) -> str:
        """A new calendar of the user; its address."""
        url = f"{self.url}/{self.user}/{name}/"
        body = (
            '<?xml version="1.0"?><C:mkcalendar xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><D:set><D:prop>'
            f"<D:displayname>{name}</D:displayname></D:prop></D:set></C:mkcalendar>"
        )
        answer = self.client().request("MKCALENDAR", url, content=body)
        answer.raise_for_status()
        return url

    def client(self) -> httpx.Client:
        """Somebody else's hand on the same calendars."""
        from controlroom.outside.reaching import tls_context

        return httpx.Client(auth=(self.user, self.password), verify=tls_context(str(self.ca_file)), trust_env=False)


@contextmanager
def caldav_server(*, user: str = "ada", password: str = "secret") -> Iterator[CalDavServer]:
    """Run a Radicale over TLS for one user."""
    with tempfile.TemporaryDirectory() as name:
        folder, port = Path(name), free_port()
        pem, ca_file = certificate(folder, "localhost", HOST)
        (folder / "users").write_text(f"{user}:{password}\n")
        (folder / "config").write_text(_CONFIGURATION.format(host=HOST, port=port, pem=pem, folder=folder))
        program = [sys.executable, "-m", "radicale", "--config", str(folder / "config")]
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(program, stdout=log, stderr=log)
            try:
                wait_until_open(port)
                yield CalDavServer(f"https://localhost:{port}", ca_file, user, password, folder)
            finally:
                process.terminate()
                process.wait(10)
