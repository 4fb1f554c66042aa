import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** Kinds of attachment by the field of the message that holds them. */
const KINDS = /** @type {const} */ ({
  animation: "image",
  photo: "image",
  video: "image",
  video_note: "image",
  document: "file",
  audio: "file",
  voice: "file",
  voice_note: "file",
  sticker: "image",
  location: "file",
});

/** @type {Record<string, string>} */
const TITLES = { voice_note: "voice", video_note: "video" };

/**
 * What a message carries beside text, by name: the sandbox keeps no previews.
 * @param {Record<string, any>} message
 * @returns {HTMLElement | null}
 */
export function attachment(message) {
  const kind = attachmentKind(message);
  if (kind === null) return null;
  const content = Array.isArray(message[kind]) ? message[kind].at(-1) : message[kind];
  return el(
    "div",
    { class: "attachment" },
    el("span", { class: "attachment-icon" }, icon(KINDS[kind])),
    el(
      "span",
      { class: "attachment-text" },
      el("span", { class: "attachment-name" }, content?.file_name ?? attachmentTitle(message)),
      el("span", { class: "attachment-note" }, describe(content)),
    ),
  );
}

/** @param {Record<string, any>} message @returns {string} the name of the kind of attachment, or "" */
export function attachmentTitle(message) {
  const kind = attachmentKind(message);
  return kind === null ? "" : t(/** @type {any} */ (TITLES[kind] ?? kind));
}

/** @param {Record<string, any>} message @returns {keyof typeof KINDS | null} */
function attachmentKind(message) {
  const found = Object.keys(KINDS).find((kind) => message[kind]);
  return /** @type {keyof typeof KINDS | null} */ (found ?? null);
}

/** @param {any} content @returns {string} size and dimensions, as far as known */
function describe(content) {
  const parts = [];
  if (content?.width && content?.height) parts.push(`${content.width}×${content.height}`);
  if (content?.latitude !== undefined) parts.push(`${content.latitude}, ${content.longitude}`);
  if (content?.duration) parts.push(`0:${String(content.duration).padStart(2, "0")}`);
  if (content?.file_size) parts.push(`${Math.ceil(content.file_size / 1024)} KB`);
  return parts.join(" · ");
}
