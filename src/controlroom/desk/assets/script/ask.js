// A question before something that cannot be taken back: our own dialog, never the browser's.
import { make } from "./shared.js";

/** Ask; resolves to true for yes. `yes` is the word on the button that does it. */
export function ask(sentence, yes = "Yes, do it") {
  const no = make("button", { class: "btn", value: "", text: "Leave it", autofocus: "" });
  const form = make("form", { method: "dialog", class: "actions" }, no, make("button", { class: "btn bad", value: "yes", text: yes }));
  const dialog = make("dialog", { "aria-labelledby": "question" }, make("p", { id: "question", text: sentence }), form);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

/** `data-confirm="sentence"` on a submit button or a form, and htmx's own hx-confirm, ask first. */
export function askFirst() {
  let agreed = null;
  document.addEventListener(
    "submit",
    async (event) => {
      const form = event.target;
      const button = event.submitter;
      const asker = button?.dataset.confirm ? button : form;
      if (!asker.dataset.confirm || agreed === form) {
        agreed = null;
        return;
      }
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!(await ask(asker.dataset.confirm, button?.textContent.trim()))) return;
      agreed = form;
      form.requestSubmit(button);
    },
    true,
  );
  document.addEventListener("htmx:confirm", async (event) => {
    event.preventDefault();
    const { ctx, issueRequest, dropRequest } = event.detail;
    const label = ctx.sourceElement.matches("button") ? ctx.sourceElement.textContent.trim() : undefined;
    if (await ask(ctx.confirm, label)) issueRequest();
    else dropRequest();
  });
}
