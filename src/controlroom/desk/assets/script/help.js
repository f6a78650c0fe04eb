// `?`: every key of this page in a dialog, and the switch that turns single keys off.
import { areOn, listed, register, turn } from "./keys.js";
import { make } from "./shared.js";

function show() {
  const rows = listed().flatMap(([key, label]) => [make("dt", {}, make("kbd", { text: key })), make("dd", { text: label })]);
  const box = make("input", { type: "checkbox", id: "keys-on" });
  box.checked = areOn();
  box.addEventListener("change", () => turn(box.checked));
  const dialog = make(
    "dialog",
    { "aria-labelledby": "keys-title" },
    make("h2", { id: "keys-title", text: "Keys on this page" }),
    make("dl", { class: "keys" }, ...rows),
    make("div", { class: "choice" }, box, make("label", { for: "keys-on", text: "Single keys act on this page" })),
    make("form", { method: "dialog", class: "actions" }, make("button", { class: "btn", text: "Close", autofocus: "" })),
  );
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

export function startHelp() {
  register("?", "show these keys", show);
  register("/", "search", () => {
    const field = document.querySelector("[data-search], input[type=search]");
    field?.focus();
    field?.select();
  });
  document.addEventListener("click", (event) => event.target.closest?.("[data-keys-help]") && show());
}
