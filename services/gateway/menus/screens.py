from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from services.gateway.menus import catalogue, choices, home, remembering
from services.gateway.menus.page import Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.trail import Screen

SCREENS: Final[Mapping[Screen, Callable[[Scene], Page]]] = MappingProxyType(
    {
        Screen.START: home.start,
        Screen.HOME: home.home,
        Screen.ROLES: choices.roles,
        Screen.MODELS: catalogue.models,
        Screen.LENGTH: choices.lengths,
        Screen.WISHES: remembering.wishes,
        Screen.WRITING: remembering.writing,
        Screen.VOICE: choices.voice,
        Screen.DISPLAY: choices.display,
        Screen.MEMORY: remembering.memory,
        Screen.FORGETTING: remembering.forgetting,
        Screen.LANGUAGE: choices.languages,
        Screen.HELP: home.help_,
        Screen.CLOSED: home.closed,
    }
)


def draw(scene: Scene) -> Page:
    """The screen that the scene's trail has come to, under the scene's note."""
    page = SCREENS[scene.trail.screen](scene)
    if not scene.note:
        return page
    return Page(scene.note).followed_by(page)
