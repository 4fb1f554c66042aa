import { el } from "./dom.js";
import { t } from "./language.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */
/** @typedef {{ id: string, type: string, title?: string, description?: string }} InlineResult */
/** @typedef {{ text: string, start_parameter?: string }} InlineButton */
/** @typedef {{ inline_query_id: string, results: InlineResult[], next_offset?: string, button?: InlineButton | null }} InlineAnswer */

/** Clients ask once the typing pauses. */
const PAUSE_MS = 300;
const ANSWER_TIMEOUT_MS = 15_000;

/** What the bot offers for `@bot query`, above the composer of any chat. */
export class InlineResults {
  #selected = 0;
  /** Counts what was typed: an answer to older words is not shown. */
  #turn = 0;
  #timer = 0;
  /** @type {string | null} */
  #query = null;
  #list = el("div", { role: "listbox", "aria-label": t("inlineResults") });
  #button = el("button", { type: "button", class: "inline-button", hidden: true });
  root = el("div", { class: "inline-results", hidden: true, data: { testid: "inline-results" } });

  /** @param {ChatView} view @param {{ onSent: () => void }} composer */
  constructor(view, composer) {
    this.view = view;
    this.composer = composer;
    this.root.append(this.#button, this.#list);
  }

  /** @param {string} typed the whole text of the composer */
  filter(typed) {
    const query = inlineQuery(typed, this.view.client.bot.username);
    if (query === this.#query) return;
    this.#query = query;
    this.#turn += 1;
    clearTimeout(this.#timer);
    if (query === null) this.root.hidden = true;
    else this.#timer = setTimeout(() => void this.#ask(query, ""), PAUSE_MS);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the list took the key */
  onKey(event) {
    if (this.root.hidden) return false;
    if (event.key === "ArrowDown") this.#select(this.#selected + 1);
    else if (event.key === "ArrowUp") this.#select(this.#selected - 1);
    else if (event.key === "Enter" || event.key === "Tab") this.#options()[this.#selected]?.click();
    else if (event.key === "Escape") this.root.hidden = true;
    else return false;
    event.preventDefault();
    return true;
  }

  /** @param {string} query @param {string} offset */
  async #ask(query, offset) {
    const turn = this.#turn;
    try {
      const answer = await this.view.client.askInline(this.view.chatId, query, offset, ANSWER_TIMEOUT_MS);
      if (turn === this.#turn && answer !== null) this.#show(answer, query, offset !== "");
    } catch (error) {
      this.view.toast(t("failed", { reason: String(error) }));
    }
  }

  /** @param {InlineAnswer} answer @param {string} query @param {boolean} isMore */
  #show(answer, query, isMore) {
    const options = answer.results.map((result) => this.#option(answer.inline_query_id, result));
    const { next_offset: next, button } = answer;
    if (next) options.push(this.#more(() => void this.#ask(query, next)));
    if (isMore) {
      this.#options().at(-1)?.remove();
      this.#list.append(...options);
    } else this.#list.replaceChildren(...options);
    this.#button.hidden = !button;
    this.#button.textContent = button?.text ?? "";
    this.#button.onclick = () => this.view.startBot(button?.start_parameter ?? "");
    this.root.hidden = options.length === 0 && !button;
    this.#select(isMore ? this.#selected : 0);
  }

  /** @param {string} queryId @param {InlineResult} result */
  #option(queryId, { id, title, description, type }) {
    const choose = async () => {
      this.root.hidden = true;
      if (await this.view.chooseInline(queryId, id)) this.composer.onSent();
    };
    return el(
      "button",
      {
        type: "button",
        role: "option",
        class: "inline-option",
        tabindex: "-1",
        data: { testid: "inline-option" },
        on: { click: choose },
      },
      el("b", {}, title || t(/** @type {any} */ (type))),
      description && el("span", {}, description),
    );
  }

  /** @param {() => void} ask */
  #more(ask) {
    return el("button", { type: "button", class: "inline-option", tabindex: "-1", on: { click: ask } }, t("inlineMore"));
  }

  #options() {
    return /** @type {HTMLElement[]} */ ([...this.#list.children]);
  }

  /** @param {number} index */
  #select(index) {
    const options = this.#options();
    if (options.length === 0) return;
    this.#selected = (index + options.length) % options.length;
    for (const [position, option] of options.entries())
      option.setAttribute("aria-selected", String(position === this.#selected));
    options[this.#selected].scrollIntoView({ block: "nearest" });
  }
}

/**
 * What is asked of the bot in a text that begins with its name, or null.
 * @param {string} typed
 * @param {string} botName
 * @returns {string | null}
 */
function inlineQuery(typed, botName) {
  const match = /^@(\w+)\s([^]*)$/.exec(typed);
  return match && match[1].toLowerCase() === botName.toLowerCase() ? match[2].trim().slice(0, 256) : null;
}
