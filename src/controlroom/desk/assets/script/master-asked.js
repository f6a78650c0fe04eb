/** Sounds that are made when somebody asks for them: each is asked for once, waited for, then played at the same place. */

import { shared } from "./shared.js";

const POLL_MS = 700;

const post = (url) => fetch(url, { method: "POST", headers: { "X-CSRFToken": document.body.dataset.csrf } });

const wait = (time_ms) => new Promise((resolve) => setTimeout(resolve, time_ms));

export class Asked {
  #data;
  #versions;
  #turn;
  #changed;
  #wanted = ""; // what somebody waits for
  #busy = new Map(); // id -> how far it is, 0..1, or null where nobody knows
  player;

  /** `turn(version)` switches the player to it; `changed()` hears when something begins, goes on or ends. */
  constructor(data, player, turn, changed) {
    this.#data = data;
    this.#versions = new Map(data.versions.filter(({ asked }) => asked).map((version) => [version.id, version]));
    this.#turn = turn;
    this.#changed = changed;
    this.player = player;
  }

  /** Something else is wanted now. */
  leave() {
    this.#wanted = "";
  }

  /** Whether it is there already. */
  has(id) {
    return Boolean(this.#versions.get(id)?.pcm);
  }

  /** "Being made, 40 %" while it is, "" otherwise. */
  says(id) {
    if (!this.#busy.has(id)) return "";
    const done = this.#busy.get(id);
    return done ? `Being made, ${Math.round(100 * done)} %` : "Being made…";
  }

  /** Play it as soon as it is there, unless something else is wanted by then. */
  async want(id) {
    const version = this.#versions.get(id);
    if (!version) return;
    this.#wanted = id;
    if (!version.pcm && !(await this.#made(version))) return;
    if (this.#wanted === id) this.#turn(version);
  }

  /** Have it made, and wait for it; false where it could not be. */
  async #made(version) {
    if (this.#busy.has(version.id)) return false;
    this.#note(version, null);
    try {
      let answer = await post(version.pcm_status_url);
      while (answer.status === 202) {
        this.#note(version, (await answer.json()).progress ?? null);
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
      this.#changed();
    }
  }

  #note({ id }, done) {
    this.#busy.set(id, done);
    this.#changed();
  }

  /** It is turned down like all the others, and never up. */
  #take(version, { level_lufs, ...pcm }) {
    version.pcm = pcm;
    version.stream_url = version.light_url = pcm.url;
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
