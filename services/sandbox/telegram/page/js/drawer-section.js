import { el } from "./dom.js";

/**
 * A titled part of the drawer.
 * @param {string} title
 * @param {string} note explains it; "" for none
 * @param {...import("./dom.js").Child} content
 */
export function section(title, note, ...content) {
  return el(
    "section",
    { class: "drawer-section" },
    el("h3", {}, title),
    note && el("p", { class: "note" }, note),
    content,
  );
}
