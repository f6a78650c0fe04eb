"""What all tests share: where the real recordings are, and quiet, private folders."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def recordings() -> Path:
    """The folder of real recordings; tests that need it are skipped where it is not found."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "audio"
    folder = Path(os.environ.get("CONTROLROOM_RECORDINGS", beside))
    if not (folder / "README.md").is_file():
        pytest.skip("the real recordings are not here; set CONTROLROOM_RECORDINGS to their folder")
    return folder
