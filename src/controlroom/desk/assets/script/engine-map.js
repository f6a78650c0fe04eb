/** Time lines: seconds in a version against seconds on the song's common clock. */

/** Both ways along `points`; outside them a version runs on at its own speed, where a cut stands the later side counts. */
function along(points, from, to, time_s) {
  if (!points.length) return time_s;
  const index = Math.max(0, points.findLastIndex((point) => point[from] <= time_s));
  const [here, next] = [points[index], points[index + 1]];
  const inside = next && time_s >= here[from];
  const speed = inside ? (next[to] - here[to]) / (next[from] - here[from]) : 1;
  return here[to] + (time_s - here[from]) * speed;
}

/** Seconds in a version -> seconds on the common clock. */
export const toCommon = (version, time_s) => along(version.map, 0, 1, time_s);

/** Seconds on the common clock -> seconds in a version. */
export const fromCommon = (version, time_s) => along(version.map, 1, 0, time_s);

/** The same moment of the song in another version; versions that do not align (map null) keep the seconds. */
export function follow(from, to, time_s) {
  if (from === to || !from.map || !to.map) return time_s;
  return fromCommon(to, toCommon(from, time_s));
}
