// The page's keys: one router for all bundles. A key never acts while somebody types, and can be switched off.
import { shared } from "./shared.js";

const OFF = "controlroom.keys-off";
const TYPED = "input:not([type=checkbox], [type=radio], [type=range], [type=button], [type=submit]), textarea, select, [contenteditable]";
const PRESSED = "a[href], button, summary, input, [role=button], [role=tab], [role=slider]";
const NAMES = { " ": "space", escape: "Esc", arrowleft: "←", arrowright: "→" };

/**
 * Let a key do something on this page; returns the function that takes it back.
 * `key` is KeyboardEvent.key in lower case (" " for space), `label` what help says it does ("" leaves it out of help).
 */
export function register(key, label, action) {
  const entry = { label, action };
  shared.keys.set(key.toLowerCase(), entry);
  return () => {
    if (shared.keys.get(key.toLowerCase()) === entry) shared.keys.delete(key.toLowerCase());
  };
}

const pressable = () => document.querySelectorAll("[data-key]");

/** What this page's keys do: [[name as printed, label]], controls with `data-key` first. */
export function listed() {
  const controls = [...pressable()].map((control) => [control.dataset.key, control.dataset.keyLabel ?? nameOf(control)]);
  const registered = [...shared.keys].map(([key, { label }]) => [key, label]);
  return [...controls, ...registered].filter(([, label]) => label).map(([key, label]) => [NAMES[key.toLowerCase()] ?? key.toUpperCase(), label]);
}

/** The words on a control, without the key printed on it. */
function nameOf(control) {
  const copy = control.cloneNode(true);
  copy.querySelectorAll("kbd").forEach((printed) => printed.remove());
  return control.getAttribute("aria-label") ?? copy.textContent.trim();
}

/** What a key does here: what was registered, else pressing the control that bears it (`data-key="n"`). */
function actionOf(key) {
  const control = [...pressable()].find((one) => one.dataset.key.toLowerCase() === key && one.checkVisibility?.() !== false);
  return shared.keys.get(key)?.action ?? (control && (() => press(control)));
}

/** What a key opened takes what is typed next. */
function press(control) {
  control.click();
  if (control.matches("details[open] > summary")) control.parentElement.querySelector("input:not([type=hidden])")?.focus();
}

export const areOn = () => localStorage.getItem(OFF) === null;

/** Single keys can be switched off: speech input and shaky hands press them unasked (WCAG 2.2, 2.1.4). */
export function turn(on) {
  if (on) localStorage.removeItem(OFF);
  else localStorage.setItem(OFF, "yes");
}

let byPointer = false; // whether the focus came by mouse or finger
let swallow = false; // the release of a space that we took

function isTaken(event) {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return true;
  const at = event.target instanceof Element ? event.target : document.body;
  if (at.closest(TYPED)) return true;
  if (document.querySelector("dialog[open]")) return true;
  // Space presses a control that was reached by keyboard. One that was clicked only happens to hold the focus.
  const moves = event.key === " " || event.key.startsWith("Arrow");
  return moves && !byPointer && at.closest(PRESSED) !== null;
}

function route(event) {
  if (event.key === "Escape" && event.target instanceof HTMLElement && event.target.closest(TYPED)) {
    event.target.blur();
    return;
  }
  if (isTaken(event) || (!areOn() && event.key !== "?")) return;
  const action = actionOf(event.key.toLowerCase());
  if (!action) return;
  event.preventDefault();
  swallow = event.key === " ";
  action(event);
}

/** Start listening; desk.js does it once for the page. */
export function listen() {
  document.addEventListener("pointerdown", () => (byPointer = true), true);
  document.addEventListener("keydown", (event) => event.key === "Tab" && (byPointer = false), true);
  document.addEventListener("keydown", route);
  document.addEventListener("keyup", (event) => {
    if (event.key === " " && swallow) event.preventDefault(); // Firefox clicks on release
    swallow = false;
  });
}
