import { el } from "./dom.js";
import { icon } from "./icons.js";
import { plural, t } from "./language.js";
import { openMenu } from "./menu.js";
import { avatar, displayName, isGroup } from "./people.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */

/** Whom one talks to, and what they are doing right now. */
export class ChatHeader {
  #title = el("h2", { class: "chat-title" });
  #status = el("p", { class: "chat-status", "aria-live": "polite" });
  #picture = el("span", { class: "chat-picture" });

  /** @param {ChatView} view @param {() => void} onBack */
  constructor(view, onBack) {
    this.view = view;
    const back = el(
      "button",
      {
        type: "button",
        class: "icon-button back",
        "aria-label": t("back"),
        data: { testid: "back" },
        on: { click: onBack },
      },
      icon("back"),
    );
    const menu = el(
      "button",
      {
        type: "button",
        class: "icon-button",
        "aria-label": t("chatMenu"),
        "aria-haspopup": "menu",
        data: { testid: "chat-menu" },
      },
      icon("more"),
    );
    menu.addEventListener("click", () => this.#openMenu(menu));
    menu.hidden = view.state.chat.type !== "private" && !view.state.chat.is_forum;
    this.root = el(
      "header",
      { class: "chat-header" },
      back,
      this.#picture,
      el("div", { class: "chat-names" }, this.#title, this.#status),
      menu,
    );
  }

  render() {
    const { client, state } = this.view;
    const peer = state.chat.peer ?? state.chat;
    this.#title.textContent = displayName(peer);
    if (!this.#picture.hasChildNodes()) this.#picture.append(avatar(peer));
    const typing = client.isConnected ? typingText(state, client.bot) : null;
    this.#status.classList.toggle("active", typing !== null);
    if (typing === null) delete this.#status.dataset.testid;
    else this.#status.dataset.testid = "typing";
    this.#status.textContent = typing ?? this.#idleText();
  }

  #idleText() {
    const { client, state } = this.view;
    if (!client.isConnected) return t("connecting");
    if (state.chat.type === "private") return t("bot");
    if (!isGroup(state.chat)) return state.chat.peer?.username ? `@${state.chat.peer.username}` : "";
    return plural("members", state.chat.member_ids.length);
  }

  /** @param {HTMLElement} anchor */
  #openMenu(anchor) {
    const { state } = this.view;
    const items = [{ label: t("newTopic"), icon: "plus", run: () => void this.view.openTopic() }];
    if (state.chat.type === "private") items.push(this.#blockItem(state.isBlocked));
    openMenu(anchor, items);
  }

  /** @param {boolean} isBlocked */
  #blockItem(isBlocked) {
    const label = t(isBlocked ? "unblockBot" : "blockBot");
    return { label, icon: "block", isDangerous: !isBlocked, run: () => void this.view.setBlocked(!isBlocked) };
  }
}

/**
 * What the bot is doing in a chat, or null.
 * @param {import("./chat-state.js").ChatState} state
 * @param {any} bot
 * @returns {string | null}
 */
export function typingText(state, bot) {
  const action = [...state.actions.values()][0]?.action;
  const isWriting = action === "typing" || [...state.drafts.values()].some((draft) => !draft.stopped);
  if (!isWriting) return action ? t(action === "upload_photo" ? "uploadingPhoto" : "uploading") : null;
  return state.chat.type === "private" ? t("typing") : t("typingName", { name: displayName(bot) });
}
