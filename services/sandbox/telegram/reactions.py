from services.sandbox.telegram.chats import Chat
from services.sandbox.telegram.sandbox import Sandbox
from services.sandbox.telegram.wire import Json


def set_reaction(
    sandbox: Sandbox, chat: Chat, message_id: int, user_id: int, reactions: list[Json]
) -> list[Json]:
    """Replaces what one user put under a message; returns what was there before."""
    by_user = chat.reactions.setdefault(message_id, {})
    former = by_user.pop(user_id, [])
    if reactions:
        by_user[user_id] = reactions
    if not by_user:
        del chat.reactions[message_id]
    sandbox.events.publish("reaction", chat.id, message_id=message_id, user_id=user_id, reactions=reactions)
    return former
