from datetime import UTC, datetime

import pytest
from aiogram.types import Chat, Message, User

from services.gateway.routers.settable import is_anonymous_admin

GROUP = Chat(id=-100_500, type="supergroup", title="Team")
CHANNEL = Chat(id=-100_600, type="channel", title="News")
ANONYMOUS = User(id=1087968824, is_bot=True, first_name="Group")


@pytest.mark.parametrize(("sender", "expected"), [(GROUP, True), (CHANNEL, False), (None, False)])
def test_who_speaks_in_the_name_of_the_group_is_its_admin(sender: Chat | None, expected: bool) -> None:
    message = Message(
        message_id=1,
        date=datetime.now(UTC),
        chat=GROUP,
        from_user=ANONYMOUS,
        sender_chat=sender,
        text="/menu",
    )
    assert is_anonymous_admin(message) is expected
