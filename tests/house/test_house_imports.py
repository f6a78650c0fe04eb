"""What a verb imports before it works is waited for each time."""

from __future__ import annotations

import subprocess
import sys

import pytest

SLOW = ("scipy.signal", "scipy.stats", "scipy.optimize", "scipy.interpolate", "scipy.ndimage", "matplotlib", "django")


@pytest.mark.parametrize("module", ["controlroom.production.master_file", "controlroom.production.verbs"])
def test_what_takes_long_to_import_waits_until_it_is_used(module: str) -> None:
    """`import scipy` and its parts by their full names: they are imported when they are first named."""
    told = f"import sys, {module}; print([name for name in {SLOW} if name in sys.modules])"
    assert subprocess.check_output([sys.executable, "-c", told], text=True).strip() == "[]"
