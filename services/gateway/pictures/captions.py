from typing import Final

from services.gateway.pictures.order import Picture, Style
from services.gateway.rendering import FormattedText, cut, quoted, utf16_length
from services.gateway.wording import Language, Wording

MAX_CAPTION_UTF16: Final = 1024
"""https://core.telegram.org/bots/api#sendphoto"""
MARK_RESERVE_UTF16: Final = 160
"""Room for the mark of a picture that is sent again."""
GAP_UTF16: Final = 1
ELLIPSIS: Final = "…"


def caption_of(picture: Picture, language: Language, wording: Wording) -> FormattedText:
    """What stands under a picture: its prompt, how it was drawn, where it comes from."""
    lines = [_manner(picture, language, wording)]
    if picture.parent_number:
        lines.append(wording.say("picture-from", language, number=picture.parent_number))
    if picture.failed_over:
        lines.append(wording.say("picture-stand-in", language, model=picture.model))
    return under(picture.prompt, "\n".join(line for line in lines if line))


def announcement_of(asked: str, language: Language, wording: Wording, *, hint: str = "") -> FormattedText:
    """What a picture's message says while it is drawn."""
    said = wording.say("picture-drawing", language)
    return under(asked, f"{said}\n\n{hint}" if hint else said)


def _manner(picture: Picture, language: Language, wording: Wording) -> str:
    facts = [] if picture.style is Style.ANY else [wording.say(f"style-{picture.style}", language)]
    if picture.aspect_ratio is not None:
        facts.append(wording.say(f"ratio-{picture.aspect_ratio}", language))
    if picture.model and not picture.failed_over:
        facts.append(picture.model)
    return " · ".join(facts)


def under(prompt: str, said: str) -> FormattedText:
    """The prompt as far as there is room, and what is said below it."""
    room = MAX_CAPTION_UTF16 - MARK_RESERVE_UTF16 - GAP_UTF16 - utf16_length(said)
    pages = cut(FormattedText(prompt.strip()), room - len(ELLIPSIS))
    shown = pages[0].text if pages else ""
    if len(pages) > 1:
        shown += ELLIPSIS
    if not shown:
        return FormattedText(said)
    return quoted(shown).followed_by(FormattedText(said), gap="\n")
