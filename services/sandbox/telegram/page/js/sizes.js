import { language } from "./language.js";

const STEP = 1024;
const UNITS = { ru: ["Б", "КБ", "МБ", "ГБ"], en: ["B", "KB", "MB", "GB"] };

/** @param {number} bytes @returns {string} "1.4 MB" in the language of the page */
export function fileSize(bytes) {
  let value = bytes;
  let unit = 0;
  while (value >= STEP && unit < UNITS.en.length - 1) {
    value /= STEP;
    unit += 1;
  }
  const digits = unit > 0 && value < 10 ? 1 : 0;
  return `${value.toLocaleString(language(), { maximumFractionDigits: digits })} ${UNITS[language()][unit]}`;
}

/** @param {number} seconds @returns {string} "1:05" */
export function clockLength(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
