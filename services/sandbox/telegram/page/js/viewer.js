import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** A picture over the whole page; closes on a click, on the cross and on Escape. @param {string} address @param {string} [caption] */
export function openViewer(address, caption) {
  const dialog = /** @type {HTMLDialogElement} */ (
    el(
      "dialog",
      { class: "viewer", "aria-label": caption ?? t("photo"), data: { testid: "viewer" } },
      el("img", { src: address, alt: caption ?? t("photo") }),
      caption && el("p", {}, caption),
      el("button", { type: "button", class: "icon-button", "aria-label": t("close") }, icon("close")),
    )
  );
  dialog.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
