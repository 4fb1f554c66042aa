from collections.abc import Callable
from dataclasses import replace

from services.gateway.dialogue import Memory
from services.gateway.menus import Page, Scene, Screen, Trail, draw, parse
from services.gateway.models import Health, Model, PriceClass, Strength
from services.gateway.people import AnswerLength, Preferences, Role, VoiceAnswers
from services.gateway.wording import Language, Wording

WORDING = Wording.load()
DEFAULTS = Preferences()
SWIFT = Model(
    "gpt-swift-2026-01-01-preview:with/odd.characters and a name of more than sixty-four bytes, for sure",
    "GPT Swift",
    "openai",
    Strength.SPEED,
    PriceClass.LOW,
    Health.AVAILABLE,
)
DEEP = Model(
    "gemini-deep",
    "Gemini Deep 🚀",
    "google",
    Strength.DEPTH,
    PriceClass.HIGH,
    Health.UNAVAILABLE,
    shutdown_date="2027-03-09",
    sees_images=True,
)
MEMORY = Memory(turn_count=21, token_count=3400, summary="Говорили о котах.")


def a_scene(
    *screens: Screen,
    language: Language = Language.RU,
    is_private: bool = True,
    preferences: Preferences = DEFAULTS,
) -> Scene:
    return Scene(
        Trail(screens or (Screen.HOME,)),
        WORDING,
        language,
        preferences,
        is_private,
        name="Анна",
        models=(SWIFT, DEEP),
        memory=MEMORY,
    )


def busy(language: Language, *, is_private: bool) -> Scene:
    """A chat in which everything is set."""
    preferences = Preferences(
        language=language,
        role=Role.LANGUAGE_PARTNER,
        model=DEEP.model_id,
        wishes="Отвечай кратко.",
        answer_length=AnswerLength.DETAILED,
        voice_answers=VoiceAnswers.ALWAYS,
        prefers_plain=True,
    )
    return a_scene(Screen.START, language=language, is_private=is_private, preferences=preferences)


def data_in(page: Page) -> list[str]:
    return [data for row in page.rows for _text, data in row]


def crawl(scene: Scene, visit: Callable[[Trail, Page], None]) -> set[Screen]:
    """Draws every screen that can be reached from the scene's, each trail once; returns the screens."""
    waiting, seen = [scene.trail], {scene.trail}
    while waiting:
        trail = waiting.pop()
        page = draw(replace(scene, trail=trail))
        visit(trail, page)
        for data in data_in(page):
            pressed = parse(data)
            if pressed is not None and pressed.trail not in seen:
                seen.add(pressed.trail)
                waiting.append(pressed.trail)
    return {trail.screen for trail in seen}
