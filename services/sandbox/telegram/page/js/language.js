import { english } from "./strings-en.js";
import { russian } from "./strings-ru.js";

const STORAGE_KEY = "quartet.sandbox.language";
const CATALOGUES = { ru: russian, en: english };

/** The language of the page: the one chosen before, else the browser's. @returns {"ru" | "en"} */
export function language() {
  const chosen = localStorage.getItem(STORAGE_KEY) ?? navigator.language;
  return chosen.startsWith("ru") ? "ru" : "en";
}

/** Remembers the choice and shows the page anew. @param {"ru" | "en"} code */
export function switchLanguage(code) {
  localStorage.setItem(STORAGE_KEY, code);
  location.reload();
}

/**
 * The text for `key`; `{name}` in it is replaced from `values`.
 * @param {keyof typeof english} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  return CATALOGUES[language()][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The form of `key` that fits `count`, where the catalogue holds `key_one`, `key_few`, `key_many`.
 * @param {string} key
 * @param {number} count
 */
export function plural(key, count) {
  const form = new Intl.PluralRules(language()).select(count);
  const catalogue = /** @type {Record<string, string>} */ (CATALOGUES[language()]);
  return (catalogue[`${key}_${form}`] ?? catalogue[`${key}_many`]).replace("{count}", String(count));
}
