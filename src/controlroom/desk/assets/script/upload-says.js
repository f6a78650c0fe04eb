/** How much and how long, in words. */

/** 48200000 -> "48.2 MB" */
export function size(bytes) {
  const units = ["B", "kB", "MB", "GB"];
  let amount = bytes;
  while (amount >= 1000 && units.length > 1) {
    amount /= 1000;
    units.shift();
  }
  return `${units[0] === "B" ? amount : amount.toFixed(1)} ${units[0]}`;
}

/** ", about 2 min left"; "" while nobody can tell. */
export function left(sent, whole, spent_ms) {
  if (spent_ms < 3000 || sent < whole / 50) return "";
  const seconds = ((whole - sent) / sent) * (spent_ms / 1000);
  return seconds < 60 ? ", less than a minute left" : `, about ${Math.round(seconds / 60)} min left`;
}
