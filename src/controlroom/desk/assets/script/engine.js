/**
 * Any number of versions of a song, in sync on one AudioContext clock, switched without a click.
 *
 * What sounds is a list of voices. Play, seek, switch and loop are the same act: at one common instant the last voice
 * fades out and a new one fades in. Everything is counted in whole frames of the context, so nothing drifts.
 */

import { Blocks } from "./engine-blocks.js";
import { Emitter, linear } from "./engine-events.js";
import { follow } from "./engine-map.js";
import { Level, Voice } from "./engine-voice.js";

const SWITCH_S = 0.008; // equal gain: versions of one song are alike, so straight lines keep the level; equal power would bulge
const FADE_S = 0.005;
const MATCH_S = 0.02;
const LEAD_S = 0.04; // from a decision to its instant: what a busy page may lose in between
const SCHEDULE_S = 2; // scheduled ahead, so that a throttled timer is not heard
const FETCH_S = 3;
const READY_S = 0.25; // what has to be there before a voice begins
const REFILL_S = 1; // and after the network was too slow
const REMEMBER_S = 1; // longer than any output latency
const SHORTEST_LOOP_S = 0.1;
const PLANNED = 4; // turns of a loop scheduled ahead, at most
const TICK_MS = 50;
const IDLE_MS = 500;

export class Engine extends Emitter {
  context = null;
  output = null; // the node everything goes through
  #clockHz;
  #tracks;
  #track;
  #wanted;
  #voices = [];
  #cursor = 0; // frame of the track when nothing sounds
  #loop = null;
  #playing = false;
  #slow = false;
  #matched = true;
  #told = "";
  #timer = 0;
  #driven;

  /** A `context` handed in (an OfflineAudioContext) is driven by its owner, who calls `tick()`. */
  constructor({ clockHz, versions, current = versions[0].id, fetch = globalThis.fetch, context = null }) {
    super();
    this.#clockHz = clockHz;
    this.#driven = Boolean(context);
    const changed = () => this.#driven || this.tick();
    this.#tracks = new Map(
      versions.map((version) => [version.id, { version, blocks: new Blocks(version, { rate: clockHz, fetch, changed }) }]),
    );
    this.#track = this.#wanted = this.#tracks.get(current);
    if (context) this.#wire(context);
    else queueMicrotask(changed); // the first block is there before the first gesture
  }

  /** Seconds into the current version, as heard now; where it was sent to, until that is heard. */
  get position() {
    const voice = this.#open;
    const heard = voice ? this.#now() - this.#frames(this.context.outputLatency || this.context.baseLatency || 0) : 0;
    if (!voice || (voice.fresh && heard < voice.start)) return this.#cursor / this.#clockHz;
    return this.#frameIn(this.#track, this.#voiceAt(heard), heard) / this.#clockHz;
  }

  get state() {
    const target = this.#wanted.blocks;
    const stuck = this.#wanted !== this.#track || (this.#playing && !this.#open);
    return {
      playing: this.#playing,
      current: this.#track.version.id,
      wanted: this.#wanted.version.id,
      waiting: stuck ? (target.preparing ? "preparing" : this.#slow ? "slow" : "loading") : null,
      error: target.failure?.message ?? this.#track.blocks.failure?.message ?? null,
      matched: this.#matched,
      loop: this.#loop && { start_s: this.#loop.start_s, end_s: this.#loop.end_s, version: this.#loop.track.version.id },
    };
  }

  /** Frames held in memory, all versions together, and the most they can ever be. */
  get memory() {
    const blocks = [...this.#tracks.values()].map((track) => track.blocks);
    const sum = (parts, name) => parts.reduce((frames, part) => frames + part[name], 0);
    const copies = (PLANNED + 2) * this.#clockHz; // each voice begins with a copy of less than a block
    return {
      heldFrames: sum(blocks, "heldFrames") + sum(this.#voices, "copiedFrames"),
      boundFrames: sum(blocks, "boundFrames") + copies,
    };
  }

  /** Throws NotSupportedError where the browser has no context at the song's rate. */
  play() {
    if (!this.context) this.#wire(new AudioContext({ sampleRate: this.#clockHz, latencyHint: "balanced" }));
    if (!this.#driven) this.context.resume();
    if (this.#cursor >= this.#track.blocks.frames) this.#cursor = 0;
    this.#playing = true;
    this.tick();
  }

  pause() {
    this.#playing = false;
    this.#stop();
    this.tick();
  }

  /** Go to `time_s` of the current version. */
  seek(time_s) {
    this.#stop();
    this.#cursor = Math.max(0, Math.min(time_s * this.#clockHz, this.#track.blocks.frames));
    this.#slow = false;
    this.tick();
  }

  /** Switch to a version, at once when its sound is there, else as soon as it is. */
  select(id) {
    this.#wanted = this.#tracks.get(id) ?? this.#wanted;
    this.tick();
  }

  setMatch(on) {
    this.#matched = on;
    for (const track of this.#tracks.values()) {
      track.level?.move(this.#matchGain(track), this.context.currentTime + this.#lead, MATCH_S);
    }
    this.tick();
  }

  /** Loop a range of the current version; without a range, stop looping. */
  loop(start_s, end_s) {
    this.#recall();
    const whole = start_s !== undefined && end_s - start_s >= SHORTEST_LOOP_S;
    this.#loop = whole ? { track: this.#track, start_s, end_s } : null;
    this.tick();
  }

  /** Ask again for what failed. */
  retry() {
    for (const { blocks } of this.#tracks.values()) blocks.retry();
    this.tick();
  }

  /** Leave for good. */
  close() {
    this.#driven = true;
    clearTimeout(this.#timer);
    for (const { blocks } of this.#tracks.values()) blocks.want([]);
    this.context?.close();
  }

  /** Look what is due. Called by a timer and whenever something changed. */
  tick() {
    const now = this.#now();
    this.#forget(now);
    this.#notice(now);
    if (!this.#open) this.#turnSilently();
    this.#load(now);
    if (this.#playing && this.#open) this.#carryOn(now);
    else if (this.#playing) this.#begin(now);
    this.emit("time", this.position);
    this.#tell();
    this.#again();
  }

  get #open() {
    const last = this.#voices.at(-1);
    return last?.open ? last : null;
  }

  get #lead() {
    return Math.max(LEAD_S, 2 * (this.context.baseLatency ?? 0) + 0.02);
  }

  #frames(time_s) {
    return Math.round(time_s * this.#clockHz);
  }

  #now() {
    return this.context ? Math.round(this.context.currentTime * this.#clockHz) : 0;
  }

  /** The first instant at which a change can be heard as planned: not in the past, not inside the last fade. */
  #soonest(now) {
    const last = this.#voices.at(-1);
    const settled = last ? (last.open ? last.start + last.fade : last.closed) : 0;
    return Math.max(now + this.#frames(this.#lead), settled);
  }

  #voiceAt(frame) {
    return this.#voices.findLast((voice) => voice.start <= frame) ?? this.#voices[0];
  }

  #frameIn(track, voice, at) {
    const time_s = voice.positionAt(at) / this.#clockHz;
    const there = follow(voice.track.version, track.version, time_s) * this.#clockHz;
    return voice.track === track ? voice.positionAt(at) : Math.max(0, Math.min(there, track.blocks.frames));
  }

  #wire(context) {
    this.context = context;
    this.output = new GainNode(context);
    this.output.connect(context.destination);
    for (const track of this.#tracks.values()) {
      track.input = new GainNode(context, { gain: this.#matchGain(track) });
      track.input.connect(this.output);
      track.level = new Level(track.input.gain);
    }
  }

  #matchGain({ version }) {
    return this.#matched ? linear(version.gain_db) : 1;
  }

  #start(track, start, from, { fade_s, planned = false, fresh = false }) {
    const fade = Math.round(from) ? this.#frames(fade_s) : 0; // a song's own first sample is not faded
    this.#track = track;
    this.#voices.push(new Voice(this.context, track, { start, from, fade, planned, fresh }));
    this.#open.pump(start + this.#frames(SCHEDULE_S));
  }

  /** Fade out what sounds; the cursor stays where it stopped. */
  #stop() {
    this.#recall();
    const voice = this.#open;
    if (!voice) return;
    voice.close(this.#soonest(this.#now()), this.#frames(FADE_S));
    this.#cursor = voice.positionAt(voice.closed);
  }

  /** Take back the turns of a loop that are planned further ahead than the next instant. */
  #recall() {
    if (!this.context) return;
    const fixed = this.#now() + this.#frames(this.#lead);
    while (this.#open?.planned && this.#open.start > fixed) {
      this.#voices.pop().silence();
      this.#voices.at(-1).reopen();
    }
  }

  /** A voice that has ended holds no sound any more; it is remembered until nobody can be hearing it. */
  #forget(now) {
    const since = (voice) => now - Math.min(voice.closed, voice.finish);
    for (const voice of this.#voices) if (since(voice) > this.#frames(2 * SWITCH_S)) voice.silence();
    this.#voices = this.#voices.filter((voice) => since(voice) < this.#frames(REMEMBER_S));
  }

  /** Has the sound run out: at the end of the song, or because the network is slow? */
  #notice(now) {
    const voice = this.#open;
    if (!voice) return;
    if (voice.finish <= now) {
      this.#playing = false;
      voice.closed = voice.finish;
      this.#cursor = voice.track.blocks.frames;
    } else if (voice.driesBy(now + this.#frames(this.#lead))) {
      voice.close(Infinity, this.#frames(FADE_S));
      this.#cursor = voice.positionAt(voice.closed);
      this.#slow = true;
    }
  }

  /** Nothing sounds: another version is taken up where this one stands. */
  #turnSilently() {
    if (this.#wanted === this.#track) return;
    const there = follow(this.#track.version, this.#wanted.version, this.#cursor / this.#clockHz) * this.#clockHz;
    this.#cursor = Math.max(0, Math.min(there, this.#wanted.blocks.frames));
    this.#track = this.#wanted;
  }

  #begin(now) {
    const { blocks } = this.#track;
    if (!blocks.ready(this.#cursor, this.#frames(this.#slow ? REFILL_S : READY_S))) return;
    this.#slow = false;
    this.#start(this.#track, this.#soonest(now), this.#cursor, { fade_s: FADE_S, fresh: true });
  }

  #carryOn(now) {
    const horizon = now + this.#frames(SCHEDULE_S);
    this.#open.pump(horizon);
    if (this.#wanted !== this.#track && this.#switchOver(now)) return;
    while (this.#loopOnce(now, horizon));
  }

  #switchOver(now) {
    const { blocks } = this.#wanted;
    const place = this.#frameIn(this.#wanted, this.#voiceAt(now), now + this.#frames(this.#lead));
    if (!blocks.ready(place, this.#frames(READY_S))) return false;
    this.#recall();
    const at = this.#soonest(now);
    return this.#handOver(this.#wanted, at, this.#frameIn(this.#wanted, this.#open, at), { fade_s: SWITCH_S });
  }

  #handOver(track, at, from, how) {
    const voice = this.#open;
    const fade = this.#frames(how.fade_s);
    if (!track.blocks.ready(from, this.#frames(READY_S)) || voice.driesBy(at)) return false;
    voice.close(at, fade);
    this.#start(track, at, from, how);
    return true;
  }

  /** The loop's range in frames of the track that plays, or null. */
  #loopFrames() {
    if (!this.#loop) return null;
    const { track, start_s, end_s } = this.#loop;
    const there = (time_s) => this.#frames(follow(track.version, this.#track.version, time_s));
    const [start, end] = [Math.max(0, there(start_s)), Math.min(there(end_s), this.#track.blocks.frames)];
    return end - start >= this.#frames(SHORTEST_LOOP_S) ? { start, end } : null;
  }

  #loopOnce(now, horizon) {
    const range = this.#loopFrames();
    const voice = this.#open;
    if (!range || Math.round(voice.from) >= range.end) return false;
    const turn = voice.start + range.end - Math.round(voice.from);
    if (turn >= horizon || this.#voices.filter(({ start }) => start > now).length >= PLANNED) return false;
    const at = Math.max(turn, this.#soonest(now));
    return this.#handOver(this.#track, at, range.start, { fade_s: FADE_S, planned: true });
  }

  /** What each version should have in memory: the one that plays first, the others' same moment when it has enough. */
  #load(now) {
    const voice = this.#open && this.#voiceAt(now);
    const [second, range] = [this.#clockHz, this.#loopFrames()];
    const at = (track) => (voice ? this.#frameIn(track, voice, now) : this.#turned(track));
    const ahead = (from, length_s) => [from, from + length_s * second];
    const spans = [ahead(at(this.#track), this.#playing ? FETCH_S : REFILL_S)];
    if (range) spans.push(ahead(range.start, REFILL_S));
    this.#track.blocks.want(spans);
    if (this.#wanted !== this.#track) this.#wanted.blocks.want([ahead(at(this.#wanted), REFILL_S)]);
    const enough = Boolean(this.context) && this.#track.blocks.satisfied && this.#wanted.blocks.satisfied;
    for (const track of this.#tracks.values()) {
      if (track === this.#track || track === this.#wanted || track.version.asked) continue; // made only when asked for
      track.blocks.want([ahead(at(track), 2 * READY_S)], enough);
    }
  }

  #turned(track) {
    return this.#frames(follow(this.#track.version, track.version, this.#cursor / this.#clockHz));
  }

  #tell() {
    const state = this.state;
    const told = JSON.stringify(state);
    if (told === this.#told) return;
    const before = this.#told && JSON.parse(this.#told).error;
    this.#told = told;
    this.emit("state", state);
    if (state.error && state.error !== before) this.emit("error", state.error);
  }

  #again() {
    if (this.#driven) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.tick(), this.#playing ? TICK_MS : IDLE_MS);
  }
}
