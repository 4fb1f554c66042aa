from datetime import date
from typing import Final

from services.gateway.menus.choices import Choice, add_choices
from services.gateway.menus.page import Page
from services.gateway.menus.scene import Scene
from services.gateway.menus.settings import Value, digest_of
from services.gateway.models import Health, Model
from services.gateway.rendering import utf16_length

MAX_BUTTONS: Final = 90
"""https://core.telegram.org/bots/api shows no more than 100."""
MAX_DESCRIPTIONS_UTF16: Final = 3500


def models(scene: Scene) -> Page:
    """The models to choose from: what each is best at, what it costs, whether it answers now."""
    page = Page()
    page.write(scene.say("models-title"), "bold")
    page.write(scene.say("models-hint"), gap="\n")
    if scene.preferences.model and scene.models and not _is_listed(scene):
        page.write(scene.say("models-chosen-gone"))
    for model in scene.models[:MAX_BUTTONS]:
        description = _description(scene, model)
        if utf16_length(page.text + description) < MAX_DESCRIPTIONS_UTF16:
            page.write_stressing(description, model.display_name, gap="\n\n")
    add_choices(page, scene, _choices(scene), columns=1)
    return page


def model_name(scene: Scene) -> str:
    """What the chosen model is called, as far as it is known."""
    chosen = scene.preferences.model
    if not chosen:
        return scene.say("model-default")
    return next((model.display_name for model in scene.models if model.model_id == chosen), chosen)


def _choices(scene: Scene) -> list[Choice]:
    """The default one, which may become another one day, and each by its name."""
    if not scene.models:
        return []
    chosen = scene.preferences.model
    default = scene.say("models-default", model=scene.models[0].display_name)
    named = [
        Choice(digest_of(model.model_id), _button(model), model.model_id == chosen)
        for model in scene.models[:MAX_BUTTONS]
    ]
    return [Choice(Value.DEFAULT, default, not chosen), *named]


def _button(model: Model) -> str:
    return model.display_name if model.health is Health.AVAILABLE else f"⚠️ {model.display_name}"


def _description(scene: Scene, model: Model) -> str:
    facts = [scene.say(f"model-strength-{model.strength}")]
    if model.price_class is not None:
        facts.append(scene.say(f"model-price-{model.price_class}"))
    if model.sees_images:
        facts.append(scene.say("model-sees"))
    if (end := _day(model.shutdown_date)) is not None:
        facts.append(scene.say("model-ends", year=str(end.year), month=f"{end:%m}", day=f"{end:%d}"))
    lines = [f"{model.display_name}: {', '.join(facts)}"]
    if model.health is not Health.AVAILABLE:
        lines.append(scene.say(f"model-health-{model.health}"))
    return "\n".join(lines)


def _is_listed(scene: Scene) -> bool:
    return any(model.model_id == scene.preferences.model for model in scene.models)


def _day(iso8601: str) -> date | None:
    try:
        return date.fromisoformat(iso8601[:10])
    except ValueError:
        return None
