import { el } from "./dom.js";
import { fileCard } from "./file-card.js";
import { t } from "./language.js";
import { picture, roundVideo, sticker, video } from "./pictures.js";
import { SoundPlayer } from "./sound-player.js";

/** Kinds of attachment by the field of the message that holds them; an animation has a `document` too. */
const KINDS = /** @type {const} */ ([
  "animation",
  "photo",
  "video",
  "video_note",
  "voice",
  "voice_note",
  "audio",
  "sticker",
  "document",
  "location",
]);
const PICTURES = new Set(["photo", "video", "animation"]);
const BARE = new Set(["video_note", "sticker"]);

/** @type {Record<string, string>} */
const TITLES = { voice_note: "voice" };

/**
 * What the messages of one album, or a single message, carry beside text.
 * @param {any[]} messages
 * @returns {HTMLElement | null}
 */
export function attachments(messages) {
  if (messages.length === 1) return attachment(messages[0]);
  const parts = messages.map(attachment).filter((part) => part !== null);
  const isMosaic = messages.every(isPicture);
  const props = { class: isMosaic ? "mosaic" : "files", role: "group", "aria-label": t("album") };
  return el("div", { ...props, data: { count: parts.length, testid: "album" } }, parts);
}

/**
 * @param {Record<string, any>} message a message, or a block of a rich message
 * @returns {HTMLElement | null}
 */
export function attachment(message) {
  const kind = attachmentKind(message);
  if (kind === null) return null;
  const content = message[kind];
  const file = Array.isArray(content) ? content.at(-1) : content;
  if (!file?.file_id) return fileCard(file ?? {}, attachmentTitle(message));
  switch (kind) {
    case "photo":
      return picture(file, message);
    case "video":
    case "animation":
      return video(file, message, { isLoop: kind === "animation" });
    case "video_note":
      return roundVideo(file);
    case "sticker":
      return sticker(file);
    case "voice":
    case "voice_note":
    case "audio":
      return new SoundPlayer(file).root;
    default:
      return fileCard(file, attachmentTitle(message));
  }
}

/** @param {any} message does it fill the bubble with a picture? */
export function isPicture(message) {
  return PICTURES.has(attachmentKind(message) ?? "");
}

/** @param {any} message does it stand without a bubble? */
export function isBare(message) {
  return BARE.has(attachmentKind(message) ?? "");
}

/** @param {Record<string, any>} message @returns {string} the name of the kind of attachment, or "" */
export function attachmentTitle(message) {
  const kind = attachmentKind(message);
  if (kind === null) return "";
  if (kind === "document" && message.document?.file_name) return message.document.file_name;
  return t(/** @type {any} */ (TITLES[kind] ?? kind));
}

/** @param {Record<string, any>} message @returns {typeof KINDS[number] | null} */
function attachmentKind(message) {
  return KINDS.find((kind) => message[kind]) ?? null;
}
