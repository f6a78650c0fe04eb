"""Links from other pages to a place in a version."""

from __future__ import annotations

from typing import Any

from browser.desk_running import Desk
from browser.waiting import until

CLOCK = "document.getElementById('clock').textContent"


def test_a_link_to_a_place_opens_the_player_there(open_desk: Any, desk: Desk) -> None:
    page = open_desk(f"{desk.recording('mix_2')}#t=6.5")
    until(page, f"{CLOCK}.startsWith('0:06.5')")
    page.keyboard.press("c")
    assert page.locator("#note-form [name=at_s]").input_value() == "6.500"
    page.evaluate("location.hash = '#t=3.0'")
    until(page, f"{CLOCK}.startsWith('0:03.0')")
