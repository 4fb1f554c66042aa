from dataclasses import dataclass
from typing import Any, Final

from services.gateway.buttons import Keyboard
from services.gateway.pictures.buttons import Verb, press_under, presses_in
from services.gateway.pictures.order import AspectRatio, Picture, Style, Version
from services.gateway.wording import Language, Wording

MAX_COPIED_CHARACTERS: Final = 256
"""https://core.telegram.org/bots/api#copytextbutton"""
CHOICES_IN_A_ROW: Final = 2
"""On a phone, more of them would be cut."""

Button = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """What the buttons under a picture speak of: all of it can be read from them again."""

    version: Version
    count: int
    """How many versions the series has, as far as these buttons know."""
    copied: str
    """The prompt, where it is short enough for a button to copy."""

    @classmethod
    def of(cls, picture: Picture) -> "Standing":
        copied = picture.prompt if len(picture.prompt) <= MAX_COPIED_CHARACTERS else ""
        return cls(picture.version, picture.version_count, copied)


def standing_in(markup: dict[str, Any], version: Version) -> Standing:
    """What a keyboard of ours under `version` says, whichever of them it is."""
    counts = [press.value for press in presses_in(markup) if press.verb is Verb.HERE]
    count = int(counts[0]) if counts and counts[0].isdecimal() else version.number
    rows = markup.get("inline_keyboard") or ()
    copied = [button["copy_text"]["text"] for row in rows for button in row if button.get("copy_text")]
    return Standing(version, count, copied[0] if copied else "")


def picture_keyboard(standing: Standing, language: Language, wording: Wording) -> Keyboard:
    """The buttons under a picture."""

    def button(text: str, verb: Verb) -> Button:
        return _button(text, standing.version, verb)

    last = [button(wording.say("picture-original-button", language), Verb.ORIGINAL)]
    last += _copying(standing, language, wording)
    rows = [
        _walking(standing),
        [
            button(wording.say("picture-vary-button", language), Verb.VARY),
            button(wording.say("picture-edit-button", language), Verb.EDIT),
        ],
        [
            button(wording.say("picture-style-button", language), Verb.STYLE),
            button(wording.say("picture-format-button", language), Verb.FORMAT),
        ],
        [
            button(wording.say("picture-improve-button", language), Verb.IMPROVE),
            button(wording.say("picture-animate-button", language), Verb.ANIMATE),
        ],
        last,
        [
            button(wording.say("good-button", language), Verb.GOOD),
            button(wording.say("bad-button", language), Verb.BAD),
        ],
    ]
    return {"inline_keyboard": [row for row in rows if row]}


def style_keyboard(standing: Standing, language: Language, wording: Wording) -> Keyboard:
    """The styles to draw a version in."""
    buttons = [
        _button(wording.say(f"style-{style}", language), standing.version, Verb.STYLE, style)
        for style in Style
    ]
    return _choice(standing, _in_rows(buttons, CHOICES_IN_A_ROW), language, wording)


def format_keyboard(standing: Standing, language: Language, wording: Wording) -> Keyboard:
    """The formats to draw a version in."""
    buttons = [
        _button(wording.say(f"ratio-{ratio}", language), standing.version, Verb.FORMAT, ratio)
        for ratio in AspectRatio
    ]
    return _choice(standing, _in_rows(buttons, CHOICES_IN_A_ROW), language, wording)


def _choice(standing: Standing, rows: list[list[Button]], language: Language, wording: Wording) -> Keyboard:
    """A choice keeps what is needed for the way back."""
    back = [_button(wording.say("back-button", language), standing.version, Verb.SHUT)]
    back += _copying(standing, language, wording)
    return {"inline_keyboard": [row for row in (_walking(standing), *rows, back) if row]}


def _walking(standing: Standing) -> list[Button]:
    """The way through the versions; none where there is but one."""
    number, count = standing.version.number, max(standing.count, standing.version.number)
    if count < 2:
        return []
    return [
        _button("⬅️", standing.version, Verb.BACK),
        _button(f"{number}/{count}", standing.version, Verb.HERE, str(count)),
        _button("➡️", standing.version, Verb.ON),
    ]


def _copying(standing: Standing, language: Language, wording: Wording) -> list[Button]:
    if not standing.copied.strip():
        return []
    text = wording.say("picture-copy-button", language)
    return [{"text": text, "copy_text": {"text": standing.copied}}]


def _button(text: str, version: Version, verb: Verb, value: str = "") -> Button:
    return {"text": text, "callback_data": press_under(verb, version, value).data}


def _in_rows(buttons: list[Button], length: int) -> list[list[Button]]:
    return [buttons[start : start + length] for start in range(0, len(buttons), length)]
