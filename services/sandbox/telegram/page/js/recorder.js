import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { clockLength } from "./sizes.js";

const TICK_MS = 250;

/** Whether this browser can record here: a microphone needs a secure page or localhost. */
export function canRecord() {
  return Boolean(navigator.mediaDevices?.getUserMedia) && typeof MediaRecorder !== "undefined";
}

/** Records a voice message in place of the text field. */
export class Recorder {
  /** @type {MediaRecorder | null} */
  #recorder = null;
  #time = el("span", { class: "recording-time", role: "timer" }, "0:00");
  #timer = 0;
  #isSending = false;

  /** @param {{ onVoice: (file: File) => void, onState: () => void, onFailure: (reason: string) => void }} on */
  constructor(on) {
    this.on = on;
    this.button = el(
      "button",
      { type: "button", class: "send record", "aria-label": t("recordVoice"), data: { testid: "record" } },
      icon("microphone"),
    );
    this.button.addEventListener("click", () => void this.#start());
    const discard = el("button", { type: "button", class: "plain" }, t("cancel"));
    const send = el(
      "button",
      { type: "button", class: "send", "aria-label": t("send"), data: { testid: "record-send" } },
      icon("send"),
    );
    discard.addEventListener("click", () => this.#stop(false));
    send.addEventListener("click", () => this.#stop(true));
    this.root = el(
      "div",
      { class: "recording", hidden: true, data: { testid: "recording" } },
      el("span", { class: "recording-dot", "aria-hidden": "true" }),
      this.#time,
      el("span", { class: "recording-note" }, t("recording")),
      discard,
      send,
    );
  }

  get isRecording() {
    return !this.root.hidden;
  }

  async #start() {
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
      this.#record(stream);
    } catch (error) {
      this.on.onFailure(String(error));
    }
  }

  /** @param {MediaStream} stream */
  #record(stream) {
    /** @type {Blob[]} */
    const parts = [];
    const recorder = new MediaRecorder(stream);
    const startedAt = performance.now();
    recorder.addEventListener("dataavailable", (event) => parts.push(event.data));
    recorder.addEventListener("stop", () => {
      for (const track of stream.getTracks()) track.stop();
      clearInterval(this.#timer);
      this.root.hidden = true;
      this.on.onState();
      if (this.#isSending) this.on.onVoice(new File(parts, "voice", { type: recorder.mimeType }));
    });
    this.#recorder = recorder;
    recorder.start();
    this.#time.textContent = clockLength(0);
    this.#timer = setInterval(() => {
      this.#time.textContent = clockLength((performance.now() - startedAt) / 1000);
    }, TICK_MS);
    this.root.hidden = false;
    this.on.onState();
  }

  /** @param {boolean} isSending */
  #stop(isSending) {
    this.#isSending = isSending;
    this.#recorder?.stop();
  }
}
