// htmx, set up for this desk: the token that Django wants, and a sentence when an answer is not what was asked for.
import htmx from "htmx.org/dist/htmx.esm.js";
import { toast } from "./toast.js";

const WORDS = {
  403: "You may not do that here. Ask the studio for the right.",
  404: "That is not here any more. Load the page again.",
  413: "That is larger than this desk takes.",
  429: "Too many at once. Wait a minute, then try again.",
};

/** The sentence that the server's own page says (`data-says`), or ours for that status. */
function sentence({ status }, text) {
  const said = new DOMParser().parseFromString(text ?? "", "text/html").querySelector("[data-says]")?.textContent.trim();
  return said || WORDS[status] || "That did not work, and the desk has noted why. Try again; if it stays so, tell the studio.";
}

export function startNet() {
  window.htmx = htmx; // the other bundles process what they add with it
  document.addEventListener("htmx:config:request", ({ detail }) => {
    if (!/^(GET|QUERY)$/.test(detail.ctx.request.method)) detail.ctx.request.headers["X-CSRFToken"] = document.body.dataset.csrf;
  });
  let refused = false;
  document.addEventListener("htmx:response:error", ({ detail }) => {
    refused = detail.ctx.response.status === 422;
    if (!refused) toast(sentence(detail.ctx.response, detail.ctx.text), "bad");
  });
  // 422 brings the form back with its errors: the first wrong field takes the focus.
  document.addEventListener("htmx:after:settle", ({ detail }) => {
    if (!refused) return;
    refused = false;
    const wrong = "[aria-invalid=true]";
    detail.newContent.map((part) => (part.matches?.(wrong) ? part : part.querySelector?.(wrong))).find(Boolean)?.focus();
  });
  let silent = false;
  document.addEventListener("htmx:error", ({ detail }) => {
    if (!detail.ctx || silent) return; // a page that polls each second says it once
    silent = true;
    toast("The desk does not answer. It is tried again; what you typed is still here.", "warn");
  });
  document.addEventListener("htmx:after:request", () => (silent = false));
}
