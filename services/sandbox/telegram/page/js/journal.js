import { control } from "./control.js";
import { el } from "./dom.js";
import { section } from "./drawer-section.js";
import { t } from "./language.js";

const REFRESH_MS = 1_000;
const MOST_ROWS = 200;

/** The Bot API calls of the bot, newest first; asked for only while it is on show. */
export class Journal {
  #since = 0;
  #timer = 0;
  #rows = el("ol", { class: "journal", "aria-label": t("journal"), data: { testid: "journal" } });
  #empty = el("p", { class: "note" }, t("journalEmpty"));

  constructor() {
    const clear = el(
      "button",
      { type: "button", class: "plain", on: { click: () => void this.#clear() } },
      t("journalClear"),
    );
    this.root = section(t("journal"), "", this.#empty, this.#rows, clear);
  }

  start() {
    void this.#refresh();
    this.#timer = window.setInterval(() => void this.#refresh(), REFRESH_MS);
  }

  stop() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    try {
      this.#show(await control("GET", "calls", { query: { since: this.#since } }));
    } catch {
      // The sandbox is away for a moment: the next round asks again from the same number.
    }
  }

  /** @param {any[]} calls oldest first */
  #show(calls) {
    this.#since = calls.at(-1)?.n ?? this.#since;
    const spoken = calls.filter((call) => call.method !== "getUpdates").slice(-MOST_ROWS);
    for (const call of spoken) this.#rows.prepend(row(call));
    while (this.#rows.children.length > MOST_ROWS) this.#rows.lastElementChild?.remove();
    this.#empty.hidden = this.#rows.children.length > 0;
  }

  async #clear() {
    await control("DELETE", "calls");
    this.#rows.replaceChildren();
    this.#empty.hidden = false;
  }
}

/** @param {any} call */
function row(call) {
  const isFailed = call.status >= 400 || Boolean(call.error);
  return el(
    "li",
    { class: isFailed ? "call failed" : "call" },
    el(
      "details",
      {},
      el(
        "summary",
        {},
        el("span", { class: "call-status" }, String(call.status)),
        el("span", { class: "call-method" }, call.method),
        el("span", { class: "call-note" }, call.error ?? (call.chat_id ? String(call.chat_id) : "")),
      ),
      el("pre", {}, JSON.stringify(call.params, null, 1)),
    ),
  );
}
