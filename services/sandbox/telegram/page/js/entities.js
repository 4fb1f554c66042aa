import { openEntity } from "./entity-elements.js";

/**
 * @typedef {object} Entity Telegram's MessageEntity; offsets count UTF-16 units, as JS strings do
 * @property {string} type
 * @property {number} offset
 * @property {number} length
 * @property {string} [url]
 * @property {string} [language]
 */
/** @typedef {{ entity: Entity, slot: Node, isBlock: boolean }} OpenEntity */
/** @typedef {{ sendCommand?: (text: string) => void, copy: (text: string) => void }} TextActions */

/**
 * Formatted text as DOM nodes. The text only ever becomes text nodes.
 * @param {string} text
 * @param {Entity[] | undefined} entities
 * @param {TextActions} actions
 * @returns {DocumentFragment}
 */
export function renderText(text, entities, actions) {
  const root = document.createDocumentFragment();
  const ordered = [...(entities ?? [])].filter((entity) => entity.length > 0).sort(outerFirst);
  /** @type {OpenEntity[]} */
  const stack = [];
  let isAfterBlock = false;
  for (const [from, to] of segments(text, ordered)) {
    const covering = ordered.filter((entity) => entity.offset <= from && entity.offset + entity.length >= to);
    let kept = 0;
    while (kept < stack.length && stack[kept].entity === covering[kept]) kept++;
    isAfterBlock ||= stack.slice(kept).some((open) => open.isBlock);
    stack.length = kept;
    for (const entity of covering.slice(kept)) {
      const slice = text.slice(entity.offset, entity.offset + entity.length);
      const { outer, slot, isBlock } = openEntity(entity, slice, actions);
      const parent = stack.at(-1)?.slot ?? root;
      if (isBlock) dropLastNewline(parent);
      parent.appendChild(outer);
      stack.push({ entity, slot, isBlock });
    }
    const raw = text.slice(from, to);
    const shown = isAfterBlock && stack.length === 0 ? raw.replace(/^\n/, "") : raw;
    isAfterBlock = false;
    (stack.at(-1)?.slot ?? root).appendChild(document.createTextNode(shown));
  }
  return root;
}

/** @param {Entity} a @param {Entity} b */
function outerFirst(a, b) {
  return a.offset - b.offset || b.length - a.length;
}

/** The stretches of text between which the set of entities changes. @param {string} text @param {Entity[]} entities */
function segments(text, entities) {
  const edges = new Set([0, text.length]);
  for (const { offset, length } of entities) edges.add(offset).add(offset + length);
  const sorted = [...edges].filter((edge) => edge >= 0 && edge <= text.length).sort((a, b) => a - b);
  return sorted.slice(1).map((to, index) => [sorted[index], to]);
}

/** A block starts its own line: the line break before it would show as an empty one. @param {Node} parent */
function dropLastNewline(parent) {
  const last = parent.lastChild;
  if (last instanceof Text) last.data = last.data.replace(/\n$/, "");
}
