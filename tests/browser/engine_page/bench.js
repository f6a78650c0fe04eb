/** A bench for the engine: renders through an OfflineAudioContext, stopping every 2,048 frames to look and act. */

import { Engine } from "/script/engine.js";

const STEP = 2048; // frames between two looks, about the engine's own 50 ms; a multiple of the render quantum of 128

const settle = async (engine, ready) => {
  for (let round = 0; round < 400; round++) {
    engine.tick();
    if (ready(engine)) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

/**
 * Renders `seconds` of what `acts` make of the versions. An act is [second, method, ...arguments].
 * The network has finished whenever the sound goes on, but for what is `late`: {url, from, until} holds requests of that
 * address from that byte on back until this second of the sound.
 */
async function render({ clockHz, versions, seconds, acts, current, late = null, step = STEP }) {
  const length = Math.ceil((seconds * clockHz) / step) * step;
  const context = new OfflineAudioContext({ numberOfChannels: 2, length, sampleRate: clockHz });
  let flying = 0;
  const isLate = (url, { headers }) =>
    late?.url === url && context.currentTime < late.until && Number(/=(\d+)-/.exec(headers.Range)[1]) >= late.from;
  const counted = async (url, options) => {
    while (isLate(url, options)) {
      options.signal.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    flying++;
    const landed = () => setTimeout(() => flying--); // after what waits for it has run
    try {
      const answer = await fetch(url, options);
      const body = answer.arrayBuffer();
      body.then(landed, landed);
      answer.arrayBuffer = () => body;
      return answer;
    } catch (error) {
      landed();
      throw error;
    }
  };
  const engine = new Engine({ clockHz, versions, context, fetch: counted, current });
  const log = { switches: [], states: [], errors: [], positions: [], heldMost: 0, bound: engine.memory.boundFrames };
  engine.on("state", (state) => log.states.push({ at: context.currentTime, ...state }));
  engine.on("error", (says) => log.errors.push(says));
  const todo = [...acts].sort((one, other) => one[0] - other[0]);
  await settle(engine, () => flying === 0);
  for (let frame = 0; frame < length; frame += step) {
    context.suspend(frame / clockHz).then(async () => {
      while (todo.length && todo[0][0] * clockHz <= frame) {
        const [, method, ...values] = todo.shift();
        engine[method](...values);
      }
      await settle(engine, () => flying === 0);
      log.positions.push([context.currentTime, engine.state.current, engine.position]);
      log.heldMost = Math.max(log.heldMost, engine.memory.heldFrames);
      context.resume();
    });
  }
  const rendered = await context.startRendering();
  const [left, right] = [0, 1].map((channel) => rendered.getChannelData(channel));
  const both = left.some((sample, frame) => sample !== right[frame]) ? [left, right] : [left];
  return { samples: both.map(pack), ...log, length };
}

/** Float32Array -> base64, the one form in which exact samples leave a page quickly. */
function pack(samples) {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  const parts = [];
  for (let at = 0; at < bytes.length; at += 32768) parts.push(String.fromCharCode(...bytes.subarray(at, at + 32768)));
  return btoa(parts.join(""));
}

/** An engine that only loads: what it says of a server's manners, and whether it plays once asked again. */
function loader({ clockHz, versions }) {
  const context = new OfflineAudioContext({ numberOfChannels: 2, length: clockHz, sampleRate: clockHz });
  const engine = new Engine({ clockHz, versions, context });
  engine.play();
  return engine;
}

/** Ticks until the engine says what is wrong, or has what it needs. */
async function outcome(engine) {
  await settle(engine, () => engine.state.error || !engine.state.waiting);
  return engine.state;
}

/** The real clock: plays `seconds` and answers what went through the engine's output. */
async function live({ clockHz, versions, seconds, acts }) {
  const engine = new Engine({ clockHz, versions });
  await new Promise((resolve) => setTimeout(resolve, 300));
  for (const [second, method, ...values] of acts) {
    setTimeout(() => engine[method](...values), 1000 * second);
  }
  engine.play();
  await engine.context.audioWorklet.addModule("/page/capture.js");
  const capture = new AudioWorkletNode(engine.context, "capture", { channelCount: 2, channelCountMode: "explicit" });
  const parts = [];
  capture.port.onmessage = ({ data }) => parts.push(data);
  engine.output.connect(capture).connect(engine.context.destination);
  await new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
  capture.disconnect();
  engine.close();
  const join = (channel) => {
    const whole = new Float32Array(parts.length * 128);
    parts.forEach((part, index) => whole.set(part[channel], index * 128));
    return pack(whole);
  };
  return { samples: [join(0), join(1)], state: engine.state };
}

window.bench = { render, loader, outcome, live };
