"""A morning from the inbox to the session, with real servers: a demo comes by mail, is sorted, heard and answered; a
session is found, people are invited by mail, one accepts by mail, and it stands on Today."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

import pytest
from browser import desk_sounds as sounds
from browser.conftest import Pages
from browser.desk_running import Desk, running, signed_in
from servers.imap_server import ImapServer, imap_server
from servers.smtp_server import SmtpTestServer, smtp_server

MOST_S = 120.0


@dataclass(frozen=True)
class Morning:
    """A fresh desk, the studio's mailbox, and the way out."""

    desk: Desk
    imap: ImapServer
    smtp: SmtpTestServer


@pytest.fixture
def morning(tmp_path: Path) -> Iterator[Morning]:
    with (
        imap_server({"studio": "secret", "mara": "secret"}) as imap,
        smtp_server(user="studio", deliver=imap.deliver) as smtp,
    ):
        trusted = tmp_path / "trusted.pem"
        trusted.write_bytes(imap.ca_file.read_bytes() + smtp.ca_file.read_bytes())
        home = tmp_path / "home"
        home.mkdir()
        with running(home, tmp_path / "log.txt", MAIL_CA=str(trusted)) as url:
            yield Morning(Desk(url, home, {}, signed_in(url)), imap, smtp)


@pytest.fixture
def open_page(chromium: Any, morning: Morning) -> Iterator[Pages]:
    pages = Pages(chromium, morning.desk)
    yield pages
    pages.close()
    assert pages.complaints == []


def demo_mail(sound: bytes) -> tuple[bytes, str]:
    """A demo as somebody sends it, and its id."""
    message = EmailMessage()
    message["From"], message["To"] = "Mara Lind <mara@example.org>", "studio@example.org"
    message["Subject"], message["Message-ID"] = "A demo of mine", make_msgid(domain="example.org")
    message["Date"] = format_datetime(datetime.now(UTC) - timedelta(hours=2))
    message.set_content("Hello, I write songs, and this is a demo of my newest. I would love to hear what you think.")
    message.add_attachment(sound, maintype="audio", subtype="wav", filename="Harbour Lights.wav")
    return message.as_bytes(), str(message["Message-ID"])


def accepting(invitation: EmailMessage) -> bytes:
    """The answer that a calendar program sends."""
    part = next(part for part in invitation.walk() if part.get_content_type() == "text/calendar")
    lines = part.get_content().splitlines()
    kept = [line for line in lines if line.startswith(("UID:", "SEQUENCE:", "DTSTART", "DTEND"))]
    text = [
        "BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Somebody//Calendar//EN", "METHOD:REPLY", "BEGIN:VEVENT", *kept,
        f"DTSTAMP:{datetime.now(UTC):%Y%m%dT%H%M%SZ}", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:mara@example.org",
        "END:VEVENT", "END:VCALENDAR", "",
    ]  # fmt: skip
    message = EmailMessage()
    message["From"], message["To"] = "Mara Lind <mara@example.org>", "studio@example.org"
    message["Subject"], message["Message-ID"] = "Accepted", make_msgid(domain="example.org")
    message["In-Reply-To"], message["Date"] = invitation["Message-ID"], format_datetime(datetime.now(UTC))
    message.set_content("\r\n".join(text), subtype="calendar", params={"method": "REPLY"})
    return message.as_bytes()


def comes_true(what: Callable[[], Any], page: Any, within_s: float = MOST_S) -> Any:
    """Ask again and again, the page loaded anew in between."""
    end = time.monotonic() + within_s
    while not (found := what()):
        assert time.monotonic() < end, page.locator("main").inner_text()
        page.wait_for_timeout(400)
        page.reload()
    return found


def test_a_morning_from_the_demo_to_the_session(morning: Morning, open_page: Pages, tmp_path: Path) -> None:
    page = open_page("/mail/accounts/new/")
    set_up_the_account(page, morning)
    file = sounds.save(tmp_path / "Harbour Lights.wav", sounds.song(12.0, 11))
    raw, demo_id = demo_mail(file.read_bytes())
    morning.imap.deliver("studio", raw)
    answer_the_demo(page, morning, demo_id)
    plan_a_session(page)
    invite_and_be_answered(page, morning)
    page.goto("/")
    assert "Lead vocals" in page.locator("main").inner_text()
    phone = open_page("/", phone=True)
    assert "Lead vocals" in phone.locator("main").inner_text()


def set_up_the_account(page: Any, morning: Morning) -> None:
    fields = {
        "name": "Studio", "host": morning.imap.host, "port": str(morning.imap.tls_port), "user": "studio",
        "secret": "secret", "from_email": "studio@example.org", "smtp_host": morning.smtp.host,
        "smtp_port": str(morning.smtp.port),
    }  # fmt: skip
    for name, value in fields.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=smtp_security]").select_option("starttls")
    page.locator("main form .btn.main").click()
    page.wait_for_load_state()


def answer_the_demo(page: Any, morning: Morning, demo_id: str) -> None:
    """The demo arrives by itself, is one, and is heard; its answer is drafted from what was heard, and sent."""
    page.goto("/mail/?tab=demo")
    comes_true(lambda: page.get_by_role("link", name="A demo of mine").count(), page)
    page.get_by_role("link", name="A demo of mine").first.click()
    assert page.locator("#why").get_by_text("1 audio file").count() or page.locator("section", has_text="audio").count()
    page.goto("/demos/")
    comes_true(lambda: page.locator("#waiting .item p").count() > 1, page)  # it was heard: why it stands there is said
    page.goto("/mail/?tab=demo")
    page.get_by_role("link", name="A demo of mine").first.click()
    page.locator("#answer select[name=kind]").select_option("feedback")
    page.get_by_role("button", name="Write a draft").click()
    body = page.locator("[name=body]")
    body.wait_for()
    assert "Harbour Lights" in body.input_value()
    assert morning.smtp.taken == [], "nothing goes before somebody sends it"
    page.get_by_role("button", name="Send", exact=True).click()
    comes_true(lambda: page.get_by_text("Sent", exact=False).count() and morning.smtp.taken, page)
    sent = morning.smtp.taken[0].message()
    assert sent["In-Reply-To"] == demo_id
    assert morning.imap.held("mara"), "it lies in her mailbox"


def plan_a_session(page: Any) -> None:
    page.goto("/sessions/new/")
    page.locator("[name=title]").fill("Lead vocals")
    page.locator("[name=kind]").select_option("vocals")
    page.locator("[name=length_min]").fill("120")
    page.locator("main form .btn.main").click()
    page.locator("[name=person]").fill("Mara Lind")
    page.locator("[name=does]").fill("sings")
    page.locator("section", has=page.locator("[name=person]")).get_by_role("button", name="Add").click()
    page.get_by_text("sings").wait_for()
    harbour = page.locator("[name=song] option", has_text="Harbour Lights")
    page.locator("[name=song]").select_option(harbour.get_attribute("value"))
    page.locator("section", has=page.locator("[name=song]")).get_by_role("button", name="Add").click()
    page.get_by_role("link", name="Find a time").click()
    today = datetime.now(UTC).date()
    page.locator("[name=first]").fill(today.isoformat())
    page.locator("[name=last]").fill((today + timedelta(days=2)).isoformat())
    page.locator("main form .btn.main").click()
    page.get_by_role("button", name="Book it").click(timeout=MOST_S * 1000)
    page.get_by_text("nobody invited yet").wait_for()


def invite_and_be_answered(page: Any, morning: Morning) -> None:
    page.get_by_role("link", name="Invite", exact=True).click()
    page.get_by_role("button", name="Send 1 letter").click()
    page.locator("dialog").get_by_role("button", name="Send 1 letter").click()
    page.get_by_role("heading", name="Lead vocals").wait_for()
    comes_true(lambda: len(morning.smtp.taken) > 1, page)
    morning.imap.deliver("studio", accepting(morning.smtp.taken[1].message()))
    comes_true(lambda: page.locator(".chip.ok", has_text="Comes").count(), page)
