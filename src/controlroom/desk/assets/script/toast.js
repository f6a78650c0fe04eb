// What just happened, in a sentence at the edge of the page; read out by screen readers.
import { make, shared } from "./shared.js";

const STAYS_MS = 7000;

/** Say a sentence. `kind`: "ok", "info", "warn" or "bad"; what is bad stays until it is closed. */
export function toast(sentence, kind = "info") {
  const place = document.getElementById("toasts");
  if (place) place.append(keep(make("div", { class: `toast ${kind}` }, make("p", { text: sentence }))));
}

function keep(element) {
  if (element.dataset.kept) return element;
  element.dataset.kept = "yes";
  const close = make("button", { type: "button", "aria-label": "Close this message", text: "×" });
  close.addEventListener("click", () => element.remove());
  element.append(close);
  if (element.matches(".bad, .error")) return element;
  // It waits while somebody reads it: the pointer on it or the focus in it stops its going.
  const leave = () => (element.matches(":hover, :focus-within") ? setTimeout(leave, 1000) : element.remove());
  setTimeout(leave, STAYS_MS);
  return element;
}

/** Adopt the messages in the page, those that htmx brings, and the server's `HX-Trigger: {"toast": "sentence"}`. */
export function startToasts() {
  shared.toast = toast;
  const place = document.getElementById("toasts");
  if (place) {
    const adopt = () => place.querySelectorAll(".toast").forEach(keep);
    adopt();
    new MutationObserver(adopt).observe(place, { childList: true });
  }
  document.addEventListener("toast", ({ detail }) => toast(detail.says ?? detail.value, detail.kind));
}
