import { el } from "./dom.js";
import { renderText } from "./entities.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { renderBlocks } from "./rich-blocks.js";

/** @typedef {import("./chat-state.js").Draft} Draft */
/** @typedef {import("./message-actions.js").MessageActions} MessageActions */

/** An answer that is still being written: one bubble that grows in place. */
export class DraftBubble {
  #text = el("span", { class: "text", data: { testid: "draft-text" } });
  #stop = el("button", { type: "button", class: "draft-stop", data: { testid: "draft-stop" } });

  /** @type {() => Promise<void>} */
  #onStop = async () => {};
  #draftId = 0;
  /** What the bubble shows now. @type {Draft | null} */
  #shown = null;

  /** @param {MessageActions} actions */
  constructor(actions) {
    this.actions = actions;
    this.#stop.addEventListener("click", () => void this.#press());
    const bubble = el("div", { class: "bubble" }, el("div", { class: "body", dir: "auto" }, this.#text));
    this.node = el(
      "div",
      {
        class: "row draft first-of-group last-of-group",
        data: { testid: "draft" },
        "aria-live": "off",
        role: "group",
        "aria-label": t("draft"),
      },
      el("div", { class: "stack" }, bubble, this.#stop),
    );
  }

  /** @param {Draft} draft @param {() => Promise<void>} onStop */
  update(draft, onStop) {
    if (draft === this.#shown) return;
    this.#shown = draft;
    this.#onStop = onStop;
    if (draft.draft_id !== this.#draftId) this.#showStop(false);
    this.#draftId = draft.draft_id;
    this.#stop.hidden = !draft.can_stop;
    this.#text.replaceChildren(...this.#content(draft));
    if (!draft.stopped) this.#text.append(el("span", { class: "caret", "aria-hidden": "true" }));
  }

  /** @param {Draft} draft @returns {Node[]} */
  #content(draft) {
    if (draft.rich_message) return renderBlocks(draft.rich_message.blocks, this.actions);
    if (draft.text) return [renderText(draft.text, draft.entities, this.actions)];
    return [el("span", { class: "thinking" }, t("thinking"))];
  }

  async #press() {
    this.#showStop(true);
    try {
      await this.#onStop();
    } catch {
      this.#showStop(false);
    }
  }

  /** @param {boolean} isPressed */
  #showStop(isPressed) {
    /** @type {HTMLButtonElement} */ (this.#stop).disabled = isPressed;
    this.#stop.replaceChildren(icon("stop"), t(isPressed ? "stopping" : "stop"));
  }
}
