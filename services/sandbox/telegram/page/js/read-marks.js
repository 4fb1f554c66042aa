/** @param {number} userId @param {number} chatId */
function keyOf(userId, chatId) {
  return `quartet.sandbox.read.${userId}.${chatId}`;
}

/** The newest message this user has seen in the chat, over reloads of the page. @param {number} userId @param {number} chatId */
export function readUpTo(userId, chatId) {
  return Number(localStorage.getItem(keyOf(userId, chatId)) ?? 0);
}

/** @param {number} userId @param {number} chatId @param {number} messageId */
export function rememberRead(userId, chatId, messageId) {
  localStorage.setItem(keyOf(userId, chatId), String(messageId));
}
