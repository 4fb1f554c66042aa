import { el } from "./dom.js";
import { icon } from "./icons.js";

/**
 * @typedef {object} MenuItem
 * @property {string} label
 * @property {() => void} run
 * @property {string} [icon]
 * @property {Node} [picture]
 * @property {boolean} [isCurrent]
 * @property {boolean} [isDangerous]
 */

const MARGIN_PX = 8;

/** @type {(() => void) | null} */
let closeOpenMenu = null;

/**
 * A menu at a place: under its anchor, or where the pointer is. Closes on choice, Escape and outside presses.
 * @param {HTMLElement} anchor gets the focus back
 * @param {MenuItem[]} items
 * @param {{ x: number, y: number }} [place]
 */
export function openMenu(anchor, items, place) {
  closeOpenMenu?.();
  const menu = el("div", { class: "menu", role: "menu" });
  const close = () => {
    menu.remove();
    document.removeEventListener("pointerdown", onOutside, true);
    closeOpenMenu = null;
  };
  const onOutside = (event) => {
    if (!menu.contains(event.target)) close();
  };
  closeOpenMenu = close;
  menu.append(...items.map((item) => menuItem(item, close)));
  menu.addEventListener("keydown", (event) => onKey(event, menu, () => (close(), anchor.focus())));
  document.addEventListener("pointerdown", onOutside, true);
  document.body.append(menu);
  position(menu, anchor, place);
  /** @type {HTMLElement | null} */ (menu.querySelector("[role^=menuitem]"))?.focus({ preventScroll: true });
}

/** @param {MenuItem} item @param {() => void} close */
function menuItem(item, close) {
  const props = {
    type: "button",
    role: item.isCurrent === undefined ? "menuitem" : "menuitemradio",
    "aria-checked": item.isCurrent === undefined ? null : String(item.isCurrent),
    class: item.isDangerous ? "menu-item dangerous" : "menu-item",
    on: { click: () => (close(), item.run()) },
  };
  const picture = item.picture ?? (item.icon && icon(item.icon));
  return el("button", props, picture, el("span", { class: "menu-label" }, item.label), item.isCurrent && icon("check"));
}

/** @param {KeyboardEvent} event @param {HTMLElement} menu @param {() => void} dismiss */
function onKey(event, menu, dismiss) {
  const items = /** @type {HTMLElement[]} */ ([...menu.children]);
  const index = items.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (event.key === "Escape" || event.key === "Tab") dismiss();
  else if (event.key === "ArrowDown") items[(index + 1) % items.length].focus();
  else if (event.key === "ArrowUp") items[(index - 1 + items.length) % items.length].focus();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** @param {HTMLElement} menu @param {HTMLElement} anchor @param {{ x: number, y: number }} [place] */
function position(menu, anchor, place) {
  const box = anchor.getBoundingClientRect();
  const { x, y } = place ?? { x: box.left, y: box.bottom + 4 };
  const left = Math.min(x, innerWidth - menu.offsetWidth - MARGIN_PX);
  const above = (place ? y : box.top - 4) - menu.offsetHeight;
  const isBelow = y + menu.offsetHeight + MARGIN_PX <= innerHeight;
  menu.style.left = `${Math.max(MARGIN_PX, left)}px`;
  menu.style.top = `${isBelow ? y : Math.max(MARGIN_PX, above)}px`;
}
