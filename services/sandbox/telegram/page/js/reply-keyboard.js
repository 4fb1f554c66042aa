import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** The keyboard a bot puts in place of letters. */
export class ReplyKeyboard {
  placeholder = "";
  root = el("div", { class: "reply-keyboard", hidden: true });
  toggle = el(
    "button",
    { type: "button", class: "icon-button", "aria-expanded": "true", hidden: true },
    icon("keyboard"),
  );
  /** @type {any} */
  #markup = null;
  #isOpen = true;

  /** @param {(text: string) => void} onPress */
  constructor(onPress) {
    this.onPress = onPress;
    this.toggle.addEventListener("click", () => this.#open(!this.#isOpen));
  }

  /** @param {any} markup Telegram's ReplyKeyboardMarkup, or null */
  render(markup) {
    this.placeholder = markup?.input_field_placeholder ?? "";
    if (JSON.stringify(markup) === JSON.stringify(this.#markup)) return;
    this.#markup = markup;
    const rows = markup?.keyboard ?? [];
    this.root.replaceChildren(
      ...rows.map((row) =>
        el(
          "div",
          { class: "keyboard-row" },
          row.map((button) => this.#button(button)),
        ),
      ),
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
