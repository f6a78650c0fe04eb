"""A demo through its queue: new, played, shortlisted for a reason, declined for a known one, and that taken back."""

from __future__ import annotations

from typing import Any

import pytest
from browser.desk_running import Desk
from browser.test_browser_every_page import faults

MADE = """
from controlroom.desk.accounts.models import User
from controlroom.desk.songs import actions
from controlroom.desk.songs.models import Recording
actor = User.objects.order_by("pk").first().actor
other = actions.create_song(actor, title="Declined before {title}")
actions.set_demo_state(actor, other, "declined", "Not our music")
song = actions.create_song(actor, title="{title}", artist="Noor Haddad")
row = Recording.objects.get(pk={like})
made_of = list(row.renditions.all())
row.pk, row.song = None, song
row.save()
for each in made_of:
    each.pk, each.recording = None, row
    each.save()
answer = row.pk
"""


def row_of(page: Any, title: str) -> Any:
    return page.locator("#waiting .item", has=page.get_by_role("link", name=title, exact=True))


def tab(page: Any, name: str) -> Any:
    return page.get_by_role("navigation", name="What becomes of them").get_by_role("link", name=name)


@pytest.mark.parametrize("phone", [False, True], ids=["wide", "phone"])
def test_a_demo_walks_through_its_queue(open_desk: Any, desk: Desk, phone: bool) -> None:
    open_desk.allow("inline style.*'url': ''")  # axe's own
    title = f"Harbour {'Night' if phone else 'Day'}"
    pk = desk.ask(MADE.format(title=title, like=desk.has["demo"]))
    page = open_desk("/demos/?state=new", phone=phone, reduced_motion="reduce")
    row = row_of(page, title)
    assert row.locator(".chip").first.inner_text() == "new"
    row.get_by_role("link", name="Hear").click()
    with page.expect_response(lambda answer: answer.url.endswith("/heard/") and answer.ok):
        page.locator("#play").click()  # ten seconds of it count
    page.goto("/demos/?state=listening")
    row_of(page, title).get_by_role("link", name="Decide").click()
    page.wait_for_url("**/demo/**")  # loaded, so that its keys are listened for
    decide = page.locator("#decide")
    assert decide.locator(".chip").first.inner_text() == "listening"
    page.keyboard.press("s")
    page.keyboard.type("A voice of her own")  # the field that opened has the focus
    page.keyboard.press("Enter")
    page.get_by_text(f"{title}: shortlisted.").wait_for()
    assert "A voice of her own" in decide.inner_text()
    page.goto("/demos/")
    assert page.locator("#waiting .item").first.locator(".chip").first.inner_text() == "shortlisted"  # above the rest
    row_of(page, title).get_by_role("link", name="Decide").click()
    page.wait_for_url("**/demo/**")  # loaded, so that its keys are listened for
    page.keyboard.press("d")
    decide.get_by_role("button", name="Not our music").click()
    page.get_by_text(f"{title}: declined.").wait_for()
    assert decide.locator(".chip").first.inner_text() == "declined"
    found = faults(page, f"/recordings/{pk}/demo/") + faults(page, "/demos/?state=declined") + faults(page, "/demos/")
    assert found == []
    page.goto(f"/recordings/{pk}/demo/")
    page.keyboard.press("u")
    page.get_by_text(f"{title}: shortlisted again.").wait_for()
    page.goto("/demos/?state=shortlisted")
    assert "A voice of her own" in row_of(page, title).inner_text()
