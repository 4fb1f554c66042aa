import { el } from "./dom.js";
import { expandableQuote } from "./entity-elements.js";
import { inlineKeyboard } from "./inline-keyboard.js";
import { t } from "./language.js";
import { attachment } from "./media.js";
import { plainText, preformatted, renderRichText } from "./rich-text.js";

/** @typedef {import("./message-actions.js").MessageActions} MessageActions */
/** @typedef {{ type: string, [field: string]: any }} RichBlock Telegram's RichBlock */
/** @typedef {(block: any, actions: MessageActions) => Node} BlockRenderer */

/** @type {Record<string, BlockRenderer>} */
const RENDERERS = {
  paragraph: (block, actions) => el("p", {}, renderRichText(block.text, actions)),
  heading: heading,
  pre: preformatted,
  footer: (block, actions) => el("p", { class: "rich-footer" }, renderRichText(block.text, actions)),
  divider: () => el("hr"),
  mathematical_expression: (block) => el("div", { class: "formula-block", role: "math" }, block.expression),
  anchor: () => document.createTextNode(""),
  list: list,
  blockquote: (block, actions) => el("blockquote", {}, renderBlocks(block.blocks, actions), credit(block, actions)),
  expandable_blockquote: foldedQuote,
  pullquote: (block, actions) =>
    el("blockquote", { class: "pull" }, renderRichText(block.text, actions), credit(block, actions)),
  collage: gallery,
  slideshow: gallery,
  table: table,
  details: details,
  buttons: (block, actions) =>
    inlineKeyboard([block.buttons.map((button) => ({ ...button, text: plainText(button.text) }))], actions),
  thinking: (block, actions) => el("p", { class: "thinking" }, renderRichText(block.text, actions)),
};

/**
 * The blocks of a rich message, in their order.
 * @param {RichBlock[] | undefined} blocks
 * @param {MessageActions} actions
 * @returns {Node[]}
 */
export function renderBlocks(blocks, actions) {
  return (blocks ?? []).map((block) => (RENDERERS[block.type] ?? media)(block, actions));
}

/** @param {RichBlock} block @param {MessageActions} actions */
function heading(block, actions) {
  const level = Math.min(Math.max(Number(block.size) || 3, 1), 6);
  return el(`h${level}`, {}, renderRichText(block.text, actions));
}

/** @param {RichBlock} block @param {MessageActions} actions */
function credit(block, actions) {
  return block.credit ? el("cite", {}, renderRichText(block.credit, actions)) : null;
}

/** Items carry their own labels ("1.", "•"), so the browser draws none. @param {RichBlock} block @param {MessageActions} actions */
function list(block, actions) {
  const items = block.items.map((item) => {
    const label = item.has_checkbox
      ? el("span", {
          class: "check",
          role: "checkbox",
          "aria-checked": Boolean(item.is_checked),
          "aria-disabled": "true",
        })
      : el("span", { class: "label" }, item.label);
    return el("li", {}, label, el("div", {}, renderBlocks(item.blocks, actions)));
  });
  return el("ul", { class: "rich-list" }, items);
}

/** @param {RichBlock} block @param {MessageActions} actions */
function foldedQuote(block, actions) {
  const { outer, slot } = expandableQuote();
  slot.append(renderRichText(block.text, actions));
  return outer;
}

/** @param {RichBlock} block @param {MessageActions} actions */
function table(block, actions) {
  const rows = block.cells.map((row) =>
    el(
      "tr",
      {},
      row.filter((cell) => cell.text !== undefined).map((cell) => tableCell(cell, actions)),
    ),
  );
  const classes = ["rich-table", block.is_striped && "striped", block.is_compact && "compact"];
  const caption = block.caption ? el("caption", {}, renderRichText(block.caption, actions)) : null;
  return el(
    "div",
    { class: "table-scroller", tabindex: "0" },
    el("table", { class: classes.filter(Boolean).join(" ") }, caption, el("tbody", {}, rows)),
  );
}

/** @param {any} cell @param {MessageActions} actions */
function tableCell(cell, actions) {
  const props = { class: `align-${cell.align ?? "left"}`, colspan: cell.colspan, rowspan: cell.rowspan };
  return el(cell.is_header ? "th" : "td", props, renderRichText(cell.text, actions));
}

/** @param {RichBlock} block @param {MessageActions} actions */
function details(block, actions) {
  return el(
    "details",
    { open: Boolean(block.is_open) },
    el("summary", {}, renderRichText(block.summary, actions)),
    renderBlocks(block.blocks, actions),
  );
}

/** @param {RichBlock} block @param {MessageActions} actions */
function gallery(block, actions) {
  return el("div", { class: "gallery" }, renderBlocks(block.blocks, actions), caption(block, actions));
}

/** @param {RichBlock} block @param {MessageActions} actions */
function caption(block, actions) {
  return block.caption?.text ? el("p", { class: "rich-footer" }, renderRichText(block.caption.text, actions)) : null;
}

/** @param {RichBlock} block @param {MessageActions} actions */
function media(block, actions) {
  const content = { [block.type]: block[block.type], has_media_spoiler: block.has_spoiler };
  const shown = attachment(content) ?? el("p", { class: "rich-footer" }, t("unsupported", { type: block.type }));
  return el("div", {}, shown, caption(block, actions));
}
