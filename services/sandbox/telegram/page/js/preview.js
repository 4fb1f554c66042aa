import { attachmentTitle } from "./media.js";
import { plainText } from "./rich-text.js";
import { serviceText } from "./service-text.js";

/**
 * One line that stands for a message: in the chat list, in a reply, above the composer.
 * @param {any} message
 * @returns {string}
 */
export function previewOf(message) {
  const text = message.text ?? message.caption;
  if (text) return text.replace(/\s+/g, " ").slice(0, 200);
  if (message.rich_message) return richPreview(message.rich_message.blocks ?? []);
  return attachmentTitle(message) || (serviceText(message) ?? "");
}

/** @param {any[]} blocks */
function richPreview(blocks) {
  const words = blocks.map((block) => plainText(block.text ?? block.summary ?? block.caption));
  return words.filter(Boolean).join(" ").slice(0, 200);
}
