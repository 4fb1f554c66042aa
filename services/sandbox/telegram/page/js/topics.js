import { el, reconcile } from "./dom.js";
import { t } from "./language.js";

/** @typedef {{ message_thread_id: number, name: string }} Topic Telegram's ForumTopic */

/** The thread that stands for messages outside of any topic. */
export const GENERAL_THREAD = 0;
/** The thread that the next message begins. */
export const NEW_THREAD = -1;

/** @param {any} message @param {number | undefined} threadId undefined means all */
export function inThread(message, threadId) {
  if (threadId === undefined) return true;
  const own = message.is_topic_message ? message.message_thread_id : GENERAL_THREAD;
  return own === threadId;
}

/** Tabs for the topics of a chat; hidden while it has none and none is begun. */
export class TopicTabs {
  root = el("nav", { class: "topics", role: "tablist", "aria-label": t("topics"), hidden: true });
  /** @type {Map<number | undefined, HTMLElement>} */
  #tabs = new Map();
  /** @type {number | undefined} */
  #shown = undefined;

  /** @param {(threadId: number | undefined) => void} onSelect */
  constructor(onSelect) {
    this.onSelect = onSelect;
  }

  /** @param {Topic[]} topics @param {number | undefined} selected */
  render(topics, selected) {
    const isNew = selected === NEW_THREAD;
    this.root.hidden = topics.length === 0 && !isNew;
    const own = topics.map((topic) => this.#tab(topic.message_thread_id, topic.name, selected));
    const general = this.#tab(GENERAL_THREAD, t("topicGeneral"), selected);
    if (isNew) own.push(this.#tab(NEW_THREAD, t("newTopic"), selected));
    reconcile(this.root, [this.#tab(undefined, t("topicAll"), selected), general, ...own]);
    if (selected !== this.#shown) this.#tabs.get(selected)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#shown = selected;
  }

  /** @param {number | undefined} threadId @param {string} name @param {number | undefined} selected */
  #tab(threadId, name, selected) {
    const known = this.#tabs.get(threadId);
    const tab =
      known ??
      el("button", {
        type: "button",
        role: "tab",
        data: { testid: "topic" },
        on: { click: () => this.onSelect(threadId) },
      });
    this.#tabs.set(threadId, tab);
    tab.textContent = name;
    tab.setAttribute("aria-selected", String(threadId === selected));
    return tab;
  }
}
