from collections.abc import Iterable
from typing import NamedTuple

from services.gateway.menus.page import Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.settings import Value
from services.gateway.people import AnswerLength, Role, VoiceAnswers
from services.gateway.wording import Language


class Choice(NamedTuple):
    """One of several: its value in a button, what it is called, and whether it is the one now."""

    value: str
    name: str
    is_chosen: bool


def roles(scene: Scene) -> Page:
    """Who the model is, each role with a line about it."""
    choices = [Choice(role, role_name(scene, role), role is scene.preferences.role) for role in Role]
    page = Page()
    page.write(scene.say("roles-title"), "bold")
    page.write(scene.say("roles-hint"), gap="\n")
    for number, (role, choice) in enumerate(zip(Role, choices, strict=True)):
        about = scene.say(f"role-about-{role.replace('_', '-')}", role=choice.name)
        page.write_stressing(about, choice.name, gap="\n" if number else "\n\n")
    add_choices(page, scene, choices, columns=2)
    return page


def lengths(scene: Scene) -> Page:
    """How much a chat likes to read."""
    chosen = scene.preferences.answer_length
    choices = [Choice(length, scene.say(f"length-{length}"), length is chosen) for length in AnswerLength]
    return _simple(scene, scene.say("length-title"), scene.say("length-hint"), choices, columns=1)


def voice(scene: Scene) -> Page:
    """When an answer is spoken too."""
    chosen = scene.preferences.voice_answers
    choices = [
        Choice(when, scene.say(f"voice-button-{when.replace('_', '-')}"), when is chosen)
        for when in VoiceAnswers
    ]
    return _simple(scene, scene.say("voice-title"), scene.say("voice-hint"), choices, columns=1)


def display(scene: Scene) -> Page:
    """How tables and formulas look."""
    is_plain = scene.preferences.prefers_plain
    choices = [
        Choice(Value.RICH, scene.say("display-rich"), not is_plain),
        Choice(Value.PLAIN, scene.say("display-plain"), is_plain),
    ]
    return _simple(scene, scene.say("display-title"), scene.say("display-hint"), choices, columns=1)


def languages(scene: Scene) -> Page:
    """The language of the bot's own words."""
    chosen = scene.preferences.language
    automatic = Choice(Value.DEFAULT, scene.say("language-default"), chosen is None)
    named = [Choice(each, scene.say(f"language-{each}"), each is chosen) for each in Language]
    hint = scene.say("language-hint")
    return _simple(scene, scene.say("language-title"), hint, [automatic, *named], columns=1)


def role_name(scene: Scene, role: Role) -> str:
    return scene.say(f"role-name-{role.replace('_', '-')}")


def voice_name(scene: Scene, when: VoiceAnswers) -> str:
    return scene.say(f"voice-when-{when.replace('_', '-')}")


def add_choices(page: Page, scene: Scene, choices: Iterable[Choice], *, columns: int) -> None:
    """A button for each choice, the one that holds now marked, and the way back."""
    page.add_grid(
        [
            (f"✅ {choice.name}" if choice.is_chosen else choice.name, scene.trail.data(choice.value))
            for choice in choices
        ],
        columns=columns,
    )
    page.add_back(scene.say("back-button"), scene.trail)


def _simple(scene: Scene, title: str, hint: str, choices: list[Choice], *, columns: int) -> Page:
    page = Page()
    page.write(title, "bold")
    page.write(hint)
    add_choices(page, scene, choices, columns=columns)
    return page
