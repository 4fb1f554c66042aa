/**
 * Messages as they stand in the chat: those of one album make one.
 * @typedef {{ id: number, message: any, album: any[] }} Entry
 */

/**
 * @param {any[]} messages in the order of the chat
 * @returns {Entry[]}
 */
export function gatherAlbums(messages) {
  /** @type {Entry[]} */
  const entries = [];
  for (const message of messages) {
    const last = entries.at(-1);
    if (last && message.media_group_id && message.media_group_id === last.message.media_group_id)
      last.album.push(message);
    else entries.push({ id: message.message_id, message, album: [message] });
  }
  return entries;
}

/** @param {any[]} one @param {any[]} other do two albums look the same? */
export function isSameAlbum(one, other) {
  return one.length === other.length && one.every((message, index) => message === other[index]);
}
