import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";
import { openMenu } from "./menu.js";
import { avatar, displayName } from "./people.js";
import { openUserForm } from "./people-forms.js";

/** @typedef {import("./pane.js").Pane} Pane */
/** @typedef {import("./panes.js").Panes} Panes */

/** The edge of the sandbox over a client: who plays here, columns, settings. */
export class PaneStrip {
  #switch = el("button", {
    type: "button",
    class: "user-switch",
    "aria-haspopup": "menu",
    data: { testid: "user-switch" },
  });

  /** @param {Pane} pane @param {Panes} panes */
  constructor(pane, panes) {
    this.pane = pane;
    this.panes = panes;
    this.#switch.addEventListener("click", () => void this.#openUsers());
    const add = stripButton("columns", t("addPane"), "add-pane", () => void panes.add());
    const close = stripButton("close", t("closePane"), "close-pane", () => panes.remove(pane));
    const settings = stripButton("gear", t("settings"), "settings", () => panes.toggleSettings());
    add.classList.add("tool-add");
    close.classList.add("tool-close");
    settings.classList.add("tool-settings");
    this.root = el(
      "header",
      { class: "strip" },
      this.#switch,
      el("span", { class: "strip-note", title: t("sandboxNote") }, t("sandbox")),
      el("span", { class: "strip-tools" }, add, settings, close),
    );
  }

  /** @param {any} user */
  render(user) {
    this.#switch.setAttribute("aria-label", `${t("whoAmI")}: ${displayName(user)}`);
    this.#switch.replaceChildren(
      avatar(user, "tiny"),
      el("span", { class: "user-name" }, displayName(user)),
      icon("down"),
    );
  }

  async #openUsers() {
    const users = await this.panes.users();
    const items = users.map((user) => ({
      label: `${displayName(user)} · ${user.language_code}`,
      picture: avatar(user, "tiny"),
      isCurrent: user.id === this.pane.client.user.id,
      run: () => this.panes.switchUser(this.pane, user),
    }));
    openMenu(this.#switch, [...items, { label: t("newUser"), icon: "plus", run: () => void this.#createUser() }]);
  }

  async #createUser() {
    const user = await openUserForm();
    if (user !== null) this.panes.switchUser(this.pane, user);
  }
}

/** @param {string} iconName @param {string} label @param {string} testid @param {() => void} onClick */
function stripButton(iconName, label, testid, onClick) {
  const props = {
    type: "button",
    class: "icon-button",
    "aria-label": label,
    title: label,
    data: { testid },
    on: { click: onClick },
  };
  return el("button", props, icon(iconName));
}
