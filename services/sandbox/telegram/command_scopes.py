from services.sandbox.telegram.chats import Chat, MemberStatus


def scopes_for(chat: Chat, user_id: int) -> list[str]:
    """The scopes whose commands a user is shown in a chat, the narrowest first.

    Source: https://core.telegram.org/bots/api#determining-list-of-commands
    """
    if chat.is_private:
        return [f"chat:{chat.id}", "all_private_chats", "default"]
    leads = chat.members.get(user_id, MemberStatus.LEFT).leads
    scopes = [
        (f"chat_member:{chat.id}:{user_id}", True),
        (f"chat_administrators:{chat.id}", leads),
        (f"chat:{chat.id}", True),
        ("all_chat_administrators", leads),
        ("all_group_chats", True),
        ("default", True),
    ]
    return [scope for scope, applies in scopes if applies]
