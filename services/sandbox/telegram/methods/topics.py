from collections.abc import Mapping
from typing import Final

from services.sandbox.telegram.access import find_writable_chat
from services.sandbox.telegram.chats import Chat, MemberStatus, Topic
from services.sandbox.telegram.dispatch import Handler
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.messages import delete_messages
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.topics import DEFAULT_COLOR, add_topic, check_topic_name, rename_topic
from services.sandbox.telegram.wire import Json


def create_forum_topic(sandbox: Sandbox, params: Params) -> Json:
    """https://core.telegram.org/bots/api#createforumtopic (forums and private chats)"""
    chat = _forum(sandbox, params)
    name = check_topic_name(params.text("name"))
    color = params.integer("icon_color", DEFAULT_COLOR)
    emoji_id = params.text("icon_custom_emoji_id")
    topic, _ = add_topic(sandbox, chat, sandbox.bot_json, name, color, emoji_id)
    return topic.to_json()


def edit_forum_topic(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#editforumtopic"""
    chat = _forum(sandbox, params)
    topic = _topic(chat, params)
    name = check_topic_name(params.text("name")) if params.has("name") else None
    emoji_id = params.text("icon_custom_emoji_id") if "icon_custom_emoji_id" in params.values else None
    if name in (None, topic.name) and emoji_id in (None, topic.icon_custom_emoji_id):
        raise bad_request("TOPIC_NOT_MODIFIED")
    rename_topic(sandbox, chat, topic, sandbox.bot_json, name, emoji_id)
    return True


def delete_forum_topic(sandbox: Sandbox, params: Params) -> bool:
    """https://core.telegram.org/bots/api#deleteforumtopic (its messages go with it)"""
    chat = _forum(sandbox, params)
    topic = _topic(chat, params)
    del chat.topics[topic.id]
    inside = [id_ for id_, message in chat.messages.items() if message.get("message_thread_id") == topic.id]
    delete_messages(sandbox, chat, inside)
    sandbox.events.publish("chat", chat.id, chat=chat.json, deleted_topic=topic.id)
    return True


def _forum(sandbox: Sandbox, params: Params) -> Chat:
    chat = find_writable_chat(sandbox, params)
    enabled = sandbox.settings.sandbox_topics_enabled if chat.is_private else chat.is_forum
    if not enabled:
        raise bad_request("the chat is not a forum")
    if not chat.is_private and sandbox.bot_status(chat) is not MemberStatus.ADMINISTRATOR:
        raise bad_request("not enough rights to create a topic")
    return chat


def _topic(chat: Chat, params: Params) -> Topic:
    topic = chat.topics.get(params.integer("message_thread_id"))
    if topic is None:
        raise bad_request("message thread not found")
    return topic


METHODS: Final[Mapping[str, Handler]] = {
    "createForumTopic": create_forum_topic,
    "editForumTopic": edit_forum_topic,
    "deleteForumTopic": delete_forum_topic,
}
