import { ChatList } from "./chat-list.js";
import { ChatView } from "./chat-view.js";
import { Client } from "./client.js";
import { el, oncePerFrame } from "./dom.js";
import { t } from "./language.js";
import { openGroupForm } from "./people-forms.js";
import { PaneStrip } from "./pane-strip.js";
import { Toaster } from "./toast.js";

/** @typedef {import("./panes.js").Panes} Panes */

/** One user's client on the page: their chats beside the open chat, or one at a time where it is narrow. */
export class Pane {
  /** @type {ChatView | null} */
  #view = null;
  #toaster = new Toaster();
  #chat = el("div", { class: "chat-slot" });
  #body = el("div", { class: "pane-body" });
  #render = oncePerFrame(() => this.#draw());

  /** @param {any} user @param {Panes} panes */
  constructor(user, panes) {
    this.panes = panes;
    this.strip = new PaneStrip(this, panes);
    this.root = el(
      "section",
      { class: "pane", data: { testid: "pane" } },
      this.strip.root,
      this.#body,
      this.#toaster.root,
    );
    this.client = this.#play(user);
  }

  /** Becomes another user. @param {any} user */
  switchTo(user) {
    this.client.close();
    this.client = this.#play(user);
  }

  close() {
    this.client.close();
    this.root.remove();
  }

  /** @param {any} user */
  #play(user) {
    const client = new Client(user, this.panes.bot);
    this.#view = null;
    this.list = new ChatList(client, {
      onOpen: (chatId) => this.open(chatId),
      onNewGroup: () => void this.#createGroup(),
    });
    this.#chat.replaceChildren(el("p", { class: "empty" }, el("span", {}, t("noChat"))));
    this.#body.replaceChildren(this.list.root, this.#chat);
    this.root.dataset.userId = String(user.id);
    this.root.setAttribute("aria-label", user.first_name);
    this.strip.render(user);
    client.addEventListener("change", () => this.#render());
    client.addEventListener("gone", () => this.panes.startOver());
    client.start();
    return client;
  }

  /** @param {number} chatId */
  open(chatId) {
    this.#view = new ChatView(this.client, chatId, {
      onBack: () => this.#back(),
      toast: (text) => this.#toaster.show(text),
    });
    this.#chat.replaceChildren(this.#view.root);
    this.root.classList.add("has-chat");
    this.list?.render(chatId);
    if (matchMedia("(hover: hover)").matches) this.#view.composer.focus();
  }

  #back() {
    this.root.classList.remove("has-chat");
    /** @type {HTMLElement | null} */ (this.root.querySelector(".chat-item[aria-current=true]"))?.focus();
  }

  #draw() {
    if (this.client.isLoaded && !this.#view) this.open(this.client.user.id);
    if (this.#view && !this.client.chats.has(this.#view.chatId)) this.open(this.client.user.id);
    this.#view?.render();
    this.list?.render(this.#view?.chatId ?? null);
  }

  async #createGroup() {
    const chat = await openGroupForm(this.client.user);
    if (chat === null) return;
    const isKnown = () => this.client.chats.has(chat.id);
    if (isKnown()) return this.open(chat.id);
    const onChange = () => {
      if (!isKnown()) return;
      this.client.removeEventListener("change", onChange);
      this.open(chat.id);
    };
    this.client.addEventListener("change", onChange);
  }
}
