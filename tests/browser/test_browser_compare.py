"""A/B on the real page, by what comes out: versions switched while they play are in sync, matched, and do not click.

Everything that the page sends to the loudspeaker is kept, and compared with the samples that were uploaded.
"""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest
from browser import desk_sounds as sounds
from browser.desk_running import Desk
from browser.engine_page.bench import PAGE
from browser.waiting import PLAYED_S, until

RECORD = """
window.heard = [];
const connect = AudioNode.prototype.connect;
AudioNode.prototype.connect = function (to, ...rest) {
  if (to instanceof AudioDestinationNode && to.context instanceof AudioContext) {
    to.context.audioWorklet.addModule(`data:text/javascript,${encodeURIComponent(RECORDER)}`).then(() => {
      const recorder = new AudioWorkletNode(to.context, 'capture');
      recorder.port.onmessage = ({ data }) => window.heard.push(data[0]);
      connect.call(this, recorder);
      connect.call(recorder, to);
    });
  }
  return connect.call(this, to, ...rest);
};
"""
TAKE = """() => {
  const whole = new Float32Array(window.heard.length * 128);
  window.heard.forEach((left, at) => whole.set(left, at * 128));
  const bytes = new Uint8Array(whole.buffer);
  let text = '';
  for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
  return btoa(text);
}"""
NEAR, IN_SYNC = 40, 4  # frames: looked for within 0.8 ms, found within 0.08 ms
PRESSED = "document.querySelector('[data-version][aria-pressed=true]').textContent"


@pytest.fixture
def review(open_desk: Any, desk: Desk) -> Any:
    page = open_desk(bypass_csp=True)  # the recorder is not from the desk
    page.context.add_init_script(f"const RECORDER = {json.dumps((PAGE / 'capture.js').read_text())};{RECORD}")
    page.goto(desk.recording("mix_1"))
    page.locator(".pin").first.wait_for()
    return page


def heard(page: Any) -> np.ndarray:
    """The left channel of what came out, from its first sound on."""
    samples = np.frombuffer(base64.b64decode(page.evaluate(TAKE)), np.float32).astype(np.float64)
    return samples[int(np.flatnonzero(np.abs(samples) > 1e-4)[0]) :]


def place_of(piece: np.ndarray, whole: np.ndarray) -> int:
    """Where in `whole` the piece lies, in frames: the peak of their correlation."""
    size = 1 << int(np.ceil(np.log2(len(whole) + len(piece))))
    found = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(piece, size)), size)
    return int(np.argmax(found[: len(whole)]))


def fitted(piece: np.ndarray, source: np.ndarray, place: int) -> tuple[int, float, float]:
    """How many frames the piece is late against `place` in the source, its gain, and the most that differs then."""
    fits = []
    for late in range(-NEAR, NEAR + 1):
        there = source[place + late :][: len(piece)]
        gain = piece @ there / (there @ there)
        fits.append((float(np.abs(piece - gain * there).max()), late, float(gain)))
    rest, late, gain = min(fits)
    return late, gain, rest


def test_switching_while_it_plays_is_in_sync_and_without_a_click(review: Any) -> None:
    review.keyboard.press(" ")
    until(review, f"{PLAYED_S} > 4")
    for n in range(8):
        review.keyboard.press("32"[n % 2])
        until(review, f"{PRESSED}.startsWith('Mix {'21'[n % 2]}')")
        review.wait_for_timeout(450 + 70 * n)
    came, source = heard(review), sounds.song()[0]
    came = came[sounds.RATE_HZ :]  # the first second is the browser's: a busy machine's clock settles there
    size, begun = sounds.RATE_HZ // 5, place_of(came[: 2 * sounds.RATE_HZ], source)
    pieces = [(came[at : at + size], begun + at) for at in range(0, len(came) - 2 * size, size)]
    found = [fitted(piece, source, place) for piece, place in pieces]
    late, gain, rest = (np.array(each) for each in zip(*found, strict=True))
    assert len(late) > 25
    assert np.abs(late).max() <= IN_SYNC  # every version, at every moment, is where mix 1 is
    assert 20 * np.log10(gain.max() / gain.min()) < 0.2  # and as loud
    assert rest.max() < 0.08 * np.abs(came).max()  # and nothing else is heard
    smooth = np.abs(np.diff(source, 2)).max() * gain.max()
    assert np.abs(np.diff(came[size:-size], 2)).max() < 1.5 * smooth  # no click


def test_the_louder_one_is_turned_down_and_the_match_can_be_taken_off(review: Any) -> None:
    match = review.locator("#match")
    review.keyboard.press("3")
    until(review, f"{PRESSED}.startsWith('Mix 2')")
    says = match.text_content()
    assert "Mix 2 −9.0 dB" in says  # 3 dB louder than mix 1, which is 6 dB louder than the demo; nothing is turned up
    review.keyboard.press("m")
    until(review, "document.querySelector('#match').getAttribute('aria-pressed') === 'false'")
    assert "not matched" in match.text_content()
    review.keyboard.press("m")
    until(review, "document.querySelector('#match').getAttribute('aria-pressed') === 'true'")
    assert match.text_content() == says


def test_the_reference_is_one_key_away_and_says_that_it_does_not_line_up(review: Any) -> None:
    review.keyboard.press(" ")
    until(review, f"{PLAYED_S} > 1")
    review.keyboard.press("r")
    until(review, f"{PRESSED}.startsWith('Another Song')")
    assert "does not line up" in review.locator("#engine").inner_text()
    before = review.evaluate(PLAYED_S)
    until(review, f"{PLAYED_S} > {before + 0.3}")
