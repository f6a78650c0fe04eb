/** What stands above the waveform: the song's sections, and a pin for each note at its moment. */

import { clock } from "./review-says.js";
import { make } from "./shared.js";

const percent = (share) => `${(100 * Math.max(0, Math.min(1, share))).toFixed(4)}%`;

export class Marks {
  #sections;
  #pins;
  #seek;
  #pick;

  /** `seek(time_s)` on a section, `pick(note)` on a pin. */
  constructor(host, { seek, pick }) {
    this.#sections = strip(host, "sections", "Sections");
    this.#pins = strip(host, "pins", "Notes on the waveform");
    this.#seek = seek;
    this.#pick = pick;
  }

  showSections(sections, duration_s) {
    this.#sections.replaceChildren(
      ...sections.map(({ start_s, end_s, label }) => {
        const button = make("button", { type: "button", text: label, title: `${label}, ${clock(start_s)} to ${clock(end_s)}` });
        button.style.left = percent(start_s / duration_s);
        button.style.width = percent((end_s - start_s) / duration_s);
        button.dataset.start = start_s;
        button.dataset.end = end_s;
        button.addEventListener("click", () => this.#seek(start_s));
        return button;
      }),
    );
  }

  showPins(notes, duration_s) {
    const held = document.activeElement?.closest?.(".pin")?.dataset.pin;
    this.#pins.replaceChildren(...notes.filter(({ at_s, lost }) => at_s !== null && !lost).map((note) => this.#pin(note, duration_s)));
    if (held) this.#pins.querySelector(`[data-pin="${held}"]`)?.focus();
  }

  /** Show where the playhead is: the section it is in, the note it is on. */
  at(time_s) {
    for (const mark of [...this.#sections.children, ...this.#pins.children]) {
      const now = time_s >= Number(mark.dataset.start) && time_s < Number(mark.dataset.end);
      if (mark.classList.contains("now") !== now) mark.classList.toggle("now", now);
    }
  }

  #pin(note, duration_s) {
    const { id, number, at_s, until_s, who, text, resolved } = note;
    const place = until_s ? `from ${clock(at_s)} to ${clock(until_s)}` : `at ${clock(at_s)}`;
    const says = `Note ${number}${who ? ` by ${who}` : ""} ${place}${resolved ? ", done" : ""}: ${text}`;
    const pin = make("button", { type: "button", class: resolved ? "pin resolved" : "pin", "aria-label": says, title: says, text: number });
    pin.style.left = percent(at_s / duration_s);
    pin.dataset.pin = id;
    pin.dataset.start = at_s;
    pin.dataset.end = until_s ?? at_s + 2; // a moment's pin is lit long enough to be seen
    pin.addEventListener("click", () => this.#pick(note));
    return pin;
  }
}

/** The strip of that class before the waveform; made where the page has none. */
function strip(host, name, label) {
  const found = host.parentElement.querySelector(`.${name}`);
  const element = found ?? make("div", { class: name, role: "group", "aria-label": label });
  if (!found) host.before(element);
  return element;
}
