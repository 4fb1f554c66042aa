import { el, reconcile } from "./dom.js";
import { t } from "./language.js";

/** @typedef {{ id: number, name: string }} Topic */

/** The thread that stands for messages outside of any topic. */
export const GENERAL_THREAD = 0;

/**
 * The topics of a chat, as its service messages tell.
 * @param {any[]} messages in order
 * @returns {Topic[]}
 */
export function topicsOf(messages) {
  /** @type {Map<number, Topic>} */
  const topics = new Map();
  for (const message of messages) {
    const threadId = message.message_thread_id;
    if (threadId === undefined || !message.is_topic_message) continue;
    const name = message.forum_topic_created?.name ?? message.forum_topic_edited?.name;
    if (name || !topics.has(threadId)) topics.set(threadId, { id: threadId, name: name ?? `#${threadId}` });
  }
  return [...topics.values()];
}

/** @param {any} message @param {number | undefined} threadId undefined means all */
export function inThread(message, threadId) {
  if (threadId === undefined) return true;
  const own = message.is_topic_message ? message.message_thread_id : GENERAL_THREAD;
  return own === threadId;
}

/** Tabs for the topics of a chat; hidden while it has none. */
export class TopicTabs {
  root = el("nav", { class: "topics", role: "tablist", "aria-label": t("topics"), hidden: true });
  /** @type {Map<string, HTMLElement>} */
  #tabs = new Map();

  /** @param {(threadId: number | undefined) => void} onSelect */
  constructor(onSelect) {
    this.onSelect = onSelect;
  }

  /** @param {Topic[]} topics @param {number | undefined} selected */
  render(topics, selected) {
    this.root.hidden = topics.length === 0;
    const entries = [{ id: undefined, name: t("topicAll") }, { id: GENERAL_THREAD, name: t("topicGeneral") }, ...topics];
    reconcile(this.root, entries.map((entry) => this.#tab(entry, selected)));
  }

  /** @param {{ id: number | undefined, name: string }} topic @param {number | undefined} selected */
  #tab(topic, selected) {
    const key = String(topic.id);
    const tab = this.#tabs.get(key) ?? el("button", { type: "button", role: "tab", data: { testid: "topic" } });
    this.#tabs.set(key, tab);
    tab.textContent = topic.name;
    tab.setAttribute("aria-selected", String(topic.id === selected));
    tab.onclick = () => this.onSelect(topic.id);
    return tab;
  }
}
