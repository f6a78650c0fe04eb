/** Interleaved little-endian PCM -> AudioBuffer. Integers become n / 2^(bits-1): exact in float32 up to 24 bits. */

const BYTES = { s16: 2, s24: 3, f32: 4 };
const AUDIBLE = 2;

export const frameBytes = (sample, channels) => BYTES[sample] * channels;

// Typed arrays have the machine's byte order; every machine that runs Web Audio is little endian.
const READERS = {
  s16: (bytes) => {
    const values = new Int16Array(bytes);
    return (at) => values[at] / 32768;
  },
  s24: (bytes) => {
    const values = new Uint8Array(bytes);
    return (at) => ((values[3 * at] << 8) | (values[3 * at + 1] << 16) | (values[3 * at + 2] << 24)) / 2147483648;
  },
  f32: (bytes) => {
    const values = new Float32Array(bytes);
    return (at) => values[at];
  },
};

/** `bytes` (ArrayBuffer) holds whole frames; of more than two channels the first two are heard. */
export function decode(bytes, { sample, channels, rate }) {
  const length = bytes.byteLength / frameBytes(sample, channels);
  const numberOfChannels = Math.min(channels, AUDIBLE);
  const buffer = new AudioBuffer({ length, numberOfChannels, sampleRate: rate });
  const read = READERS[sample](bytes);
  for (let channel = 0; channel < numberOfChannels; channel++) {
    const samples = buffer.getChannelData(channel);
    for (let frame = 0; frame < length; frame++) samples[frame] = read(frame * channels + channel);
  }
  return buffer;
}

/** A copy of `buffer` from `frame` on: an offset given to a source node would be rounded through seconds. */
export function rest(buffer, frame) {
  const { numberOfChannels, sampleRate } = buffer;
  const part = new AudioBuffer({ length: buffer.length - frame, numberOfChannels, sampleRate });
  for (let channel = 0; channel < numberOfChannels; channel++) {
    part.copyToChannel(buffer.getChannelData(channel).subarray(frame), channel);
  }
  return part;
}
