/** What the player says, in words. */

/** 92.43 -> "1:32.4"; an hour and more "1:02:03.4". */
export function clock(time_s) {
  const tenths = Math.max(0, Math.floor(time_s * 10 + 1e-6));
  const [hours, minutes, seconds] = [Math.floor(tenths / 36000), Math.floor(tenths / 600) % 60, (tenths % 600) / 10];
  const rest = seconds.toFixed(1).padStart(4, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

const decibels = (gain_db) => `${gain_db.toFixed(1).replace("-", "−")} dB`;

/** The match as an attenuation of the louder version: "matched: Mix 4 −0.8 dB". */
export function matchSays(versions, current, { matched, matchable }) {
  if (!matchable) return "matching unavailable here";
  if (!matched) return "not matched";
  if (current.gain_db === null) return `${current.label} is not matched`;
  const turned = versions.filter(({ gain_db }) => gain_db !== null && gain_db <= -0.05);
  const shown = turned.includes(current) ? current : turned.sort((one, other) => one.gain_db - other.gain_db)[0];
  return shown ? `matched: ${shown.label} ${decibels(shown.gain_db)}` : "matched: equally loud";
}

/** Why the match is as it is, for the tooltip. */
export function matchWhy(current, { matched, matchable }) {
  if (!matchable) return "This phone does not let a page turn its volume, so the versions play as loud as they are.";
  if (matched && current.gain_db === null) return current.gain_why || "This version could not be compared in loudness.";
  return matched ? "The louder versions are turned down to the quietest. Nothing is turned up." : "Every version plays as loud as it is.";
}

/** One sentence on what the player waits for or does; "" when there is nothing to say. */
export function stateSays({ error, waiting, loop }, { label }, follows) {
  const waits = {
    preparing: `${label} is being prepared for playing; it begins by itself.`,
    slow: `The network is slow: waiting for more of ${label}.`,
    loading: `Loading ${label}…`,
  };
  const loops = loop ? `Playing ${clock(loop.start_s)} to ${clock(loop.end_s)} round and round. Esc ends it.` : "";
  return error || waits[waiting] || follows || loops;
}

/** When versions cannot follow each other. */
export function followSays(from, to) {
  if (from === to || (from.map && to.map)) return "";
  const lost = to.map ? from : to;
  if (lost.waits) return `${lost.label} is still being lined up. Until then switching keeps the same seconds; open the page again in a moment.`;
  return `${lost.label} does not line up with the others, so switching keeps the same seconds.`;
}
