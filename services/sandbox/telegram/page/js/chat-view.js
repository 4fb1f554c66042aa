import { ChatHeader } from "./chat-header.js";
import { Composer } from "./composer.js";
import { field, openForm } from "./dialogs.js";
import { el } from "./dom.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { copyText } from "./message-actions.js";
import { Timeline } from "./timeline.js";
import { GENERAL_THREAD, TopicTabs } from "./topics.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./chat-state.js").ChatState} ChatState */

/** One open chat: header, topics, messages, composer. */
export class ChatView {
  /** The topic that is shown; undefined shows all. @type {number | undefined} */
  threadId = undefined;

  /**
   * @param {Client} client
   * @param {number} chatId
   * @param {{ onBack: () => void, toast: (text: string) => void }} pane
   */
  constructor(client, chatId, pane) {
    this.client = client;
    this.chatId = chatId;
    this.toast = pane.toast;
    this.header = new ChatHeader(this, pane.onBack);
    this.tabs = new TopicTabs((threadId) => this.#selectThread(threadId));
    this.timeline = new Timeline(this);
    this.composer = new Composer(this);
    this.root = el(
      "section",
      { class: "chat", data: { testid: "chat", chatId } },
      this.header.root,
      this.tabs.root,
      this.timeline.root,
      this.composer.root,
    );
    this.render();
  }

  /** @returns {ChatState} */
  get state() {
    return /** @type {ChatState} */ (this.client.chats.get(this.chatId));
  }

  render() {
    this.header.render();
    this.tabs.render(this.state.topics, this.threadId);
    this.timeline.render();
    this.composer.render();
  }

  /** @param {number | undefined} threadId */
  #selectThread(threadId) {
    this.threadId = threadId;
    this.render();
  }

  /** @param {string} text @param {number} [replyTo] @returns {Promise<boolean>} whether it was sent */
  send(text, replyTo) {
    const threadId = this.threadId === GENERAL_THREAD ? undefined : this.threadId;
    return this.#attempt(() => this.client.send(this.chatId, { text, replyTo, threadId }), "notSent");
  }

  /** @param {number} messageId @param {string} text @returns {Promise<boolean>} whether it was changed */
  edit(messageId, text) {
    return this.#attempt(() => this.client.edit(this.chatId, messageId, text), "notSent");
  }

  /** @param {boolean} blocked @returns {Promise<boolean>} */
  setBlocked(blocked) {
    return this.#attempt(() => this.client.setBlocked(blocked), "failed");
  }

  async openTopic() {
    const name = el("input", { name: "name", required: true, maxlength: 128, autocomplete: "off" });
    const values = await openForm({
      title: t("newTopic"),
      fields: [field(t("topicName"), name)],
      submit: t("create"),
      testid: "topic-form",
    });
    if (values !== null)
      await this.#attempt(() => this.client.openTopic(this.chatId, String(values.get("name"))), "failed");
  }

  /** @param {() => Promise<void>} act @param {"notSent" | "failed"} complaint */
  async #attempt(act, complaint) {
    try {
      await act();
      return true;
    } catch (error) {
      this.toast(t(complaint, { reason: String(error) }));
      return false;
    }
  }

  /** @param {any} message @param {HTMLElement} anchor @param {number} [x] @param {number} [y] */
  openMessageMenu(message, anchor, x, y) {
    const isMine = message.from?.id === this.client.user.id;
    const text = message.text ?? message.caption;
    const items = [{ label: t("reply"), icon: "reply", run: () => this.composer.startReply(message) }];
    if (isMine && message.text)
      items.push({ label: t("edit"), icon: "pencil", run: () => this.composer.startEdit(message) });
    if (text) items.push({ label: t("copyText"), icon: "copy", run: () => void copyText(this, text) });
    openMenu(anchor, items, x === undefined || y === undefined ? undefined : { x, y });
  }
}
