import { language, t } from "./language.js";

/** @param {number} unixSeconds */
export function clockTime(unixSeconds) {
  return new Date(unixSeconds * 1000).toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit" });
}

/** @param {number} unixSeconds a key that is equal for two moments of one local day */
export function dayKey(unixSeconds) {
  return new Date(unixSeconds * 1000).toDateString();
}

/** @param {number} unixSeconds "today", "yesterday" or a date */
export function dayTitle(unixSeconds) {
  const date = new Date(unixSeconds * 1000);
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return t("today");
  today.setDate(today.getDate() - 1);
  if (date.toDateString() === today.toDateString()) return t("yesterday");
  return date.toLocaleDateString(language(), { day: "numeric", month: "long" });
}

/** @param {number} unixSeconds time for today, else a short date: what a chat list shows */
export function listTime(unixSeconds) {
  const isToday = dayKey(unixSeconds) === new Date().toDateString();
  if (isToday) return clockTime(unixSeconds);
  return new Date(unixSeconds * 1000).toLocaleDateString(language(), { day: "2-digit", month: "2-digit" });
}
