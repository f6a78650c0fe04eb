"""Guests on a phone, without an account: the door, listening, a note, the approval, files; a link that is closed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browser import desk_sounds as sounds
from browser.desk_running import Desk
from browser.waiting import PLAYED_S, until


def test_a_stranger_says_a_name_once_hears_and_approves(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.link("stranger"), guest=True, phone=True)
    assert "Who is listening?" in page.locator("h1").inner_text()
    page.get_by_label("Your name").fill("Nadia")
    page.get_by_role("button", name="Go on").tap()
    page.get_by_text("Hello Nadia").wait_for()
    page.goto(desk.link("stranger"))
    assert page.get_by_label("Your name").count() == 0  # asked once
    page.get_by_role("link", name="Hear Mix 2").tap()
    page.locator(".pin").first.wait_for()
    page.locator("#play").tap()
    until(page, f"{PLAYED_S} > 1")
    page.locator("#play").tap()
    page.locator("#note-text").fill("My favourite so far.")
    page.locator("#note-form button").tap()
    page.locator(".note", has_text="My favourite so far.").wait_for()
    page.get_by_role("button", name="Approve Mix 2").tap()
    page.get_by_text("Nadia approved Mix 2").first.wait_for()
    said = desk.ask(f"""
from controlroom.desk.review.models import Approval
answer = [each.samples_sha256 for each in Approval.objects.filter(recording={desk.has["mix_2"]}, who="Nadia")]
""")
    assert [len(each) for each in said] == [64]


def test_who_may_only_listen_sees_no_form(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.link("listener"), guest=True, phone=True)
    page.get_by_role("link", name="Hear Mix 1").tap()
    page.locator("#wave").wait_for()
    assert page.locator("#note-form").count() == 0
    assert page.get_by_role("button", name="Approve Mix").count() == 0
    assert page.get_by_role("link", name="Download").count() == 0


def test_a_password_is_asked_for(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.link("password"), guest=True, phone=True)
    open_desk.allow("status of 422")
    page.get_by_label("Password").fill("lamp")
    page.get_by_role("button", name="Open").tap()
    page.get_by_text("That is another password.").wait_for()
    page.get_by_label("Password").fill("lantern")
    page.get_by_role("button", name="Open").tap()
    page.get_by_text("Hello Kim").wait_for()


def test_a_guest_sends_a_file(open_desk: Any, desk: Desk, tmp_path: Path) -> None:
    page = open_desk(desk.link("known"), guest=True, phone=True)
    take = sounds.save(tmp_path / "violin take 1.wav", sounds.song(2.0, 11))
    page.locator("input[type=file]").set_input_files(str(take))
    button = page.get_by_role("button", name="Upload")
    if button.is_visible():
        button.tap()
    page.get_by_text("violin take 1.wav").first.wait_for()
    producer = open_desk()
    for _ in range(20):
        producer.goto(desk.song())
        if producer.get_by_text("violin take 1.wav").count():
            break
        producer.wait_for_timeout(500)
    assert "Mara Lindqvist" in producer.locator(".item", has_text="violin take 1.wav").first.inner_text()


def test_a_demo_is_sent_through_the_box(open_desk: Any, desk: Desk, tmp_path: Path) -> None:
    page = open_desk(desk.link("box"), guest=True, phone=True)
    demo = sounds.save(tmp_path / "Ada - River Stones.wav", sounds.song(2.0, 12))
    page.locator("input[type=file]").set_input_files(str(demo))
    button = page.get_by_role("button", name="Upload")
    if button.is_visible():
        button.tap()
    page.get_by_text("River Stones").first.wait_for()
    producer = open_desk()
    for _ in range(20):
        producer.goto("/demos/")
        if producer.get_by_text("River Stones").count():
            break
        producer.wait_for_timeout(500)
    assert producer.get_by_text("River Stones").count()


def test_a_revoked_link_opens_nothing_and_says_so(open_desk: Any, desk: Desk) -> None:
    open_desk.allow("status of 410")
    page = open_desk(desk.link("revoked"), guest=True, phone=True)
    assert "This link is closed" in page.locator("h1").inner_text()
    assert "Producer" in page.locator("main").inner_text()  # whom to ask
    answer = page.goto(desk.link("revoked") + f"recordings/{desk.has['mix_2']}/sound")
    assert answer.status == 410
