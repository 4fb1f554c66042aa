import { readUpTo, rememberRead } from "./read-marks.js";

/** How long a draft that ended stays up waiting for the message that replaces it. */
const DRAFT_GRACE_MS = 400;
/** Telegram shows an action for five seconds. */
const ACTION_LIFETIME_MS = 5_000;

/**
 * @typedef {object} Draft
 * @property {string} key
 * @property {number} draft_id
 * @property {string} text
 * @property {any[]} [entities]
 * @property {any} [rich_message]
 * @property {boolean} [can_stop]
 * @property {number | undefined} threadId
 * @property {number} updatedAt monotonic milliseconds
 * @property {boolean} isEnding
 */

/** What one user sees of one chat. */
export class ChatState {
  /** @type {Map<number, any>} */
  messages = new Map();
  /** @type {Map<string, Draft>} */
  drafts = new Map();
  /** @type {Map<string, { user: any, action: string, threadId: number | undefined }>} */
  actions = new Map();
  #lastBotMessageAt = 0;

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
    for (const draft of view.drafts ?? []) this.putDraft(draft);
    this.actions = new Map();
    for (const action of view.actions ?? []) this.putAction(action);
  }

  /** Messages in the order of the chat. */
  ordered() {
    return [...this.messages.values()].sort((a, b) => a.message_id - b.message_id);
  }

  newest() {
    return this.ordered().at(-1);
  }

  /** @param {any} message */
  putMessage(message) {
    this.messages.set(message.message_id, message);
    if (!message.from?.is_bot) return;
    this.#lastBotMessageAt = performance.now();
    for (const draft of this.drafts.values()) if (draft.isEnding) this.drafts.delete(draft.key);
    this.actions.clear();
  }

  /** @param {any} message an edited message; one that is not known is ignored */
  editMessage(message) {
    if (this.messages.has(message.message_id)) this.messages.set(message.message_id, message);
  }

  /** @param {any} draft */
  putDraft(draft) {
    const threadId = draft.message_thread_id ?? undefined;
    const key = draftKey(draft.draft_id, threadId);
    this.drafts.set(key, { ...draft, key, threadId, updatedAt: performance.now(), isEnding: false });
    this.actions.clear();
  }

  /** @param {number} draftId @param {number | undefined} threadId */
  endDraft(draftId, threadId) {
    const draft = this.drafts.get(draftKey(draftId, threadId));
    if (!draft) return;
    if (this.#lastBotMessageAt > draft.updatedAt) {
      this.drafts.delete(draft.key);
      return;
    }
    draft.isEnding = true;
    setTimeout(() => {
      if (this.drafts.get(draft.key) !== draft) return;
      this.drafts.delete(draft.key);
      this.onChange();
    }, DRAFT_GRACE_MS);
  }

  /** @param {any} event {user, action, message_thread_id} */
  putAction({ user, action, message_thread_id: threadId }) {
    const key = `${user?.id}:${threadId ?? 0}`;
    const entry = { user, action, threadId };
    this.actions.set(key, entry);
    setTimeout(() => {
      if (this.actions.get(key) !== entry) return;
      this.actions.delete(key);
      this.onChange();
    }, ACTION_LIFETIME_MS);
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

/** @param {number} draftId @param {number | undefined} threadId */
function draftKey(draftId, threadId) {
  return `${threadId ?? 0}:${draftId}`;
}
