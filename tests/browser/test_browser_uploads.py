"""Files on their way from the page: several at once, continued where they broke, heard when they are here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import desk_sounds as sounds
from browser.desk_running import Desk
from browser.engine_page.bench import wav_header
from browser.waiting import PLAYED_S, until

DROP = """([names, datas]) => {
  const moved = new DataTransfer();
  const bytes = (data) => Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
  names.forEach((name, at) => moved.items.add(new File([bytes(datas[at])], name)));
  const target = document.querySelector('.drop');
  for (const type of ['dragenter', 'dragover', 'drop']) {
    target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: moved }));
  }
}"""


def new_song(page: Any, title: str) -> str:
    """Begin a song through its form; gives its path."""
    page.goto("/songs/new/")
    page.get_by_label("Title").fill(title)
    page.get_by_role("button", name="Begin").click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    return str(page.evaluate("location.pathname"))


def test_several_files_arrive_and_are_listened_to(open_desk: Any, tmp_path: Path) -> None:
    page = open_desk()
    new_song(page, "Many At Once")
    files = [
        sounds.save(tmp_path / name, sounds.song(3.0, seed))
        for seed, name in enumerate(["rough mix.wav", "bass take 1.wav", "keys take 1.wav"])
    ]
    page.locator("input[type=file]").set_input_files([str(file) for file in files])
    page.get_by_text("Rough mix 1", exact=False).first.wait_for()
    page.get_by_text("bass take 1.wav").first.wait_for()
    page.get_by_text("keys take 1.wav").first.wait_for()
    page.reload()
    page.get_by_text("LUFS").first.wait_for(timeout=90_000)  # it was heard, by itself


def test_files_are_dropped_on_the_page(open_desk: Any, tmp_path: Path) -> None:
    import base64

    page = open_desk()
    new_song(page, "Dropped")
    names = ["mix.wav", "guitar take 2.wav"]
    datas = [base64.b64encode(sounds.save(tmp_path / each, sounds.song(1.0)).read_bytes()).decode() for each in names]
    page.evaluate(DROP, [names, datas])
    page.get_by_text("Mix 1").first.wait_for()
    page.get_by_text("guitar take 2.wav").first.wait_for()


def test_what_broke_off_goes_on_where_it_stopped(open_desk: Any, tmp_path: Path) -> None:
    page = open_desk()
    path = new_song(page, "Broken Line")
    noise = np.random.default_rng(1).normal(0, 0.1, (2, 110 * sounds.RATE_HZ))  # 32 MB: several pieces
    file = sounds.save(tmp_path / "long mix.wav", noise)
    asked: list[tuple[str, str]] = []
    page.on("request", lambda each: asked.append((each.method, each.headers.get("upload-offset", ""))))

    def broken(route: Any) -> None:
        if int(route.request.headers.get("upload-offset", 0)) > 0:
            route.abort("connectionreset")
        else:
            route.continue_()

    open_desk.allow("net::ERR_CONNECTION_RESET|net::ERR_ABORTED|ERR_FAILED")
    page.route("**/uploads/*-*/", lambda route: broken(route) if route.request.method == "PATCH" else route.continue_())
    page.locator("input[type=file]").set_input_files(str(file))
    until(page, "[...document.querySelectorAll('progress')].some((bar) => bar.value > 0)", within_s=60)
    until_asked(page, asked, lambda: any(method == "PATCH" and int(at or 0) > 0 for method, at in asked))
    page.goto(path)  # as if the machine had been shut
    page.unroute_all()
    asked.clear()
    page.locator("input[type=file]").set_input_files(str(file))
    page.get_by_text("Mix 1").first.wait_for(timeout=60_000)
    offsets = [int(at) for method, at in asked if method == "PATCH"]
    assert offsets[0] > 0  # it did not begin again
    assert all(method != "POST" for method, _ in asked)


def until_asked(page: Any, asked: list[Any], came: Any) -> None:
    for _ in range(600):
        if came():
            return
        page.wait_for_timeout(50)
    pytest.fail(f"never asked: {asked}")


NO_SOUND = {
    "words.wav": b"This is a letter, not a song.\n" * 40,
    "nothing.wav": b"",
    "silent.wav": wav_header(2, 0, 48000, "s16"),
}


def test_what_is_no_sound_gets_a_sentence(open_desk: Any, tmp_path: Path) -> None:
    page = open_desk()
    new_song(page, "Odd Files")
    for name, content in NO_SOUND.items():
        (tmp_path / name).write_bytes(content)
    page.locator("input[type=file]").set_input_files([str(tmp_path / name) for name in NO_SOUND])
    for name in NO_SOUND:
        row = page.locator(".item", has_text=name).filter(has_text="unusable").first
        row.wait_for(timeout=60_000)
        sentence = row.locator("p").first.inner_text()
        assert sentence.endswith(".")
        assert name in sentence
        assert "Traceback" not in sentence


PLACES = """
from controlroom.desk.songs.models import Recording
from controlroom.desk.songs import blobs
row = Recording.objects.get(pk={pk})
kept = [row.blob, *(made.blob for made in row.renditions.filter(kind__startswith="pcm"))]
answer = sorted(set(str(blobs.place_of(each.sha256)) for each in kept))
"""


def test_a_file_that_went_from_the_disk_gets_a_sentence(open_desk: Any, desk: Desk) -> None:
    places = [Path(each) for each in desk.ask(PLACES.format(pk=desk.has["demo"]))]
    for place in places:
        place.rename(place.with_name("away"))
    try:
        page = open_desk(desk.song())
        assert "file is gone from the disk" in page.locator(f"#recording-{desk.has['demo']}").inner_text()
        open_desk.allow("status of 4(04|10)")
        page.goto(desk.recording("demo"))
        page.keyboard.press(" ")
        until(page, "document.querySelector('#engine').textContent.trim().length > 10")
        assert "Demo 1" in page.locator("#engine").inner_text()
        page.goto(desk.recording("mix_2"))  # the others play on
        page.keyboard.press(" ")
        until(page, f"{PLAYED_S} > 0.5")
    finally:
        for place in places:
            place.with_name("away").rename(place)
