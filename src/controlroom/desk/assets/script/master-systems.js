/** The buttons of the systems: a press plays the master there, at the same place; a second press goes back. */

export class Systems {
  #asked;
  #back;
  #state;

  /** `back()`: play the version itself again. */
  constructor(asked, state, back) {
    this.#asked = asked;
    this.#state = state;
    this.#back = back;
    // The panel is swapped when it was measured: its buttons are heard from outside it.
    document.addEventListener("click", (event) => {
      const button = event.target.closest?.("[data-on]");
      if (button) this.#press(button.dataset.on);
    });
    document.addEventListener("htmx:after:settle", () => this.render());
  }

  render() {
    const { current } = this.#state();
    for (const button of document.querySelectorAll("[data-on]")) {
      const says = this.#asked.says(button.dataset.on);
      button.setAttribute("aria-pressed", String(button.dataset.on === current));
      button.setAttribute("aria-busy", String(Boolean(says)));
      const line = button.closest(".system")?.querySelector("[data-says]");
      if (line && line.textContent !== says) line.textContent = says;
    }
  }

  #press(id) {
    if (this.#state().current === id) this.#back();
    else this.#asked.want(id);
  }
}
