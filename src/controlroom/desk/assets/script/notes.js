/** The notes beside the waveform: the list as pins, and the form for the next note. */

import { clock } from "./review-says.js";

const field = (name) => document.querySelector(`#note-form [name="${name}"]`);

/** The notes that stand in #notes now, as the player's data has them. */
export function readNotes() {
  return [...document.querySelectorAll("#notes .note[data-note]")].map((note, index) => ({
    id: Number(note.dataset.note),
    number: Number(note.dataset.number ?? index + 1),
    at_s: note.dataset.at ? Number(note.dataset.at) : null,
    until_s: note.dataset.until ? Number(note.dataset.until) : null,
    who: note.dataset.who,
    text: note.querySelector("[data-text]").textContent.trim(),
    resolved: note.matches("[data-resolved]"),
    lost: note.matches("[data-lost]"),
  }));
}

/** Bring a note's words before the eyes and the focus. */
export function revealNote(id) {
  const note = document.querySelector(`#notes .note[data-note="${id}"]`);
  if (!note) return;
  note.tabIndex = -1;
  note.focus({ preventScroll: true });
  note.scrollIntoView({ block: "nearest" });
}

/** `go(at_s)` when the time of a note is pressed. */
export function followTimes(go) {
  document.getElementById("notes")?.addEventListener("click", (event) => {
    const time = event.target.closest("[data-seek]");
    if (time) go(Number(time.dataset.seek));
  });
}

/** The next note's place: it goes with the playhead until somebody begins to write, and then stays. */
export class NoteForm {
  #place = null; // where the note being written belongs
  #here;

  /** `here()` -> {recording, at_s, until_s} now; at_s is null where nothing has been played: the note is on all of it. */
  constructor(here) {
    this.#here = here;
    document.addEventListener("input", (event) => event.target === field("text") && this.#typed());
    document.addEventListener("focusout", (event) => event.target === field("text") && this.#typed());
    document.addEventListener("reset", (event) => event.target.id === "note-form" && this.release());
  }

  /** C: write about what is heard now. */
  begin() {
    const text = field("text");
    if (!text) return;
    this.#place ??= this.#here();
    this.update();
    text.focus();
  }

  /** The note was sent or given up: the next one goes with the playhead again. */
  release() {
    this.#place = null;
    this.update();
  }

  update() {
    const text = field("text");
    if (!text) return;
    const { recording, at_s, until_s } = this.#place ?? this.#here();
    put(field("recording"), recording);
    put(field("at_s"), at_s === null ? "" : at_s.toFixed(3));
    put(field("until_s"), until_s === null ? "" : until_s.toFixed(3));
    const place = at_s === null ? "all of it" : until_s === null ? clock(at_s) : `${clock(at_s)} to ${clock(until_s)}`;
    const says = `A note ${at_s === null || until_s !== null ? "on" : "at"} ${place}`;
    if (text.placeholder !== says) text.placeholder = says;
    const chip = document.getElementById("note-place"); // still to be read when the placeholder gave way to words
    if (chip && chip.textContent !== place) chip.textContent = place;
  }

  #typed() {
    const text = field("text");
    if (text.value) this.#place ??= this.#here();
    else if (document.activeElement !== text) this.#place = null;
    this.update();
  }
}

function put(input, value) {
  if (input && input.value !== String(value)) input.value = value;
}
