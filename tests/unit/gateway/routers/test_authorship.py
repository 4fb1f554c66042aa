from typing import Any

import pytest
from aiogram import Bot
from aiogram.types import Message

from services.gateway.routers.authorship import FromPeople

BOT = Bot("1000:token")
GROUP = {"id": -100, "type": "supergroup", "title": "Team"}
PERSON = {"id": 1, "is_bot": False, "first_name": "Ann"}
OTHER_BOT = {"id": 2, "is_bot": True, "first_name": "Other"}
ANONYMOUS = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
CHANNEL = {"id": -200, "type": "channel", "title": "News"}


@pytest.mark.parametrize(
    ("fields", "passes"),
    [
        ({"from": PERSON}, True),
        ({"from": OTHER_BOT}, False),
        ({"from": ANONYMOUS, "sender_chat": GROUP}, True),
        ({"from": OTHER_BOT, "sender_chat": CHANNEL}, True),
        ({"from": PERSON, "via_bot": {"id": 1000, "is_bot": True, "first_name": "Quartet"}}, False),
        ({"from": PERSON, "via_bot": OTHER_BOT}, True),
    ],
)
async def test_people_are_heard_and_bots_are_not(fields: dict[str, Any], passes: bool) -> None:
    message = Message.model_validate({"message_id": 1, "date": 0, "chat": GROUP, "text": "hi", **fields})
    assert await FromPeople()(message, BOT) is passes
