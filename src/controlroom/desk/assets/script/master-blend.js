/** How far toward the references: a slider between two masters, heard as it moves, and a button that makes what is heard. */

import { relabel } from "./player-page.js";

export class Blend {
  #asked;
  #slider;
  #button;
  #line;
  #own;
  #back;
  #heard; // the step that was heard last

  /** `back()`: play the master itself, which is one of the slider's ends. */
  constructor(form, asked, back) {
    this.#asked = asked;
    this.#back = back;
    this.#slider = form.querySelector("[name=share]");
    this.#button = form.querySelector("button");
    this.#line = form.querySelector("[data-says]");
    this.#own = this.#heard = form.dataset.own;
    this.#slider.value = this.#own; // some browsers keep where it stood
    this.#slider.dispatchEvent(new Event("input"));
    this.#slider.addEventListener("input", () => this.#move(false));
    this.#slider.addEventListener("change", () => this.#move(true));
    this.#label();
  }

  /** What is played at this step; "" for the master itself. */
  get id() {
    return this.#slider.value === this.#own ? "" : `blend-${this.#slider.value}`;
  }

  /** The slider, for a key. */
  focus() {
    this.#slider.focus();
  }

  /** Play what it stands at. */
  play() {
    if (this.id) this.#asked.want(this.id);
    else this.#back();
  }

  /** Whether a mixture is what the player plays. */
  isHeard({ current }) {
    return String(current).startsWith("blend-");
  }

  render(state) {
    const says = this.#asked.says(this.id) || (this.isHeard(state) ? `Heard now: ${state.current.slice(6)} %.` : "");
    this.#slider.setAttribute("aria-busy", String(Boolean(says)));
    if (this.#line.textContent !== says) this.#line.textContent = says;
  }

  /** The master was chosen elsewhere: the slider stands there too. */
  home() {
    if (this.#slider.value === this.#own) return;
    this.#slider.value = this.#heard = this.#own;
    this.#slider.dispatchEvent(new Event("input"));
  }

  /** What is there is heard while the slider moves; what has to be made is asked for when it is let go. */
  #move(letGo) {
    this.#label();
    if (!letGo && this.id && !this.#asked.has(this.id)) return;
    if (this.#slider.value === this.#heard) return;
    this.#heard = this.#slider.value;
    this.play();
  }

  #label() {
    if (!this.#button) return;
    const own = !this.id;
    this.#button.disabled = own;
    relabel(this.#button, own ? "Make another by it" : `Make the master at ${this.#slider.value} %`);
  }
}
