/** Tells the server once per version and page view that somebody listened: after ten seconds of playing. */

const ENOUGH_S = 10;

export class Heard {
  #played = new Map(); // version -> seconds
  #since = null;

  /** Call often, with the version that sounds or null. */
  note(version) {
    const now_s = performance.now() / 1000;
    const { version: before, at_s } = this.#since ?? {};
    this.#since = version && { version, at_s: now_s };
    if (!version || before !== version) return;
    const earlier_s = this.#played.get(version) ?? 0;
    const played_s = earlier_s + now_s - at_s;
    this.#played.set(version, played_s);
    if (earlier_s < ENOUGH_S && played_s >= ENOUGH_S) this.#tell(version);
  }

  #tell({ heard_url: url }) {
    if (!url) return;
    const headers = { "X-CSRFToken": document.body.dataset.csrf ?? "" };
    fetch(url, { method: "POST", headers }).catch(() => {}); // a count is not worth a sentence
  }
}
