import { ChatList } from "./chat-list.js";
import { ChatView } from "./chat-view.js";
import { Client } from "./client.js";
import { el, oncePerFrame } from "./dom.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { displayName } from "./people.js";
import { openDialogue, openGroupForm } from "./people-forms.js";
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
      onNew: (anchor) => void this.#openNewMenu(anchor),
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
      startBot: (parameter) => void this.#startBot(parameter),
    });
    this.#chat.replaceChildren(this.#view.root);
    this.root.classList.add("has-chat");
    this.list?.render(chatId);
    if (matchMedia("(hover: hover)").matches) this.#view.composer.focus();
  }

  /** Follows a deep link to the bot. @param {string} parameter */
  #startBot(parameter) {
    this.open(this.client.user.id);
    return this.#view?.send(`/start ${parameter}`.trim());
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

  /** A group, or a chat with somebody else on the page. @param {HTMLElement} anchor */
  async #openNewMenu(anchor) {
    const users = await this.panes.users();
    const others = users.filter((user) => user.id !== this.client.user.id);
    const group = { label: t("newGroup"), icon: "group", run: () => void this.#enter(openGroupForm(this.client.user)) };
    const people = others.map((user) => ({
      label: displayName(user),
      icon: "user",
      run: () => void this.#enter(openDialogue(this.client.user, user)),
    }));
    openMenu(anchor, [group, ...people]);
  }

  /** Opens a new chat as soon as the client knows of it. @param {Promise<any>} created */
  async #enter(created) {
    const chat = await created;
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
