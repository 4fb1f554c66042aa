import { el } from "./dom.js";
import { t } from "./language.js";

/**
 * Asks a question, or with `isAlert` only tells something.
 * @param {string} text
 * @param {{ isAlert?: boolean }} [options]
 * @returns {Promise<boolean>} whether it was confirmed
 */
export async function openConfirmation(text, { isAlert = false } = {}) {
  const values = await openForm({
    text,
    submit: t("ok"),
    hasCancel: !isAlert,
    testid: isAlert ? "alert" : "confirmation",
  });
  return values !== null;
}

/**
 * A modal form.
 * @param {{ title?: string, text?: string, fields?: HTMLElement[], submit: string, hasCancel?: boolean, testid: string }} options
 * @returns {Promise<FormData | null>} null when it was cancelled
 */
export function openForm({ title, text, fields = [], submit, hasCancel = true, testid }) {
  const form = /** @type {HTMLFormElement} */ (
    el(
      "form",
      { method: "dialog" },
      title && el("h2", { id: "dialog-title" }, title),
      text && el("p", { id: "dialog-text" }, text),
      fields,
      el(
        "div",
        { class: "dialog-buttons" },
        hasCancel &&
          el("button", { type: "button", class: "plain", on: { click: () => dialog.close("cancel") } }, t("cancel")),
        el("button", { type: "submit", class: "primary", value: "submit" }, submit),
      ),
    )
  );
  const labelled = title ? "dialog-title" : "dialog-text";
  const dialog = /** @type {HTMLDialogElement} */ (
    el("dialog", { class: "dialog", "aria-labelledby": labelled, data: { testid } }, form)
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "submit" ? new FormData(form) : null);
    });
  });
}

/** @param {string} label @param {HTMLElement} control */
export function field(label, control) {
  return el("label", { class: "field" }, el("span", { class: "field-label" }, label), control);
}

/** @param {string} label @param {Record<string, any>} props */
export function checkbox(label, props) {
  return el("label", { class: "check-field" }, el("input", { type: "checkbox", ...props }), el("span", {}, label));
}
