import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from services.sandbox.telegram.identifiers import Counter
from services.sandbox.telegram.wire import Json


class ChatKind(StrEnum):
    PRIVATE = "private"
    GROUP = "group"
    SUPERGROUP = "supergroup"
    DIALOGUE = "dialogue"
    """A private chat of two people. The bot never sees it."""


class MemberStatus(StrEnum):
    CREATOR = "creator"
    ADMINISTRATOR = "administrator"
    MEMBER = "member"
    LEFT = "left"
    KICKED = "kicked"

    @property
    def is_inside(self) -> bool:
        return self not in (MemberStatus.LEFT, MemberStatus.KICKED)

    @property
    def leads(self) -> bool:
        return self in (MemberStatus.CREATOR, MemberStatus.ADMINISTRATOR)


@dataclass(slots=True)
class Topic:
    """A thread of a forum or of a private chat."""

    id: int
    name: str
    icon_color: int
    icon_custom_emoji_id: str = ""
    is_name_implicit: bool = False
    """The name was made from what the thread begins with."""

    def to_json(self) -> Json:
        json: Json = {"message_thread_id": self.id, "name": self.name, "icon_color": self.icon_color}
        if self.icon_custom_emoji_id:
            json["icon_custom_emoji_id"] = self.icon_custom_emoji_id
        return json | ({"is_name_implicit": True} if self.is_name_implicit else {})


@dataclass(slots=True)
class Draft:
    """What a bot streams into a chat before it sends the message; vanishes on its own."""

    id: int
    thread_id: int
    content: Json
    can_stop: bool
    keep_on_stop: bool
    expiry: asyncio.TimerHandle
    stopped: bool = False

    def to_json(self) -> Json:
        json: Json = {"draft_id": self.id, "thread": self.thread_id or None, **self.content}
        return json | {"can_stop": self.can_stop and not self.stopped, "stopped": self.stopped}


@dataclass(slots=True)
class Action:
    """A chat action ("typing") that is being shown."""

    name: str
    expiry: asyncio.TimerHandle


@dataclass
class Chat:
    """A conversation and all that its members see of it."""

    id: int
    kind: ChatKind
    counter: Counter
    profile: Json
    members: dict[int, MemberStatus] = field(default_factory=dict)
    anonymous_ids: set[int] = field(default_factory=set)
    """Administrators who speak as the group."""
    is_forum: bool = False
    messages: OrderedDict[int, Json] = field(default_factory=OrderedDict)
    topics: dict[int, Topic] = field(default_factory=dict)
    drafts: dict[int, Draft] = field(default_factory=dict)
    stopped_drafts: dict[int, int] = field(default_factory=dict)
    actions: dict[int, Action] = field(default_factory=dict)
    pinned: list[int] = field(default_factory=list)
    reactions: dict[int, dict[int, list[Json]]] = field(default_factory=dict)
    keyboard: Json | None = None
    migrated_to: int | None = None

    @cached_property
    def json(self) -> Json:
        """The `chat` of messages and updates."""
        json: Json = {"id": self.id, **self.profile, "type": self.kind.value}
        return json | ({"is_forum": True} if self.is_forum else {})

    @property
    def is_private(self) -> bool:
        return self.kind is ChatKind.PRIVATE

    @property
    def has_topics(self) -> bool:
        return self.is_forum or self.is_private

    def is_seen_by(self, user_id: int) -> bool:
        if self.is_private:
            return self.id == user_id
        return self.members.get(user_id, MemberStatus.LEFT).is_inside

    def clear_timers(self) -> None:
        for draft in self.drafts.values():
            draft.expiry.cancel()
        for action in self.actions.values():
            action.expiry.cancel()
        self.drafts.clear()
        self.actions.clear()
