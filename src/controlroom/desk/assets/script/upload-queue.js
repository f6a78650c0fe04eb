// The files of one form on their way: three at a time, each with its progress, all of them with one.
import * as tus from "tus-js-client";
import { shared } from "./shared.js";
import { UploadRow } from "./upload-row.js";
import { left, size } from "./upload-says.js";

const AT_ONCE = 3;
const CHUNK_BYTES = 8 * 1024 * 1024;
const RETRIES_MS = [0, 1000, 3000, 5000, 10000, 20000];
const AGAIN_MS = 30000; // after that, tried again as long as the page is open

export class UploadQueue {
  constructor(form) {
    this.form = form;
    this.rows = [];
    this.list = form.querySelector(".files");
    this.total = form.querySelector("[data-total]");
    window.addEventListener("online", () => this.rows.filter(({ state }) => state === "waits").forEach((row) => row.resume()));
    window.addEventListener("beforeunload", (event) => this.active.length && event.preventDefault());
    this.tellUnfinished();
  }

  get active() {
    return this.rows.filter(({ state }) => ["queued", "sends", "waits"].includes(state));
  }

  /** Files that were under way when the page was left: dropped again, they go on where they stopped. */
  async tellUnfinished() {
    const endpoint = new URL(this.form.dataset.uploads, location.href).pathname;
    const kept = await tus.defaultOptions.urlStorage.findAllUploads();
    const mine = kept.filter(({ metadata }) => metadata?.endpoint === endpoint).map(({ metadata }) => metadata.filename);
    if (mine.length) this.say(`Not all of it here yet: ${mine.join(", ")}. Drop it again, and it goes on where it stopped.`);
  }

  add(files) {
    if (!files.length) return;
    this.began ??= { at: Date.now(), sent: 0 };
    for (const { file, folder } of files) {
      const row = new UploadRow(file, this.list, this);
      row.upload = this.uploadOf(row, file, folder);
      this.rows.push(row);
    }
    this.list.hidden = false;
    this.next();
  }

  uploadOf(row, file, folder) {
    const field = (name) => this.form.elements[name]?.value ?? this.form.dataset[name] ?? "";
    const endpoint = new URL(this.form.dataset.uploads, location.href).pathname;
    return new tus.Upload(file, {
      endpoint,
      chunkSize: CHUNK_BYTES,
      retryDelays: RETRIES_MS,
      removeFingerprintOnSuccess: true,
      headers: { "X-CSRFToken": document.body.dataset.csrf },
      metadata: { filename: file.name, folder, kind: field("kind"), part: field("part"), endpoint },
      onProgress: (sent) => row.progress(sent),
      onSuccess: () => row.end("done", "here"),
      onError: (error) => this.failed(row, error),
    });
  }

  /** No answer at all: the connection is gone, and it is tried again. A refusal is final and says why. */
  failed(row, error) {
    const answer = error.originalResponse;
    if (!answer || answer.getStatus() >= 500) {
      row.wait("No connection. It goes on by itself when there is one.");
      setTimeout(() => row.state === "waits" && row.resume(), AGAIN_MS);
      return;
    }
    const plain = answer.getHeader("Content-Type")?.startsWith("text/plain");
    row.end("failed", (plain && answer.getBody().trim()) || "It was not taken. Load the page and try again.");
  }

  /** Begin what waits for its turn; when nothing is left, show what arrived. */
  next() {
    const sending = this.rows.filter(({ state }) => state === "sends").length;
    this.rows.filter(({ state }) => state === "queued").slice(0, Math.max(AT_ONCE - sending, 0)).forEach((row) => row.begin());
    this.show();
    if (!this.active.length && this.rows.every(({ state }) => state !== "paused")) this.finish();
  }

  show() {
    const counted = this.rows.filter(({ state }) => !["failed", "gone"].includes(state));
    const done = counted.filter(({ state }) => state === "done").length;
    const sum = (pick) => counted.reduce((bytes, row) => bytes + pick(row), 0);
    const [sent, whole] = [sum(({ sent }) => sent), sum(({ file }) => file.size)];
    if (counted.length < 2 || !this.active.length) return;
    const rest = left(sent, whole, Date.now() - this.began.at);
    this.say(`${done} of ${counted.length} files, ${size(sent)} of ${size(whole)}${rest}`);
  }

  finish() {
    const here = this.rows.filter(({ state }) => state === "done").length;
    const failed = this.rows.some(({ state }) => state === "failed");
    this.began = undefined;
    if (!here) return;
    this.say(`${here === 1 ? "One file is" : `${here} files are`} here and will be listened to.`);
    // A page on which somebody writes, or that has a refusal to read, is not taken away.
    if (failed || document.activeElement?.matches("textarea, input:not([type=file])")) {
      shared.toast?.("Load the page to see what arrived.", "info");
    } else location.reload();
  }

  say(sentence) {
    if (!this.total) return;
    this.total.hidden = false;
    this.total.textContent = sentence;
  }
}
