"""The review page's player in Chromium under the desk's own security policy: keys, pins, notes, match, words."""

from __future__ import annotations

import re
import shutil
import time

import numpy as np
import pytest
from browser.engine_page.bench import BUILT, FLAGS, Shelf, peaks_of, review_page, serving

SONG_S = 40
SECTIONS = [{"start_s": 0, "end_s": 12, "label": "Verse"}, {"start_s": 12, "end_s": 40, "label": "Chorus"}]
NOTES = [
    {"id": 1, "number": 1, "at_s": 6.2, "until_s": None, "who": "Mara", "text": "Love it.", "resolved": False},
    {"id": 2, "number": 2, "at_s": 20.0, "until_s": 24.0, "who": "Jo", "text": "Too dry.", "resolved": True},
]


def version(shelf: Shelf, pk: int, label: str, key: str, *, cut_s: float = 0.0, **more) -> dict:
    """A tone that grows; `cut_s` of its start are missing."""
    time = np.arange(round(cut_s * 48000), SONG_S * 48000) / 48000
    sound = np.tile(time / SONG_S * 0.8 * np.sin(2 * np.pi * 220 * time), (2, 1))
    shelf.pages[f"/peaks/{pk}"] = ("application/json", peaks_of(sound))
    return shelf.version(str(pk), np.round(32767 * sound).astype(int), sample="s16") | {
        "id": pk, "label": label, "key": key, "gain_why": "", "figures": f"figures of {label}",
        "pcm_status_url": f"/status/{pk}", "stream_url": f"/pcm/{pk}", "light_url": f"/light/{pk}",
        "peaks_url": f"/peaks/{pk}", "heard_url": f"/heard/{pk}", "notes": NOTES, "sections": SECTIONS, **more,
    }  # fmt: skip


@pytest.fixture(scope="module")
def shelf():
    shelf = Shelf()
    versions = [
        version(shelf, 10, "Demo", "1", map=None, gain_db=None, gain_why="It shares no passage."),
        version(shelf, 11, "Mix 3", "2", cut_s=4.0, map=[[0, 4], [36, 40]]),
        version(shelf, 12, "Mix 4", "3", gain_db=-0.8),
    ]
    review_page(shelf, versions, 12, NOTES)
    return shelf


@pytest.fixture(scope="module")
def chromium():
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("chromium is not installed")
    if not (BUILT / "review.js").exists():
        pytest.skip("the desk's assets are not built; `make test` builds them, or tools/assets")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium, shelf):
    """Opens the review page; at the end, nothing may have been said in the console."""
    said: list[str] = []
    with serving(shelf) as address:

        def opened(**how):
            page = chromium.new_context(**how).new_page()
            page.on("console", lambda message: said.append(message.text))
            page.on("pageerror", lambda error: said.append(str(error)))
            page.goto(f"{address}/review")
            page.locator(".pin").first.wait_for()
            return page

        yield opened
        for context in chromium.contexts:
            context.close()
    assert [line for line in said if "Failed to load resource" not in line] == []


def seconds(page) -> float:
    minutes, rest = re.match(r"(\d+):([\d.]+) / ", page.locator("#clock").text_content()).groups()
    return 60 * int(minutes) + float(rest)


def wait(page, condition: str) -> None:
    """Until it is so. (Playwright's own waiting evaluates strings in the page, which the page's policy forbids.)"""
    end = time.monotonic() + 6
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"{condition}: {page.evaluate('document.body.innerText')}"
        page.wait_for_timeout(20)


CLOCK = "Number(document.querySelector('#clock').textContent.split(' ')[0].split(':')[1])"
PRESSED = "document.querySelector('[data-version][aria-pressed=true]').dataset.version"


def test_keys_play_seek_and_switch_and_the_place_follows(open_page):
    page = open_page()
    page.keyboard.press(" ")
    wait(page, f"{CLOCK} > 0.3")
    assert "Pause" in page.locator("#play").text_content()
    page.keyboard.press("l")
    page.keyboard.press("l")
    wait(page, f"{CLOCK} > 10")
    page.keyboard.press("2")
    wait(page, f"{PRESSED} === '11' && {CLOCK} < 9")  # four seconds were cut from its start
    assert page.locator("#figures").text_content() == "figures of Mix 3"
    page.keyboard.press("1")
    wait(page, f"{PRESSED} === '10'")
    assert page.locator("#engine").text_content() == (
        "Demo does not line up with the others, so switching keeps the same seconds."
    )
    page.keyboard.press("k")
    wait(page, "document.querySelector('#play').textContent.includes('Play')")


def test_the_match_says_who_is_turned_down_and_is_remembered(open_page):
    page = open_page()
    match = page.locator("#match")
    assert "matched: Mix 4 −0.8 dB" in match.text_content()
    page.keyboard.press("1")
    wait(page, f"{PRESSED} === '10'")
    assert "Demo is not matched" in match.text_content()
    assert match.get_attribute("title") == "It shares no passage."
    match.click()
    assert match.get_attribute("aria-pressed") == "false"
    page.reload()
    page.locator(".pin").first.wait_for()
    assert "not matched" in match.text_content()
    assert "M" in match.locator("kbd").text_content()


def test_a_note_stays_at_the_place_where_writing_began(open_page):
    page = open_page()
    text, at_s = page.locator("#note-text"), page.locator("#note-form [name=at_s]")
    assert (text.get_attribute("placeholder"), at_s.input_value()) == ("A note on all of it", "")
    page.keyboard.press("l")
    page.keyboard.press(" ")
    wait(page, f"{CLOCK} > 5.3")
    page.keyboard.press("c")
    begun = float(at_s.input_value())
    text.type("m 1 k")  # none of these is a key here
    wait(page, f"{CLOCK} > {begun + 0.6}")
    assert 5.2 < begun < seconds(page) - 0.5  # it plays on
    assert float(at_s.input_value()) == begun
    assert page.locator("#note-place").text_content().startswith("0:05.")
    assert page.locator("#note-form [name=recording]").input_value() == "12"
    text.fill("")
    page.keyboard.press("Escape")
    wait(page, f"Number(document.querySelector('#note-form [name=at_s]').value) > {begun + 0.5}")


def test_pins_stand_at_their_time_and_lead_there(open_page):
    page = open_page()
    pin = page.locator(".pin").first
    assert pin.get_attribute("aria-label") == "Note 1 by Mara at 0:06.2: Love it."
    wave, box = page.locator("#wave").bounding_box(), pin.bounding_box()
    assert box["x"] + box["width"] / 2 == pytest.approx(wave["x"] + wave["width"] * 6.2 / SONG_S, abs=1)
    pin.focus()
    page.keyboard.press("Enter")
    wait(page, f"{CLOCK} === 6.2")
    assert page.evaluate("document.activeElement.dataset.note") == "1"
    page.locator("[data-seek='20.0']").click()
    wait(page, f"{CLOCK} === 20")
    page.get_by_role("button", name="Chorus").click()
    wait(page, f"{CLOCK} === 12")
    page.keyboard.press("2")  # four seconds were cut from its start; the list keeps the times of Mix 4
    wait(page, f"{PRESSED} === '11'")
    page.locator("[data-seek='20.0']").click()
    wait(page, f"{CLOCK} === 16")
    page.keyboard.press("3")
    wait(page, f"{PRESSED} === '12'")
    page.get_by_role("button", name="Chorus").click()
    slider = page.get_by_role("slider", name="Playhead")
    slider.focus()
    page.keyboard.press("ArrowRight")
    wait(page, f"{CLOCK} === 13")
    page.keyboard.press("End")
    wait(page, f"{CLOCK} === 40")
    assert (slider.get_attribute("aria-valuetext"), slider.get_attribute("aria-valuemax")) == ("0:40.0", "40")


def test_a_drag_marks_a_range_that_is_heard_and_noted(open_page):
    page = open_page()
    box = page.locator("#wave").bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 60)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.52, box["y"] + 60, steps=5)
    page.mouse.up()
    wait(page, f"{CLOCK} === 20")
    assert float(page.locator("#note-form [name=until_s]").input_value()) == pytest.approx(20.8, abs=0.1)
    assert page.locator("#note-text").get_attribute("placeholder") == "A note on 0:20.0 to 0:20.8"
    page.keyboard.press(" ")
    page.wait_for_timeout(1500)
    assert 20 <= seconds(page) <= 20.9
    page.keyboard.press("Escape")
    wait(page, f"{CLOCK} > 21")
    assert page.locator("#note-form [name=until_s]").input_value() == ""


def test_the_page_does_not_move_while_it_loads_and_switches(open_page):
    page = open_page()
    before = page.locator("#notes").bounding_box()
    page.wait_for_timeout(300)
    page.keyboard.press("2")
    wait(page, f"{PRESSED} === '11'")
    page.wait_for_timeout(300)
    assert page.locator("#notes").bounding_box() == before


def test_the_waveform_is_drawn_to_scale_as_it_is_heard(open_page):
    page = open_page()
    drawn = """() => {
      const canvas = document.querySelector('#wave > div').shadowRoot.querySelector('canvas');
      const { data, width, height } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      let top = 0;
      const inked = (row) => [4, 5, 6].some((column) => data[4 * (row * width + width - column) + 3]);
      while (top < height && !inked(top)) top++;
      return 1 - 2 * top / height;
    }"""
    page.wait_for_timeout(300)
    matched = page.evaluate(drawn)
    page.keyboard.press("m")
    page.wait_for_timeout(100)
    assert page.evaluate(drawn) == pytest.approx(0.8, abs=0.03)  # 80 % of full scale, not stretched to the height
    assert matched == pytest.approx(0.8 * 10 ** (-0.8 / 20), abs=0.03)


def test_a_fault_is_said_with_a_way_to_try_again(open_page, shelf):
    shelf.manners["12"] = "404"
    page = open_page()
    page.keyboard.press(" ")
    line = page.locator("#engine")
    wait(page, "document.querySelector('#engine').textContent.includes('not on the server any more (404)')")
    shelf.manners.clear()
    line.get_by_role("button", name="Try again").click()
    wait(page, f"{CLOCK} > 0.2")
    assert line.text_content() == ""


def test_what_is_not_made_yet_is_waited_for(open_page, shelf):
    made = shelf.pages["/review"]
    start = made[1].replace(b'"pcm": {"url": "/pcm/12"', b'"pcm": null, "was": {"url": "/pcm/12"')
    shelf.pages["/review"] = ("text/html", start)
    shelf.status["/status/12"] = 202
    page = open_page()
    page.keyboard.press(" ")
    wait(page, "document.querySelector('#engine').textContent.startsWith('Mix 4 is being prepared')")
    frames = SONG_S * 48000
    body = f'{{"url": "/pcm/12", "offset": 44, "frames": {frames}, "sample": "s16", "channels": 2}}'
    shelf.status.clear()
    shelf.pages["/status/12"] = ("application/json", body.encode())
    wait(page, f"{CLOCK} > 0.2")
    shelf.pages["/review"] = made


def test_ten_seconds_of_playing_are_a_listen(open_page, shelf):
    shelf.requests.clear()
    page = open_page()
    page.clock.install()
    page.reload()
    page.locator(".pin").first.wait_for()
    page.keyboard.press(" ")
    wait(page, "document.querySelector('#play').textContent.includes('Pause')")
    for _ in range(40):
        page.clock.run_for(500)
        page.wait_for_timeout(5)
    heard = [request for request in shelf.requests if request[0].startswith("/heard/")]
    assert heard == [("/heard/12", "token")]


def test_a_phone_plays_through_the_media_element(open_page):
    page = open_page(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page.locator("#play").tap()
    wait(page, f"{CLOCK} > 0.3")
    assert page.evaluate("navigator.mediaSession.metadata.title") == "Paper Lanterns · Mix 4"
    page.locator(".note [data-seek='20.0']").tap()
    wait(page, f"{CLOCK} > 20.2")
    page.locator("[data-version='11']").tap()
    wait(page, f"{PRESSED} === '11' && {CLOCK} > 16.1 && {CLOCK} < 19")
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_desktop_may_choose_the_light_stream(open_page, shelf):
    shelf.status["/light/12"] = 202
    page = open_page()
    page.keyboard.press("l")
    page.locator("#light").click()
    page.keyboard.press(" ")
    wait(page, "document.querySelector('#engine').textContent.startsWith('Mix 4 is being prepared')")
    shelf.status.clear()
    shelf.pages["/light/12"] = ("audio/wav", shelf.pcm["12"])
    wait(page, f"{CLOCK} > 5.3")
    page.locator("#light").click()  # and back, without losing the place
    wait(page, f"{CLOCK} > 6")
    assert seconds(page) < 12
