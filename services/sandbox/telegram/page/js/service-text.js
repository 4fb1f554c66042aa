import { t } from "./language.js";
import { displayName } from "./people.js";

/**
 * The sentence of a service message ("Anna joined"), or null for an ordinary one.
 * @param {any} message
 * @returns {string | null}
 */
export function serviceText(message) {
  const name = displayName(message.from);
  const title = message.chat.title ?? "";
  if (message.new_chat_members) return t("joined", { name: message.new_chat_members.map(displayName).join(", ") });
  if (message.left_chat_member) return t("left", { name: displayName(message.left_chat_member) });
  if (message.group_chat_created || message.supergroup_chat_created) return t("groupCreated", { name, title });
  if (message.forum_topic_created) return t("topicCreated", { title: message.forum_topic_created.name });
  if (message.forum_topic_edited) return t("topicEdited", { title: message.forum_topic_edited.name ?? "" });
  if (message.forum_topic_closed) return t("topicClosed");
  if (message.forum_topic_reopened) return t("topicReopened");
  if (message.pinned_message) return t("pinned", { name });
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return t("migrated");
  if (message.new_chat_title) return t("titleChanged", { title: message.new_chat_title });
  const hasContent = message.text !== undefined || message.caption !== undefined || message.rich_message;
  return hasContent || hasMedia(message) ? null : t("serviceMessage");
}

const MEDIA = ["photo", "video", "video_note", "document", "audio", "voice", "animation", "sticker", "location"];

/** @param {any} message */
function hasMedia(message) {
  return MEDIA.some((kind) => message[kind]);
}
