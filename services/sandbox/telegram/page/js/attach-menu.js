import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { confirmFiles, kindOf } from "./outgoing-files.js";

/** @typedef {import("./outgoing-files.js").Kind} Kind */
/** @typedef {import("./outgoing-files.js").OutgoingFile} OutgoingFile */

/**
 * What can be picked, in the order of the menu.
 * @type {{ label: Parameters<typeof t>[0], icon: string, accept: string, kind: Kind | null, isSingle?: boolean }[]}
 */
const CHOICES = [
  { label: "attachPhoto", icon: "image", accept: "image/*,video/*", kind: null },
  { label: "attachFile", icon: "file", accept: "", kind: "document" },
  { label: "attachVoice", icon: "microphone", accept: "audio/*", kind: "voice", isSingle: true },
  { label: "attachNote", icon: "round", accept: "video/*", kind: "video_note", isSingle: true },
];

/** The paper clip: picks files, takes pasted and dropped ones, and shows them before they go. */
export class AttachMenu {
  #input = /** @type {HTMLInputElement} */ (
    el("input", { type: "file", hidden: true, data: { testid: "file-input" } })
  );
  #picked = CHOICES[0];
  button = el(
    "button",
    {
      type: "button",
      class: "icon-button attach",
      "aria-label": t("attach"),
      "aria-haspopup": "menu",
      data: { testid: "attach" },
    },
    icon("clip"),
  );

  /** @param {(files: OutgoingFile[], caption: string) => Promise<void>} onFiles */
  constructor(onFiles) {
    this.onFiles = onFiles;
    this.root = el("span", { class: "attach-slot" }, this.button, this.#input);
    this.button.addEventListener("click", () => this.#open());
    this.#input.addEventListener("change", () => void this.#offer([...(this.#input.files ?? [])], this.#picked.kind));
  }

  /** @param {HTMLElement} place where files may be dropped, and pasted into */
  listen(place) {
    place.addEventListener("paste", (event) => {
      const files = [...(event.clipboardData?.files ?? [])];
      if (files.length === 0) return;
      event.preventDefault();
      void this.#offer(files, null);
    });
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    place.addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      place.classList.add("dropping");
    });
    place.addEventListener("dragleave", (event) => {
      if (!place.contains(/** @type {Node | null} */ (event.relatedTarget))) place.classList.remove("dropping");
    });
    place.addEventListener("drop", (event) => {
      place.classList.remove("dropping");
      if (!hasFiles(event)) return;
      event.preventDefault();
      void this.#offer([...(event.dataTransfer?.files ?? [])], null);
    });
  }

  #open() {
    openMenu(
      this.button,
      CHOICES.map((choice) => ({ label: t(choice.label), icon: choice.icon, run: () => this.#pick(choice) })),
    );
  }

  /** @param {typeof CHOICES[number]} choice */
  #pick(choice) {
    this.#picked = choice;
    this.#input.accept = choice.accept;
    this.#input.multiple = !choice.isSingle;
    this.#input.value = "";
    this.#input.click();
  }

  /** @param {File[]} picked @param {Kind | null} kind null leaves it to each file */
  async #offer(picked, kind) {
    if (picked.length === 0) return;
    const outgoing = await confirmFiles(picked.map((file) => ({ kind: kind ?? kindOf(file), file })));
    if (outgoing !== null) await this.onFiles(outgoing.files, outgoing.caption);
  }
}
