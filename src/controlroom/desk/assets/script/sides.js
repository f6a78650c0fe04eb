// Two players of one audition: whichever begins while the other plays goes on at the same place, and alone.

/** `.sides` around two `audio[data-pace]`: how many times as fast each goes. */
export function startSides() {
  document.addEventListener("play", (event) => takeOver(event.target), true); // it does not bubble
}

function takeOver(now) {
  const before = [...(now.closest(".sides")?.querySelectorAll("audio") ?? [])].find((one) => one !== now && !one.paused);
  for (const other of document.querySelectorAll(".sides audio")) if (other !== now) other.pause();
  if (!before) return;
  const place_s = (before.currentTime * before.dataset.pace) / now.dataset.pace;
  now.currentTime = place_s < now.duration || Number.isNaN(now.duration) ? place_s : 0;
}
