from typing import Final
from uuid import UUID, uuid5

NAMESPACE: Final = UUID("5e0c8a52-6f0b-5d5b-9a57-7a1f3a3b0c11")
REQUEST: Final = "request"


def usage_id(turn_id: str, step: str) -> str:
    """The id of the usage event of one step of a turn: whoever does the step again makes it again."""
    return str(uuid5(NAMESPACE, f"{turn_id}\n{step}"))


def request_id(turn_id: str) -> str:
    """The id of a turn's RequestFinished, for whoever tells of a part of it."""
    return usage_id(turn_id, REQUEST)
