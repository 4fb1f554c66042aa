import { control } from "./control.js";
import { el } from "./dom.js";
import { language, t } from "./language.js";
import { Panes } from "./panes.js";
import { SettingsDrawer } from "./settings-drawer.js";

const root = /** @type {HTMLElement} */ (document.getElementById("panes"));
const drawer = new SettingsDrawer(/** @type {HTMLElement} */ (document.getElementById("drawer")));
document.documentElement.lang = language();

try {
  const { bot } = await control("GET", "state");
  document.title = `${bot.first_name} · ${t("sandbox")}`;
  await new Panes(root, bot, () => drawer.toggle()).restore();
} catch (error) {
  root.append(el("p", { class: "empty", role: "alert" }, el("span", {}, t("failed", { reason: String(error) }))));
}
