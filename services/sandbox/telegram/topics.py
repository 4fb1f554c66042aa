from typing import Final

from services.sandbox.telegram.chats import Chat, Topic
from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.messages import add_message
from services.sandbox.telegram.placement import Placement
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json

DEFAULT_COLOR: Final = 0x6FB9F0
_MAX_NAME: Final = 128


def check_topic_name(name: str) -> str:
    """Raises ApiError where the name is empty or longer than 128 characters."""
    name = name.strip()
    if not name:
        raise bad_request("TOPIC_TITLE_EMPTY")
    if len(name) > _MAX_NAME:
        raise bad_request("topic name is too long")
    return name


def add_topic(
    sandbox: Sandbox,
    chat: Chat,
    creator: Json,
    name: str,
    color: int,
    emoji_id: str = "",
    *,
    is_implicit: bool = False,
) -> tuple[Topic, Json]:
    """Opens a thread; its id is the id of the service message that announces it, which is returned too."""
    created: Json = {"name": name, "icon_color": color}
    if emoji_id:
        created["icon_custom_emoji_id"] = emoji_id
    if is_implicit:
        created["is_name_implicit"] = True
    topic = Topic(chat.counter.last + 1, name, color, emoji_id, is_implicit)
    chat.topics[topic.id] = topic
    message = add_message(sandbox, chat, creator, {"forum_topic_created": created}, Placement(topic.id))
    sandbox.events.publish("chat", chat.id, chat=chat.json, topic=topic.to_json())
    return topic, message


def rename_topic(
    sandbox: Sandbox,
    chat: Chat,
    topic: Topic,
    actor: Json,
    name: str | None = None,
    emoji_id: str | None = None,
) -> Json:
    """Changes what is given; returns the service message that tells it."""
    edited: Json = {}
    if name is not None:
        topic.name, topic.is_name_implicit = name, False
        edited["name"] = name
    if emoji_id is not None:
        topic.icon_custom_emoji_id = emoji_id
        edited["icon_custom_emoji_id"] = emoji_id
    message = add_message(sandbox, chat, actor, {"forum_topic_edited": edited}, Placement(topic.id))
    sandbox.events.publish("chat", chat.id, chat=chat.json, topic=topic.to_json())
    return message
