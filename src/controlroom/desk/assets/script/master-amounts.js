/** Sliders say how much they mean: "70 %", and at nothing what nothing means. */

import { make } from "./shared.js";

/** Again after a part of the page was swapped, which takes the words along. */
export function startPercents() {
  showPercents();
  document.addEventListener("htmx:after:settle", showPercents);
}

function showPercents() {
  for (const slider of document.querySelectorAll("input[data-percent]")) {
    if (slider.previousElementSibling?.matches("output")) continue;
    const shown = make("output", { class: "num dim", for: slider.id });
    slider.before(shown);
    const say = () => (shown.textContent = Number(slider.value) ? `${slider.value} %` : slider.dataset.percent);
    slider.addEventListener("input", say);
    say();
  }
}
