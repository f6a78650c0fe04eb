/** The few seconds of a version that are in memory: fetched by Range, decoded, and forgotten again. */

import { LoadError, fetchPcm, fetchRange } from "./engine-fetch.js";
import { decode, frameBytes, rest } from "./engine-pcm.js";

const BLOCK_S = 1;
const CAPACITY = 8; // blocks: four to play on, two at the start of a loop, two just left
const AT_ONCE = 2; // requests of one version under way
const AGAIN_MS = 2000;
const POLL_MS = 1000;
const PATIENCE_MS = 20_000; // a request that takes longer is given up and tried again

export class Blocks {
  #version;
  #fetch;
  #changed;
  #rate;
  #pcm;
  #blockFrames;
  #held = new Map(); // block -> AudioBuffer, the least recently used first
  #flying = new Map(); // block -> AbortController
  #wanted = [];
  #triedAt = 0;
  failure = null;

  /** `changed()` is called whenever a block has come or failed. */
  constructor(version, { rate, fetch, changed }) {
    this.#version = version;
    this.#pcm = version.pcm;
    this.#rate = rate;
    this.#fetch = fetch;
    this.#changed = changed;
    this.#blockFrames = Math.round(BLOCK_S * rate);
  }

  get frames() {
    return this.#pcm?.frames ?? Math.round(this.#version.duration_s * this.#rate);
  }

  get preparing() {
    return !this.#pcm;
  }

  get heldFrames() {
    return [...this.#held.values()].reduce((sum, buffer) => sum + buffer.length, 0);
  }

  get boundFrames() {
    return CAPACITY * this.#blockFrames;
  }

  holds(buffer) {
    return [...this.#held.values()].includes(buffer);
  }

  /** Nothing is left to fetch, or nothing can be. */
  get satisfied() {
    return Boolean(this.failure) || this.#wanted.every((index) => this.#held.has(index));
  }

  /** Fetch what covers these spans [from, to) of frames, in this order; stop fetching anything else. */
  want(spans, eager = true) {
    this.#wanted = [...new Set(spans.flatMap((span) => this.#indices(span)))].slice(0, CAPACITY);
    this.#stop((index) => !this.#wanted.includes(index));
    if (eager) this.#fetchMore();
  }

  /** Whether `ahead` frames from `frame` on (or all up to the end) are there. */
  ready(frame, ahead) {
    return Boolean(this.#pcm) && this.#indices([frame, frame + ahead]).every((index) => this.#held.has(index));
  }

  /** An AudioBuffer that begins at exactly this frame and ends with its block; null when it has not come. */
  from(frame) {
    const index = Math.floor(frame / this.#blockFrames);
    const buffer = this.#held.get(index);
    if (!buffer) return null;
    this.#hold(index, buffer);
    const offset = frame - index * this.#blockFrames;
    return offset ? rest(buffer, offset) : buffer;
  }

  /** Forget what failed and ask again. */
  retry() {
    this.failure = null;
    this.#fetchMore();
  }

  #indices([from, to]) {
    const last = Math.ceil(Math.min(to, this.frames) / this.#blockFrames);
    const first = Math.floor(Math.max(0, from) / this.#blockFrames);
    return Array.from({ length: Math.max(0, last - first) }, (_, step) => first + step);
  }

  #fetchMore() {
    const again = this.failure?.passing && performance.now() - this.#triedAt > AGAIN_MS;
    if ((this.failure && !again) || !this.#wanted.length) return;
    if (!this.#pcm) return this.#prepare();
    for (const index of this.#wanted) {
      if (this.#flying.size >= AT_ONCE) return;
      if (!this.#held.has(index) && !this.#flying.has(index)) this.#load(index);
    }
  }

  #load(index) {
    const { label } = this.#version;
    const { url, offset, frames, sample, channels = this.#version.channels } = this.#pcm;
    const size = frameBytes(sample, channels);
    const first = index * this.#blockFrames;
    const last = Math.min(first + this.#blockFrames, frames);
    const range = [offset + first * size, offset + last * size - 1];
    this.#attempt(index, async (signal) => {
      const bytes = await fetchRange(this.#fetch, label, url, range, signal);
      this.#hold(index, decode(bytes, { sample, channels, rate: this.#rate }));
    });
  }

  #prepare() {
    if (this.#flying.size || performance.now() - this.#triedAt < POLL_MS) return;
    const { label, pcm_status_url: url } = this.#version;
    this.#attempt(this.#wanted[0], async (signal) => {
      this.#pcm = await fetchPcm(this.#fetch, label, url, signal);
    });
  }

  #stop(isDue) {
    for (const [index, abort] of this.#flying) {
      if (!isDue(index)) continue;
      abort.abort();
      this.#flying.delete(index);
    }
  }

  async #attempt(index, work) {
    const abort = new AbortController();
    this.#flying.set(index, abort);
    this.#triedAt = performance.now();
    const patience = setTimeout(() => abort.abort("late"), PATIENCE_MS);
    try {
      await work(abort.signal);
      this.failure = null;
    } catch (error) {
      if (abort.signal.aborted && abort.signal.reason !== "late") return;
      if (!(error instanceof LoadError)) throw error;
      this.#stop(() => true); // one sentence is enough
      this.failure = error;
    } finally {
      clearTimeout(patience);
      if (this.#flying.get(index) === abort) this.#flying.delete(index);
    }
    this.#changed();
  }

  #hold(index, buffer) {
    this.#held.delete(index);
    this.#held.set(index, buffer);
    for (const oldest of this.#held.keys()) {
      if (this.#held.size <= CAPACITY) return;
      if (!this.#wanted.includes(oldest)) this.#held.delete(oldest);
    }
  }
}
