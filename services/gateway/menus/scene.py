from dataclasses import dataclass

from services.gateway.dialogue import Memory
from services.gateway.menus.trail import Trail
from services.gateway.models import Model
from services.gateway.people import Preferences
from services.gateway.wording import Language, Wording


@dataclass(frozen=True)
class Scene:
    """All that a screen is drawn from."""

    trail: Trail
    wording: Wording
    language: Language
    preferences: Preferences
    is_private: bool
    name: str = ""
    """Of the person who is greeted."""
    models: tuple[Model, ...] = ()
    memory: Memory | None = None
    note: str = ""
    """What is said above the screen: something changed, or could not be learnt."""

    def say(self, key: str, **arguments: str | int) -> str:
        return self.wording.say(key, self.language, **arguments)
