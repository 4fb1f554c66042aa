import { ChatHeader } from "./chat-header.js";
import { Composer } from "./composer.js";
import { field, openForm } from "./dialogs.js";
import { el } from "./dom.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { chooseChat } from "./forward-dialog.js";
import { copyText } from "./message-actions.js";
import { Timeline } from "./timeline.js";
import { GENERAL_THREAD, NEW_THREAD, TopicTabs } from "./topics.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./chat-state.js").ChatState} ChatState */

/** One open chat: header, topics, messages, composer. */
export class ChatView {
  /** The topic that is shown; undefined shows all. @type {number | undefined} */
  threadId = undefined;

  /**
   * @param {Client} client
   * @param {number} chatId
   * @param {{ onBack: () => void, toast: (text: string) => void, startBot: (parameter: string) => void }} pane
   */
  constructor(client, chatId, pane) {
    this.client = client;
    this.chatId = chatId;
    this.toast = pane.toast;
    this.startBot = pane.startBot;
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
    this.composer.takeFilesFrom(this.root);
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

  /** @param {string} text @param {number} [replyTo] @param {string} [quote] @returns {Promise<boolean>} whether it was sent */
  send(text, replyTo, quote) {
    if (this.threadId === NEW_THREAD) return this.#attempt(() => this.#openThread(text), "notSent");
    const threadId = this.#newThreadId();
    return this.#attempt(() => this.client.send(this.chatId, { text, replyTo, quote, threadId }), "notSent");
  }

  /** Writes in a thread that begins with this, and stays in it. @param {string} text */
  async #openThread(text) {
    const message = await this.client.send(this.chatId, { text, isNewThread: true });
    this.#selectThread(message.message_thread_id);
  }

  /** Sends a result of inline mode. @param {string} queryId @param {string} resultId @returns {Promise<boolean>} */
  chooseInline(queryId, resultId) {
    const threadId = this.#newThreadId();
    return this.#attempt(() => this.client.chooseInline(this.chatId, queryId, resultId, threadId), "notSent");
  }

  /**
   * @param {import("./outgoing-files.js").OutgoingFile[]} files
   * @param {string} caption
   * @param {number} [replyTo]
   * @param {string} [quote]
   * @returns {Promise<boolean>} whether they were sent
   */
  sendFiles(files, caption, replyTo, quote) {
    const isNew = this.threadId === NEW_THREAD;
    const place = isNew
      ? { new_thread: true }
      : { reply_to_message_id: replyTo, quote, message_thread_id: this.#newThreadId() };
    return this.#attempt(async () => {
      const message = await this.client.sendFiles(this.chatId, files, { caption, ...place });
      if (isNew) this.#selectThread(message.message_thread_id);
    }, "notSent");
  }

  /** The thread a new message goes to. */
  #newThreadId() {
    return this.threadId === GENERAL_THREAD || this.threadId === NEW_THREAD ? undefined : this.threadId;
  }

  /** @param {number} messageId @param {string} text @returns {Promise<boolean>} whether it was changed */
  edit(messageId, text) {
    return this.#attempt(() => this.client.edit(this.chatId, messageId, text), "notSent");
  }

  /** @param {boolean} blocked @returns {Promise<boolean>} */
  setBlocked(blocked) {
    return this.#attempt(() => this.client.setBlocked(blocked), "failed");
  }

  /** With the bot a thread begins with what is written in it; in a forum it is named first. */
  async openTopic() {
    if (this.state.chat.type === "private") {
      this.#selectThread(NEW_THREAD);
      this.composer.cancel();
      this.composer.focus();
      return;
    }
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

  /** @param {() => Promise<any>} act @param {"notSent" | "failed"} complaint */
  async #attempt(act, complaint) {
    try {
      await act();
      return true;
    } catch (error) {
      this.toast(t(complaint, { reason: String(error) }));
      return false;
    }
  }

  /** @param {any[]} messages an album goes as a whole */
  async #forward(messages) {
    const chatId = await chooseChat(this.client);
    if (chatId === null) return;
    const ids = messages.map((message) => message.message_id);
    if (await this.#attempt(() => this.client.forward(this.chatId, ids, chatId), "notSent")) this.toast(t("forwarded"));
  }

  /** @param {any[]} album the message, or all of its album @param {HTMLElement} anchor @param {number} [x] @param {number} [y] */
  openMessageMenu(album, anchor, x, y) {
    const message = album.find((one) => one.caption) ?? album[0];
    const isMine = message.from?.id === this.client.user.id && !message.via_bot;
    const text = message.text ?? message.caption;
    const items = [{ label: t("reply"), icon: "reply", run: () => this.composer.startReply(message) }];
    const quote = selectedIn(anchor);
    if (quote && text?.includes(quote))
      items.push({ label: t("quote"), icon: "quote", run: () => this.composer.startReply(message, quote) });
    items.push({ label: t("forward"), icon: "forward", run: () => void this.#forward(album) });
    if (isMine && text) items.push({ label: t("edit"), icon: "pencil", run: () => this.composer.startEdit(message) });
    if (text) items.push({ label: t("copyText"), icon: "copy", run: () => void copyText(this, text) });
    openMenu(anchor, items, x === undefined || y === undefined ? undefined : { x, y });
  }
}

/** @param {HTMLElement} anchor @returns {string} what the reader has selected in the bubble of an anchor */
function selectedIn(anchor) {
  const bubble = anchor.closest(".bubble");
  const selection = getSelection();
  const isInside = bubble && selection?.anchorNode && bubble.contains(selection.anchorNode);
  return isInside ? String(selection).trim() : "";
}
