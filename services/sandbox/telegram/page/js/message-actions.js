/**
 * What can be done from inside a message.
 * @typedef {object} MessageActions
 * @property {(text: string) => void} sendCommand sends a command found in a text
 * @property {(text: string) => void} copy puts a text on the clipboard
 * @property {(data: string) => Promise<void>} pressButton presses a callback button; settles when it was answered
 * @property {(url: string | null, shown: string) => void} openLink opens an address after a question
 * @property {(url: string) => void} openMiniApp opens a Mini App with what Telegram signs for it
 * @property {(query: string) => void} askInline asks the bot in this chat through inline mode
 * @property {() => void} unsupported says that the sandbox does not play this
 * @property {(messageId: number) => void} scrollTo shows another message
 * @property {(anchor: HTMLElement, x?: number, y?: number) => void} openMenu opens the message's menu
 */

import { openConfirmation } from "./dialogs.js";
import { t } from "./language.js";
import { safeUrl } from "./links.js";

/** @typedef {import("./chat-view.js").ChatView} ChatView */

const ANSWER_TIMEOUT_MS = 15_000;

/**
 * The actions of one message in one chat.
 * @param {ChatView} view
 * @param {any} message
 * @param {any[]} [album] the message with the others of its album
 * @returns {MessageActions}
 */
export function actionsFor(view, message, album = [message]) {
  return {
    sendCommand: (text) => void view.send(text),
    copy: (text) => copyText(view, text),
    pressButton: (data) => pressButton(view, message, data),
    openLink: (url, shown) => openLink(view, url, shown),
    openMiniApp: (url) => openMiniApp(view, url),
    askInline: (query) => view.composer.startInline(query),
    unsupported: () => view.toast(t("inlineOnly")),
    scrollTo: (messageId) => view.timeline.scrollTo(messageId),
    openMenu: (anchor, x, y) => view.openMessageMenu(album, anchor, x, y),
  };
}

/** @param {ChatView} view @param {string} text */
export async function copyText(view, text) {
  try {
    await navigator.clipboard.writeText(text);
    view.toast(t("copied"));
  } catch (error) {
    view.toast(t("failed", { reason: String(error) }));
  }
}

/** @param {ChatView} view @param {any} message @param {string} data */
async function pressButton(view, message, data) {
  try {
    const answer = await view.client.pressButton(message, data, ANSWER_TIMEOUT_MS);
    if (answer === null) view.toast(t("noAnswer"));
    else if (answer.url) await openLink(view, answer.url, answer.url);
    else if (answer.text && answer.show_alert) await openConfirmation(answer.text, { isAlert: true });
    else if (answer.text) view.toast(answer.text);
  } catch (error) {
    view.toast(t("failed", { reason: String(error) }));
  }
}

/** @param {ChatView} view @param {string | null} url @param {string} shown */
async function openLink(view, url, shown) {
  if (url === null) view.toast(t("inlineOnly"));
  else if (await openConfirmation(t("openLink", { url: shown }))) window.open(url, "_blank", "noopener,noreferrer");
}

/** @param {ChatView} view @param {string} url */
async function openMiniApp(view, url) {
  try {
    const { fragment } = await view.client.openMiniApp();
    await openLink(view, safeUrl(`${url}#${fragment}`), url);
  } catch (error) {
    view.toast(t("failed", { reason: String(error) }));
  }
}
