"""Signing in, finding, the help of the keys, and the desk without any script."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from browser import desk_sounds as sounds
from browser.desk_running import EMAIL, PASSWORD, Desk
from browser.waiting import until


def test_signing_in_and_out(open_desk: Any) -> None:
    page = open_desk("/songs/", guest=True)
    assert page.get_by_role("heading", level=1).text_content() == "Sign in"
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill("something else")
    open_desk.allow("status of 422")
    page.get_by_role("button", name="Sign in").click()
    assert page.get_by_role("alert").first.text_content()
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/songs/")
    page.get_by_role("button", name="Sign out").first.click()
    page.goto("/songs/")
    assert "/login/" in page.url


def test_search_is_one_key_away(open_desk: Any) -> None:
    page = open_desk("/songs/")
    page.keyboard.press("/")
    page.keyboard.type("small ho")
    page.locator("#found tbody tr").nth(0).wait_for()
    until(page, "document.querySelectorAll('#found tbody tr').length === 1")
    assert "Small Hours" in page.locator("#found").text_content()
    page.keyboard.type(" nothing of that name")
    page.get_by_text("No song has that").wait_for()


def test_today_finds_anything(open_desk: Any) -> None:
    page = open_desk("/")
    page.keyboard.press("/")
    page.keyboard.type("mara")
    page.keyboard.press("Enter")
    page.wait_for_url("**/find/?q=mara")
    assert page.get_by_role("link", name="Open Mara Lindqvist").is_visible()


def test_the_keys_of_a_page_are_shown_and_can_be_turned_off(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.recording("mix_2"))
    page.locator("[data-version]").first.wait_for()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys on this page")
    said = dialog.inner_text().lower()
    assert all(word in said for word in ("play or pause", "play mix 1", "loudness match", "write a note", "esc\n"))
    dialog.get_by_label("Single keys act on this page").uncheck()
    page.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    page.keyboard.press("m")
    assert page.locator("#match").get_attribute("aria-pressed") == "true"


def test_a_song_moves_on_the_board_without_a_mouse(open_desk: Any, desk: Desk) -> None:
    page = open_desk("/songs/board/")
    card = page.locator(f"[data-song='{desk.has['bare']}']")
    column = "[data-stage='{}'] [data-song='" + str(desk.has["bare"]) + "']"
    assert page.locator(column.format("pre-production")).count() == 1
    summary = card.locator("summary")
    for _ in range(60):
        page.keyboard.press("Tab")
        if summary.evaluate("(element) => element === document.activeElement"):
            break
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Rec")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.locator(column.format("recording")).wait_for()


def test_the_desk_without_scripts(open_desk: Any, desk: Desk, tmp_path: Path) -> None:
    page = open_desk("/login/", guest=True, js=False)
    page.get_by_label("Email").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.goto("/songs/new/")
    page.get_by_label("Title").fill("By Hand")
    page.get_by_role("button", name="Begin").click()
    assert page.get_by_role("heading", level=1).text_content() == "By Hand"
    page.locator("input[type=file]").set_input_files(str(sounds.save(tmp_path / "by hand mix.wav", sounds.song(3.0))))
    page.get_by_role("button", name="Upload").click()
    assert page.get_by_text("Mix 1 arrived and will be listened to.").is_visible()
    page.goto(desk.recording("mix_1"))
    page.locator("#note-text").fill("Written without any script.")
    page.get_by_role("button", name=re.compile("^Add")).click()
    page.get_by_text("Written without any script.").first.wait_for()
    assert page.locator("noscript").count() == 1
