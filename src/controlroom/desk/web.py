"""The web server: `python -m controlroom.desk.web FD THREADS` serves the desk on a socket that listens already."""

from __future__ import annotations

import sys
from typing import Any

from gunicorn.app.base import BaseApplication

from controlroom.desk.kin import end_with_parent


class Desk(BaseApplication):
    def __init__(self, options: dict[str, Any]) -> None:
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        from controlroom.desk.wsgi import application

        return application


def main(socket_fd: int, threads: int) -> None:
    end_with_parent()
    Desk(
        {
            "bind": f"fd://{socket_fd}",
            "worker_class": "gthread",
            "threads": threads,
            "timeout": 120,
            "graceful_timeout": 3,
            "keepalive": 15,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
    ).run()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
