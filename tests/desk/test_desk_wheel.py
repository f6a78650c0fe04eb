"""The wheel carries the desk whole: pages, tables, and what is built for the browser."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DESK = ROOT / "src" / "controlroom" / "desk"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Paths inside the wheel of this folder."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120)
    (made,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(made).namelist())


def _inside(paths) -> set[str]:
    return {
        str(path.relative_to(ROOT / "src")) for path in paths if path.is_file() and "node_modules" not in path.parts
    }


def test_every_template_and_every_migration_is_in_the_wheel(wheel):
    templates = _inside(DESK.glob("**/templates/**/*.html"))
    migrations = _inside(DESK.glob("*/migrations/*.py"))
    assert "controlroom/desk/templates/desk/base.html" in templates
    assert migrations
    assert (templates | migrations) - wheel == set()


def test_what_is_built_for_the_browser_is_in_the_wheel(wheel):
    built = _inside((DESK / "static" / "desk").rglob("*"))
    if not built:
        pytest.skip("the desk's assets are not built; `make test` builds them, or tools/assets")
    needed = ("desk.css", "desk.js", "LICENSES.txt", "mark.svg", "fonts/InterVariable-subset.woff2")
    assert {f"controlroom/desk/static/desk/{name}" for name in needed} <= built
    assert built - wheel == set()


def test_no_source_of_the_assets_is_in_the_wheel(wheel):
    stray = [path for path in wheel if "node_modules" in path or "desk/assets/" in path or "/." in path]
    assert stray == []
