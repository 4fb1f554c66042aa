import hashlib
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final

from services.gateway.menus.trail import Screen
from services.gateway.models import Model
from services.gateway.people import AnswerLength, Preferences, Role, VoiceAnswers
from services.gateway.wording import Language

MAX_WISHES: Final = 1500
"""Characters. They go along with every question."""


class Value(StrEnum):
    """What a button chooses where it is not the name of a preference's value."""

    DEFAULT = "default"
    DELETE = "delete"
    YES = "yes"
    RICH = "rich"
    PLAIN = "plain"


def digest_of(model_id: str) -> str:
    """A model's name in a button: its id can be long, and can hold anything."""
    return hashlib.sha256(model_id.encode()).hexdigest()[:8]


def choose(
    preferences: Preferences, screen: Screen, value: str, models: Sequence[Model] = ()
) -> Preferences | None:
    """The preferences once `value` is chosen on `screen`; None where there is no such choice any more."""
    change = _change(screen, value, models)
    return None if change is None else preferences.model_copy(update=change)


def _change(screen: Screen, value: str, models: Sequence[Model]) -> dict[str, Any] | None:
    match screen, value:
        case Screen.ROLES, _ if value in Role.__members__.values():
            return {"role": Role(value)}
        case Screen.LENGTH, _ if value in AnswerLength.__members__.values():
            return {"answer_length": AnswerLength(value)}
        case Screen.VOICE, _ if value in VoiceAnswers.__members__.values():
            return {"voice_answers": VoiceAnswers(value)}
        case Screen.LANGUAGE, _ if value in Language.__members__.values():
            return {"language": Language(value)}
        case Screen.LANGUAGE, Value.DEFAULT:
            return {"language": None}
        case Screen.DISPLAY, Value.RICH | Value.PLAIN:
            return {"prefers_plain": value == Value.PLAIN}
        case Screen.WISHES, Value.DELETE:
            return {"wishes": ""}
        case Screen.MODELS, Value.DEFAULT:
            return {"model": ""}
        case Screen.MODELS, _:
            return next(({"model": m.model_id} for m in models if digest_of(m.model_id) == value), None)
        case _:
            return None
