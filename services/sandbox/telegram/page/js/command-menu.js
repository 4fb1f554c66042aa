import { el } from "./dom.js";
import { icon } from "./icons.js";
import { t } from "./language.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */
/** @typedef {{ command: string, description: string }} Command */

/** The bot's commands: opened by a button, filtered by what is typed after "/". Hidden while the bot has none. */
export class CommandMenu {
  #selected = 0;
  root = el("div", {
    class: "commands",
    role: "listbox",
    "aria-label": t("commands"),
    hidden: true,
    data: { testid: "commands" },
  });
  button = el(
    "button",
    {
      type: "button",
      class: "icon-button",
      "aria-label": t("commands"),
      "aria-expanded": "false",
      hidden: true,
      data: { testid: "commands-button" },
    },
    icon("slash"),
  );

  /** @param {ChatView} view @param {(text: string) => void} onChoose */
  constructor(view, onChoose) {
    this.view = view;
    this.onChoose = onChoose;
    this.button.addEventListener("click", () => this.#toggle());
  }

  /** @param {string} typed the whole text of the composer */
  filter(typed) {
    const match = /^\/(\w*)$/.exec(typed);
    this.#show(match ? this.view.state.commands.filter(({ command }) => command.startsWith(match[1])) : []);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the menu took the key */
  onKey(event) {
    const options = /** @type {HTMLElement[]} */ ([...this.root.children]);
    if (this.root.hidden || options.length === 0) return false;
    if (event.key === "ArrowDown") this.#select(this.#selected + 1);
    else if (event.key === "ArrowUp") this.#select(this.#selected - 1);
    else if (event.key === "Enter" || event.key === "Tab") options[this.#selected].click();
    else if (event.key === "Escape") this.#show([]);
    else return false;
    event.preventDefault();
    return true;
  }

  render() {
    this.button.hidden = this.view.state.commands.length === 0;
  }

  #toggle() {
    this.#show(this.root.hidden ? this.view.state.commands : []);
  }

  /** @param {Command[]} commands */
  #show(commands) {
    this.root.replaceChildren(...commands.map((command) => this.#option(command)));
    this.root.hidden = commands.length === 0;
    this.button.setAttribute("aria-expanded", String(!this.root.hidden));
    this.#select(0);
  }

  /** @param {Command} command */
  #option({ command, description }) {
    const choose = () => {
      this.#show([]);
      this.onChoose(`/${command}`);
    };
    return el(
      "button",
      { type: "button", role: "option", class: "command-option", tabindex: "-1", on: { click: choose } },
      el("b", {}, `/${command}`),
      el("span", {}, description),
    );
  }

  /** @param {number} index */
  #select(index) {
    const options = [...this.root.children];
    if (options.length === 0) return;
    this.#selected = (index + options.length) % options.length;
    for (const [position, option] of options.entries())
      option.setAttribute("aria-selected", String(position === this.#selected));
    options[this.#selected].scrollIntoView({ block: "nearest" });
  }
}
