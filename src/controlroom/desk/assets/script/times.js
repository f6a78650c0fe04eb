// Times as people say them: "2 h ago", and a moment in the reader's own zone.

const STEPS = [
  ["year", 31557600],
  ["month", 2629800],
  ["week", 604800],
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
];
const language = document.documentElement.lang || "en";
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });

/** Seconds from now (negative: ago) in words, exact to the largest unit. */
export function inWords(seconds_s) {
  const [unit, size_s] = STEPS.find(([, size_s]) => Math.abs(seconds_s) >= size_s) ?? [];
  return unit ? relative.format(Math.trunc(seconds_s / size_s), unit) : "just now";
}

function say(element) {
  const moment = new Date(element.dateTime);
  if (Number.isNaN(moment.getTime())) return;
  const full = moment.toLocaleString(language, { dateStyle: "full", timeStyle: "short" });
  if (element.hasAttribute("data-ago")) {
    const words = inWords((moment - Date.now()) / 1000);
    if (element.textContent !== words) element.textContent = words;
  } else {
    const style = element.dataset.local === "time" ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" };
    element.textContent = moment.toLocaleString(language, style);
  }
  element.title = full;
}

/** `<time datetime data-ago>` and `<time datetime data-local>`, below `root`; without script the server's words stand. */
export const sayTimes = (root = document) => root.querySelectorAll("time[data-ago], time[data-local]").forEach(say);

export function startTimes() {
  sayTimes();
  document.addEventListener("htmx:after:settle", () => sayTimes());
  setInterval(sayTimes, 60_000);
}
