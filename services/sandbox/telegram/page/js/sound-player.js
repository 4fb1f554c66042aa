import { el } from "./dom.js";
import { fileAddress } from "./files-address.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { clockLength, fileSize } from "./sizes.js";
import { peaksOf } from "./waveform.js";

const BARS = 42;

/** What sounds now: a second player silences the first. @type {HTMLAudioElement | null} */
let sounding = null;

/** A voice message with its waveform, or a piece of music with its title. */
export class SoundPlayer {
  #bars = el("span", { class: "wave", "aria-hidden": "true" });
  #note = el("span", { class: "attachment-note" });
  #place = /** @type {HTMLInputElement} */ (
    el("input", { type: "range", class: "wave-place", min: 0, max: 1000, value: 0, "aria-label": t("position") })
  );
  #button = el("button", { type: "button", class: "attachment-icon", data: { testid: "play" } });

  /** @param {any} file a Voice or an Audio */
  constructor(file) {
    this.file = file;
    this.isMusic = Boolean(file.file_name || file.title);
    this.sound = new Audio();
    this.sound.preload = "none";
    this.sound.src = fileAddress(file.file_id);
    for (const name of ["play", "pause", "ended", "timeupdate"])
      this.sound.addEventListener(name, () => this.#render());
    this.#button.addEventListener("click", () => this.#toggle());
    this.#place.addEventListener("input", () => this.#seek());
    const title = [file.performer, file.title].filter(Boolean).join(" — ") || file.file_name;
    this.root = el(
      "div",
      {
        class: this.isMusic ? "attachment music" : "attachment voice",
        data: { testid: this.isMusic ? "audio" : "voice" },
      },
      this.#button,
      el(
        "span",
        { class: "attachment-text" },
        this.isMusic && el("span", { class: "attachment-name" }, title),
        el("span", { class: "wave-line" }, this.#bars, this.#place),
        this.#note,
      ),
    );
    this.#render();
    if (!this.isMusic) void this.#draw();
  }

  async #draw() {
    const peaks = await peaksOf(this.sound.src, BARS);
    this.#bars.append(
      ...peaks.map((peak) => {
        const bar = el("i");
        bar.style.height = `${Math.max(12, Math.round(peak * 100))}%`;
        return bar;
      }),
    );
    this.#render();
  }

  #toggle() {
    if (!this.sound.paused) {
      this.sound.pause();
      return;
    }
    if (sounding !== this.sound) sounding?.pause();
    sounding = this.sound;
    void this.sound.play();
  }

  /** The length the browser finds is exact; the message's own is in whole seconds. */
  #length() {
    return Number.isFinite(this.sound.duration) ? this.sound.duration : this.file.duration;
  }

  #seek() {
    this.sound.currentTime = (Number(this.#place.value) / 1000) * this.#length();
  }

  #render() {
    const isPlaying = !this.sound.paused && !this.sound.ended;
    const share = this.#length() ? this.sound.currentTime / this.#length() : 0;
    const isStarted = this.sound.currentTime > 0 && !this.sound.ended;
    this.#button.replaceChildren(icon(isPlaying ? "pause" : "play"));
    this.#button.setAttribute("aria-label", t(isPlaying ? "pause" : "play"));
    this.#place.value = String(Math.round(share * 1000));
    this.root.style.setProperty("--played", `${share * 100}%`);
    for (const [index, bar] of [...this.#bars.children].entries())
      bar.classList.toggle("played", isStarted && index / BARS < share);
    const length = clockLength(Math.round(this.#length()));
    const clock = isStarted ? `${clockLength(this.sound.currentTime)} / ${length}` : length;
    this.#note.textContent = this.file.file_size ? `${clock} · ${fileSize(this.file.file_size)}` : clock;
  }
}
