"""The menus: what each screen shows and where its buttons lead. Pure functions; the routers draw them."""

from services.gateway.menus.page import Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.screens import draw
from services.gateway.menus.settings import MAX_WISHES, choose
from services.gateway.menus.trail import Press, Screen, Trail, parse

__all__ = [
    "MAX_WISHES",
    "Page",
    "Press",
    "Scene",
    "Screen",
    "Trail",
    "choose",
    "draw",
    "parse",
]
