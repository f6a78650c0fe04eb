"""What the browser tests share: one desk that really runs, Chromium, and pages that may not complain.

Every page fails its test on an error in its console, an exception, a breach of the security policy, and on any request
to another host.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.desk_running import ROOT, Desk, running, seed, signed_in
from browser.engine_page.bench import FLAGS

WIDE = {"viewport": {"width": 1400, "height": 900}}
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}
WATCH = """
window.jumped = 0;
new PerformanceObserver((seen) => {
  for (const shift of seen.getEntries()) if (!shift.hadRecentInput) window.jumped += shift.value;
}).observe({ type: 'layout-shift', buffered: true });
"""


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled home, made once for all processes of the run."""
    subprocess.run([sys.executable, str(ROOT / "tools/assets")], check=True, timeout=200)
    own = tmp_path_factory.getbasetemp()
    shared = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "seeded-desk"
    with shared.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "has.json").exists():
            shutil.rmtree(shared, ignore_errors=True)
            seed(shared)
    return shared


@pytest.fixture(scope="session")
def desk(seeded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The desk of this process, filled and running."""
    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed")
    folder = tmp_path_factory.mktemp("desk")
    home = Path(shutil.copytree(seeded / "home", folder / "home"))
    with running(home, folder / "log.txt") as url:
        yield Desk(url, home, json.loads((seeded / "has.json").read_text()), signed_in(url))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for a module: Playwright allows one of its loops at a time, and other modules have their own."""
    found = shutil.which("chromium")
    if found is None:
        pytest.skip("chromium is not installed")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


class Pages:
    """Opens pages of the desk and keeps what they complain of."""

    def __init__(self, browser: Any, desk: Desk) -> None:
        self._browser, self._desk = browser, desk
        self._contexts: list[Any] = []
        self._complaints: list[str] = []
        self._allowed: list[str] = []

    def allow(self, pattern: str) -> None:
        """This test provokes that complaint."""
        self._allowed.append(pattern)

    def __call__(
        self,
        path: str = "",
        *,
        guest: bool = False,
        phone: bool = False,
        dark: bool = False,
        js: bool = True,
        **options: Any,
    ) -> Any:
        """A page at that path of the desk: the producer's, or a guest's; on a phone, in the dark, without scripts."""
        context = self._browser.new_context(
            **(PHONE if phone else WIDE) | options,
            base_url=self._desk.url,
            color_scheme="dark" if dark else "light",
            java_script_enabled=js,
            locale="en-GB",
        )
        self._contexts.append(context)
        if not guest:
            context.add_cookies([{"name": "sessionid", "value": self._desk.session, "url": self._desk.url}])
        if js:
            context.add_init_script(WATCH)
        context.set_default_timeout(20_000)
        context.on("page", self._watch)
        page = context.new_page()
        if path:
            page.goto(path)
        return page

    def _watch(self, page: Any) -> None:
        page.on(
            "console", lambda said: said.type == "error" and self._complaints.append(f"{said.text} {said.location}")
        )
        page.on("pageerror", lambda error: self._complaints.append(f"exception: {error}"))
        page.on("request", lambda asked: self._asked(asked.url))

    def _asked(self, url: str) -> None:
        scheme, host, *_ = urllib.parse.urlsplit(url)
        if scheme in ("http", "https", "ws", "wss") and f"{scheme}://{host}" != self._desk.url:
            self._complaints.append(f"a request to another host: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    @property
    def complaints(self) -> list[str]:
        return [each for each in self._complaints if not any(re.search(known, each) for known in self._allowed)]


@pytest.fixture
def open_desk(chromium: Any, desk: Desk) -> Iterator[Pages]:
    pages = Pages(chromium, desk)
    yield pages
    pages.close()
    assert pages.complaints == []


@pytest.fixture
def picture() -> Callable[[Any, str], None]:
    """Keeps a picture for the documentation, when CONTROLROOM_PICTURES is set."""

    def keep(page: Any, name: str, **options: Any) -> None:
        if os.environ.get("CONTROLROOM_PICTURES"):
            folder = ROOT / "docs/pictures"
            folder.mkdir(exist_ok=True)
            page.screenshot(path=str(folder / f"{name}.png"), **options)

    return keep
