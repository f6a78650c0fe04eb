"""`controlroom mail` where no desk was ever started; what it does on one is tested with the desk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def test_without_a_desk_it_is_one_line(tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("CONTROLROOM_", "DJANGO_"))}
    said = subprocess.run(
        [sys.executable, "-m", "controlroom.cli", "mail", "triage", "--json"],
        env=kept | {"CONTROLROOM_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (said.returncode, said.stdout) == (5, "")
    assert len(said.stderr.strip().splitlines()) == 1
    assert "Run controlroom start" in said.stderr
