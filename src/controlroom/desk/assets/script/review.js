/** The review page: ties the player, the waveform, the notes and the keys to the page's elements. */

import { Engine } from "./engine.js";
import { follow } from "./engine-map.js";
import { NoteForm, followTimes, readNotes, revealNote } from "./notes.js";
import { MediaPlayer } from "./phone.js";
import { LIGHT, MATCH, memory, relabel } from "./player-page.js";
import { Heard } from "./review-heard.js";
import { registerKeys } from "./review-keys.js";
import { clock, followSays, matchSays, matchWhy, stateSays } from "./review-says.js";
import { make } from "./shared.js";
import { Marks } from "./wave-marks.js";
import { Wave } from "./wave.js";

const PATIENCE_MS = 300;
const byId = (id) => document.getElementById(id);

class ReviewPage {
  #data;
  #versions;
  #wave;
  #marks;
  #form;
  #heard = new Heard();
  #range = null;
  #follows = ""; // why the version does not follow the one before it
  #soon = 0;
  player = null;

  constructor(data) {
    this.#data = data;
    this.#versions = new Map(data.versions.map((version) => [version.id, version]));
    this.#wave = new Wave(byId("wave"), byId("wave").dataset.nonce);
    this.#marks = new Marks(byId("wave"), { seek: (time_s) => this.go(time_s), pick: (note) => this.#pick(note) });
    this.#wave.on("seek", (time_s) => this.#point(time_s));
    this.#wave.on("range", (range) => this.#draw(range));
    this.#form = new NoteForm(() => this.#here());
    this.#use(matchMedia("(pointer: coarse)").matches || memory.has(LIGHT), data.current);
    this.#wire();
    registerKeys(this, data.versions);
  }

  get #version() {
    return this.#versions.get(this.player.state.current);
  }

  /** The version the page was opened with: the list beside the waveform has its times. */
  get #opened() {
    return this.#versions.get(this.#data.current);
  }

  toggle() {
    if (this.player.state.playing) this.player.pause();
    else this.#play();
  }

  go(time_s) {
    this.player.seek(time_s);
    this.#move();
  }

  select(id) {
    this.#follows = followSays(this.#version, this.#versions.get(id));
    this.player.select(id);
  }

  toggleMatch() {
    const on = !this.player.state.matched;
    memory.keep(MATCH, !on);
    this.player.setMatch(on);
  }

  write() {
    this.#form.begin();
  }

  rangeFrom() {
    const start_s = this.player.position;
    const before = this.#rangeHere();
    this.setRange({ start_s, end_s: before?.end_s > start_s ? before.end_s : this.#version.duration_s });
  }

  rangeTo() {
    const end_s = this.player.position;
    const before = this.#rangeHere();
    this.setRange({ start_s: before?.start_s < end_s ? before.start_s : 0, end_s });
  }

  /** What the next note is about, and what plays round and round. */
  setRange(range) {
    this.#range = range && { version: this.#version, ...range };
    if (range) this.player.loop(range.start_s, range.end_s);
    else this.player.loop();
    this.#wave.mark(range);
    this.#form.update();
  }

  /** The range where it lies in the version that plays. */
  #rangeHere() {
    if (!this.#range) return null;
    const here = (time_s) => follow(this.#range.version, this.#version, time_s);
    return { start_s: here(this.#range.start_s), end_s: here(this.#range.end_s) };
  }

  #play() {
    try {
      this.player.play();
    } catch (error) {
      if (this.player.context) throw error;
      this.#use(true, this.player.state.current); // no audio context at this rate: the media element can play
      this.player.play();
    }
  }

  /** Take up a player: the media element (phones, the light stream) or the engine. */
  #use(media, current) {
    const before = this.player;
    const { versions, clock_hz: clockHz, song } = this.#data;
    const light = memory.has(LIGHT);
    this.player = media ? new MediaPlayer({ versions, current, light, song: song.title }) : new Engine({ clockHz, versions, current });
    this.player.setMatch(!memory.has(MATCH));
    this.player.on("state", () => this.#render());
    this.player.on("time", () => this.#form.update());
    if (before) {
      this.player.seek(before.position);
      before.close();
    }
    if (this.#range) this.setRange(this.#rangeHere());
    this.#render();
  }

  #toggleLight() {
    const { playing, current } = this.player.state;
    memory.keep(LIGHT, !memory.has(LIGHT));
    this.#use(matchMedia("(pointer: coarse)").matches || memory.has(LIGHT), current);
    if (playing) this.#play();
  }

  #here() {
    const { start_s = this.player.position || null, end_s = null } = this.#rangeHere() ?? {};
    return { recording: this.player.state.current, at_s: start_s, until_s: end_s };
  }

  /** A range drawn by hand is heard: from its start, unless the playhead is in it. */
  #draw(range) {
    this.setRange(range);
    const time_s = this.player.position;
    if (range && (time_s < range.start_s || time_s > range.end_s)) this.go(range.start_s);
  }

  /** A press on the waveform; outside the range it ends it. */
  #point(time_s) {
    const range = this.#rangeHere();
    if (range && (time_s < range.start_s || time_s > range.end_s)) this.setRange(null);
    this.go(time_s);
  }

  /** "#t=61.5": other pages link to a place in a version. */
  #goToLinked() {
    const linked = /^#t=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (linked) this.go(follow(this.#opened, this.#version, Number(linked[1])));
  }

  #pick(note) {
    this.go(note.at_s);
    revealNote(note.id);
  }

  #wire() {
    for (const tab of document.querySelectorAll("[data-version]")) {
      tab.addEventListener("click", (event) => {
        event.preventDefault();
        this.select(Number(tab.dataset.version));
      });
    }
    byId("play")?.addEventListener("click", () => this.toggle());
    byId("match")?.addEventListener("click", () => this.toggleMatch());
    lightButton()?.addEventListener("click", () => this.#toggleLight());
    followTimes((at_s) => this.go(follow(this.#opened, this.#version, at_s)));
    addEventListener("hashchange", () => this.#goToLinked());
    this.#goToLinked();
    document.addEventListener("htmx:after:settle", () => {
      this.#readPins();
      if (!document.querySelector("#note-form [name=text]")?.value) this.#form.release();
    });
    const frame = () => {
      this.#move();
      requestAnimationFrame(frame);
    };
    frame();
  }

  #move() {
    const { playing, waiting } = this.player.state;
    const time_s = this.player.position;
    this.#heard.note(playing && !waiting ? this.#version : null);
    const says = `${clock(time_s)} / ${clock(this.#version.duration_s)}`;
    if (byId("clock") && byId("clock").textContent !== says) byId("clock").textContent = says;
    if (this.#wave.shown === this.#version) this.#wave.at(time_s);
    this.#marks.at(time_s);
  }

  #render() {
    const state = this.player.state;
    const version = this.#version;
    const matchable = this.player.matchable ?? true;
    this.#renderVersion(version, state);
    if (byId("play")) {
      byId("play").setAttribute("aria-pressed", String(state.playing));
      relabel(byId("play"), state.playing ? "Pause" : "Play");
    }
    if (byId("match")) {
      byId("match").setAttribute("aria-pressed", String(state.matched && matchable));
      byId("match").disabled = !matchable;
      byId("match").title = matchWhy(version, { ...state, matchable });
      relabel(byId("match"), matchSays(this.#data.versions, version, { ...state, matchable }));
    }
    lightButton()?.setAttribute("aria-pressed", String(memory.has(LIGHT)));
    this.#say(state);
    this.#form.update();
  }

  #renderVersion(version, state) {
    const gain_db = state.matched && (this.player.matchable ?? true) ? version.gain_db : 0;
    if (this.#wave.shown !== version) {
      this.#wave.show(version, gain_db).then(() => this.#wave.mark(this.#rangeHere()));
      this.#marks.showSections(version.sections, version.duration_s);
      this.#marks.showPins(this.#notesIn(version), version.duration_s);
      if (byId("figures")) byId("figures").textContent = version.figures ?? "";
    } else this.#wave.scale(gain_db);
    for (const tab of document.querySelectorAll("[data-version]")) {
      const id = Number(tab.dataset.version);
      const chosen = tab.getAttribute("role") === "tab" ? "aria-selected" : "aria-pressed";
      tab.classList.toggle("on", id === state.current);
      tab.setAttribute(chosen, String(id === state.current));
      tab.setAttribute("aria-busy", String(id === state.wanted && state.wanted !== state.current));
    }
  }

  /** After a swap the list beside the waveform is the truth. */
  #readPins() {
    this.#opened.notes = readNotes();
    for (const version of this.#data.versions) if (version !== this.#opened) version.notes = null;
    this.#marks.showPins(this.#notesIn(this.#version), this.#version.duration_s);
  }

  /** The notes of the opened version where they lie in another, unless the page said which that one has. */
  #notesIn(version) {
    const there = (time_s) => (time_s === null ? null : follow(this.#opened, version, time_s));
    version.notes ??= (this.#opened.notes ?? []).map((note) => ({ ...note, at_s: there(note.at_s), until_s: there(note.until_s) }));
    return version.notes;
  }

  /** A wait is only worth words when it lasts. */
  #say(state) {
    clearTimeout(this.#soon);
    const says = stateSays({ ...state, loop: this.#rangeHere() }, this.#versions.get(state.wanted), this.#follows);
    const write = () => this.#write(says, Boolean(state.error));
    if (state.waiting && !state.error) this.#soon = setTimeout(write, PATIENCE_MS);
    else write();
  }

  #write(says, failed) {
    const line = byId("engine");
    if (!line || line.dataset.says === says) return;
    line.dataset.says = says;
    line.textContent = says;
    if (!failed) return;
    const again = make("button", { type: "button", class: "btn", text: "Try again" });
    again.addEventListener("click", () => this.player.retry());
    line.append(" ", again);
  }
}

/** The switch to the light stream; made beside the clock where the page has none. */
function lightButton() {
  const found = byId("light");
  if (found || !byId("clock")) return found;
  const title = "A smaller stream, for slow connections; switching then takes a moment";
  const button = make("button", { type: "button", id: "light", class: "btn chip", title, "aria-pressed": "false", text: "light" });
  byId("clock").after(button);
  return button;
}

const data = byId("review-data");
if (data && byId("wave")) new ReviewPage(JSON.parse(data.textContent));
