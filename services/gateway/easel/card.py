from dataclasses import dataclass, field, replace
from typing import Final

from aiogram.types import CallbackQuery, Message

from services.gateway.easel.press import EaselPress, EaselVerb
from services.gateway.menus.page import Button, Page
from services.gateway.pictures import AspectRatio, Style
from services.gateway.pictures.keyboard import CHOICES_IN_A_ROW
from services.gateway.pictures.standing import QUOTES
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording

MAX_PROMPT_CHARACTERS: Final = 1700
"""Two of them fit into a message."""
EXAMPLES: Final = (1, 2, 3)


@dataclass(frozen=True)
class Card:
    """What the easel holds. All of it can be read from the message and its buttons again.

    `own` are the person's words where `prompt` is a better one made of them. `chosen` holds the style and the
    ratio, and where the description comes from.
    """

    prompt: str = ""
    own: str = ""
    chosen: EaselPress = field(default_factory=lambda: EaselPress(EaselVerb.SET))

    def button(self, verb: EaselVerb, **changes: Style | AspectRatio | int | None) -> str:
        """The data of a button that keeps what is chosen, but for the changes."""
        return replace(self.chosen, verb=verb, **changes).data  # type: ignore[arg-type]  # fields of its own


def card_under(query: CallbackQuery, press: EaselPress) -> Card:
    """What the easel holds whose button was pressed."""
    message = query.message
    if not isinstance(message, Message) or not message.text:
        return Card(chosen=press)
    quotes = [entity.extract_from(message.text) for entity in message.entities or () if entity.type in QUOTES]
    prompt, own = (*quotes, "", "")[:2]
    return Card(prompt, own, press)


def draw_card(
    card: Card, language: Language, wording: Wording, *, note: str = "", choosing: EaselVerb | None = None
) -> Part:
    """The easel as a message; `choosing` shows the styles or the ratios instead of its own buttons."""
    page = _described(card, language, wording) if card.prompt else _empty(language, wording)
    page.write(_manner(card, language, wording))
    if note:
        page.write(note, "italic")
    match choosing:
        case EaselVerb.STYLES:
            _add_choice(page, _styles(card, language, wording), card, language, wording)
        case EaselVerb.RATIOS:
            _add_choice(page, _ratios(card, language, wording), card, language, wording)
        case _:
            _add_buttons(page, card, language, wording)
    return Part(text=page.text, entities=tuple(page.entities), keyboard=page.keyboard)


def _described(card: Card, language: Language, wording: Wording) -> Page:
    page = Page()
    page.write(wording.say("easel-improved" if card.own else "easel-title", language), "bold")
    page.quote(card.prompt)
    if card.own:
        page.write(wording.say("easel-own", language))
        page.quote(card.own)
    return page


def _empty(language: Language, wording: Wording) -> Page:
    page = Page()
    page.write(wording.say("easel-ask", language), "bold")
    page.write(wording.say("easel-hints", language))
    return page


def _manner(card: Card, language: Language, wording: Wording) -> str:
    style = wording.say(f"style-{card.chosen.style}", language)
    ratio = wording.say(f"ratio-{card.chosen.aspect_ratio or AspectRatio.SQUARE}", language)
    return wording.say("easel-manner", language, style=style, ratio=ratio)


def _add_buttons(page: Page, card: Card, language: Language, wording: Wording) -> None:
    def say(key: str) -> str:
        return wording.say(key, language)

    if card.prompt:
        page.add_row((say("easel-draw-button"), card.button(EaselVerb.DRAW)))
        page.add_row((say("picture-improve-button"), card.button(EaselVerb.IMPROVE)))
        if card.own:
            page.add_row((say("easel-mine-button"), card.button(EaselVerb.MINE)))
    else:
        page.write(say("easel-or-example"))
        for number in EXAMPLES:
            text = wording.say(f"easel-example-{number}", language)
            page.add_row((text, card.button(EaselVerb.EXAMPLE, number=number)))
    page.add_row(
        (say("picture-style-button"), card.button(EaselVerb.STYLES)),
        (say("picture-format-button"), card.button(EaselVerb.RATIOS)),
    )
    page.add_row((say("close-button"), card.button(EaselVerb.SHUT)))


def _add_choice(page: Page, buttons: list[Button], card: Card, language: Language, wording: Wording) -> None:
    """What may be chosen; the way back leaves it as it is."""
    page.add_grid(buttons, columns=CHOICES_IN_A_ROW)
    page.add_row((wording.say("back-button", language), card.button(EaselVerb.SET)))


def _styles(card: Card, language: Language, wording: Wording) -> list[Button]:
    return [
        (
            _marked(wording.say(f"style-{style}", language), style is card.chosen.style),
            card.button(EaselVerb.SET, style=style),
        )
        for style in Style
    ]


def _ratios(card: Card, language: Language, wording: Wording) -> list[Button]:
    chosen = card.chosen.aspect_ratio or AspectRatio.SQUARE
    return [
        (
            _marked(wording.say(f"ratio-{ratio}", language), ratio is chosen),
            card.button(EaselVerb.SET, aspect_ratio=ratio),
        )
        for ratio in AspectRatio
    ]


def _marked(name: str, is_chosen: bool) -> str:
    return f"✅ {name}" if is_chosen else name
