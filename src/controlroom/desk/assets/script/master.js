/** The mastering desk: before and after at one loudness and one place, the references, and every system at a press. */

import { Engine } from "./engine.js";
import { follow } from "./engine-map.js";
import { register } from "./keys.js";
import { MediaPlayer } from "./phone.js";
import { MATCH, memory, relabel } from "./player-page.js";
import { clock, followSays, matchSays, matchWhy, stateSays } from "./review-says.js";
import { make } from "./shared.js";
import { startPercents } from "./master-amounts.js";
import { Asked } from "./master-asked.js";
import { Blend } from "./master-blend.js";
import { Systems } from "./master-systems.js";
import { Wave } from "./wave.js";

const STEP_S = 5;
const byId = (id) => document.getElementById(id);

class MasterPage {
  #data;
  #versions;
  #strips;
  #asked;
  #systems;
  #blend;
  #follows = "";
  player;

  constructor(data) {
    this.#data = data;
    this.#versions = new Map(data.versions.map((version) => [String(version.id), version]));
    this.#strips = [...document.querySelectorAll("[data-strip]")].map((host) => this.#strip(host));
    this.#use(matchMedia("(pointer: coarse)").matches, data.current);
    this.#asked = new Asked(data, this.player, (version) => this.#turn(version), () => this.#renderAsked());
    const back = () => this.select(data.current);
    this.#systems = new Systems(this.#asked, () => this.player.state, back);
    if (byId("blend")) this.#blend = new Blend(byId("blend"), this.#asked, back);
    this.#wire();
    this.#registerKeys();
    this.#render();
  }

  get #version() {
    return this.#versions.get(String(this.player.state.current));
  }

  select(id) {
    const version = this.#versions.get(String(id));
    if (!version) return;
    this.#asked.leave();
    if (version.id === this.#data.current) this.#blend?.home();
    this.#turn(version);
  }

  /** Before when anything else is heard; else after, as far toward the references as it was heard. */
  swap() {
    const [before, after] = this.#strips.map(({ version }) => version);
    if (!after) return;
    if (this.player.state.wanted !== before.id) this.select(before.id);
    else if (this.#blend) this.#blend.play();
    else this.select(after.id);
  }

  toggle() {
    if (this.player.state.playing) return this.player.pause();
    try {
      this.player.play();
    } catch (error) {
      if (this.player.context) throw error;
      this.#use(true, this.player.state.current); // no audio context at this rate: the media element can play
      this.#asked.player = this.player;
      this.player.play();
    }
  }

  toggleMatch() {
    const on = !this.player.state.matched;
    memory.keep(MATCH, !on);
    this.player.setMatch(on);
  }

  #turn(version) {
    this.#follows = followSays(this.#version, version);
    this.player.select(version.id);
  }

  #strip(host) {
    const version = this.#versions.get(host.dataset.strip);
    const wave = new Wave(host, host.dataset.nonce);
    host.setAttribute("aria-label", host.dataset.label);
    wave.on("seek", (time_s) => this.#seek(version, time_s));
    wave.on("range", (range) => this.#loop(version, range));
    return { wave, version };
  }

  #seek(version, time_s) {
    this.player.seek(follow(version, this.#version, time_s));
  }

  /** A range drawn in one strip plays round and round; a press ends it. */
  #loop(version, range) {
    const here = (time_s) => follow(version, this.#version, time_s);
    if (range) this.player.loop(here(range.start_s), here(range.end_s));
    else this.player.loop();
    for (const strip of this.#strips) strip.wave.mark(range);
    if (range) this.player.seek(here(range.start_s));
  }

  #use(media, current) {
    const before = this.player;
    const { versions, clock_hz: clockHz, song } = this.#data;
    this.player = media ? new MediaPlayer({ versions, current, song: song.title }) : new Engine({ clockHz, versions, current });
    this.player.setMatch(!memory.has(MATCH));
    this.player.on("state", () => this.#render());
    if (!before) return;
    this.player.seek(before.position);
    before.close();
  }

  #wire() {
    for (const tab of document.querySelectorAll("[data-version]")) tab.addEventListener("click", () => this.select(tab.dataset.version));
    byId("play").addEventListener("click", () => this.toggle());
    byId("match").addEventListener("click", () => this.toggleMatch());
    byId("swap")?.addEventListener("click", () => this.swap());
    const frame = () => {
      this.#move();
      requestAnimationFrame(frame);
    };
    frame();
  }

  #registerKeys() {
    register(" ", "play or pause", () => this.toggle());
    register("k", "pause", () => this.player.pause());
    register("j", "back 5 s", () => this.player.seek(this.player.position - STEP_S));
    register("l", "forward 5 s", () => this.player.seek(this.player.position + STEP_S));
    register("m", "loudness match on or off", () => this.toggleMatch());
    register("escape", "end the range", () => this.#loop(this.#version, null));
    if (this.#strips.length > 1) register("b", "before, after", () => this.swap());
    if (this.#blend) register("t", "how far toward the references: then ← and →", () => this.#blend.focus());
    for (const { id, key, label } of this.#data.versions) if (key) register(key, `play ${label}`, () => this.select(id));
  }

  #move() {
    const time_s = this.player.position;
    const says = `${clock(time_s)} / ${clock(this.#version.duration_s)}`;
    if (byId("clock").textContent !== says) byId("clock").textContent = says;
    for (const { wave, version } of this.#strips) wave.at(follow(this.#version, version, time_s));
  }

  #render() {
    const state = this.player.state;
    const matchable = this.player.matchable ?? true;
    const matched = state.matched && matchable;
    for (const { wave, version } of this.#strips) {
      const gain_db = matched ? (version.gain_db ?? 0) : 0;
      if (wave.shown === version) wave.scale(gain_db);
      else wave.show(version, gain_db);
    }
    for (const tab of document.querySelectorAll("[data-version]")) {
      const on = tab.dataset.version === (this.#blend?.isHeard(state) ? String(this.#data.current) : String(state.current));
      tab.classList.toggle("on", on);
      tab.setAttribute("aria-pressed", String(on));
      tab.setAttribute("aria-busy", String(tab.dataset.version === String(state.wanted) && !on));
    }
    byId("play").setAttribute("aria-pressed", String(state.playing));
    relabel(byId("play"), state.playing ? "Pause" : "Play");
    if (byId("swap")) relabel(byId("swap"), state.wanted === this.#strips[0].version.id ? "After" : "Before");
    byId("match").setAttribute("aria-pressed", String(matched));
    byId("match").disabled = !matchable;
    byId("match").title = matchWhy(this.#version, { ...state, matchable });
    relabel(byId("match"), matchSays(this.#data.versions, this.#version, { ...state, matchable }));
    byId("figures").textContent = this.#version.figures ?? "";
    this.#renderAsked();
    this.#say(state);
  }

  #renderAsked() {
    this.#systems?.render();
    this.#blend?.render(this.player.state);
  }

  #say(state) {
    const line = byId("engine");
    const says = stateSays(state, this.#versions.get(String(state.wanted)), this.#follows);
    if (line.dataset.says === says) return;
    line.dataset.says = says;
    line.textContent = says;
    if (!state.error) return;
    const again = make("button", { type: "button", class: "btn", text: "Try again" });
    again.addEventListener("click", () => this.player.retry());
    line.append(" ", again);
  }
}

startPercents();
const data = byId("review-data");
if (data) new MasterPage(JSON.parse(data.textContent));
