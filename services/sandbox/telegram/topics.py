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
    sandbox: Sandbox, chat: Chat, creator: Json, name: str, color: int, emoji_id: str = ""
) -> tuple[Topic, Json]:
    """Opens a thread; its id is the id of the service message that announces it, which is returned too."""
    created: Json = {"name": name, "icon_color": color}
    if emoji_id:
        created["icon_custom_emoji_id"] = emoji_id
    topic = Topic(chat.counter.last + 1, name, color, emoji_id)
    chat.topics[topic.id] = topic
    message = add_message(sandbox, chat, creator, {"forum_topic_created": created}, Placement(topic.id))
    sandbox.events.publish("chat", chat.id, chat=chat.json, topic=topic.to_json())
    return topic, message
