import { el } from "./dom.js";
import { renderText } from "./entities.js";
import { icon } from "./icons.js";
import { inlineKeyboard } from "./inline-keyboard.js";
import { t } from "./language.js";
import { attachments, isBare, isPicture } from "./media.js";
import { authorOf, avatar, colourOf, displayName } from "./people.js";
import { previewOf } from "./preview.js";
import { renderBlocks } from "./rich-blocks.js";
import { clockTime } from "./time.js";

/** @typedef {import("./message-actions.js").MessageActions} MessageActions */

/**
 * A message, or an album of them, as a row of the chat: avatar, bubble, buttons.
 * @param {any[]} album
 * @param {{ isMine: boolean, isGroup: boolean, actions: MessageActions }} context
 * @returns {Node[]} what goes into the row
 */
export function bubbleParts(album, { isMine, isGroup, actions }) {
  const [message] = album;
  const spoken = album.find((one) => one.caption) ?? message;
  const keyboard = message.reply_markup?.inline_keyboard;
  const bubble = el(
    "div",
    { class: bubbleClass(album, spoken) },
    isGroup && !isMine && senderName(authorOf(message)),
    viaBot(message),
    forwardedFrom(message),
    message.reply_to_message && repliedTo(message, actions),
    ...(spoken.show_caption_above_media
      ? said(album, spoken, isMine, actions).reverse()
      : said(album, spoken, isMine, actions)),
  );
  bubble.addEventListener("contextmenu", (event) => openMenu(event, bubble, actions));
  const more = el(
    "button",
    { type: "button", class: "bubble-menu", "aria-label": t("messageMenu"), "aria-haspopup": "menu" },
    icon("down"),
  );
  more.addEventListener("click", () => actions.openMenu(more));
  bubble.append(more);
  return [
    ...(isGroup && !isMine ? [avatar(authorOf(message), "small")] : []),
    el("div", { class: "stack" }, bubble, keyboard && inlineKeyboard(keyboard, actions)),
  ];
}

/** What is shown and what is written. @param {any[]} album @param {any} spoken @param {boolean} isMine @param {MessageActions} actions */
function said(album, spoken, isMine, actions) {
  return [attachments(album), body(spoken, actions, meta(album[0], isMine))];
}

/** @param {any[]} album @param {any} spoken the message of it that has the words */
function bubbleClass(album, spoken) {
  const classes = ["bubble"];
  if (album.every(isPicture)) classes.push("with-picture");
  if (isBare(spoken)) classes.push("bare");
  if (!spoken.text && !spoken.caption && !spoken.rich_message) classes.push("wordless");
  return classes.join(" ");
}

/** A click on a link keeps the browser's own menu. @param {MouseEvent} event @param {HTMLElement} bubble @param {MessageActions} actions */
function openMenu(event, bubble, actions) {
  if (event.target instanceof Element && event.target.closest("a")) return;
  event.preventDefault();
  actions.openMenu(bubble, event.clientX, event.clientY);
}

/** @param {any} sender */
function senderName(sender) {
  return el("div", { class: "sender", data: { colour: colourOf(sender.id) } }, displayName(sender));
}

/** @param {any} message */
function viaBot({ via_bot: bot }) {
  return bot && el("div", { class: "forwarded", data: { testid: "via-bot" } }, t("viaBot", { name: `@${bot.username}` }));
}

/** @param {any} message */
function forwardedFrom({ forward_origin: origin }) {
  if (!origin) return null;
  const peer = origin.sender_user ?? origin.sender_chat ?? origin.chat;
  const name = peer ? displayName(peer) : origin.sender_user_name;
  return el("div", { class: "forwarded" }, t("forwardedFrom", { name: name ?? "" }));
}

/** @param {any} message @param {MessageActions} actions */
function repliedTo({ reply_to_message: replied, quote }, actions) {
  return el(
    "button",
    {
      type: "button",
      class: "reply-preview",
      data: { colour: colourOf(replied.from?.id ?? 0), testid: "reply-preview" },
      on: { click: () => actions.scrollTo(replied.message_id) },
    },
    el("span", { class: "reply-name" }, displayName(authorOf(replied))),
    el("span", { class: "reply-text" }, quote?.text ?? previewOf(replied)),
  );
}

/** @param {any} message @param {MessageActions} actions @param {Node} metaNode */
function body(message, actions, metaNode) {
  if (message.rich_message) {
    const rich = el(
      "div",
      { class: "rich", data: { testid: "text" } },
      renderBlocks(message.rich_message.blocks, actions),
    );
    if (message.rich_message.is_rtl) rich.dir = "rtl";
    return el("div", { class: "body" }, rich, metaNode);
  }
  const text = message.text ?? message.caption ?? "";
  const entities = message.entities ?? message.caption_entities;
  return el(
    "div",
    { class: "body", dir: "auto" },
    el("span", { class: "text", data: { testid: "text" } }, renderText(text, entities, actions)),
    metaNode,
  );
}

/** @param {any} message @param {boolean} isMine */
function meta(message, isMine) {
  const time = el("time", { datetime: new Date(message.date * 1000).toISOString() }, clockTime(message.date));
  return el(
    "span",
    { class: "meta" },
    message.edit_date && el("span", { class: "edited", data: { testid: "edited" } }, t("edited")),
    time,
    isMine && el("span", { class: "sent", role: "img", "aria-label": t("sent") }, icon("check")),
  );
}
