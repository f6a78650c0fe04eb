/** What every page with a player shares: what a browser remembers of it, and buttons whose words change. */

export const MATCH = "controlroom.match-off";
export const LIGHT = "controlroom.light-stream";

/** localStorage may be forbidden; then nothing is remembered. */
export const memory = {
  has(name) {
    try {
      return localStorage.getItem(name) !== null;
    } catch {
      return false;
    }
  },
  keep(name, on) {
    try {
      if (on) localStorage.setItem(name, "yes");
      else localStorage.removeItem(name);
    } catch {
      // forbidden
    }
  },
};

/** Change a button's words and leave the key that is printed on it. */
export function relabel(button, words) {
  const own = button.querySelector("[data-label]");
  const text = own ?? [...button.childNodes].find((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
  if (!text) button.prepend(`${words} `);
  else if (text.textContent.trim() !== words) text.textContent = own ? words : `${words} `;
}
