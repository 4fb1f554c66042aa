import { typingText } from "./chat-header.js";
import { el, reconcile } from "./dom.js";
import { icon } from "./icons.js";
import { plural, t } from "./language.js";
import { avatar, displayName, isGroup } from "./people.js";
import { previewOf } from "./preview.js";
import { listTime } from "./time.js";

/** @typedef {import("./client.js").Client} Client */
/** @typedef {import("./chat-state.js").ChatState} ChatState */

/** The chats of one user, the liveliest first. */
export class ChatList {
  #list = el("ul", { class: "chat-list", "aria-label": t("chats") });
  /** @type {Map<number, HTMLElement>} */
  #items = new Map();

  /** @param {Client} client @param {{ onOpen: (chatId: number) => void, onNew: (anchor: HTMLElement) => void }} pane */
  constructor(client, { onOpen, onNew }) {
    this.client = client;
    this.onOpen = onOpen;
    const create = el(
      "button",
      {
        type: "button",
        class: "new-group",
        "aria-label": t("newChat"),
        "aria-haspopup": "menu",
        title: t("newChat"),
        data: { testid: "new-chat" },
      },
      icon("pencil"),
    );
    create.addEventListener("click", () => onNew(create));
    this.root = el("nav", { class: "sidebar", "aria-label": t("chats") }, this.#list, create);
  }

  /** @param {number | null} openChatId */
  render(openChatId) {
    const states = [...this.client.chats.values()].sort((a, b) => (b.newest()?.date ?? 0) - (a.newest()?.date ?? 0));
    const items = states.map((state) => {
      const item = this.#items.get(state.chat.id) ?? el("li");
      this.#items.set(state.chat.id, item);
      this.#fill(item, state, state.chat.id === openChatId);
      return item;
    });
    reconcile(this.#list, items);
  }

  /** @param {HTMLElement} item @param {ChatState} state @param {boolean} isOpen */
  #fill(item, state, isOpen) {
    const button = item.querySelector("button") ?? this.#button(item, state.chat.id);
    const unread = state.unreadCount();
    const newest = state.newest();
    const peer = state.chat.peer ?? state.chat;
    button.setAttribute("aria-current", String(isOpen));
    const top = [
      isGroup(state.chat) && icon("group"),
      el("span", { class: "chat-item-name" }, displayName(peer)),
      newest && el("span", { class: "chat-item-time" }, listTime(newest.date)),
    ];
    const bottom = [
      el("span", { class: "chat-item-preview" }, ...this.#preview(state)),
      unread > 0 &&
        el(
          "span",
          { class: "badge", "aria-label": plural("unread", unread), data: { testid: "unread" } },
          String(unread),
        ),
    ];
    button.replaceChildren(
      avatar(peer, "large"),
      el(
        "span",
        { class: "chat-item-lines" },
        el("span", { class: "chat-item-line" }, ...top),
        el("span", { class: "chat-item-line" }, ...bottom),
      ),
    );
  }

  /** @param {HTMLElement} item @param {number} chatId */
  #button(item, chatId) {
    const button = el("button", {
      type: "button",
      class: "chat-item",
      data: { testid: "chat-item", chatId },
      on: { click: () => this.onOpen(chatId) },
    });
    item.append(button);
    return button;
  }

  /** @param {ChatState} state @returns {import("./dom.js").Child[]} */
  #preview(state) {
    const draft = [...state.drafts.values()][0];
    if (draft) return [el("span", { class: "active" }, draft.text ? draft.text.slice(-80) : t("thinking"))];
    const typing = typingText(state, this.client.bot);
    if (typing !== null) return [el("span", { class: "active" }, typing)];
    const newest = state.newest();
    if (!newest) return [t("noMessages")];
    const isMine = newest.from?.id === this.client.user.id;
    const author = isMine ? t("you") : newest.from?.first_name;
    const isSigned = isMine || isGroup(state.chat);
    return [isSigned && author && el("span", { class: "chat-item-author" }, `${author}: `), previewOf(newest)];
  }
}
