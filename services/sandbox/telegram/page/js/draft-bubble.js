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

  /** @param {() => Promise<void>} onStop @param {MessageActions} actions */
  constructor(onStop, actions) {
    this.actions = actions;
    this.#showStop(false);
    this.#stop.addEventListener("click", async () => {
      this.#showStop(true);
      try {
        await onStop();
      } catch {
        this.#showStop(false);
      }
    });
    const bubble = el("div", { class: "bubble" }, el("div", { class: "body", dir: "auto" }, this.#text));
    this.node = el(
      "div",
      { class: "row draft last-of-group", data: { testid: "draft" }, "aria-live": "off", role: "group", "aria-label": t("draft") },
      el("div", { class: "stack" }, bubble, this.#stop),
    );
  }

  /** @param {Draft} draft */
  update(draft) {
    this.#stop.hidden = !draft.can_stop || draft.isEnding;
    const caret = el("span", { class: "caret", "aria-hidden": "true" });
    if (draft.rich_message) {
      this.#text.replaceChildren(...renderBlocks(draft.rich_message.blocks, this.actions), caret);
    } else if (draft.text) {
      this.#text.replaceChildren(renderText(draft.text, draft.entities, this.actions), caret);
    } else {
      this.#text.replaceChildren(el("span", { class: "thinking" }, t("thinking")));
    }
  }

  /** @param {boolean} isPressed */
  #showStop(isPressed) {
    /** @type {HTMLButtonElement} */ (this.#stop).disabled = isPressed;
    this.#stop.replaceChildren(icon("stop"), t(isPressed ? "stopping" : "stop"));
  }
}
