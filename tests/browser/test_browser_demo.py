"""A demo from its upload to its page: it is heard, stands in the morning's queue, and its advice is tried."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from browser import desk_sounds as sounds
from browser.desk_running import Desk
from browser.waiting import until

ADVISE = """
import json
from controlroom.base.canonical import to_json
from controlroom.desk.songs import listening, renditions
from controlroom.desk.songs.models import Recording
from controlroom.rooms.listening.audition import Audition, Tempo
row = Recording.objects.get(pk=%s)
point = {"priority": 1, "kind": "tempo", "says": "Try it faster.", "because": "It is slow.",
         "reason": "Words need room.", "next": "Listen to both.", "confidence": 0.9, "at_s": 4.0, "end_s": None,
         "try": json.loads(to_json(Audition(steps=(Tempo(factor=1.25),), at_s=4.0, length_s=6.0)))}
renditions.keep_bytes(row, "listening", to_json(listening.report_of(row) | {"advice": [point]}))
answer = listening.path_of(row, "heard") is not None
"""
SIDES = "[...document.querySelectorAll('.sides audio')]"
SWITCH = f"""async () => {{
  const [asis, tried] = {SIDES};
  await asis.play();
  asis.currentTime = 3;
  await tried.play();
  return [asis.paused, tried.paused, tried.currentTime];
}}"""


def test_a_demo_arrives_is_heard_and_its_advice_is_tried(open_desk: Any, desk: Desk, tmp_path: Path) -> None:
    page = open_desk("/demos/", phone=True)
    file = sounds.save(tmp_path / "Harbour Lights.wav", sounds.song(10.0, 11))
    page.locator("input[type=file]").set_input_files(str(file))
    waiting = page.locator("#waiting .item", has_text="Harbour Lights")
    waiting.wait_for(timeout=60_000)
    page.reload()
    waiting.locator("p").nth(1).wait_for(timeout=90_000)  # it was heard: the queue says by itself why it stands there
    waiting.locator("a[href$='/demo/']").first.click()
    page.get_by_role("heading", name="What would help").wait_for()
    assert page.locator(".picture.narrow svg").first.is_visible()
    assert not page.locator(".picture.wide svg").first.is_visible()
    pk = page.url.rstrip("/").split("/")[-2]
    assert desk.ask(ADVISE % pk)
    page.reload()
    page.get_by_role("button", name="Try it 25 % faster").click()
    page.locator(".sides").wait_for(timeout=60_000)
    until(page, f"{SIDES}.length === 2 && {SIDES}.every((side) => side.readyState > 0)")
    assert page.evaluate(f"{SIDES}.map((side) => Math.round(side.duration * 10) / 10)") == [6.0, 4.8]
    first_stopped, second_stopped, place_s = page.evaluate(SWITCH)
    assert first_stopped
    assert not second_stopped
    assert 2.3 < place_s < 3.4  # 3 s of the one are 2.4 s of the other
