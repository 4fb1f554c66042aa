import { el } from "./dom.js";

/** @typedef {{ id: number, first_name?: string, last_name?: string, username?: string, title?: string, is_bot?: boolean }} Peer a user or a chat */

/** @param {Peer | undefined} peer @returns {string} the name people see */
export function displayName(peer) {
  if (!peer) return "";
  return peer.title || [peer.first_name, peer.last_name].filter(Boolean).join(" ") || `#${peer.id}`;
}

/** @param {{ type: string }} chat @returns {boolean} whether it is of more than two */
export function isGroup(chat) {
  return chat.type === "group" || chat.type === "supergroup";
}

/** @param {any} message @returns {Peer} who is shown as its author: an anonymous administrator is the group */
export function authorOf(message) {
  return message.sender_chat ?? message.from;
}

/** @param {string} name @returns {string} one or two letters for an avatar */
function initials(name) {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const letters = words.length > 1 ? [words[0], words[words.length - 1]] : words.slice(0, 1);
  return letters.map((word) => [...word][0].toUpperCase()).join("");
}

/** @param {number} id @returns {number} one of the seven colours of names and avatars */
export function colourOf(id) {
  return (Math.abs(id) + 5) % 7;
}

/**
 * A round picture with initials; decorative, the name stands beside it.
 * @param {Peer} peer
 * @param {string} [size] "small", "medium" or "large"
 */
export function avatar(peer, size = "medium") {
  return el(
    "span",
    { class: `avatar avatar-${size}`, "aria-hidden": "true", data: { colour: colourOf(peer.id) } },
    initials(displayName(peer)),
  );
}
