import { el } from "./dom.js";
import { t } from "./language.js";
import { avatar, displayName } from "./people.js";

/** What an empty chat with the bot shows. @param {any} bot */
export function botIntro(bot) {
  return el(
    "div",
    { class: "intro" },
    avatar(bot, "large"),
    el("h3", {}, displayName(bot)),
    bot.username && el("p", { class: "note" }, `@${bot.username}`),
    el("p", {}, t("botIntroText")),
  );
}
