"""Every page, light and dark, wide and on a phone: axe finds nothing, nothing sticks out, nothing jumps."""

from __future__ import annotations

import urllib.parse
from pathlib import Path
from typing import Any

import axe_playwright_python
import pytest
from browser.desk_running import Desk
from browser.waiting import until

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text()
RUN_AXE = """async (only) => {
  const { violations } = await axe.run(document, { runOnly: only });
  const where = ({ target, any }) => `${target} ${any[0]?.message ?? ''}`;
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(where).join(' | ')}`);
}"""
EVERYTHING = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
CONTRAST = {"type": "rule", "values": ["color-contrast"]}
STICKS_OUT = """() => [...document.querySelectorAll('body *')]
  .filter((e) => e.getBoundingClientRect().right > visualViewport.width + 1 && e.checkVisibility())
  .slice(0, 5).map((e) => `${e.tagName} ${e.className} ${e.id}`)"""
TWO_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
MOST_SHIFT = 0.05

PRODUCERS = {
    "today": "/",
    "find": "/find/?q=paper",
    "find nothing": "/find/?q=zzz",
    "songs": "/songs/",
    "songs of no stage": "/songs/?q=zzz",
    "songs put away": "/songs/?away=1",
    "board": "/songs/board/",
    "new song": "/songs/new/",
    "song": "/songs/{song}/",
    "song with takes": "/songs/{rooms}/",
    "song without anything": "/songs/{bare}/",
    "facts": "/songs/{song}/edit/",
    "timeline": "/songs/{song}/timeline/",
    "words": "/songs/{song}/words/lyrics/?edit=1",
    "credits": "/songs/{song}/credits/",
    "share": "/songs/{song}/share/",
    "link": "/links/1/",
    "demos": "/demos/",
    "demo box": "/demos/box/",
    "review": "/recordings/{mix_2}/review/",
    "review of a reference": "/recordings/{reference}/review/",
    "pictures": "/recordings/{mix_2}/review/pictures/",
    "notes": "/recordings/{mix_2}/notes/",
    "answer": "/notes/1/reply/?on={mix_2}",
    "mastering": "/recordings/{mix_2}/master/",
    "mastering, heard": "/recordings/{tide_mix}/master/",
    "plan of a master": "/recordings/{tide_mix}/master/plan/",
    "demo heard": "/recordings/{mix_2}/demo/",
    "demo not heard": "/recordings/{demo}/demo/",
    "revision list": "/recordings/{mix_2}/revision/",
    "revision list of nothing": "/recordings/{demo}/revision/",
    "recording": "/recordings/{mix_2}/",
    "rooms": "/songs/{rooms}/rooms/",
    "rooms of nothing": "/songs/{bare}/rooms/",
    "plan": "/songs/{rooms}/plans/mix/",
    "plan of the master": "/songs/{rooms}/plans/master/",
    "plan as text": "/songs/{rooms}/plans/mix/text/",
    "people": "/people/",
    "nobody": "/people/?q=zzz",
    "person": "/people/{person}/",
    "facts of a person": "/people/{person}/edit/",
    "new person": "/people/new/",
    "jobs": "/jobs/",
    "job": "/jobs/1/",
    "jobs of a song": "/jobs/of-song/{rooms}/",
    "settings": "/settings/",
    "inbox": "/mail/",
    "inbox of a kind": "/mail/?tab=note",
    "inbox without such": "/mail/?tab=junk",
    "message": "/mail/{mail}/",
    "message as formatted": "/mail/{mail}/?as=html",
    "letters": "/mail/letters/",
    "letter": "/mail/letters/{letter}/",
    "letter sent": "/mail/letters/{letter_sent}/",
    "polishing": "/mail/letters/{letter}/polish/",
    "who waits": "/mail/waiting/",
    "mail accounts": "/mail/accounts/",
    "mail account": "/mail/accounts/{mail_account}/",
    "new mail account": "/mail/accounts/new/",
    "rules of mail": "/mail/rules/",
    "calendar": "/calendar/",
    "calendar of a full week": "/calendar/?from={next_monday}",
    "new session": "/sessions/new/",
    "session": "/sessions/{session}/",
    "session without a time": "/sessions/{session_wanted}/",
    "session over": "/sessions/{session_done}/",
    "facts of a session": "/sessions/{session}/edit/",
    "invitations": "/sessions/{session}/invite/",
    "call sheet": "/sessions/{session}/call-sheet/",
    "session sheet": "/sessions/{session_done}/sheet/",
    "find times": "/calendar/propose/",
    "proposal": "/calendar/proposals/{proposal}/",
    "rules of sessions": "/calendar/rules/",
    "room": "/calendar/rules/rooms/{studio_room}/",
    "when somebody can": "/people/{person}/availability/",
}
GUESTS = {
    "login": "/login/",
    "door": "{stranger}",
    "password": "{password}",
    "guest's song": "{known}",
    "guest's version": "{version}",
    "listener's version": "{listener}recordings/{mix_2}/review/",
    "guest's revision list": "{known}recordings/{mix_2}/revision/",
    "guest's answer": "{known}notes/1/reply/?on={mix_2}",
    "demo box of a guest": "{box}",
    "somebody's poll": "{seat}",
    "somebody's invitation": "{seat_booked}",
}
REFUSED = {"missing": "/songs/99999/", "revoked": "{revoked}", "no link": "/g/nothing/"}
PARTS = ("timeline", "words", "credits", "pictures", "notes", "recording", "job", "jobs of a song")
"""Pieces of pages that htmx asks for: what stands in them is looked at on their pages."""
ALL_PAGES = PRODUCERS | GUESTS | REFUSED
FILES = {
    *("recording-sound", "recording-pcm", "recording-pcm-status", "recording-light", "recording-peaks"),
    *("recording-download", "revision-export", "song-delivery", "song-report", "today-running", "upload"),
    *(
        "session-call-pdf",
        "seat-call-pdf",
        "session-sheet-pdf",
        "feed",
        "review-notes",
        "review-pictures",
        "demo-try-sound",
        "song-cover",
        "mastering-news",
        "mastering-translation",
        "mastering-on",
        "mastering-on-sound",
        "mastering-blend",
        "mastering-blend-sound",
        "mail-raw",
        "mail-attachment",
        "mail-inline",
    ),
}
"""What answers with sound, pictures, files and figures instead of a page."""


def address(desk: Desk, path: str) -> str:
    ids = {name: known for name, known in desk.has.items() if isinstance(known, int | str)}
    ids |= {name: urllib.parse.urlsplit(ids[name]).path for name in ("seat", "seat_booked")}
    return path.format(**ids, **{name: desk.link(name) for name in desk.has["links"]})


def faults(page: Any, path: str) -> list[str]:
    """What is wrong with a page, in sentences; it is looked at in the light, then in the dark."""
    page.emulate_media(color_scheme="light")
    page.goto(path, wait_until="load")
    until(page, "!document.querySelector('.htmx-request')")
    page.wait_for_timeout(50)
    page.evaluate(AXE)
    found = page.evaluate(RUN_AXE, EVERYTHING)
    page.emulate_media(color_scheme="dark")
    page.evaluate(TWO_FRAMES)
    until(page, "!document.getAnimations().length")  # colours take a moment to change
    found += [f"in the dark: {each}" for each in page.evaluate(RUN_AXE, CONTRAST)]
    if page.evaluate("(width) => document.documentElement.scrollWidth > width", page.viewport_size["width"]):
        found.append(f"scrolls sideways: {page.evaluate(STICKS_OUT)}")
    jumped = page.evaluate("window.jumped")
    if jumped >= MOST_SHIFT:
        found.append(f"jumps by {jumped:.3f} while it loads")
    mains = page.evaluate("[...document.querySelectorAll('.btn.main')].filter((e) => e.checkVisibility()).length")
    if mains > 1:
        found.append(f"has {mains} filled buttons")
    return [f"{path} {each}" for each in found]


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
@pytest.mark.parametrize("guest", [False, True], ids=["producer", "guest"])
def test_no_page_has_a_fault(open_desk: Any, desk: Desk, guest: bool, phone: bool) -> None:
    open_desk.allow("status of 4(04|10)")
    open_desk.allow("inline style.*'url': ''")  # axe's own; the desk's would have an address
    page = open_desk(guest=guest, phone=phone, reduced_motion="reduce")
    pages = GUESTS | REFUSED if guest else PRODUCERS
    found = [fault for name, path in pages.items() if name not in PARTS for fault in faults(page, address(desk, path))]
    assert not found, "\n".join(found)


def test_axe_would_find_a_fault(open_desk: Any) -> None:
    page = open_desk("/login/", guest=True)
    page.evaluate("document.querySelectorAll('label').forEach((label) => label.remove())")
    page.evaluate("document.body.style.color = getComputedStyle(document.body).backgroundColor")
    page.evaluate(AXE)
    found = " ".join(page.evaluate(RUN_AXE, EVERYTHING))
    assert "label" in found
    assert "color-contrast" in found


def test_every_page_is_looked_at(desk: Desk) -> None:
    """Whatever answers GET with a page has an example above."""
    program = """
from django.urls import get_resolver
def walk(patterns, before=""):
    for each in patterns:
        if hasattr(each, "url_patterns"):
            yield from walk(each.url_patterns, before + str(each.pattern))
        elif "GET" in getattr(each.callback, "methods", ()):
            yield before + str(each.pattern), each.name
answer = sorted(set(name for _, name in walk(get_resolver().url_patterns)))
"""
    resolved = f"""
from urllib.parse import urlsplit
from django.urls import resolve
answer = [resolve(urlsplit(each).path).url_name for each in {[address(desk, p) for p in ALL_PAGES.values()]!r}]
"""
    assert set(desk.ask(program)) - set(desk.ask(resolved)) - FILES - {f"guest-{name}" for name in FILES} == set()
