"""The rooms from the page: a job is seen as it goes, and stopped; a plan is changed, rendered, taken back."""

from __future__ import annotations

import re
from typing import Any

from browser.desk_running import Desk

LONG_SONG = """
from pathlib import Path
from tempfile import mkdtemp
import sys
sys.path.insert(0, ".")
import desk_sounds as sounds
from controlroom.desk.accounts.models import User
from controlroom.desk.songs.actions import arrive, create_song
actor = User.objects.get(role="producer").actor
song = create_song(actor, title="A Long Evening", stage="recording")
for seed, part in enumerate(["bass", "keys", "guitar", "strings"]):
    path = sounds.save(Path(mkdtemp()) / f"{part} take 1.wav", sounds.song(60.0, seed))
    arrive(actor, song, path, kind="take", name=path.name, part=part)
answer = song.pk
"""


def test_a_job_is_seen_as_it_goes_and_is_stopped(open_desk: Any, desk: Desk) -> None:
    song = desk.ask(LONG_SONG)
    page = open_desk(f"/songs/{song}/rooms/")
    page.locator("#delivery").get_by_role("button", name="Deliver").click()
    job = page.locator(".job", has_text="Delivering A Long Evening")
    bar = job.get_by_role("progressbar")
    bar.wait_for()
    shares = set()
    for _ in range(240):
        shares.add(bar.get_attribute("value"))
        if len(shares - {None}) >= 3:
            break
        page.wait_for_timeout(250)
    assert len(shares - {None}) >= 3  # it moves, without anybody loading the page
    job.get_by_role("button", name="Stop").click()
    job.get_by_text("stopped", exact=True).wait_for(timeout=30_000)
    job.get_by_role("button", name="Try again").wait_for()
    page.goto("/jobs/")
    row = page.locator(".item", has_text="Delivering A Long Evening")
    assert "stopped" in row.inner_text()


def test_a_plan_is_changed_taken_back_and_rendered(open_desk: Any, desk: Desk) -> None:
    page = open_desk(desk.song("plans/master/", "rooms"))
    target = page.locator("[name=target_lufs]")
    assert target.input_value() == "-14"
    target.fill("loud")
    open_desk.allow("status of 422")
    page.get_by_role("button", name="Save", exact=True).click()
    assert page.locator("[name=target_lufs]").input_value() == "loud"
    assert page.locator(".error").first.inner_text()
    page.locator("[name=target_lufs]").fill("-16")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Take the last change back").click()
    assert page.get_by_text("Taken back.", exact=True).is_visible()
    assert page.locator("[name=target_lufs]").input_value() == "-14"
    page.locator("[name=target_lufs]").fill("-16")
    page.get_by_role("button", name="Save and render").click()
    page.wait_for_url("**/rooms/")
    said = page.locator("#mastering").get_by_text(re.compile("Loudness −16"))
    said.wait_for(timeout=60_000)  # it appears by itself when the job is over
