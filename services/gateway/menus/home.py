from typing import Final

from services.gateway.buttons import DOCUMENT_PREFIX, EASEL_PREFIX, VIDEO_PREFIX
from services.gateway.menus.catalogue import model_name
from services.gateway.menus.choices import role_name, voice_name
from services.gateway.menus.examples import Example
from services.gateway.menus.page import Button, Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.trail import Screen

EASEL: Final = f"{EASEL_PREFIX}open"
"""Opens what a picture is described on."""
DOCUMENTS: Final = f"{DOCUMENT_PREFIX}list:-:1"
"""Opens the list of documents."""
FILMING: Final = f"{VIDEO_PREFIX}set:-"
"""Opens the dialogue about what to film."""


def start(scene: Scene) -> Page:
    """First contact: what the bot can do, and buttons to try it."""
    page = Page()
    page.write(scene.say("start", name=scene.name))
    if scene.is_private:
        page.write(scene.say("start-try"))
        for example in Example:
            page.add_row((scene.say(f"example-button-{example}"), example.data))
    page.add_row((scene.say("draw-button"), EASEL))
    page.add_row(
        (scene.say("settings-button"), scene.trail.to(Screen.HOME).data()),
        (scene.say("help-button"), scene.trail.to(Screen.HELP).data()),
    )
    return page


def home(scene: Scene) -> Page:
    """All that can be set, and how it is set now."""
    preferences, page = scene.preferences, Page()
    page.write(scene.say("home-title" if scene.is_private else "home-title-group"), "bold")
    role, model = role_name(scene, preferences.role), model_name(scene)
    length = scene.say(f"home-length-{preferences.answer_length}")
    wishes = scene.say("home-wishes-some" if preferences.wishes else "home-wishes-none")
    voice = voice_name(scene, preferences.voice_answers)
    page.write(scene.say("home-hint"), gap="\n")
    page.write_stressing(scene.say("home-role", value=role), role, gap="\n\n")
    page.write_stressing(scene.say("home-model", value=model), model)
    page.write_stressing(scene.say("home-length", value=length), length)
    page.write_stressing(scene.say("home-wishes", value=wishes), wishes)
    page.write_stressing(scene.say("home-voice", value=voice), voice)
    page.add_row((scene.say("draw-button"), EASEL), (scene.say("video-button"), FILMING))
    page.add_row((scene.say("documents-button"), DOCUMENTS))
    page.add_grid(_doors(scene), columns=2)
    page.add_back(scene.say("back-button"), scene.trail)
    return page


def help_(scene: Scene) -> Page:
    """How to use the bot."""
    page = Page()
    page.write(scene.say("help-title"), "bold")
    page.write(scene.say("help"))
    if scene.trail.back is None:
        page.add_row((scene.say("settings-button"), scene.trail.to(Screen.HOME).data()))
    page.add_back(scene.say("back-button"), scene.trail)
    return page


def closed(scene: Scene) -> Page:
    """What is left of a menu that cannot be deleted."""
    page = Page()
    page.write(scene.say("menu-closed"))
    return page


def _doors(scene: Scene) -> list[Button]:
    to = scene.trail.to
    return [
        (scene.say("door-roles"), to(Screen.ROLES).data()),
        (scene.say("door-models"), to(Screen.MODELS).data()),
        (scene.say("door-length"), to(Screen.LENGTH).data()),
        (scene.say("door-wishes"), to(Screen.WISHES).data()),
        (scene.say("door-voice"), to(Screen.VOICE).data()),
        (scene.say("door-display"), to(Screen.DISPLAY).data()),
        (scene.say("door-memory"), to(Screen.MEMORY).data()),
        (scene.say("door-language"), to(Screen.LANGUAGE).data()),
        (scene.say("help-button"), to(Screen.HELP).data()),
        (scene.say("close-button"), to(Screen.CLOSED).data()),
    ]
