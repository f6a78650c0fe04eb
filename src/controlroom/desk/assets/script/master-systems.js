/** The buttons of the systems: a press has the sound made where it is not there yet, then plays it at the same place. */

import { shared } from "./shared.js";

const POLL_MS = 700;

const post = (url) => fetch(url, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf } });

const wait = (time_ms) => new Promise((resolve) => setTimeout(resolve, time_ms));

export class Systems {
  #data;
  #versions;
  #turn;
  #wanted = ""; // the system somebody waits for
  #busy = new Set();
  player;

  /** `turn(version)` switches the player to it. */
  constructor(data, player, turn) {
    this.#data = data;
    this.#versions = new Map(data.versions.filter(({ asked }) => asked).map((version) => [version.id, version]));
    this.#turn = turn;
    this.player = player;
    // The panel is swapped when it was measured: its buttons are heard from outside it.
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-on]");
      if (button) this.#press(button.dataset.on);
    });
    document.addEventListener("htmx:after:settle", () => this.render(this.player.state));
  }

  /** Something else is wanted now. */
  leave() {
    this.#wanted = "";
  }

  render({ current }) {
    for (const button of document.querySelectorAll("[data-on]")) {
      const id = button.dataset.on;
      button.setAttribute("aria-pressed", String(id === current));
      button.setAttribute("aria-busy", String(this.#busy.has(id)));
      const line = button.closest(".system")?.querySelector("[data-says]");
      if (line) line.textContent = this.#busy.has(id) ? "Being made…" : "";
    }
  }

  async #press(id) {
    const version = this.#versions.get(id);
    if (!version) return;
    if (this.player.state.current === id) return this.#back();
    this.#wanted = id;
    if (!version.pcm && !(await this.#made(version))) return;
    if (this.#wanted === id) this.#turn(version);
  }

  /** Pressed again: the version itself. */
  #back() {
    this.#wanted = "";
    this.#turn(this.#data.versions.find((version) => version.id === this.#data.current));
  }

  /** Have it made, and wait for it; false where it could not be. */
  async #made(version) {
    if (this.#busy.has(version.id)) return false;
    this.#busy.add(version.id);
    this.render(this.player.state);
    try {
      let answer = await post(version.pcm_status_url);
      while (answer.status === 202) {
        await wait(POLL_MS);
        answer = await fetch(version.pcm_status_url);
      }
      if (answer.status !== 200) return this.#refused(answer);
      this.#take(version, await answer.json());
      return true;
    } catch {
      shared.toast?.("The connection broke. Press again when it is back.", "bad");
      return false;
    } finally {
      this.#busy.delete(version.id);
      this.render(this.player.state);
    }
  }

  /** It is turned down like all the others, and never up. */
  #take(version, { level_lufs, ...pcm }) {
    version.pcm = pcm;
    const known = typeof level_lufs === "number" && typeof this.#data.quietest_lufs === "number";
    version.gain_db = known ? Math.min(this.#data.quietest_lufs - level_lufs, 0) : 0;
    this.player.setMatch(this.player.state.matched);
  }

  async #refused(answer) {
    const said = await answer.json().catch(() => ({}));
    shared.toast?.(said.says ?? "It could not be made. Press again in a moment.", "bad");
    return false;
  }
}
