import { el } from "./dom.js";
import { fileAddress } from "./files-address.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { fileSize } from "./sizes.js";

/**
 * A file by name and size; a click downloads it.
 * @param {any} file
 * @param {string} title what it is called when it has no name
 */
export function fileCard(file, title) {
  const name = file.file_name ?? title;
  const text = el(
    "span",
    { class: "attachment-text" },
    el("span", { class: "attachment-name" }, name),
    el("span", { class: "attachment-note" }, describe(file)),
  );
  if (!file.file_id) return el("div", { class: "attachment" }, badge(name), text);
  return el(
    "a",
    {
      class: "attachment file",
      href: fileAddress(file.file_id),
      download: name,
      "aria-label": t("download", { name }),
      data: { testid: "document" },
    },
    badge(name),
    text,
  );
}

/** The icon of a file carries its extension. @param {string} name */
function badge(name) {
  const extension = /\.([\p{L}\p{N}]{1,4})$/u.exec(name)?.[1];
  return el(
    "span",
    { class: "attachment-icon" },
    extension ? el("span", { class: "extension" }, extension) : icon("file"),
    el("span", { class: "attachment-hover" }, icon("download")),
  );
}

/** @param {any} file @returns {string} size and dimensions, as far as known */
function describe(file) {
  const parts = [];
  if (file.file_size) parts.push(fileSize(file.file_size));
  if (file.width && file.height) parts.push(`${file.width}×${file.height}`);
  if (file.latitude !== undefined) parts.push(`${file.latitude}, ${file.longitude}`);
  return parts.join(" · ");
}
