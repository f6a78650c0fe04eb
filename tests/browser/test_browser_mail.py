"""The morning on a real desk with real mail servers: a demo arrives by IMAP, is sorted, heard, answered by SMTP."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser import desk_sounds as sounds
from desk.mail_kit import raw
from servers.imap_server import ImapServer, imap_server
from servers.smtp_server import SmtpTestServer, smtp_server

HEARD_MS = 90_000


@pytest.fixture
def imap() -> Iterator[ImapServer]:
    with imap_server({"morning": "secret", "ines": "secret"}) as server:
        yield server


@pytest.fixture
def smtp(imap: ImapServer) -> Iterator[SmtpTestServer]:
    with smtp_server(user="morning", deliver=imap.deliver, security="plain") as server:
        yield server


def add_account(page: Any, imap: ImapServer, smtp: SmtpTestServer) -> None:
    page.goto("/mail/accounts/new/")
    for label, value in {
        "Name": "Morning", "Incoming server": imap.host, "Port": str(imap.port), "User": "morning",
        "Letters come from": "morning@example.org", "Outgoing server": smtp.host, "Its port": str(smtp.port),
    }.items():  # fmt: skip
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_label("Password", exact=True).fill("secret")
    for label in ("Encryption", "Its encryption"):
        page.get_by_label(label, exact=True).select_option("plain")
    page.get_by_role("button", name="Add").click()
    page.get_by_role("button", name="Try it").click()
    page.get_by_role("heading", name="Tried just now").wait_for()
    assert page.locator(".checks .chip.ok").count() == 2


def test_a_demo_arrives_is_sorted_heard_and_answered(
    open_desk: Any, imap: ImapServer, smtp: SmtpTestServer, tmp_path: Path
) -> None:
    page = open_desk()
    add_account(page, imap, smtp)
    song = sounds.save(tmp_path / "Nightjar (demo).wav", sounds.song(6.0, 5)).read_bytes()
    text = "Hello, this is my new demo. I would love to hear what you think of the song."
    letter = raw("A demo: Nightjar", text, sender="Ines Okafor <ines@example.org>", files={"Nightjar (demo).wav": song},
                 message_id="nightjar@example.org")  # fmt: skip
    imap.deliver("morning", letter)

    for _ in range(60):  # it is listened for: nobody presses anything
        page.goto("/mail/?tab=demo")
        if page.get_by_role("link", name="A demo: Nightjar").count():
            break
        page.wait_for_timeout(500)
    page.get_by_role("link", name="A demo: Nightjar").click()
    page.get_by_role("heading", name="Why it stands here").wait_for()
    page.get_by_role("link", name="Hear Nightjar (demo).wav").click()
    page.get_by_role("heading", level=1, name=re.compile("Nightjar")).wait_for()
    page.goto("/demos/")
    page.get_by_text("Nightjar").first.wait_for(timeout=HEARD_MS)
    assert page.get_by_text("Ines Okafor").count()

    page.goto("/mail/?tab=demo")
    page.get_by_role("link", name="A demo: Nightjar").click()
    page.get_by_label("Which letter").select_option("encouragement")
    page.get_by_role("button", name="Write a draft").click()
    words = page.get_by_label("Letter", exact=True)
    assert "Nightjar" in words.input_value()
    words.fill("Dear Ines,\n\nNightjar stayed with me all morning. I will write to you on Friday.\n\nJo")
    page.get_by_role("button", name="Send").click()
    page.locator(".chip", has_text=re.compile("^sent$")).wait_for(timeout=60_000)

    (taken,) = smtp.taken
    assert taken.message()["In-Reply-To"] == "<nightjar@example.org>"
    assert imap.held("ines") == [taken.raw]
    page.goto("/mail/waiting/")
    assert page.get_by_text("I will write to you on Friday").first.is_visible()


def test_the_inbox_by_keys_and_on_a_phone(open_desk: Any, desk: Any) -> None:
    page = open_desk(f"/mail/{desk.has['mail']}/")
    page.keyboard.press("a")
    assert page.evaluate("location.hash") == "#answer"
    page.get_by_label("What it is", exact=True).select_option("business")
    page.get_by_role("button", name="Sort as this").click()
    page.get_by_text("and learnt").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("Taken back").first.wait_for()
    page.get_by_role("button", name="Not done yet").click()  # it was answered, and so was done
    page.get_by_text("back in the inbox").wait_for()
    page.wait_for_load_state("load")  # the keys are listened for from then on
    page.keyboard.press("e")
    page.get_by_role("button", name="Undo").wait_for()
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("back in the inbox").wait_for()
    phone = open_desk("/mail/", phone=True)
    phone.get_by_role("link", name="Paper Lanterns, mix 2").first.click()
    phone.get_by_role("heading", name="Why it stands here").wait_for()
