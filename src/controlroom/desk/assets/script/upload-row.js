// One file on its way: its name, how far it is, and what can be done about it.
import { make } from "./shared.js";
import { size } from "./upload-says.js";

/** `state`: queued, sends, paused, waits (for a connection), done, failed, gone (nobody wants it any more). */
export class UploadRow {
  constructor(file, list, queue) {
    Object.assign(this, { file, queue, sent: 0, state: "queued" });
    this.bar = make("progress", { class: "bar", max: "1", value: "0", "aria-label": `How much of ${file.name} is here` });
    this.says = make("span", { class: "dim small num", text: `${size(file.size)}, waits for its turn` });
    this.pause = make("button", { type: "button", class: "btn quiet", text: "Pause" });
    this.cancel = make("button", { type: "button", class: "btn quiet", "aria-label": `Do not send ${file.name}`, text: "×" });
    this.pause.addEventListener("click", () => (this.state === "sends" ? this.hold() : this.resume()));
    this.cancel.addEventListener("click", () => this.drop());
    this.element = make(
      list.matches("ul, ol") ? "li" : "div",
      { class: "file" },
      make("span", { class: "name", text: file.name }),
      make("span", { class: "row" }, this.pause, this.cancel),
      this.bar,
      this.says,
    );
    list.append(this.element);
  }

  /** Send it, from where an earlier try has stopped. */
  async begin() {
    this.set("sends", "Pause", "");
    const [earlier] = await this.upload.findPreviousUploads();
    if (earlier) this.upload.resumeFromPreviousUpload(earlier);
    if (this.state === "sends") this.upload.start();
  }

  resume() {
    this.set("sends", "Pause", "");
    this.upload.start();
  }

  hold() {
    this.upload.abort();
    this.set("paused", "Go on", `paused at ${size(this.sent)} of ${size(this.file.size)}`);
    this.queue.next();
  }

  wait(sentence) {
    this.set("waits", "Try now", sentence);
  }

  progress(sent) {
    this.sent = sent;
    this.bar.value = this.file.size ? sent / this.file.size : 1;
    this.says.textContent = `${size(sent)} of ${size(this.file.size)}`;
    this.queue.show();
  }

  end(state, sentence) {
    this.set(state, "", sentence);
    this.pause.remove();
    this.cancel.remove();
    if (state === "done") this.progress(this.file.size);
    this.bar.hidden = state === "failed";
    this.says.classList.toggle("error", state === "failed");
    this.says.textContent = sentence;
    this.queue.next();
  }

  /** Nobody wants it any more: what is here of it goes too. */
  async drop() {
    this.set("gone", "", "");
    this.element.remove();
    await this.upload.abort(true).catch(() => {});
    this.queue.next();
  }

  set(state, pause, sentence) {
    this.state = state;
    this.pause.textContent = pause;
    this.says.textContent = sentence;
  }
}
