from enum import StrEnum
from typing import NamedTuple

from services.gateway.buttons import ADMIN_PREFIX


class AdminVerb(StrEnum):
    """What a button of the admins' menu asks for."""

    HOME = "home"
    TODAY = "today"
    PANEL = "panel"
    ALERTS = "alerts"
    MODE = "mode"
    MAINTENANCE = "repair"
    """Turns maintenance on or off: the subject is `on` or `off`."""
    ALLOW_LIST = "list"
    LETTERS = "mail"
    """Shows an open letter: the subject is how many come before it."""
    REPLY = "reply"
    """Asks what to answer to a letter, whose id is the subject."""
    CLOSE = "close"
    PERSON = "person"
    """Asks whom it is about; with a subject, shows that person."""
    BAN = "ban"
    UNBAN = "unban"
    ALLOW = "allow"
    DISALLOW = "deny"
    PLAN = "plan"
    """Gives somebody a plan and its limits: the subject is their id, a colon, and its name or nothing."""
    LIMITS = "limits"
    """Shows what limits somebody, whose id is the subject."""
    LIMIT = "limit"
    """One of their limits: the subject is the id and the limit's name, and its new value or `usual`."""
    CASTS = "casts"
    """Shows the latest broadcasts."""
    COMPOSE = "compose"
    """Asks for the message that is to go to many."""
    WHOM = "whom"
    """Shows whom a draft, which is the subject, may go to."""
    AIM = "aim"
    """Asks whether to send a draft to a segment: the subject is both."""
    SEND = "send"
    CAST = "cast"
    """Shows how far a broadcast is, whose delivery is the subject."""
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    UNSEND = "unsend"
    """Asks whether to delete a broadcast wherever it has arrived."""
    UNSEND_SURELY = "unsent"
    FOCUS = "focus"
    UNFOCUS = "blur"


class AdminPress(NamedTuple):
    """A press in the admins' menu: the button says all that is needed to obey it."""

    verb: AdminVerb
    subject: str = ""

    def data(self) -> str:
        return f"{ADMIN_PREFIX}{self.verb}:{self.subject}"


def parse_admin_press(data: str) -> AdminPress | None:
    """What a button's data means, if it is one of these."""
    name, _, subject = data.removeprefix(ADMIN_PREFIX).partition(":")
    is_ours = data.startswith(ADMIN_PREFIX) and name in AdminVerb.__members__.values()
    return AdminPress(AdminVerb(name), subject) if is_ours else None
