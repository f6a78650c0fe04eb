/** One Range of a version's PCM, or an error whose message is a sentence for people. */

export class LoadError extends Error {
  constructor(message, passing) {
    super(message);
    this.passing = passing; // may go away by itself, so it is tried again without being asked
  }
}

function refusal(label, status) {
  if (status === 401 || status === 403) {
    return new LoadError(`You may no longer listen to ${label} (${status}); sign in again or ask for a new link.`, false);
  }
  if (status === 404 || status === 410) {
    return new LoadError(`The sound of ${label} is not on the server any more (${status}); choose another version or try again.`, false);
  }
  if (status === 416 || status === 200) {
    return new LoadError(`The sound of ${label} is not what this page expects (${status}); reload the page.`, false);
  }
  if (status === 202) return new LoadError(`${label} is being prepared for playing; it begins by itself.`, true);
  return new LoadError(`The server failed while sending ${label} (${status}); it is tried again every few seconds.`, true);
}

/** The answer to a GET; `wanted` is the one status that will do. */
async function ask(fetch, label, url, options, wanted) {
  let answer;
  try {
    answer = await fetch(url, options);
  } catch {
    throw new LoadError(`The connection broke while loading ${label}; it is tried again every few seconds.`, true);
  }
  if (!wanted.includes(answer.status)) {
    answer.body?.cancel().catch(() => {}); // a server that ignores Range must not send the whole file
    throw refusal(label, answer.status);
  }
  return answer;
}

/** Bytes first to last (inclusive) as an ArrayBuffer of exactly that length. */
export async function fetchRange(fetch, label, url, [first, last], signal) {
  const options = { headers: { Range: `bytes=${first}-${last}` }, signal };
  const answer = await ask(fetch, label, url, options, [206]);
  let bytes;
  try {
    bytes = await answer.arrayBuffer();
  } catch {
    throw new LoadError(`The connection broke while loading ${label}; it is tried again every few seconds.`, true);
  }
  if (bytes.byteLength !== last - first + 1) {
    throw new LoadError(`The server sent less of ${label} than was asked for; it is tried again every few seconds.`, true);
  }
  return bytes;
}

/** The PCM's description once it is made, or null while it is being made (202). */
export async function fetchPcm(fetch, label, url, signal) {
  const answer = await ask(fetch, label, url, { signal }, [200, 202]);
  return answer.status === 200 ? answer.json() : null;
}
