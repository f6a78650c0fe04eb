/**
 * The same player on a media element: it goes on with the screen locked and needs less of the network. One version sounds
 * at a time; a switch is as quick as the element can load. Speaks like Engine.
 */

import { Emitter, linear } from "./engine-events.js";
import { follow } from "./engine-map.js";

const POLL_MS = 1000;
const AGAIN_MS = 3000;
const CODES = { 1: "was stopped", 2: "broke off in the network", 3: "could not be decoded", 4: "is not on the server, or not playable here" };

export class MediaPlayer extends Emitter {
  #versions;
  #light;
  #song;
  #audio = new Audio();
  #version;
  #cursor = 0;
  #playing = false;
  #waiting = null;
  #error = null;
  #matched = true;
  #loop = null;
  #loaded = 0; // counts loads, so that a late one is dropped
  #again = 0;

  /** `light`: the smaller stream, which the server makes on request. */
  constructor({ versions, current, light = false, song }) {
    super();
    this.#versions = new Map(versions.map((version) => [version.id, version]));
    this.#version = this.#versions.get(current) ?? versions[0];
    this.#light = light;
    this.#song = song;
    this.#audio.preload = "metadata";
    this.#audio.volume = 0.5;
    this.matchable = this.#audio.volume === 0.5; // iOS keeps it at 1
    this.#turn();
    this.#listen();
  }

  get position() {
    return this.#audio.readyState ? this.#audio.currentTime : this.#cursor;
  }

  get state() {
    const id = this.#version.id;
    return {
      playing: this.#playing,
      current: id,
      wanted: id,
      waiting: this.#playing ? this.#waiting : null,
      error: this.#error,
      matched: this.#matched,
      loop: this.#loop && { ...this.#loop, version: id },
    };
  }

  play() {
    this.#playing = true;
    if (this.#audio.ended || this.#cursor >= this.#version.duration_s) this.seek(0); // also while another one loads
    if (this.#audio.src) this.#start();
    else this.#load();
    this.#tell();
  }

  pause() {
    this.#playing = false;
    this.#audio.pause();
    this.#tell();
  }

  seek(time_s) {
    this.#cursor = Math.max(0, Math.min(time_s, this.#version.duration_s));
    if (this.#audio.readyState) this.#audio.currentTime = this.#cursor;
    this.#tell();
  }

  select(id) {
    const next = this.#versions.get(id);
    if (!next || next === this.#version) return;
    this.#cursor = Math.max(0, Math.min(follow(this.#version, next, this.position), next.duration_s));
    if (this.#loop) this.#loop = this.#mapped(next);
    this.#version = next;
    this.#turn();
    if (this.#audio.src) this.#load();
    this.#tell();
  }

  setMatch(on) {
    this.#matched = on;
    this.#turn();
    this.#tell();
  }

  loop(start_s, end_s) {
    this.#loop = start_s === undefined ? null : { start_s, end_s };
    this.#tell();
  }

  retry() {
    this.#load();
  }

  close() {
    this.#loaded++;
    clearTimeout(this.#again);
    this.#audio.pause();
    this.#audio.removeAttribute("src");
  }

  #mapped(next) {
    const there = (time_s) => follow(this.#version, next, time_s);
    return { start_s: there(this.#loop.start_s), end_s: there(this.#loop.end_s) };
  }

  #turn() {
    if (this.matchable) this.#audio.volume = this.#matched ? linear(this.#version.gain_db) : 1;
  }

  async #load() {
    const load = ++this.#loaded;
    clearTimeout(this.#again);
    this.#error = null;
    this.#waiting = "loading";
    this.#tell();
    const url = this.#light ? await this.#lightUrl(load) : this.#version.stream_url;
    if (load !== this.#loaded || !url) return;
    this.#audio.src = url;
    this.#audio.load();
    if (this.#playing) this.#start();
  }

  /** The light stream's address once it is made; the lossless one where it cannot be had. */
  async #lightUrl(load) {
    const { light_url: url, stream_url: lossless } = this.#version;
    while (load === this.#loaded) {
      const answer = await fetch(url, { headers: { Range: "bytes=0-0" } }).catch(() => null);
      answer?.body?.cancel();
      if (answer?.status !== 202) return answer?.ok ? url : lossless;
      this.#waiting = "preparing";
      this.#tell();
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
    return null;
  }

  #start() {
    this.#audio.play().catch((error) => {
      if (error.name !== "NotAllowedError") return; // others arrive as "error"
      this.#playing = false;
      this.#error = "The browser wants a press before it plays; press play once more.";
      this.#tell();
    });
  }

  #listen() {
    const on = (name, act) => this.#audio.addEventListener(name, act);
    on("loadedmetadata", () => {
      this.#audio.currentTime = this.#cursor;
      this.#announce();
    });
    on("timeupdate", () => this.#moved());
    on("waiting", () => this.#wait("slow"));
    on("playing", () => this.#wait(null));
    on("canplay", () => this.#wait(null));
    on("ended", () => this.pause());
    // Something else took the sound, a call or a headphone pulled out; while a new address loads it pauses by itself.
    on("pause", () => this.#audio.readyState > 1 && !this.#audio.ended && this.#playing && this.pause());
    on("error", () => this.#failed());
  }

  #moved() {
    const loop = this.#loop;
    if (loop && this.#audio.currentTime >= loop.end_s && this.#cursor < loop.end_s) this.#audio.currentTime = loop.start_s;
    this.#cursor = this.#audio.currentTime;
    this.emit("time", this.#cursor);
    navigator.mediaSession?.setPositionState?.({ duration: this.#version.duration_s, position: Math.min(this.#cursor, this.#version.duration_s) });
  }

  #wait(reason) {
    this.#waiting = reason;
    if (!reason) this.#error = null;
    this.#tell();
  }

  #failed() {
    const code = this.#audio.error?.code;
    if (!this.#audio.getAttribute("src")) return;
    this.#error = `The sound of ${this.#version.label} ${CODES[code] ?? "could not be played"}; try again or choose another version.`;
    this.emit("error", this.#error);
    this.#tell();
    if (code === 2) this.#again = setTimeout(() => this.#load(), AGAIN_MS);
  }

  /** What the locked screen shows, and what its buttons do. */
  #announce() {
    const session = navigator.mediaSession;
    if (!session) return;
    session.metadata = new MediaMetadata({ title: `${this.#song} · ${this.#version.label}`, album: this.#song });
    const step = (by) => {
      const ids = [...this.#versions.values()].filter(({ asked, pcm }) => !asked || pcm).map(({ id }) => id);
      this.select(ids[(ids.indexOf(this.#version.id) + by + ids.length) % ids.length]);
    };
    const does = {
      play: () => this.play(),
      pause: () => this.pause(),
      seekbackward: ({ seekOffset }) => this.seek(this.position - (seekOffset ?? 5)),
      seekforward: ({ seekOffset }) => this.seek(this.position + (seekOffset ?? 5)),
      seekto: ({ seekTime }) => this.seek(seekTime),
      previoustrack: () => step(-1),
      nexttrack: () => step(1),
    };
    for (const [name, act] of Object.entries(does)) {
      try {
        session.setActionHandler(name, act);
      } catch {
        // a browser that does not know this button has no such button
      }
    }
  }

  #tell() {
    this.emit("state", this.state);
  }
}
