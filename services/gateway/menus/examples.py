from enum import StrEnum

from services.gateway.buttons import EXAMPLE_PREFIX


class Example(StrEnum):
    """Questions to try the bot with."""

    DINNER = "dinner"
    SKY = "sky"

    @property
    def data(self) -> str:
        """The callback data of the button that asks it."""
        return f"{EXAMPLE_PREFIX}{self}"


def parse_example(data: str) -> Example | None:
    """The question that a button asks; None where it is no longer one of ours."""
    name = data.removeprefix(EXAMPLE_PREFIX)
    return Example(name) if data.startswith(EXAMPLE_PREFIX) and name in Example.__members__.values() else None
