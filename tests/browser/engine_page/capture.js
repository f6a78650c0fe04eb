/** Hands every quantum that comes in to the page, and passes silence on. */
registerProcessor(
  "capture",
  class extends AudioWorkletProcessor {
    process([input]) {
      if (input.length) this.port.postMessage(input.map((channel) => channel.slice()));
      return true;
    }
  },
);
