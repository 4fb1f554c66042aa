import { control } from "./control.js";
import { language } from "./language.js";
import { Pane } from "./pane.js";
import { openUserForm } from "./people-forms.js";

/** Each column holds a stream of events open, and browsers allow a host six connections. */
const MOST_PANES = 3;

/** The columns of the page, one user's client each; the address remembers who plays (`?users=1,2`). */
export class Panes {
  /** @type {Pane[]} */
  #panes = [];

  /** @param {HTMLElement} root @param {any} bot @param {() => void} toggleSettings */
  constructor(root, bot, toggleSettings) {
    this.root = root;
    this.bot = bot;
    this.toggleSettings = toggleSettings;
  }

  /** @returns {Promise<any[]>} */
  users() {
    return control("GET", "users");
  }

  /** Opens a column for each user in the address; on the first visit makes a user to begin with. */
  async restore() {
    const users = await this.users();
    if (users.length === 0) users.push(await createFirstUser());
    const asked = (new URLSearchParams(location.search).get("users") ?? "").split(",").map(Number);
    const found = asked.map((id) => users.find((user) => user.id === id)).filter(Boolean);
    for (const user of found.length > 0 ? found.slice(0, MOST_PANES) : users.slice(0, 1)) this.#append(user);
  }

  /** Everybody the page knew is gone: begins as on the first visit. */
  startOver() {
    location.assign(location.pathname);
  }

  /** One more column: for a user who is not shown yet, or a new one. */
  async add() {
    const shown = new Set(this.#panes.map((pane) => pane.client.user.id));
    const free = (await this.users()).find((user) => !shown.has(user.id));
    const user = free ?? (await openUserForm());
    if (user) this.#append(user);
  }

  /** @param {Pane} pane */
  remove(pane) {
    this.#panes = this.#panes.filter((other) => other !== pane);
    pane.close();
    this.#remember();
  }

  /** @param {Pane} pane @param {any} user */
  switchUser(pane, user) {
    pane.switchTo(user);
    this.#remember();
  }

  /** @param {any} user */
  #append(user) {
    const pane = new Pane(user, this);
    this.#panes.push(pane);
    this.root.append(pane.root);
    this.#remember();
  }

  #remember() {
    this.root.dataset.count = String(this.#panes.length);
    this.root.classList.toggle("full", this.#panes.length >= MOST_PANES);
    const ids = this.#panes.map((pane) => pane.client.user.id).join(",");
    history.replaceState(null, "", `?users=${ids}`);
  }
}

/** @returns {Promise<any>} */
function createFirstUser() {
  const isRussian = language() === "ru";
  const body = {
    first_name: isRussian ? "Анна" : "Anna",
    username: "anna_sandbox",
    language_code: isRussian ? "ru" : "en",
  };
  return control("POST", "users", { body });
}
