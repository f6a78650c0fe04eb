// What was dropped or chosen, as a list of { file, folder }; folders are walked, what is no sound in them is left.

const SOUND = /\.(wav|wave|bwf|rf64|w64|aiff?|aifc|caf|flac|m4a|mp4|aac|alac|mp3|mp2|og[ga]|opus|wma|wv|ape|mka)$/i;

/** Files of an input; with `webkitdirectory` their folders too. */
export function picked(files) {
  return [...files].map((file) => ({ file, folder: (file.webkitRelativePath ?? "").split("/").slice(0, -1).join("/") }));
}

/** Files of a drop. The entries must be taken at once: they are gone after the event. */
export async function dropped(transfer) {
  const items = [...transfer.items].filter(({ kind }) => kind === "file");
  const entries = items.map((item) => item.webkitGetAsEntry?.() ?? null);
  if (entries.some((entry) => entry === null)) return picked(transfer.files);
  return (await Promise.all(entries.map((entry) => filesOf(entry, "")))).flat();
}

async function filesOf(entry, folder) {
  if (entry.isFile) {
    const file = await new Promise((resolve, reject) => entry.file(resolve, reject));
    return folder && (!SOUND.test(file.name) || file.name.startsWith(".")) ? [] : [{ file, folder }];
  }
  const inside = folder ? `${folder}/${entry.name}` : entry.name;
  return (await Promise.all((await all(entry.createReader())).map((each) => filesOf(each, inside)))).flat();
}

/** A reader gives a hundred entries at a time. */
async function all(reader) {
  const found = [];
  for (;;) {
    const more = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!more.length) return found;
    found.push(...more);
  }
}
