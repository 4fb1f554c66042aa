import { keyboardButton } from "./inline-keyboard.js";
import { el } from "./dom.js";
import { codeBlock, link, spoiler } from "./entity-elements.js";

/** @typedef {import("./message-actions.js").MessageActions} MessageActions */
/** @typedef {string | RichText[] | { type: string, text?: RichText, [field: string]: any }} RichText Telegram's RichText */

/** @type {Record<string, string>} */
const TAGS = {
  bold: "strong",
  italic: "em",
  underline: "u",
  strikethrough: "s",
  subscript: "sub",
  superscript: "sup",
  marked: "mark",
  code: "code",
};

/**
 * Telegram's rich text as nodes.
 * @param {RichText | undefined} text
 * @param {MessageActions} actions
 * @returns {Node}
 */
export function renderRichText(text, actions) {
  if (text === undefined || text === null) return document.createTextNode("");
  if (typeof text === "string") return document.createTextNode(text);
  if (Array.isArray(text)) {
    const fragment = document.createDocumentFragment();
    fragment.append(...text.map((part) => renderRichText(part, actions)));
    return fragment;
  }
  const node = styled(text, actions);
  if (text.text !== undefined) node.append(renderRichText(text.text, actions));
  return node;
}

/** @param {{ type: string, [field: string]: any }} text @param {MessageActions} actions @returns {HTMLElement} */
function styled(text, actions) {
  if (TAGS[text.type]) return el(TAGS[text.type], text.type === "code" ? { class: "code" } : {});
  switch (text.type) {
    case "spoiler":
      return spoiler();
    case "url":
      return link(text.url);
    case "mathematical_expression":
      return el("code", { class: "formula" }, text.expression);
    case "custom_emoji":
      return el("span", {}, text.alternative_text);
    case "bot_command":
      return el("button", {
        type: "button",
        class: "tag command",
        on: { click: () => actions.sendCommand(text.bot_command) },
      });
    case "button":
      return keyboardButton({ ...text.button, text: plainText(text.button.text) }, actions);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span", { class: "tag" });
    default:
      return el("span");
  }
}

/** The words of a rich text without their style. @param {RichText | undefined} text @returns {string} */
export function plainText(text) {
  if (text === undefined || text === null) return "";
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.map(plainText).join("");
  return plainText(text.text) || (text.expression ?? text.alternative_text ?? "");
}

/** @param {{ text?: RichText, language?: string }} block @param {MessageActions} actions */
export function preformatted(block, actions) {
  const { outer, slot } = codeBlock(block.language, () => plainText(block.text), actions);
  slot.append(renderRichText(block.text, actions));
  return outer;
}
