// "5 min ago" stays true while the page stays open; the words are the server's own (templatetags/words.py, `ago`).

const MINUTE_S = 60;
const HOUR_S = 3600;
const DAY_S = 86400;

/** How long ago that was, in words; null beyond a day, where the server's words stay true long enough. */
export function ago(past_s) {
  if (past_s < MINUTE_S) return "just now";
  if (past_s < HOUR_S) return `${Math.floor(past_s / MINUTE_S)} min ago`;
  return past_s < DAY_S / 4 ? `${Math.floor(past_s / HOUR_S)} h ago` : null;
}

function say(element) {
  const moment = new Date(element.dateTime);
  const words = element.hasAttribute("data-ago") ? ago((Date.now() - moment) / 1000) : null;
  if (words && element.textContent !== words) element.textContent = words;
  element.title ||= moment.toLocaleString(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });
}

/** `<time datetime="..." data-ago>`: kept true each minute; the pointer on it shows the moment in the reader's zone. */
export function startTimes() {
  const all = () => document.querySelectorAll("time[data-ago]").forEach(say);
  all();
  document.addEventListener("htmx:after:settle", all);
  setInterval(all, MINUTE_S * 1000);
}
