// One page may load several bundles (desk, review, upload); what they share lives here, once per page.

/** The page's shared state: `keys` (the router's map) and `toast` (says a sentence). */
export const shared = (window.controlroom ??= { keys: new Map() });

/** An element: `make("p", { class: "dim", text: "..." }, child, ...)`. Never from markup in a string. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "text") element.textContent = value;
    else element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}
