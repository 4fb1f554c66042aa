from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.content import content_of
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.text.utf16 import to_units
from services.sandbox.telegram.wire import Json


def bot_sees(sandbox: Sandbox, chat: Chat, message: Json) -> bool:
    """Whether the bot gets a user's message: in groups privacy mode is on, unless it is an administrator.

    Source: https://core.telegram.org/bots/features#privacy-mode
    """
    status = sandbox.bot_status(chat)
    if chat.is_private or status is MemberStatus.ADMINISTRATOR:
        return status.is_inside
    if not status.is_inside:
        return False
    if message.get("via_bot", {}).get("id") == sandbox.bot.id:
        return True
    if not content_of(message):
        return True
    return _answers_bot(sandbox, message) or _addresses_bot(sandbox, message)


def _answers_bot(sandbox: Sandbox, message: Json) -> bool:
    answered = message.get("reply_to_message")
    return answered is not None and answered["from"]["id"] == sandbox.bot.id


def _addresses_bot(sandbox: Sandbox, message: Json) -> bool:
    units = to_units(message.get("text") or message.get("caption", ""))
    name = f"@{sandbox.bot.username}".lower()
    for entity in message.get("entities") or message.get("caption_entities", ()):
        part = units[entity["offset"] : entity["offset"] + entity["length"]].lower()
        if entity["type"] == "mention" and part == name:
            return True
        if entity["type"] == "text_mention" and entity["user"]["id"] == sandbox.bot.id:
            return True
        if entity["type"] == "bot_command" and ("@" not in part or part.endswith(name)):
            return True
    return False
