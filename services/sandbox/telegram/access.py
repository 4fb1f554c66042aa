from services.sandbox.telegram.chats import Chat, MemberStatus
from services.sandbox.telegram.errors import ApiError, bad_request, forbidden
from services.sandbox.telegram.params import Params
from services.sandbox.telegram.sandbox import Sandbox


def find_chat(sandbox: Sandbox, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call is about; raises ApiError where there is none, or where it has moved."""
    value = params.text(name).strip()
    if not value:
        raise bad_request(f"{name} is empty")
    chat = (
        _by_username(sandbox, value[1:]) if value.startswith("@") else sandbox.chats.get(params.integer(name))
    )
    if chat is None or not (chat.is_private or sandbox.bot.id in chat.members):
        raise bad_request("chat not found")
    if chat.migrated_to is not None:
        raise ApiError(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            {"migrate_to_chat_id": chat.migrated_to},
        )
    return chat


def find_writable_chat(sandbox: Sandbox, params: Params, name: str = "chat_id") -> Chat:
    """The chat a call writes to; raises ApiError where the bot may not speak."""
    chat = find_chat(sandbox, params, name)
    if chat.is_private:
        user = sandbox.users[chat.id]
        if user.blocked:
            raise forbidden("bot was blocked by the user")
        if not user.started:
            raise forbidden("bot can't initiate conversation with a user")
        return chat
    status = sandbox.bot_status(chat)
    if status is MemberStatus.KICKED:
        raise forbidden(f"bot was kicked from the {chat.kind.value} chat")
    if status is MemberStatus.LEFT:
        raise forbidden(f"bot is not a member of the {chat.kind.value} chat")
    return chat


def _by_username(sandbox: Sandbox, username: str) -> Chat | None:
    wanted = username.lower()
    for chat in sandbox.chats.values():
        if not chat.is_private and str(chat.profile.get("username", "")).lower() == wanted:
            return chat
    return None
