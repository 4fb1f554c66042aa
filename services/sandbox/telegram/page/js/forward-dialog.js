import { openForm } from "./dialogs.js";
import { el } from "./dom.js";
import { t } from "./language.js";
import { avatar, displayName } from "./people.js";

/**
 * Asks which chat of this user something is forwarded to.
 * @param {import("./client.js").Client} client
 * @returns {Promise<number | null>} null when it was cancelled
 */
export async function chooseChat(client) {
  const values = await openForm({
    title: t("forwardTo"),
    fields: [el("div", { class: "chat-choices" }, [...client.chats.values()].map(choice))],
    submit: t("forward"),
    testid: "forward-form",
  });
  return values === null ? null : Number(values.get("chat_id"));
}

/** @param {import("./chat-state.js").ChatState} state @param {number} index */
function choice({ chat }, index) {
  const peer = chat.peer ?? chat;
  return el(
    "label",
    { class: "chat-choice" },
    el("input", { type: "radio", name: "chat_id", value: chat.id, checked: index === 0 }),
    avatar(peer, "small"),
    el("span", {}, displayName(peer)),
  );
}
