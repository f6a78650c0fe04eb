// Files go up piece by piece (tus 1.0): a broken connection, a closed lid or a loaded page loses nothing.
import { dropped, picked } from "./upload-files.js";
import { UploadQueue } from "./upload-queue.js";

/** A `form[data-uploads]`: without scripts it posts its files whole; here they go up resumably, dropped or chosen. */
function start(form) {
  const queue = new UploadQueue(form);
  const input = form.querySelector("input[type=file]");
  const zone = form.matches(".drop") ? form : form.querySelector(".drop");
  form.querySelectorAll("button:not([type=button])").forEach((button) => (button.hidden = true));
  input.addEventListener("change", () => {
    queue.add(picked(input.files));
    input.value = "";
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  catchDrops(zone, (transfer) => dropped(transfer).then((files) => queue.add(files)));
}

/** The whole page takes what is dropped; the zone shows where it goes. */
function catchDrops(zone, take) {
  let depth = 0;
  const bears = (event) => event.dataTransfer?.types.includes("Files");
  const over = (by) => {
    depth = Math.max(0, depth + by);
    zone.classList.toggle("over", depth > 0);
  };
  document.addEventListener("dragenter", (event) => bears(event) && over(1));
  document.addEventListener("dragleave", (event) => bears(event) && over(-1));
  document.addEventListener("dragover", (event) => bears(event) && event.preventDefault());
  document.addEventListener("drop", (event) => {
    if (!bears(event)) return;
    event.preventDefault();
    over(-depth);
    take(event.dataTransfer);
  });
}

document.querySelectorAll("form[data-uploads]").forEach(start);
