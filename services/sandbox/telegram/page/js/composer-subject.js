import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { displayName } from "./people.js";
import { previewOf } from "./preview.js";

/** What the text being written is about: the message it answers or changes. */
export class ComposerSubject {
  /** @type {number | undefined} */
  repliedId;
  /** The part of the replied message that is quoted. @type {string | undefined} */
  quote;
  /** @type {number | undefined} */
  editedId;
  root = el("div", { class: "subject", hidden: true, data: { testid: "subject" } });

  /** @param {() => void} onClear */
  constructor(onClear) {
    this.onClear = onClear;
  }

  get isSet() {
    return !this.root.hidden;
  }

  /** @param {any} message @param {string} [quote] */
  startReply(message, quote) {
    this.clear();
    this.repliedId = message.message_id;
    this.quote = quote;
    this.#show(
      quote ? "quote" : "reply",
      t("replyTo", { name: displayName(message.from) }),
      quote ?? previewOf(message),
    );
  }

  /** @param {any} message */
  startEdit(message) {
    this.clear();
    this.editedId = message.message_id;
    this.#show("pencil", t("editing"), previewOf(message));
  }

  clear() {
    this.repliedId = undefined;
    this.quote = undefined;
    this.editedId = undefined;
    this.root.hidden = true;
  }

  /** @param {string} iconName @param {string} title @param {string} preview */
  #show(iconName, title, preview) {
    const cancel = el("button", { type: "button", class: "icon-button", "aria-label": t("cancel") }, icon("close"));
    cancel.addEventListener("click", () => {
      this.clear();
      this.onClear();
    });
    const text = el("div", { class: "subject-text" }, el("b", {}, title), el("span", {}, preview));
    this.root.replaceChildren(icon(iconName), text, cancel);
    this.root.hidden = false;
  }
}
