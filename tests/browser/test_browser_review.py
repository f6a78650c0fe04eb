"""Notes while it plays: at a time, on a range, answered, settled, taken back; and one list of them."""

from __future__ import annotations

import re
from typing import Any

import pytest
from browser.desk_running import Desk
from browser.waiting import PLAYED_S, played_s, until


@pytest.fixture
def review(open_desk: Any, desk: Desk) -> Any:
    page = open_desk(desk.recording("mix_2"))
    page.locator(".pin").first.wait_for()
    return page


def test_typing_pauses_nothing_and_is_no_key(review: Any) -> None:
    review.keyboard.press(" ")
    until(review, f"{PLAYED_S} > 1")
    review.keyboard.press("c")
    begun_s = played_s(review)
    for key in "m 1 k j l":
        review.keyboard.press(key)
        review.wait_for_timeout(60)
    until(review, f"{PLAYED_S} > {begun_s + 0.8}")
    assert review.locator("#note-text").input_value() == "m 1 k j l"
    assert review.locator("#match").get_attribute("aria-pressed") == "true"
    assert review.locator("[data-version][aria-pressed=true]").get_attribute("data-version") == str(
        review.evaluate("JSON.parse(document.getElementById('review-data').textContent).current")
    )
    review.keyboard.press("Enter")
    note = review.locator(".note[data-at]", has_text="m 1 k j l")
    note.wait_for()
    assert float(note.get_attribute("data-at")) == pytest.approx(begun_s, abs=0.3)
    assert review.locator(".pin").count() >= 2
    before_s = played_s(review)
    until(review, f"{PLAYED_S} > {before_s + 0.3}")  # sending it paused nothing either


def test_a_note_on_a_range(review: Any) -> None:
    box = review.locator("#wave").bounding_box()
    review.mouse.move(box["x"] + box["width"] * 0.30, box["y"] + 50)
    review.mouse.down()
    review.mouse.move(box["x"] + box["width"] * 0.45, box["y"] + 50, steps=6)
    review.mouse.up()
    review.keyboard.press("c")
    review.keyboard.type("All of this, softer.")
    review.keyboard.press("Enter")
    note = review.locator(".note[data-at]", has_text="All of this, softer.")  # as the desk answered it
    note.wait_for()
    assert float(note.get_attribute("data-at")) == pytest.approx(0.30 * 21, abs=0.2)
    assert float(note.get_attribute("data-until")) == pytest.approx(0.45 * 21, abs=0.2)
    assert re.search(r"0:06\.\d to 0:09\.\d", note.locator("[data-seek]").text_content())


def test_an_answer_a_settlement_and_the_undo_of_a_deletion(review: Any) -> None:
    review.keyboard.press("c")
    review.keyboard.type("To be taken away.")
    review.keyboard.press("Enter")
    note = review.locator(".note", has_text="To be taken away.").first
    note.get_by_role("link", name="Answer").first.click()
    note.locator("textarea, input[type=text]").fill("Why?")
    note.get_by_role("button", name=re.compile("Answer|Send|Add|Save")).click()
    note.locator(".replies .note", has_text="Why?").wait_for()
    note.get_by_role("button", name="Settled").click()
    review.locator(".note.resolved", has_text="To be taken away.").wait_for()
    note.get_by_role("button", name="Open again").click()
    review.locator(".note:not(.resolved)", has_text="To be taken away.").first.wait_for()
    note.get_by_role("link", name="More").last.click()
    note.get_by_role("button", name="Delete").click()
    review.get_by_role("button", name="Bring it back").click()
    review.locator(".note", has_text="To be taken away.").first.wait_for()
    assert review.get_by_text("The note is gone.").count() == 0


def test_what_was_said_of_mix_1_stands_in_mix_2_at_its_place(review: Any) -> None:
    carried = review.locator(".note", has_text="Love the melody here.")
    assert float(carried.get_attribute("data-at")) == pytest.approx(5.0, abs=0.1)  # three seconds of intro are gone
    assert "Mix 1" in carried.inner_text()
    assert "done in Mix 2" in review.locator(".note", has_text="touch drier").inner_text()


def test_the_revision_list(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.recording("mix_2", "revision/"))
    said = page.locator("main").inner_text()
    assert "More air in the last bars." in said
    assert "touch drier" not in said  # it is done
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").click()
    assert "More air" in download.value.path().read_text()
