from typing import Final, NamedTuple

import regex
from aiogram.types import Message

from services.gateway.buttons import FEEDBACK_PREFIX, Keyboard, keyboard
from services.gateway.feedback.letter import Reason
from services.gateway.wording import Language, Wording

DATA: Final = regex.compile(rf"{FEEDBACK_PREFIX}([a-z]+):([0-9a-f]{{16}})")
ROWS: Final = ((Reason.WRONG, Reason.MISSED), (Reason.LENGTH, Reason.SLOW))
CHOSEN: Final = "✅ "


class ReasonPress(NamedTuple):
    """A press that says what was wrong; the digest names the letter among the person's own."""

    reason: Reason
    digest: str


def parse_reason(data: str) -> ReasonPress | None:
    """What a button's data means, if it is one of these."""
    found = DATA.fullmatch(data)
    if found is None or found[1] not in Reason.__members__.values():
        return None
    return ReasonPress(Reason(found[1]), found[2])


def reasons(digest: str, language: Language, wording: Wording, *, chosen: Reason | None = None) -> Keyboard:
    """The buttons that say what was wrong."""
    rows = [
        [
            (
                (CHOSEN if reason is chosen else "")
                + wording.say("feedback-reason-button", language, reason=reason),
                f"{FEEDBACK_PREFIX}{reason}:{digest}",
            )
            for reason in row
        ]
        for row in ROWS
    ]
    return keyboard(*rows)


def asked_about(message: Message | None, bot_id: int) -> str:
    """The digest of the letter that a message of ours asks for; empty where it asks for none."""
    if message is None or message.from_user is None or message.from_user.id != bot_id:
        return ""
    rows = message.reply_markup.inline_keyboard if message.reply_markup else ()
    presses = (parse_reason(button.callback_data or "") for row in rows for button in row)
    return next((press.digest for press in presses if press is not None), "")
