"""The mastering desk in a browser: a master is made while the page is open, heard against its mix, and on a telephone.

What the page sends to the loudspeaker is kept, as in `test_browser_compare`.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest
from browser import desk_sounds as sounds
from browser.desk_running import Desk
from browser.engine_page.bench import PAGE
from browser.test_browser_compare import RECORD, heard
from browser.waiting import PLAYED_S, until

A_MIX = """
from pathlib import Path
from tempfile import mkdtemp
import sys
sys.path.insert(0, ".")
import desk_sounds as sounds
from controlroom.desk.accounts.models import User
from controlroom.desk.songs.actions import arrive, create_song
actor = User.objects.get(role="producer").actor
song = create_song(actor, title="Harbour Lights", stage="mixing")
path = sounds.save(Path(mkdtemp()) / "harbour lights mix.wav", sounds.gained(sounds.song(12.0, 21), -8.0))
answer = arrive(actor, song, path, kind="mix", name=path.name).pk
"""
PRESSED = "document.querySelector('[data-version][aria-pressed=true]')?.textContent ?? ''"
SOUNDS = "document.querySelector('#play').getAttribute('aria-pressed') === 'true'"
ON_PHONE = "document.querySelector(\"[data-on='on-phone']\").getAttribute('aria-pressed')"
MATCHED = "document.querySelector('#match').getAttribute('aria-pressed')"
BLEND_SAYS = "document.querySelector('#blend [data-says]').textContent"
LAST_S = 0.5
MADE_MS = 180_000  # a slow machine starts a process for it


@pytest.fixture
def mastering(open_desk: Any, desk: Desk) -> Any:
    """The page of a mix that has a master; what it plays is kept."""
    page = open_desk(bypass_csp=True)  # the recorder is not from the desk
    page.context.add_init_script(f"const RECORDER = {json.dumps((PAGE / 'capture.js').read_text())};{RECORD}")
    page.goto(desk.recording("tide_mix", "master/"))
    until(page, f"{PRESSED}.startsWith('After, Master 1')")
    return page


def level_db(samples: np.ndarray, below_hz: float | None = None) -> float:
    """The level of the last half second; of its low end alone."""
    last = samples[-round(LAST_S * sounds.RATE_HZ) :]
    power = np.abs(np.fft.rfft(last)) ** 2
    if below_hz:
        power = power[np.fft.rfftfreq(len(last), 1 / sounds.RATE_HZ) < below_hz]
    return float(10 * np.log10(power.sum() + 1e-12))


def played(page: Any, seconds: float = 2.0) -> np.ndarray:
    """What came out until the clock has gone on by so much (twelve seconds, then the song ends)."""
    begun = page.evaluate(PLAYED_S)
    until(page, f"{PLAYED_S} > {begun + seconds}")
    return heard(page)


def test_a_master_is_made_while_somebody_looks_and_opens_by_itself(open_desk: Any, desk: Desk) -> None:
    mix = desk.ask(A_MIX)
    page = open_desk(f"/recordings/{mix}/master/")
    page.get_by_role("heading", name="What was measured").wait_for(timeout=120_000)  # it opens when it was listened to
    page.get_by_text("−14 LUFS", exact=True).click()
    page.get_by_role("button", name="Make the master").click()
    page.locator(".job", has_text="Mastering Mix 1 of Harbour Lights").wait_for()
    page.wait_for_url("**made=*", timeout=180_000)
    page.get_by_role("heading", name="Before and after").wait_for()
    row = page.get_by_role("row", name=re.compile("^Loudness"))
    assert row.get_by_role("cell").nth(1).inner_text() == "−14.0"
    assert page.locator("[data-strip]").count() == 2
    page.get_by_role("button", name="Make the master").click()
    page.get_by_text("is this already").wait_for()


def test_before_and_after_are_equally_loud_until_the_match_is_taken_off(mastering: Any) -> None:
    mastering.keyboard.press(" ")
    after = level_db(played(mastering))
    mastering.keyboard.press("b")
    until(mastering, f"{PRESSED}.startsWith('Before')")
    before = level_db(played(mastering))
    assert abs(after - before) < 3.0  # as loud as each other; of another half second of the song
    mastering.keyboard.press("m")
    until(mastering, f"{MATCHED} === 'false'")
    mastering.keyboard.press("b")
    until(mastering, f"{PRESSED}.startsWith('After')")
    assert level_db(played(mastering)) - before > 4.0  # the master as it is
    assert mastering.evaluate(SOUNDS)


def test_a_press_plays_it_on_a_telephone_at_the_same_place(mastering: Any) -> None:
    button = mastering.locator("[data-on='on-phone']")
    with mastering.expect_response(
        lambda answer: answer.url.endswith("/on/phone/") and answer.status == 200, timeout=MADE_MS
    ):
        button.click()  # it is made now, and kept: the next press has it at once
    until(mastering, f"{ON_PHONE} === 'true'")
    button.click()
    until(mastering, f"{PRESSED}.startsWith('After')")
    mastering.keyboard.press(" ")
    whole = played(mastering)
    begun = mastering.evaluate(PLAYED_S)
    button.click()
    until(mastering, f"{ON_PHONE} === 'true'")
    assert begun <= mastering.evaluate(PLAYED_S) < begun + 5  # it goes on where it was
    small = played(mastering)
    assert mastering.evaluate(SOUNDS)
    assert level_db(whole, 100) - level_db(small, 100) > 12.0  # its bass is gone


def test_how_far_toward_the_reference_is_heard_by_keys_and_then_made(mastering: Any) -> None:
    mastering.keyboard.press("t")
    assert mastering.evaluate("document.activeElement.id") == "share"
    with mastering.expect_response(
        lambda answer: answer.url.endswith("/blend/50/") and answer.status == 200, timeout=MADE_MS
    ):
        for _ in range(5):
            mastering.keyboard.press("ArrowLeft")  # the other end is made now; what is wanted last is played
    until(mastering, f"{BLEND_SAYS} === 'Heard now: 50 %.'")
    mastering.evaluate("document.activeElement.blur()")
    mastering.keyboard.press(" ")
    mixed = level_db(played(mastering))
    mastering.keyboard.press("b")
    until(mastering, f"{PRESSED}.startsWith('Before')")
    before = level_db(played(mastering))
    assert abs(mixed - before) < 3.0  # as loud as each other; of another half second of the song
    mastering.keyboard.press("b")
    until(mastering, f"{BLEND_SAYS} === 'Heard now: 50 %.'")  # after is what was heard last
    assert mastering.evaluate(SOUNDS)
    mastering.keyboard.press("2")
    until(mastering, "document.querySelector('#share').value === '100'")
    assert mastering.get_by_role("button", name="Make another by it").is_disabled()
    mastering.keyboard.press("t")
    mastering.keyboard.press("Home")
    until(mastering, f"{BLEND_SAYS} === 'Heard now: 0 %.'")
    mastering.locator("#share").fill("40")
    mastering.get_by_role("button", name="Make the master at 40 %").click()
    mastering.get_by_role("link", name="Hear Master 2").click(timeout=MADE_MS)
    until(mastering, f"{PRESSED}.startsWith('After, Master 2')")
    mastering.get_by_text("Toward slow tide reference.wav: tone 40 %").wait_for()


def test_on_a_phone_it_plays_under_the_thumb(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.recording("tide_mix", "master/"), phone=True)
    until(page, f"{PRESSED}.startsWith('After, Master 1')")
    small = """[...document.querySelectorAll('main .btn, main .option, main .tab')]
      .filter((e) => e.checkVisibility() && !e.matches('.chip') && e.getBoundingClientRect().height < 43).length"""
    assert page.evaluate(small) == 0
    assert page.evaluate("document.documentElement.scrollWidth") == page.viewport_size["width"]
    page.get_by_role("button", name="Play", exact=True).click()
    until(page, f"{PLAYED_S} > 0.5")
    page.locator("#swap").click()
    until(page, f"{PRESSED}.startsWith('Before')")
    with page.expect_response(
        lambda answer: answer.url.endswith("/on/laptop/") and answer.status == 200, timeout=MADE_MS
    ):
        page.locator("[data-on='on-laptop']").click()
    page.locator("[data-on='on-laptop'][aria-pressed='true']").wait_for()
    if page.evaluate(SOUNDS):  # the song is short, and making takes a while
        page.locator("#play").click()
    until(page, f"!({SOUNDS})")
    with page.expect_response(
        lambda answer: answer.url.endswith("/blend/0/") and answer.status == 200, timeout=MADE_MS
    ):
        page.locator("#share").fill("0")
    until(page, f"{BLEND_SAYS} === 'Heard now: 0 %.'")
    begun = page.evaluate(PLAYED_S)
    page.locator("#play").click()
    until(page, f"{PLAYED_S} !== {begun}")  # the media element plays what is mixed as it is sent


def test_what_is_heard_is_drawn_too(open_desk: Any, desk: Desk, picture: Any) -> None:
    page = open_desk(desk.recording("tide_mix", "master/"))
    until(page, f"{PRESSED}.startsWith('After, Master 1')")
    assert page.get_by_role("img", name=re.compile("Loudness over time")).count() >= 1
    assert page.get_by_role("img", name=re.compile("spectra")).count() >= 1
    picture(page, "mastering-desk", full_page=True)
