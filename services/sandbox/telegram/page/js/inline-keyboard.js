import { el } from "./dom.js";
import { icon } from "./icons.js";
import { safeUrl } from "./links.js";

/** @typedef {import("./message-actions.js").MessageActions} MessageActions */
/** @typedef {{ text: string, style?: string, url?: string, callback_data?: string, copy_text?: { text: string }, web_app?: { url: string }, switch_inline_query_current_chat?: string, disabled?: object }} InlineButton */

/**
 * The buttons under a message.
 * @param {InlineButton[][]} rows
 * @param {MessageActions} actions
 */
export function inlineKeyboard(rows, actions) {
  return el(
    "div",
    { class: "keyboard" },
    rows.map((row) =>
      el(
        "div",
        { class: "keyboard-row" },
        row.map((button) => keyboardButton(button, actions)),
      ),
    ),
  );
}

/**
 * @param {InlineButton} button
 * @param {MessageActions} actions
 * @returns {HTMLElement}
 */
export function keyboardButton(button, actions) {
  const node = el(
    "button",
    {
      type: "button",
      class: "keyboard-button",
      disabled: Boolean(button.disabled),
      data: { testid: "keyboard-button", style: button.style },
    },
    el("span", { class: "keyboard-label" }, button.text),
    corner(button),
  );
  node.addEventListener("click", () => press(node, button, actions));
  return node;
}

/** @param {InlineButton} button */
function corner(button) {
  if (button.url || button.web_app) return icon("external");
  if (button.copy_text) return icon("copy");
  return null;
}

/** @param {HTMLElement} node @param {InlineButton} button @param {MessageActions} actions */
async function press(node, button, actions) {
  if (button.url) {
    actions.openLink(safeUrl(button.url), button.url);
  } else if (button.web_app) {
    actions.openMiniApp(button.web_app.url);
  } else if (button.copy_text) {
    actions.copy(button.copy_text.text);
  } else if (button.callback_data !== undefined) {
    if (node.hasAttribute("aria-busy")) return;
    node.setAttribute("aria-busy", "true");
    await actions.pressButton(button.callback_data);
    node.removeAttribute("aria-busy");
  } else if (button.switch_inline_query_current_chat !== undefined) {
    actions.askInline(button.switch_inline_query_current_chat);
  } else {
    actions.unsupported();
  }
}
