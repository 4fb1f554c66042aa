from collections.abc import Sequence
from typing import Final

from services.gateway.buttons import Keyboard
from services.gateway.people import Preferences
from services.gateway.turns import Part
from services.gateway.videos.buttons import NO_JOB, Verb, VideoPress
from services.gateway.videos.money import dollars
from services.gateway.videos.video import Allowance, AspectRatio, Model
from services.gateway.wording import Language, Wording

MARK: Final = "✅ "
SECONDS, RATIO, MODEL = "d", "r", "m"
"""What a value of `Verb.SET` begins with: what is chosen."""


def choice_part(
    preferences: Preferences,
    models: Sequence[Model],
    allowance: Allowance,
    language: Language,
    wording: Wording,
) -> Part:
    """How the next video will be made, to be changed before it is described."""
    model = chosen_model(preferences, models)
    seconds = chosen_seconds(preferences, model)
    ratio = chosen_ratio(preferences, model)
    cost = model.cost_micros(seconds)
    lines = [
        wording.say("video-ask", language),
        "",
        wording.say("video-choice", language, model=model.model, seconds=seconds),
        wording.say("video-cost", language, cost=dollars(cost)) if cost else "",
        wording.say("video-left-today", language, seconds=allowance.seconds_left),
    ]
    text = "\n".join(line for line in lines if line or line == "").replace("\n\n\n", "\n\n")
    return Part(text=text, keyboard=_keyboard(models, model, seconds, ratio, language, wording))


def chosen(preferences: Preferences, value: str) -> Preferences:
    """The preferences with what a button says; unchanged where it says nothing that is known."""
    kind, what = value[:1], value[1:]
    if kind == SECONDS and what.isdecimal():
        return preferences.model_copy(update={"video_seconds": int(what[:3])})
    if kind == RATIO and what in list(AspectRatio):
        return preferences.model_copy(update={"video_ratio": what})
    if kind == MODEL and what:
        # Another model may not have the length of the former one.
        return preferences.model_copy(update={"video_model": what, "video_seconds": 0})
    return preferences


def chosen_model(preferences: Preferences, models: Sequence[Model]) -> Model:
    """The model that a chat prefers, if it takes words alone; else the first that does."""
    speaking = [model for model in models if not model.needs_first_frame] or list(models)
    return next((model for model in speaking if model.model == preferences.video_model), speaking[0])


def chosen_seconds(preferences: Preferences, model: Model) -> int:
    is_known = preferences.video_seconds in model.durations_seconds
    return preferences.video_seconds if is_known else model.default_duration_seconds


def chosen_ratio(preferences: Preferences, model: Model) -> AspectRatio:
    return next(
        (ratio for ratio in model.aspect_ratios if ratio == preferences.video_ratio), model.aspect_ratios[0]
    )


def _keyboard(
    models: Sequence[Model],
    model: Model,
    seconds: int,
    ratio: AspectRatio,
    language: Language,
    wording: Wording,
) -> Keyboard:
    def button(text: str, value: str, *, is_chosen: bool) -> dict[str, str]:
        data = VideoPress(Verb.SET, NO_JOB, value).data
        return {"text": f"{MARK if is_chosen else ''}{text}", "callback_data": data}

    lengths = [
        button(
            wording.say("video-seconds", language, count=each), f"{SECONDS}{each}", is_chosen=each == seconds
        )
        for each in model.durations_seconds
    ]
    ratios = [
        button(
            wording.say(f"video-ratio-{each.name.lower()}", language),
            f"{RATIO}{each}",
            is_chosen=each is ratio,
        )
        for each in model.aspect_ratios
    ]
    named = [
        [button(each.model, f"{MODEL}{each.model}", is_chosen=each is model)]
        for each in models
        if not each.needs_first_frame
    ]
    rows = [lengths, ratios, *(named if len(named) > 1 else [])]
    return {"inline_keyboard": [row for row in rows if row]}
