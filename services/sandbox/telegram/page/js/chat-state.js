import { readUpTo, rememberRead } from "./read-marks.js";

/** How long a stopped draft stays up waiting for the message that keeps its text. */
const STOPPED_GRACE_MS = 600;
/** Telegram shows an action for five seconds. */
const ACTION_LIFETIME_MS = 5_000;
/** The thread of what belongs to no topic. */
const NO_THREAD = 0;

/**
 * @typedef {object} Draft an answer being written; a thread has one at most
 * @property {number} draft_id
 * @property {number | null} thread
 * @property {string} [text]
 * @property {any[]} [entities]
 * @property {any} [rich_message]
 * @property {boolean} can_stop
 * @property {boolean} stopped
 */

/** What one user sees of one chat. */
export class ChatState {
  /** @type {Map<number, any>} */
  messages = new Map();
  /** By thread. @type {Map<number, Draft>} */
  drafts = new Map();
  /** What the bot is doing, by thread. @type {Map<number, { action: string }>} */
  actions = new Map();
  /** @type {{ message_thread_id: number, name: string }[]} */
  topics = [];
  /** @type {{ command: string, description: string }[]} */
  commands = [];
  /** The reply keyboard that stands in place of letters. @type {any} */
  keyboard = null;
  isBlocked = false;

  /**
   * @param {any} chat
   * @param {number} userId whose view this is
   * @param {() => void} onChange called when something changed by itself, with time
   */
  constructor(chat, userId, onChange) {
    this.chat = chat;
    this.userId = userId;
    this.onChange = onChange;
    this.readId = readUpTo(userId, chat.id);
  }

  /** Replaces everything by what the sandbox says the user sees now. @param {any} view */
  load(view) {
    this.messages = new Map(view.messages.map((message) => [message.message_id, message]));
    this.drafts = new Map();
    for (const draft of view.drafts) this.putDraft(draft);
    this.actions = new Map();
    for (const action of view.actions) this.putAction(action);
    this.topics = view.topics;
    this.commands = view.commands;
    this.keyboard = view.keyboard;
    this.isBlocked = view.blocked;
  }

  /** Messages in the order of the chat. */
  ordered() {
    return [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  newest() {
    return this.ordered().at(-1);
  }

  /** The bot's message takes the place of its draft at once, so that the two are never seen together. @param {any} message */
  putMessage(message) {
    this.messages.set(message.message_id, message);
    if (!message.from?.is_bot) return;
    const thread = message.is_topic_message ? message.message_thread_id : NO_THREAD;
    this.drafts.delete(thread);
    this.actions.delete(thread);
  }

  /** @param {any} message an edited message; one that is not known is ignored */
  editMessage(message) {
    if (this.messages.has(message.message_id)) this.messages.set(message.message_id, message);
  }

  /** @param {Draft} draft */
  putDraft(draft) {
    this.drafts.set(draft.thread ?? NO_THREAD, draft);
    this.actions.delete(draft.thread ?? NO_THREAD);
  }

  /** @param {{ draft_id: number, thread: number | null, reason: string }} end */
  endDraft({ draft_id: draftId, thread, reason }) {
    const draft = this.drafts.get(thread ?? NO_THREAD);
    if (draft?.draft_id !== draftId) return;
    if (reason !== "stopped") {
      this.drafts.delete(thread ?? NO_THREAD);
      return;
    }
    this.drafts.set(thread ?? NO_THREAD, { ...draft, stopped: true, can_stop: false });
    this.#forgetLater(this.drafts, thread ?? NO_THREAD, STOPPED_GRACE_MS);
  }

  /** @param {{ action: string, thread: number | null }} shown */
  putAction({ action, thread }) {
    this.actions.set(thread ?? NO_THREAD, { action });
    this.#forgetLater(this.actions, thread ?? NO_THREAD, ACTION_LIFETIME_MS);
  }

  /** @param {Map<number, object>} map @param {number} key @param {number} delayMs */
  #forgetLater(map, key, delayMs) {
    const entry = map.get(key);
    setTimeout(() => {
      if (map.get(key) !== entry) return;
      map.delete(key);
      this.onChange();
    }, delayMs);
  }

  unreadCount() {
    const isUnread = (message) => message.message_id > this.readId && message.from?.id !== this.userId;
    return [...this.messages.values()].filter(isUnread).length;
  }

  /** Everything that is here now has been seen. */
  markRead() {
    const newestId = Math.max(0, ...this.messages.keys());
    if (newestId <= this.readId) return false;
    this.readId = newestId;
    rememberRead(this.userId, this.chat.id, newestId);
    return true;
  }
}
