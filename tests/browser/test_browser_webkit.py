"""A guest's page in WebKit, for the sake of iPhones: it opens, plays, takes a note and an approval."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browser.desk_running import Desk

DRIVER, SCREEN = shutil.which("WebKitWebDriver"), shutil.which("Xvfb")
BROWSER = next((str(each) for each in Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser")), None)


@pytest.fixture
def display() -> Iterator[str]:
    """A screen that nobody sees."""
    if not (DRIVER and BROWSER and SCREEN):
        pytest.skip("Debian's webkit2gtk-driver and xvfb are not installed; tools/environment test installs them")
    read, write = os.pipe()
    screen = subprocess.Popen(
        [SCREEN, "-displayfd", str(write), "-screen", "0", "500x900x24", "-nolisten", "tcp"],
        pass_fds=(write,), stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(write)
    with os.fdopen(read) as said:
        number = said.readline().strip()
    yield f":{number}"
    screen.terminate()
    screen.wait()


@pytest.fixture
def webkit(display: str) -> Iterator[Any]:
    from selenium import webdriver
    from selenium.webdriver.webkitgtk.options import Options
    from selenium.webdriver.webkitgtk.service import Service

    calm = {
        "WEBKIT_DISABLE_COMPOSITING_MODE": "1",
        "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS": "1",
        "GDK_BACKEND": "x11",
    }
    service = Service(executable_path=DRIVER, env=os.environ | calm | {"DISPLAY": display})
    options = Options()
    options.binary_location = BROWSER
    options.add_argument("--automation")
    driver = webdriver.WebKitGTK(options=options, service=service)
    yield driver
    driver.quit()


def until(came: Callable[[], Any], within_s: float = 30.0) -> Any:
    end = time.monotonic() + within_s
    while not (found := came()):
        assert time.monotonic() < end, "it never came"
        time.sleep(0.1)
    return found


@pytest.mark.filterwarnings("ignore:setting remote_server_addr:DeprecationWarning")  # selenium's own
def test_a_guest_hears_speaks_and_approves(webkit: Any, desk: Desk) -> None:
    from selenium.webdriver.common.by import By

    def one(selector: str) -> Any:
        return webkit.find_element(By.CSS_SELECTOR, selector)

    def says(text: str) -> bool:
        return text in one("main").text

    webkit.get(desk.url + desk.link("webkit"))
    assert until(lambda: says("Notes on Mix 2"))
    until(lambda: webkit.find_elements(By.CSS_SELECTOR, ".pin"))
    one("#play").click()
    until(lambda: one("#clock").text.startswith(("0:01", "0:02", "0:03")))
    one("#play").click()
    one("#note-text").send_keys("Heard on the train.")
    one("#note-form button").click()
    until(lambda: says("Heard on the train."))
    one("#approval button.main").click()
    until(lambda: says("Iris approved Mix 2"))
