import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** The keyboard a bot puts in place of letters: the newest one that was not removed. */
export class ReplyKeyboard {
  placeholder = "";
  root = el("div", { class: "reply-keyboard", hidden: true });
  toggle = el("button", { type: "button", class: "icon-button", "aria-expanded": "true", hidden: true }, icon("keyboard"));
  /** @type {any} */
  #markup = null;
  #isOpen = true;

  /** @param {(text: string) => void} onPress */
  constructor(onPress) {
    this.onPress = onPress;
    this.toggle.addEventListener("click", () => this.#open(!this.#isOpen));
  }

  /** @param {any[]} messages in order */
  render(messages) {
    const markup = currentMarkup(messages);
    this.placeholder = markup?.input_field_placeholder ?? "";
    if (markup === this.#markup) return;
    this.#markup = markup;
    const rows = markup?.keyboard ?? [];
    this.root.replaceChildren(
      ...rows.map((row) => el("div", { class: "keyboard-row" }, row.map((button) => this.#button(button)))),
    );
    this.toggle.hidden = rows.length === 0;
    this.#open(true);
  }

  /** A one-time keyboard folds away after use. */
  onSent() {
    if (this.#markup?.one_time_keyboard) this.#open(false);
  }

  /** @param {string | { text: string }} button */
  #button(button) {
    const text = typeof button === "string" ? button : button.text;
    return el(
      "button",
      { type: "button", class: "reply-key", data: { testid: "reply-key" }, on: { click: () => this.onPress(text) } },
      text,
    );
  }

  /** @param {boolean} isOpen */
  #open(isOpen) {
    this.#isOpen = isOpen;
    this.root.hidden = !isOpen || this.toggle.hidden;
    this.toggle.setAttribute("aria-expanded", String(isOpen));
    this.toggle.setAttribute("aria-label", t(isOpen ? "hideKeyboard" : "showKeyboard"));
  }
}

/** @param {any[]} messages */
function currentMarkup(messages) {
  const speaks = (message) => message.reply_markup?.keyboard || message.reply_markup?.remove_keyboard;
  const markup = messages.findLast(speaks)?.reply_markup;
  return markup?.keyboard ? markup : null;
}
