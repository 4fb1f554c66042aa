import { control } from "./control.js";
import { openConfirmation } from "./dialogs.js";
import { el } from "./dom.js";
import { section } from "./drawer-section.js";
import { faultsSection } from "./faults.js";
import { icon } from "./icons.js";
import { Journal } from "./journal.js";
import { language, switchLanguage, t } from "./language.js";

/** The workings of the sandbox, beside the chats: language, limits, faults, the bot's calls. */
export class SettingsDrawer {
  #journal = new Journal();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    root.setAttribute("aria-label", t("settings"));
    root.dataset.testid = "drawer";
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.toggle();
    });
  }

  toggle() {
    this.root.hidden = !this.root.hidden;
    if (this.root.hidden) {
      this.#journal.stop();
      return;
    }
    const close = el(
      "button",
      { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: () => this.toggle() } },
      icon("close"),
    );
    this.root.replaceChildren(
      el("header", { class: "drawer-header" }, el("h2", {}, t("sandbox")), close),
      el(
        "div",
        { class: "drawer-body" },
        el("p", { class: "note" }, t("sandboxNote")),
        languageSection(),
        limitsSection(),
        faultsSection(),
        this.#journal.root,
        resetButton(),
      ),
    );
    this.#journal.start();
    close.focus();
  }
}

function languageSection() {
  const choices = /** @type {const} */ (["ru", "en"]).map((code) =>
    el(
      "button",
      { type: "button", "aria-pressed": String(language() === code), on: { click: () => switchLanguage(code) } },
      t(code === "ru" ? "russian" : "english"),
    ),
  );
  return section(t("language"), "", el("div", { class: "segments" }, choices));
}

function limitsSection() {
  const box = /** @type {HTMLInputElement} */ (
    el("input", { type: "checkbox", class: "switch", role: "switch", data: { testid: "limits" } })
  );
  void control("GET", "limits").then((limits) => (box.checked = limits.enabled));
  box.addEventListener("change", () => void control("PUT", "limits", { body: { enabled: box.checked } }));
  return section(
    t("limits"),
    t("limitsNote"),
    el("label", { class: "switch-line" }, el("span", {}, t("limitsOn")), box),
  );
}

function resetButton() {
  const reset = async () => {
    if (!(await openConfirmation(t("resetNote")))) return;
    await control("POST", "reset");
    location.assign(location.pathname);
  };
  return el("button", { type: "button", class: "danger", on: { click: () => void reset() } }, t("reset"));
}
