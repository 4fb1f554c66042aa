from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.gateway.buttons import MENU_PREFIX

VERSION: Final = "1"
"""Grows when buttons of old messages no longer mean what they say."""


class Screen(StrEnum):
    """What a menu message can show."""

    START = "start"
    HOME = "home"
    ROLES = "roles"
    MODELS = "models"
    LENGTH = "length"
    WISHES = "wishes"
    WRITING = "writing"
    """Waits for the wishes, in a message."""
    VOICE = "voice"
    DISPLAY = "display"
    MEMORY = "memory"
    FORGETTING = "forgetting"
    """Asks whether the memory is really to go."""
    LANGUAGE = "language"
    HELP = "help"
    CLOSED = "closed"


@dataclass(frozen=True)
class Trail:
    """The screen that is shown, and those that lead to it. It is what a button remembers: Back is known."""

    screens: tuple[Screen, ...]

    @classmethod
    def of(cls, *screens: Screen) -> "Trail":
        return cls(screens)

    @property
    def screen(self) -> Screen:
        return self.screens[-1]

    @property
    def back(self) -> "Trail | None":
        return Trail(self.screens[:-1]) if len(self.screens) > 1 else None

    def to(self, screen: Screen) -> "Trail":
        """The way on to a screen; back to it where it has been passed."""
        if screen in self.screens:
            return Trail(self.screens[: self.screens.index(screen) + 1])
        return Trail((*self.screens, screen))

    def data(self, value: str = "") -> str:
        """The callback data of a button that leads here, and chooses `value` here where it has one."""
        way = ".".join(self.screens)
        return f"{MENU_PREFIX}{VERSION}:{way}:{value}" if value else f"{MENU_PREFIX}{VERSION}:{way}"


@dataclass(frozen=True)
class Press:
    """A pressed button: the screen to show, and what was chosen there."""

    trail: Trail
    value: str = ""


def parse(data: str) -> Press | None:
    """What a button's data means; None where it comes from a menu that is no more."""
    head, _, rest = data.partition(":")
    way, _, value = rest.partition(":")
    screens = tuple(Screen(name) for name in way.split(".") if name in Screen.__members__.values())
    if head != f"{MENU_PREFIX}{VERSION}" or len(screens) != len(way.split(".")):
        return None
    return Press(Trail(screens), value)
