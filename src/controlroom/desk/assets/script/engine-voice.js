/** A voice: one unbroken run of a version from one frame on, begun and ended by fades. All instants are context frames. */

const TAIL_S = 0.005;
// frame / rate * rate may fall short of the frame by a rounding; browsers then start between two samples and interpolate.
// A hair later they start on the sample, and every bit is as it was.
const NUDGE = 1e-5;

export class Voice {
  #context;
  #gain;
  #sources = new Set();
  #first;
  #next;
  #tail = Infinity; // where the fade that stands before unscheduled sound begins
  closed = Infinity; // where its closing fade begins

  /** Sounds at `start` from frame `from` of the version (a fraction is kept for the position, the sound is on whole frames). */
  constructor(context, track, { start, from, fade, planned, fresh }) {
    this.#context = context;
    this.track = track;
    this.start = start;
    this.from = from;
    this.fade = fade;
    this.planned = planned; // a turn of a loop, which may be taken back before it begins
    this.fresh = fresh; // begins where the playhead was sent, not where another voice stands
    this.#first = this.#next = Math.round(from);
    this.#gain = new GainNode(context, { gain: fade ? 0 : 1 });
    this.#gain.connect(track.input);
    if (fade) this.#ramp(start, 0, fade, 1);
  }

  /** Sound is scheduled up to here. */
  get scheduled() {
    return this.start + this.#next - this.#first;
  }

  /** Where the version itself ends. */
  get finish() {
    return this.start + this.track.blocks.frames - this.#first;
  }

  get open() {
    return this.closed === Infinity;
  }

  /** The frame (with its fraction) of the version that sounds at this instant. */
  positionAt(frame) {
    const end = Math.min(this.closed, this.finish);
    return this.from + Math.max(0, Math.min(frame, end) - this.start);
  }

  /** Schedule what is there, up to `horizon`. The end of what is scheduled always has a fade before it, moved as more comes. */
  pump(horizon) {
    const before = this.scheduled;
    while (this.scheduled < horizon && this.scheduled < this.finish) {
      const buffer = this.track.blocks.from(this.#next);
      if (!buffer) break;
      this.#schedule(buffer);
    }
    if (this.scheduled !== before) this.#standTail();
  }

  /** Frames scheduled that are not the blocks' own. */
  get copiedFrames() {
    const copies = [...this.#sources].filter(({ buffer }) => !this.track.blocks.holds(buffer));
    return copies.reduce((frames, { buffer }) => frames + buffer.length, 0);
  }

  /** Whether sound runs out at or before this instant. */
  driesBy(frame) {
    return this.open && this.#tail <= frame;
  }

  /** Fade out from `at` on, or earlier where sound runs out earlier. */
  close(at, fade) {
    const from = Math.min(at, this.#tail);
    this.#forgetTail();
    this.closed = from;
    this.#ramp(from, 1, fade, 0);
  }

  /** Take a close that has not begun back. */
  reopen() {
    this.#gain.gain.cancelScheduledValues(this.#time(this.closed));
    this.closed = Infinity;
    this.#standTail();
  }

  /** Let go of all that is scheduled. */
  silence() {
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
    this.#gain.disconnect();
  }

  #schedule(buffer) {
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(this.#gain);
    source.start(this.#time(this.scheduled + NUDGE));
    source.onended = () => this.#sources.delete(source);
    this.#sources.add(source);
    this.#next += buffer.length;
  }

  #standTail() {
    this.#forgetTail();
    if (this.scheduled >= this.finish) return; // a song's own end is not faded
    this.#tail = this.scheduled - TAIL_S * this.#context.sampleRate;
    this.#ramp(this.#tail, 1, TAIL_S * this.#context.sampleRate, 0);
  }

  #forgetTail() {
    if (this.#tail < Infinity) this.#gain.gain.cancelScheduledValues(this.#time(this.#tail));
    this.#tail = Infinity;
  }

  #ramp(start, from, length, to) {
    this.#gain.gain.setValueAtTime(from, this.#time(start));
    this.#gain.gain.linearRampToValueAtTime(to, this.#time(start + length));
  }

  #time(frame) {
    return frame / this.#context.sampleRate;
  }
}

/** A gain that moves in straight lines and may be turned again while it moves. */
export class Level {
  #param;
  #line;

  constructor(param) {
    this.#param = param;
    this.#line = { from: param.value, to: param.value, start_s: 0, end_s: 0 };
  }

  move(to, start_s, length_s) {
    const { end_s } = this.#line;
    const from = this.#valueAt(start_s);
    this.#param.cancelScheduledValues(start_s);
    if (start_s < end_s) this.#param.linearRampToValueAtTime(from, start_s);
    else this.#param.setValueAtTime(from, start_s);
    this.#param.linearRampToValueAtTime(to, start_s + length_s);
    this.#line = { from, to, start_s, end_s: start_s + length_s };
  }

  #valueAt(time_s) {
    const { from, to, start_s, end_s } = this.#line;
    if (time_s >= end_s) return to;
    return from + ((to - from) * (time_s - start_s)) / (end_s - start_s);
  }
}
