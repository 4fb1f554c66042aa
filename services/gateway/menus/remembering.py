from typing import Final

from services.gateway.menus.page import Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.settings import MAX_WISHES, Value
from services.gateway.menus.trail import Screen

MAX_SUMMARY: Final = 1500
"""Characters, each of which Telegram may count as two."""


def memory(scene: Scene) -> Page:
    """How much of the conversation is remembered, and the way to forget it."""
    page, remembered = Page(), scene.memory
    page.write(scene.say("memory-title"), "bold")
    if remembered is None:
        page.add_back(scene.say("back-button"), scene.trail)
        return page
    is_empty = not remembered.turn_count and not remembered.summary
    if is_empty:
        page.write(scene.say("memory-empty"))
    else:
        page.write(scene.say("memory-turns", count=remembered.turn_count))
        page.write(scene.say("memory-tokens", count=remembered.token_count), gap=" ")
        if remembered.summary:
            page.write(scene.say("memory-summary"))
            page.quote(_beginning_of(remembered.summary))
        page.add_row((scene.say("forget-button"), scene.trail.to(Screen.FORGETTING).data()))
    page.add_back(scene.say("back-button"), scene.trail)
    return page


def forgetting(scene: Scene) -> Page:
    """Asks once more: what is forgotten does not come back."""
    page = Page()
    page.write(scene.say("forget-title"), "bold")
    page.write(scene.say("forget-hint"))
    page.add_row((scene.say("forget-yes-button"), scene.trail.data(Value.YES)))
    page.add_back(scene.say("forget-no-button"), scene.trail)
    return page


def wishes(scene: Scene) -> Page:
    """The chat's own instructions."""
    page, own = Page(), scene.preferences.wishes
    page.write(scene.say("wishes-title"), "bold")
    to_writing = scene.trail.to(Screen.WRITING).data()
    if own:
        page.write(scene.say("wishes-now"))
        page.quote(own)
        page.add_row(
            (scene.say("wishes-replace-button"), to_writing),
            (scene.say("wishes-delete-button"), scene.trail.data(Value.DELETE)),
        )
    else:
        page.write(scene.say("wishes-hint"))
        page.add_row((scene.say("wishes-write-button"), to_writing))
    page.add_back(scene.say("back-button"), scene.trail)
    return page


def writing(scene: Scene) -> Page:
    """Asks for the instructions."""
    page = Page()
    page.write(scene.say("writing-title"), "bold")
    page.write(scene.say("writing-hint" if scene.is_private else "writing-hint-group", limit=MAX_WISHES))
    page.add_back(scene.say("cancel-button"), scene.trail)
    return page


def _beginning_of(text: str) -> str:
    text = text.strip()
    return text if len(text) <= MAX_SUMMARY else f"{text[:MAX_SUMMARY].rstrip()}…"
