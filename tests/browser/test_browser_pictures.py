"""The pictures of docs/desk.md, made when CONTROLROOM_PICTURES is set; what they show is looked at in any case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from browser.desk_running import Desk
from browser.waiting import PLAYED_S, until


def test_the_pictures_of_the_documentation(open_desk: Any, desk: Desk, picture: Callable[..., None]) -> None:
    page = open_desk("/", viewport={"width": 1200, "height": 760})
    assert page.get_by_role("heading", name="Demos to hear").is_visible()
    picture(page, "desk-today")
    page.goto(desk.song())
    assert page.get_by_role("heading", name="Versions").is_visible()
    picture(page, "desk-song")
    page.goto(desk.recording("mix_2"))
    page.locator(".pin").first.wait_for()
    page.keyboard.press("l")
    until(page, f"{PLAYED_S} === 5")
    page.wait_for_timeout(300)
    picture(page, "desk-review")
    page.goto(desk.recording("mix_2", "demo/"))
    assert page.get_by_role("heading", name="What would help").is_visible()
    picture(page, "desk-demo")
    page.goto(desk.song("rooms/", "rooms"))
    picture(page, "desk-rooms")
    page.goto(f"/calendar/?from={desk.has['next_monday']}")
    assert page.get_by_role("heading", name="Without a time").is_visible()
    picture(page, "desk-calendar")
    page.goto(f"/mail/{desk.has['mail']}/")
    assert page.get_by_role("heading", name="Why it stands here").is_visible()
    picture(page, "desk-message")


def test_the_picture_of_a_guest(open_desk: Any, desk: Desk, picture: Callable[..., None]) -> None:
    page = open_desk(desk.link("version"), guest=True, phone=True, dark=True)
    page.locator(".pin").first.wait_for()
    page.wait_for_timeout(300)
    picture(page, "desk-guest")
