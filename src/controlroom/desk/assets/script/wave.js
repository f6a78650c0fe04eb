/** The waveform: wavesurfer draws peaks that the server measured; it loads no sound and plays none. */

import WaveSurfer from "wavesurfer.js";
import RegionsPlugin from "wavesurfer.js/dist/plugins/regions.esm.js";
import { Emitter, linear } from "./engine-events.js";
import { clock } from "./review-says.js";

const SHORTEST_RANGE_S = 0.1;
const BAR = { barWidth: 2, barGap: 1, barRadius: 1 };
const STEPS_S = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity };
const FULL_SCALE = 127;
const SILENT = { low: [[0]], high: [[0]] };

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const colours = () => ({
  waveColor: colour("--wave-ahead"),
  progressColor: colour("--wave-played"),
  cursorColor: colour("--playhead"),
});

/** Peaks of the server (int8 per channel) -> what wavesurfer draws: the larger side of each bin, true to scale. */
function outline({ low, high }) {
  return high.slice(0, 2).map((tops, channel) => tops.map((top, bin) => Math.max(top, -low[channel][bin]) / FULL_SCALE));
}

/** Emits "seek" (seconds), "range" ({start_s, end_s} or null: taken away). */
export class Wave extends Emitter {
  #host;
  #surfer;
  #regions;
  #range = null;
  #shown = null;
  #at = null;
  #quiet = false; // a range is put there by the page, not by hand
  #peaks = new Map();

  constructor(host, nonce) {
    super();
    this.#host = host;
    this.#regions = RegionsPlugin.create();
    this.#surfer = WaveSurfer.create({
      container: host,
      height: "auto",
      normalize: false,
      hideScrollbar: true,
      dragToSeek: false, // a drag marks a range
      cursorWidth: 2,
      cspNonce: nonce,
      plugins: [this.#regions],
      ...BAR,
      ...colours(),
    });
    this.#surfer.on("interaction", (time_s) => this.emit("seek", time_s));
    this.#regions.enableDragSelection({ color: colour("--range") });
    // A range begins five pixels wide, which is a second of a song; it shall end where the pointer is.
    this.#regions.on("region-initialized", (region) => this.#quiet || (region.end = region.start));
    this.#regions.on("region-created", (region) => this.#marked(region));
    this.#regions.on("region-updated", (region) => this.#marked(region));
    this.#listenToKeys();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#surfer.setOptions(colours()));
  }

  get shown() {
    return this.#shown;
  }

  /** Swap a version in; the old waveform stays until the new peaks are there. */
  async show(version, gain_db) {
    this.#shown = version;
    const peaks = await this.#peaksOf(version);
    if (this.#shown !== version) return;
    this.#mark(null);
    await this.#surfer.load("", outline(peaks), version.duration_s).catch(() => {}); // another version came in between
    this.#at = null;
    this.#host.setAttribute("aria-valuemax", Math.ceil(version.duration_s));
    this.scale(gain_db);
  }

  /** A version turned down by the match is drawn as loud as it is heard. */
  scale(gain_db) {
    const barHeight = linear(gain_db);
    if (this.#surfer.options.barHeight !== barHeight) this.#surfer.setOptions({ barHeight });
  }

  at(time_s) {
    if (time_s === this.#at || !this.#surfer.getDuration()) return;
    this.#at = time_s;
    this.#surfer.setTime(time_s);
    const second = String(Math.floor(time_s));
    if (this.#host.getAttribute("aria-valuenow") === second) return; // not each frame
    this.#host.setAttribute("aria-valuenow", second);
    this.#host.setAttribute("aria-valuetext", clock(time_s));
  }

  /** Show a range of seconds, or none. */
  mark(range) {
    const same = range && this.#range && this.#range.start === range.start_s && this.#range.end === range.end_s;
    if (!same) this.#mark(range);
  }

  /** Peaks of a version, fetched once; a flat line where they cannot be had. */
  #peaksOf(version) {
    if (!this.#peaks.has(version.id)) this.#peaks.set(version.id, this.#load(version));
    return this.#peaks.get(version.id);
  }

  /** The waveform is a slider too: arrows, page keys, Home and End move the playhead. */
  #listenToKeys() {
    const says = { role: "slider", tabindex: "0", "aria-label": "Playhead", "aria-valuemin": "0", "aria-valuenow": "0" };
    for (const [name, value] of Object.entries(says)) this.#host.setAttribute(name, value);
    this.#host.addEventListener("keydown", (event) => {
      const step_s = STEPS_S[event.key];
      if (!step_s || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      this.emit("seek", Math.max(0, Math.min((this.#at ?? 0) + step_s, this.#surfer.getDuration())));
    });
  }

  async #load(version) {
    try {
      const answer = await fetch(version.peaks_url);
      if (answer.status === 200) return await answer.json();
    } catch {
      // the line stays flat, and the next look asks again
    }
    this.#peaks.delete(version.id);
    return SILENT;
  }

  #mark(range) {
    this.#range?.remove();
    this.#range = null;
    if (!range || !this.#surfer.getDuration()) return;
    const { start_s: start, end_s: end } = range;
    this.#quiet = true;
    this.#range = this.#regions.addRegion({ start, end, drag: false, color: colour("--range") });
    this.#quiet = false;
  }

  /** A range drawn or stretched by hand. */
  #marked(region) {
    if (this.#quiet) return;
    if (this.#range && this.#range !== region) this.#range.remove();
    this.#range = region;
    if (region.end - region.start < SHORTEST_RANGE_S) return this.emit("range", null);
    this.emit("range", { start_s: region.start, end_s: region.end });
  }
}
