from collections.abc import Callable, Iterable
from typing import Final

from services.sandbox.telegram.callbacks import Callbacks
from services.sandbox.telegram.chats import Chat, ChatKind, MemberStatus
from services.sandbox.telegram.events import EventHub
from services.sandbox.telegram.faults import Faults
from services.sandbox.telegram.identifiers import identity_counter, message_counter, update_counter
from services.sandbox.telegram.inline_messages import InlineMessages
from services.sandbox.telegram.inline_queries import InlineQueries
from services.sandbox.telegram.journal import Journal
from services.sandbox.telegram.limits import Limits, RateLimiter
from services.sandbox.telegram.media.files import FileStore
from services.sandbox.telegram.people import User
from services.sandbox.telegram.profile import BotProfile
from services.sandbox.telegram.settings import TelegramSandboxSettings
from services.sandbox.telegram.updates import UpdateQueue
from services.sandbox.telegram.webhook_target import WebhookTarget
from services.sandbox.telegram.wire import Json

_CHAT_NAMES: Final = frozenset({"first_name", "last_name", "username"})


class Sandbox:
    """One bot and everybody it can talk to, in memory.

    Message and update ids come from the clock and go on after a reset, so none is ever used twice.
    """

    def __init__(self, settings: TelegramSandboxSettings) -> None:
        self.settings = settings
        self.events = EventHub()
        self.faults = Faults()
        self.journal = Journal(settings.sandbox_journal_size)
        self.limiter = RateLimiter(Limits(enabled=settings.sandbox_limits_enabled))
        self.updates = UpdateQueue(update_counter(), settings.sandbox_update_lifetime_seconds)
        self.callbacks = Callbacks(settings.sandbox_callback_seconds)
        self.inline_queries = InlineQueries(settings.sandbox_inline_query_seconds)
        self.inline_messages = InlineMessages()
        self.profile = BotProfile()
        self.files = FileStore(identity_counter(), settings.sandbox_file_bytes)
        self.webhook: WebhookTarget | None = None
        self.on_webhook_changed: Callable[[], None] | None = None
        self.bot = User(
            settings.bot_id,
            settings.sandbox_bot_name,
            username=settings.sandbox_bot_username,
            is_bot=True,
        )
        self.bot_json = self.bot.to_json()
        self.users: dict[int, User] = {}
        self.chats: dict[int, Chat] = {}
        # Private chats and basic groups share one numbering of messages, as for a real bot.
        self._dialog_messages = message_counter()
        self._identities = identity_counter()

    def add_user(self, user: User) -> None:
        self.users[user.id] = user
        profile = {name: value for name, value in user.to_json().items() if name in _CHAT_NAMES}
        self.chats[user.id] = Chat(user.id, ChatKind.PRIVATE, self._dialog_messages, profile)
        self.events.publish("user", user.id, user=user.to_json())

    def add_group(self, kind: ChatKind, title: str, *, is_forum: bool = False) -> Chat:
        number = self._identities.next()
        is_supergroup = kind is ChatKind.SUPERGROUP
        chat = Chat(
            -1_000_000_000_000 - number if is_supergroup else -number,
            kind,
            message_counter() if is_supergroup else self._dialog_messages,
            {"title": title},
            is_forum=is_forum,
        )
        self.chats[chat.id] = chat
        return chat

    def add_dialogue(self, user_ids: Iterable[int]) -> Chat:
        """A private chat of people, which the bot never sees; its id means nothing outside of the sandbox."""
        chat = Chat(self._identities.next(), ChatKind.DIALOGUE, message_counter(), {})
        chat.members = dict.fromkeys(user_ids, MemberStatus.MEMBER)
        self.chats[chat.id] = chat
        return chat

    def new_identity(self) -> int:
        return self._identities.next()

    def set_webhook(self, target: WebhookTarget | None) -> None:
        """Delivers updates there from now on, or (None) keeps them for long polling."""
        self.webhook = target
        if self.on_webhook_changed is not None:
            self.on_webhook_changed()

    def find_user_json(self, user_id: int) -> Json | None:
        if user_id == self.bot.id:
            return self.bot_json
        user = self.users.get(user_id)
        return user.to_json() if user else None

    def bot_status(self, chat: Chat) -> MemberStatus:
        if chat.is_private:
            return MemberStatus.KICKED if self.users[chat.id].blocked else MemberStatus.MEMBER
        return chat.members.get(self.bot.id, MemberStatus.LEFT)

    def reset(self) -> None:
        """Forgets people, chats, updates, faults and the journal; a webhook and limits stay."""
        for chat in self.chats.values():
            chat.clear_timers()
        self.users.clear()
        self.chats.clear()
        self.updates.clear()
        self.callbacks.clear()
        self.inline_queries.clear()
        self.inline_messages.clear()
        self.files.clear()
        self.faults.clear()
        self.journal.clear()
        self.limiter.replace(self.limiter.limits)
        self.profile = BotProfile()
