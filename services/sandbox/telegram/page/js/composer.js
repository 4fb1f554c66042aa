import { AttachMenu } from "./attach-menu.js";
import { CommandMenu } from "./command-menu.js";
import { ComposerSubject } from "./composer-subject.js";
import { el } from "./dom.js";
import { icon } from "./icons.js";
import { InlineResults } from "./inline-results.js";
import { t } from "./language.js";
import { parcels } from "./outgoing-files.js";
import { Recorder, canRecord } from "./recorder.js";
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
  #attach = new AttachMenu((files, caption) => this.#sendFiles(files, caption));
  #recorder = new Recorder({
    onVoice: (file) => void this.#sendFiles([{ kind: "voice", file }], ""),
    onState: () => this.#resize(),
    onFailure: (reason) => this.view.toast(t("failed", { reason })),
  });
  #line = el("div", { class: "composer-line" });
  #keyboard = new ReplyKeyboard((text) => this.#submit(text));
  /** @type {CommandMenu} */
  #commands;
  /** @type {InlineResults} */
  #inline;
  /** The message whose request for a reply has been shown. */
  #forcedId = 0;
  /** @type {HTMLElement} */
  #form;

  /** @param {ChatView} view */
  constructor(view) {
    this.view = view;
    this.#commands = new CommandMenu(view, (text) => this.#submit(text));
    this.#inline = new InlineResults(view, { onSent: () => this.#setText("") });
    this.#form = el("form", { class: "composer-form" }, this.#subject.root, this.#line, this.#recorder.root);
    this.#line.append(this.#commands.button, this.#attach.root, this.#input, this.#keyboard.toggle, this.#send);
    this.#line.append(this.#recorder.button);
    const above = [this.#commands.root, this.#inline.root];
    this.root = el("div", { class: "composer" }, above, this.#form, this.#big, this.#keyboard.root);
    this.#listen();
    this.#resize();
  }

  focus() {
    this.#input.focus({ preventScroll: true });
  }

  /** @param {HTMLElement} place the chat: files may be dropped anywhere on it */
  takeFilesFrom(place) {
    this.#attach.listen(place);
  }

  /** @param {any} message @param {string} [quote] */
  startReply(message, quote) {
    this.#subject.startReply(message, quote);
    this.focus();
  }

  /** @param {any} message */
  startEdit(message) {
    this.#subject.startEdit(message);
    this.#setText(message.text ?? message.caption);
    this.focus();
  }

  /** Asks the bot in this chat, as if it were typed. @param {string} query */
  startInline(query) {
    this.#setText(`@${this.view.client.bot.username} ${query}`);
    this.focus();
  }

  /** The bot may ask for a reply to a message of its own (ForceReply). @param {any} markup */
  #obeyForceReply(markup) {
    if (!markup?.force_reply || markup.message_id === this.#forcedId) return;
    const message = this.view.state.messages.get(markup.message_id);
    if (!message) return;
    this.#forcedId = markup.message_id;
    this.startReply(message);
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
    this.#obeyForceReply(state.keyboard);
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
    if (event.isComposing || this.#commands.onKey(event) || this.#inline.onKey(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      void this.#submit(this.#input.value);
    } else if (event.key === "Escape" && this.#subject.isSet) {
      this.cancel();
    } else if (event.key === "ArrowUp" && this.#input.value === "") {
      const own = this.view.state
        .ordered()
        .filter((message) => message.from?.id === this.view.client.user.id && message.text && !message.via_bot);
      if (own.length > 0) {
        event.preventDefault();
        this.startEdit(own[own.length - 1]);
      }
    }
  }

  /** Gives up the reply or the edit that was begun. */
  cancel() {
    if (this.#subject.editedId) this.#setText("");
    this.#subject.clear();
  }

  /** The text goes at once and comes back when it could not be sent. @param {string} raw */
  async #submit(raw) {
    const text = raw.trim();
    if (!text) return;
    const { editedId, repliedId, quote } = this.#subject;
    this.#setText("");
    this.#subject.clear();
    const isDone = editedId ? await this.view.edit(editedId, text) : await this.view.send(text, repliedId, quote);
    if (!isDone && this.#input.value === "") this.#setText(raw);
    this.#keyboard.onSent();
  }

  /** @param {import("./outgoing-files.js").OutgoingFile[]} files @param {string} caption goes with the first of them */
  async #sendFiles(files, caption) {
    const { repliedId, quote } = this.#subject;
    this.#subject.clear();
    for (const [index, parcel] of parcels(files).entries()) {
      const isDone = await this.view.sendFiles(parcel, index === 0 ? caption : "", repliedId, quote);
      if (!isDone) return;
    }
  }

  /** @param {string} text */
  #setText(text) {
    this.#input.value = text;
    this.#resize();
  }

  #resize() {
    this.#input.style.height = "auto";
    this.#input.style.height = `${Math.min(this.#input.scrollHeight, TALLEST_PX)}px`;
    const isEmpty = this.#input.value.trim() === "";
    this.#send.disabled = isEmpty;
    this.#send.hidden = isEmpty && canRecord();
    this.#recorder.button.hidden = !this.#send.hidden;
    this.#line.hidden = this.#recorder.isRecording;
    this.#commands.filter(this.#input.value);
    this.#inline.filter(this.#input.value);
  }
}
