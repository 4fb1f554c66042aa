import { el } from "./dom.js";
import { openForm } from "./dialogs.js";
import { icon } from "./icons.js";
import { plural, t } from "./language.js";
import { fileSize } from "./sizes.js";

/** @typedef {"photo" | "video" | "animation" | "document" | "voice" | "video_note"} Kind what a file is sent as */
/** @typedef {{ kind: Kind, file: File }} OutgoingFile */

const ALBUM_SIZE = 10;
const NO_CAPTION = new Set(["video_note"]);

/** @param {File} file @returns {Kind} what a client makes of a picked file */
export function kindOf(file) {
  if (file.type === "image/gif") return "animation";
  if (file.type.startsWith("image/") && file.type !== "image/svg+xml") return "photo";
  if (file.type.startsWith("video/")) return "video";
  return "document";
}

/**
 * Shows what is about to be sent and asks for a caption.
 * @param {OutgoingFile[]} files
 * @returns {Promise<{ files: OutgoingFile[], caption: string } | null>} null when it was cancelled
 */
export async function confirmFiles(files) {
  const addresses = files.map(({ file }) => URL.createObjectURL(file));
  const canCompress =
    files.some(({ kind }) => kind !== "document") && files.every(({ file, kind }) => kind === kindOf(file));
  const hasCaption = !files.some(({ kind }) => NO_CAPTION.has(kind));
  try {
    const values = await openForm({
      title: plural("sendFiles", files.length),
      fields: [
        el(
          "div",
          { class: "outgoing" },
          files.map((item, index) => preview(item, addresses[index])),
        ),
        ...(canCompress ? [asFiles()] : []),
        ...(hasCaption ? [captionField()] : []),
      ],
      submit: t("send"),
      testid: "outgoing",
    });
    if (values === null) return null;
    const sent = values.has("as_files")
      ? files.map(({ file }) => ({ kind: /** @type {Kind} */ ("document"), file }))
      : files;
    return { files: sent, caption: String(values.get("caption") ?? "").trim() };
  } finally {
    for (const address of addresses) URL.revokeObjectURL(address);
  }
}

/**
 * What goes together: albums of pictures and videos, or of files; anything else goes alone.
 * @param {OutgoingFile[]} files
 * @returns {OutgoingFile[][]}
 */
export function parcels(files) {
  const canGroup = sameSort(files, ["photo", "video"]) || sameSort(files, ["document"]);
  const size = canGroup ? ALBUM_SIZE : 1;
  const parts = [];
  for (let start = 0; start < files.length; start += size) parts.push(files.slice(start, start + size));
  return parts;
}

/** @param {OutgoingFile[]} files @param {string[]} kinds */
function sameSort(files, kinds) {
  return files.every(({ kind }) => kinds.includes(kind));
}

/** @param {OutgoingFile} item @param {string} address */
function preview({ kind, file }, address) {
  if (kind === "photo" || kind === "animation")
    return el("img", { src: address, alt: file.name, class: "outgoing-picture" });
  if (kind === "video" || kind === "video_note")
    return el("video", {
      src: address,
      muted: true,
      preload: "metadata",
      class: "outgoing-picture",
      "aria-label": file.name,
    });
  return el(
    "div",
    { class: "attachment" },
    el("span", { class: "attachment-icon" }, icon(kind === "voice" ? "microphone" : "file")),
    el(
      "span",
      { class: "attachment-text" },
      el("span", { class: "attachment-name" }, file.name),
      el("span", { class: "attachment-note" }, fileSize(file.size)),
    ),
  );
}

function asFiles() {
  return el(
    "label",
    { class: "check-field" },
    el("input", { type: "checkbox", name: "as_files", value: "1" }),
    el("span", {}, t("asFiles")),
  );
}

function captionField() {
  return el("label", { class: "field" }, [
    el("span", { class: "field-label" }, t("caption")),
    el("input", { name: "caption", autocomplete: "off", autofocus: true, data: { testid: "caption-input" } }),
  ]);
}
