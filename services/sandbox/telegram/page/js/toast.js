import { el } from "./dom.js";

const SHOWN_MS = 4_000;

/** Short notes over a pane, one at a time. */
export class Toaster {
  #timer = 0;
  #note = el("div", { class: "toast", data: { testid: "toast" } });
  root = el("div", { class: "toaster", role: "status", "aria-live": "polite" });

  /** @param {string} text */
  show(text) {
    clearTimeout(this.#timer);
    this.#note.textContent = text;
    this.root.replaceChildren(this.#note);
    this.#timer = window.setTimeout(() => this.#note.remove(), SHOWN_MS);
  }
}
