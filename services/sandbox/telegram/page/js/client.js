import { ChatState } from "./chat-state.js";
import { control, ControlError } from "./control.js";
import { EventStream } from "./event-stream.js";

/** Events after which more than one message looks different. */
const RESHAPING = new Set(["chat", "commands", "resync"]);

/** @typedef {{ text?: string, show_alert?: boolean, url?: string }} CallbackAnswer */

/**
 * One user's Telegram client: what they see, kept live, and what they can do.
 * Dispatches "change" with the id of the chat that changed (or null) as `detail`, and "gone" when
 * the sandbox no longer knows the user: it was started anew.
 */
export class Client extends EventTarget {
  /** @type {Map<number, ChatState>} */
  chats = new Map();
  isConnected = false;
  isLoaded = false;
  /** Events that arrive while the views are being loaded. @type {any[] | null} */
  #held = null;
  #isStale = false;
  /** @type {Map<string, (answer: CallbackAnswer | null) => void>} */
  #presses = new Map();
  /** By the id of an inline query. @type {Map<string, (answer: any) => void>} */
  #inlineAnswers = new Map();
  /** @type {EventStream | null} */
  #stream = null;

  /** @param {any} user @param {any} bot */
  constructor(user, bot) {
    super();
    this.user = user;
    this.bot = bot;
  }

  start() {
    this.#stream = new EventStream(`/control/events?user_id=${this.user.id}`, {
      onOpen: () => void this.#resync(),
      onEvent: (event) => this.#receive(event),
      onLost: () => {
        this.isConnected = false;
        this.changed(null);
      },
    });
  }

  close() {
    this.#stream?.close();
  }

  /** @param {number | null} chatId */
  changed(chatId) {
    this.dispatchEvent(new CustomEvent("change", { detail: chatId }));
  }

  /** Loads everything anew, once for however many asked meanwhile; events that come are applied on top of it. */
  async #resync() {
    if (this.#held) {
      this.#isStale = true;
      return;
    }
    this.#held = [];
    do {
      this.#isStale = false;
      await this.#load();
    } while (this.#isStale);
    const held = this.#held;
    this.#held = null;
    for (const event of held) this.#apply(event);
    this.changed(null);
  }

  async #load() {
    try {
      await this.#loadChats();
      await Promise.all([...this.chats.values()].map(async (state) => state.load(await this.#view(state))));
      this.isConnected = true;
      this.isLoaded = true;
    } catch (error) {
      this.isConnected = false;
      if (error instanceof ControlError && error.status === 404) this.dispatchEvent(new Event("gone"));
    }
  }

  async #loadChats() {
    const [chats, users] = await Promise.all([control("GET", "chats"), control("GET", "users")]);
    const others = chats
      .filter((chat) => chat.member_ids.includes(this.user.id) && !chat.migrated_to)
      .map((chat) => (chat.type === "dialogue" ? { ...chat, peer: this.#companion(chat, users) } : chat));
    const known = this.chats;
    this.chats = new Map();
    for (const chat of [{ id: this.user.id, type: "private", peer: this.bot }, ...others]) {
      const state = known.get(chat.id) ?? new ChatState(chat, this.user.id, () => this.changed(chat.id));
      state.chat = chat;
      this.chats.set(chat.id, state);
    }
  }

  /** Whom a chat of two people is with. @param {any} chat @param {any[]} users */
  #companion(chat, users) {
    return users.find((user) => user.id !== this.user.id && chat.member_ids.includes(user.id));
  }

  /** What the user sees of the chat now. @param {ChatState} state @returns {Promise<any>} */
  #view(state) {
    return control("GET", `chats/${state.chat.id}/view`, { query: { user_id: this.user.id } });
  }

  /** A message of the bot may bring or take a reply keyboard, which only the view tells. @param {ChatState} state */
  async #refreshKeyboard(state) {
    try {
      state.keyboard = (await this.#view(state)).keyboard;
      this.changed(state.chat.id);
    } catch {
      // Lost with the connection, and loaded again with it.
    }
  }

  /** @param {any} event */
  #receive(event) {
    if (RESHAPING.has(event.type)) void this.#resync();
    else if (this.#held) this.#held.push(event);
    else this.#apply(event);
  }

  /** @param {any} event */
  #apply(event) {
    if (event.type === "inline_answer") this.#inlineAnswers.get(event.inline_query_id)?.(event);
    if (event.type === "callback_answer") this.#presses.get(event.callback_query_id)?.(event);
    const state = this.chats.get(event.chat_id);
    if (!state) return;
    applyToChat(state, event);
    this.changed(event.chat_id);
    if (event.type === "message" && event.message.from?.is_bot) void this.#refreshKeyboard(state);
  }

  /**
   * @param {number} chatId
   * @param {{ text: string, replyTo?: number, quote?: string, threadId?: number, isNewThread?: boolean }} message
   * @returns {Promise<any>} the message
   */
  async send(chatId, { text, replyTo, quote, threadId, isNewThread }) {
    const body = {
      user_id: this.user.id,
      chat_id: chatId,
      text,
      reply_to_message_id: replyTo,
      quote,
      message_thread_id: threadId,
      new_thread: isNewThread,
    };
    return (await control("POST", "messages", { body })).message;
  }

  /**
   * Sends files that go together: one alone, several as an album.
   * @param {number} chatId
   * @param {import("./outgoing-files.js").OutgoingFile[]} files
   * @param {Record<string, string | number | boolean | undefined>} fields caption, reply and thread
   * @returns {Promise<any>} the first message
   */
  async sendFiles(chatId, files, fields) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ user_id: this.user.id, chat_id: chatId, ...fields }))
      if (value !== undefined && value !== "") body.append(name, String(value));
    for (const { kind, file } of files) body.append(kind, file, file.name);
    return (await control("POST", files.length > 1 ? "albums" : "messages", { body })).message;
  }

  /** @param {number} fromChatId @param {number[]} messageIds @param {number} chatId where they go */
  async forward(fromChatId, messageIds, chatId) {
    const source = { chat_id: fromChatId, message_ids: messageIds };
    await control("POST", "messages", { body: { user_id: this.user.id, chat_id: chatId, forward_from: source } });
  }

  /** @param {number} chatId @param {number} messageId @param {string} text */
  async edit(chatId, messageId, text) {
    await control("POST", "edits", { body: { user_id: this.user.id, chat_id: chatId, message_id: messageId, text } });
  }

  /** @param {number} chatId @param {number} draftId */
  async stop(chatId, draftId) {
    await control("POST", "stop", { body: { user_id: this.user.id, chat_id: chatId, draft_id: draftId } });
  }

  /** @param {boolean} blocked */
  async setBlocked(blocked) {
    await control("POST", "block", { body: { user_id: this.user.id, blocked } });
  }

  /**
   * Presses a callback button and waits for the bot's answer.
   * @param {any} message
   * @param {string} data
   * @param {number} timeoutMs
   * @returns {Promise<CallbackAnswer | null>} null when the bot did not answer in time
   */
  async pressButton(message, data, timeoutMs) {
    const body = { user_id: this.user.id, chat_id: message.chat.id, message_id: message.message_id, data };
    const { callback_query_id: id } = await control("POST", "callbacks", { body });
    const pushed = new Promise((resolve) => this.#presses.set(id, resolve));
    const late = new Promise((resolve) => setTimeout(resolve, timeoutMs, null));
    try {
      const now = await control("GET", `callbacks/${id}`);
      return now.answered ? now : await Promise.race([pushed, late]);
    } finally {
      this.#presses.delete(id);
    }
  }

  /**
   * Opens a Mini App.
   * @returns {Promise<{ fragment: string }>} what Telegram puts behind the number sign of its address
   */
  openMiniApp() {
    return control("POST", "mini_app", { body: { user_id: this.user.id } });
  }

  /**
   * Types the bot's name and a query, and waits for what the bot offers.
   * @param {number} chatId
   * @param {string} query
   * @param {string} offset
   * @param {number} timeoutMs
   * @returns {Promise<any>} null when the bot did not answer in time
   */
  async askInline(chatId, query, offset, timeoutMs) {
    const asked = await control("POST", "inline_queries", {
      body: { user_id: this.user.id, chat_id: chatId, query, offset },
    });
    const id = asked.inline_query_id;
    const pushed = new Promise((resolve) => this.#inlineAnswers.set(id, resolve));
    const late = new Promise((resolve) => setTimeout(resolve, timeoutMs, null));
    try {
      const now = await control("GET", `inline_queries/${id}`);
      return now.answered ? now : await Promise.race([pushed, late]);
    } finally {
      this.#inlineAnswers.delete(id);
    }
  }

  /** Sends one of the results. @param {number} chatId @param {string} queryId @param {string} resultId @param {number} [threadId] */
  async chooseInline(chatId, queryId, resultId, threadId) {
    const body = {
      user_id: this.user.id,
      chat_id: chatId,
      inline_query_id: queryId,
      result_id: resultId,
      message_thread_id: threadId,
    };
    await control("POST", "chosen_inline_results", { body });
  }

  /** @param {number} chatId @param {string} name */
  async openTopic(chatId, name) {
    await control("POST", `chats/${chatId}/topics`, { body: { user_id: this.user.id, name } });
  }
}

/** @param {ChatState} state @param {any} event */
function applyToChat(state, event) {
  switch (event.type) {
    case "message":
      state.putMessage(event.message);
      break;
    case "edit":
      state.editMessage(event.message);
      break;
    case "delete":
      for (const messageId of event.message_ids) state.messages.delete(messageId);
      break;
    case "draft":
      state.putDraft(event.draft);
      break;
    case "draft_end":
      state.endDraft(event);
      break;
    case "action":
      state.putAction(event);
      break;
  }
}
