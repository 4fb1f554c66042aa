import { CommandMenu } from "./command-menu.js";
import { ComposerSubject } from "./composer-subject.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { ReplyKeyboard } from "./reply-keyboard.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */

const TALLEST_PX = 200;

/** Where a user writes: text, reply and edit, the bot's commands and its reply keyboard. */
export class Composer {
  #input = /** @type {HTMLTextAreaElement} */ (
    el("textarea", {
      rows: 1,
      class: "composer-input",
      placeholder: t("message"),
      "aria-label": t("message"),
      data: { testid: "composer" },
    })
  );
  #send = /** @type {HTMLButtonElement} */ (
    el("button", { type: "submit", class: "send", "aria-label": t("send"), data: { testid: "send" } }, icon("send"))
  );
  #big = el("button", { type: "button", class: "composer-big", hidden: true, data: { testid: "start" } });
  #subject = new ComposerSubject(() => this.focus());
  #keyboard = new ReplyKeyboard((text) => this.#submit(text));
  /** @type {CommandMenu} */
  #commands;
  /** @type {HTMLElement} */
  #form;

  /** @param {ChatView} view */
  constructor(view) {
    this.view = view;
    this.#commands = new CommandMenu(view, (text) => this.#submit(text));
    this.#form = el(
      "form",
      { class: "composer-form" },
      this.#subject.root,
      el("div", { class: "composer-line" }, this.#commands.button, this.#input, this.#keyboard.toggle, this.#send),
    );
    this.root = el("div", { class: "composer" }, this.#commands.root, this.#form, this.#big, this.#keyboard.root);
    this.#listen();
    this.#resize();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** @param {any} message */
  startReply(message) {
    this.#subject.startReply(message);
    this.focus();
  }

  /** @param {any} message */
  startEdit(message) {
    this.#subject.startEdit(message);
    this.#setText(message.text);
    this.focus();
  }

  /** Shows what fits the chat now: the text field, START or UNBLOCK. */
  render() {
    const { client, state } = this.view;
    const isPrivate = state.chat.type === "private";
    const isBlocked = isPrivate && state.isBlocked;
    const isNew = isPrivate && client.isLoaded && state.messages.size === 0;
    this.#big.hidden = !isBlocked && !isNew;
    // Unlike Telegram's own clients: who opens the sandbox to ask something need not press START first.
    this.#form.hidden = isBlocked;
    this.#big.textContent = t(isBlocked ? "unblock" : "start");
    this.#big.onclick = () => void (isBlocked ? this.view.setBlocked(false) : this.#submit("/start"));
    this.#commands.render();
    this.#keyboard.render(isBlocked || isNew ? null : state.keyboard);
    this.#input.placeholder = this.#keyboard.placeholder || t("message");
  }

  #listen() {
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(this.#input.value);
    });
    this.#input.addEventListener("input", () => this.#resize());
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.isComposing || this.#commands.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.#submit(this.#input.value);
    } else if (event.key === "Escape" && this.#subject.isSet) {
      this.#cancel();
    } else if (event.key === "ArrowUp" && this.#input.value === "") {
      const own = this.view.state
        .ordered()
        .filter((message) => message.from?.id === this.view.client.user.id && message.text);
      if (own.length > 0) {
        event.preventDefault();
        this.startEdit(own[own.length - 1]);
      }
    }
  }

  #cancel() {
    if (this.#subject.editedId) this.#setText("");
    this.#subject.clear();
  }

  /** The text goes at once and comes back when it could not be sent. @param {string} raw */
  async #submit(raw) {
    const text = raw.trim();
    if (!text) return;
    const { editedId, repliedId } = this.#subject;
    this.#setText("");
    this.#subject.clear();
    const isDone = editedId ? await this.view.edit(editedId, text) : await this.view.send(text, repliedId);
    if (!isDone && this.#input.value === "") this.#setText(raw);
    this.#keyboard.onSent();
  }

  /** @param {string} text */
  #setText(text) {
    this.#input.value = text;
    this.#resize();
  }

  #resize() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, TALLEST_PX)}px`;
    this.#send.disabled = this.#input.value.trim() === "";
    this.#commands.filter(this.#input.value);
  }
}
