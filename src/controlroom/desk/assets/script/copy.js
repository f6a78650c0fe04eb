// `data-copy="words"` or `data-copy="#id"` (a field or an element): a button that copies.
import { toast } from "./toast.js";

async function put(words) {
  if (navigator.clipboard) return navigator.clipboard.writeText(words);
  // A desk reached over plain http in the studio's own network has no clipboard API.
  const field = document.createElement("textarea");
  field.value = words;
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (!done) throw new Error("refused");
}

export function startCopying() {
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    if (!button) return;
    const named = button.dataset.copy.startsWith("#") ? document.querySelector(button.dataset.copy) : null;
    const words = named ? (named.value ?? named.textContent.trim()) : button.dataset.copy;
    try {
      await put(words);
      toast("Copied.", "ok");
    } catch {
      toast("This browser did not let the page copy. Select the words and copy them yourself.", "warn");
    }
  });
}
