from typing import Final

import regex

from services.gateway.delivery.turn import Turn
from services.gateway.people import VoiceAnswers
from services.gateway.rendering import EntityType, FormattedText, render, without_tables
from services.gateway.rendering.splitting import cut
from services.gateway.rendering.utf16 import from_units, to_units

MAX_SPOKEN_CHARACTERS: Final = 3000
"""About three minutes; nobody listens to more."""
_UNSPEAKABLE: Final = regex.compile(
    r"https?://\S+|\[(?:\d{1,3}:)?\d{1,6}\]|[\p{Extended_Pictographic}\uFE0F\u200D•|│┃─━]+"
)
_SPACES: Final = regex.compile(r"[^\S\n]+")


def spoken_text(markdown: str, max_characters: int = MAX_SPOKEN_CHARACTERS) -> str:
    """What of an answer can be read aloud: no code, no tables, no addresses, no pictures,
    no marks of pages.

    A long one is cut after a sentence. Empty where nothing of it can be spoken.
    """
    text = _UNSPEAKABLE.sub(" ", _without_blocks(render(without_tables(markdown))))
    lines = [_SPACES.sub(" ", line).strip() for line in text.split("\n")]
    spoken = "\n".join(line for line in lines if any(letter.isalnum() for letter in line))
    parts = cut(FormattedText(spoken), max_characters)
    return parts[0].text if parts else ""


def is_to_be_spoken(turn: Turn) -> bool:
    """Whether the chat wants this turn's answer in a voice message as well."""
    match turn.preferences.voice_answers:
        case VoiceAnswers.ALWAYS:
            return not turn.inline_message_id
        case VoiceAnswers.TO_VOICE:
            return turn.is_spoken
        case _:
            return False


def _without_blocks(formatted: FormattedText) -> str:
    """The text without its blocks of code."""
    units = to_units(formatted.text)
    kept, position = [], 0
    for entity in sorted(formatted.entities, key=lambda entity: entity.offset):
        if entity.type is EntityType.PRE and entity.offset >= position:
            kept.append(units[position : entity.offset])
            position = entity.end
    return "\n".join(from_units(piece) for piece in (*kept, units[position:]))
