import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { safeUrl } from "./links.js";

/** @typedef {import("./entities.js").Entity} Entity */
/** @typedef {import("./entities.js").TextActions} TextActions */
/** @typedef {{ outer: HTMLElement, slot: HTMLElement, isBlock: boolean }} EntityElement */

/** @type {Record<string, string>} */
const PLAIN_TAGS = { bold: "strong", italic: "em", underline: "u", strikethrough: "s" };

/**
 * The element for one entity and the place inside it where its text goes.
 * @param {Entity} entity
 * @param {string} text what the entity covers
 * @param {TextActions} actions
 * @returns {EntityElement}
 */
export function openEntity(entity, text, actions) {
  if (entity.type === "pre") return codeBlock(entity.language, () => text, actions);
  if (entity.type === "blockquote") return block(el("blockquote"));
  if (entity.type === "expandable_blockquote") return expandableQuote();
  return inline(inlineElement(entity, text, actions));
}

/** @param {HTMLElement} node @returns {EntityElement} */
function inline(node) {
  return { outer: node, slot: node, isBlock: false };
}

/** @param {HTMLElement} node @returns {EntityElement} */
function block(node) {
  return { outer: node, slot: node, isBlock: true };
}

/** @param {Entity} entity @param {string} text @param {TextActions} actions @returns {HTMLElement} */
function inlineElement(entity, text, actions) {
  if (PLAIN_TAGS[entity.type]) return el(PLAIN_TAGS[entity.type]);
  switch (entity.type) {
    case "spoiler":
      return spoiler();
    case "code":
      return el("code", { class: "code", title: t("copy"), on: { click: () => actions.copy(text) } });
    case "text_link":
      return link(entity.url);
    case "url":
      return link(text);
    case "bot_command":
      return command(text, actions);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
    case "email":
    case "phone_number":
      return el("span", { class: "tag" });
    default:
      return el("span");
  }
}

/** A link where the address may be opened, else plain text. @param {string | undefined} address */
export function link(address) {
  const url = safeUrl(address);
  if (url === null) return el("span");
  return el("a", { href: url, title: url, target: "_blank", rel: "noopener noreferrer" });
}

/** @param {string} text @param {TextActions} actions */
function command(text, actions) {
  const { sendCommand } = actions;
  if (!sendCommand) return el("span", { class: "tag" });
  return el("button", { type: "button", class: "tag command", on: { click: () => sendCommand(text) } });
}

/** Text covered until it is pressed. */
export function spoiler() {
  const node = el("span", { class: "spoiler", role: "button", tabindex: "0", title: t("spoiler") });
  const reveal = () => {
    node.classList.add("revealed");
    for (const name of ["role", "tabindex", "title"]) node.removeAttribute(name);
  };
  node.addEventListener("click", reveal);
  node.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") reveal();
  });
  return node;
}

/**
 * @param {string | undefined} languageName
 * @param {() => string} source the text to copy
 * @param {TextActions} actions
 * @returns {EntityElement}
 */
export function codeBlock(languageName, source, actions) {
  const slot = el("code");
  const copy = el(
    "button",
    { type: "button", class: "pre-copy", "aria-label": t("copy"), on: { click: () => actions.copy(source()) } },
    icon("copy"),
  );
  const head = el("div", { class: "pre-head" }, el("span", { class: "pre-language" }, languageName ?? ""), copy);
  return { outer: el("div", { class: "pre" }, head, el("pre", { tabindex: "0" }, slot)), slot, isBlock: true };
}

/** A quote of which three lines show until it is opened. @returns {EntityElement} */
export function expandableQuote() {
  const slot = el("div", { class: "quote-text" });
  const toggle = el("button", { type: "button", class: "quote-toggle", "aria-expanded": "false" }, t("expand"));
  const outer = el("blockquote", { class: "expandable" }, slot, toggle);
  toggle.addEventListener("click", () => {
    const isOpen = outer.classList.toggle("open");
    toggle.setAttribute("aria-expanded", String(isOpen));
    toggle.textContent = t(isOpen ? "collapse" : "expand");
  });
  return { outer, slot, isBlock: true };
}
