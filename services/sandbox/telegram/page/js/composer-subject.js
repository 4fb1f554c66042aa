import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { displayName } from "./people.js";
import { previewOf } from "./preview.js";

/** What the text being written is about: the message it answers or changes. */
export class ComposerSubject {
  /** @type {number | undefined} */
  repliedId;
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

  /** @param {any} message */
  startReply(message) {
    this.clear();
    this.repliedId = message.message_id;
    this.#show("reply", t("replyTo", { name: displayName(message.from) }), message);
  }

  /** @param {any} message */
  startEdit(message) {
    this.clear();
    this.editedId = message.message_id;
    this.#show("pencil", t("editing"), message);
  }

  clear() {
    this.repliedId = undefined;
    this.editedId = undefined;
    this.root.hidden = true;
  }

  /** @param {string} iconName @param {string} title @param {any} message */
  #show(iconName, title, message) {
    const cancel = el("button", { type: "button", class: "icon-button", "aria-label": t("cancel") }, icon("close"));
    cancel.addEventListener("click", () => {
      this.clear();
      this.onClear();
    });
    const text = el("div", { class: "subject-text" }, el("b", {}, title), el("span", {}, previewOf(message)));
    this.root.replaceChildren(icon(iconName), text, cancel);
    this.root.hidden = false;
  }
}
