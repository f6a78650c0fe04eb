/** The player's keys; they are printed on the controls they press. */

import { register } from "./keys.js";

const STEP_S = 5;

/** `page`: what the review page can do. */
export function registerKeys(page, versions) {
  register(" ", "play or pause", () => page.toggle());
  register("k", "pause", () => page.player.pause());
  register("j", "back 5 s", () => page.go(page.player.position - STEP_S));
  register("l", "forward 5 s", () => page.go(page.player.position + STEP_S));
  register("m", "loudness match on or off", () => page.toggleMatch());
  register("c", "write a note at the playhead", () => page.write());
  register("[", "begin a range here", () => page.rangeFrom());
  register("]", "end the range here", () => page.rangeTo());
  register("escape", "end the range", () => page.setRange(null));
  for (const { id, key, label } of versions) {
    if (key) register(key, `play ${label}`, () => page.select(id));
  }
}
