from typing import Any, Final, NamedTuple

from services.sandbox.telegram.errors import bad_request
from services.sandbox.telegram.text.cleaning import check_positions, clean, trim, without_blank
from services.sandbox.telegram.text.detection import detect
from services.sandbox.telegram.text.entities import Entity
from services.sandbox.telegram.text.given_entities import UserLookup, check_bounds, read_entities
from services.sandbox.telegram.text.nesting import fix_nesting, merge_detected
from services.sandbox.telegram.text.parse_error import ParseError
from services.sandbox.telegram.text.parse_html import parse_html
from services.sandbox.telegram.text.parse_markdown import parse_markdown_v2
from services.sandbox.telegram.text.parse_markdown_legacy import parse_markdown_legacy
from services.sandbox.telegram.text.utf16 import from_units, to_units, utf16_length
from services.sandbox.telegram.wire import Json

MAX_TEXT_UTF16: Final = 4096
# The servers keep the first hundred entities of a message and drop the rest without a word.
MAX_ENTITIES: Final = 100

_PARSERS: Final = {
    "html": parse_html,
    "markdownv2": parse_markdown_v2,
    "markdown": parse_markdown_legacy,
}


class FormattedText(NamedTuple):
    """A text as Telegram shows it, with its entities in the form of the Bot API."""

    text: str
    entities: list[Json]


class RawText(NamedTuple):
    """A text whose marking is read but whose entities are not yet checked against each other."""

    units: str
    entities: list[Entity]


def read_text(text: str, parse_mode: str, entities: Any, find_user: UserLookup) -> RawText:
    """Applies the parse mode or reads the given entities; raises ApiError in Telegram's words."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise bad_request("Strings must be encoded in UTF-8") from error
    mode = parse_mode.lower()
    if not text or mode in ("", "none"):
        return RawText(to_units(text), read_entities(entities, find_user) if entities is not None else [])
    if mode not in _PARSERS:
        raise bad_request("Unsupported parse_mode")
    try:
        units, parsed = _PARSERS[mode](to_units(text))
    except ParseError as error:
        raise bad_request(f"Can't parse entities: {error}") from error
    return RawText(units, _known_mentions(parsed, find_user))


def finish_text(raw: RawText, *, allow_empty: bool = False) -> FormattedText:
    """Cleans, trims, nests and completes a text as Telegram does before it shows it.

    Raises ApiError where the result is empty or longer than 4096 UTF-16 code units.
    Source: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (fix_formatted_text)
    """
    check_bounds(raw.entities)
    entities = fix_nesting([entity for entity in raw.entities if entity.length])
    check_positions(raw.units, entities)
    units = clean(raw.units, entities)
    units, entities = trim(units, fix_nesting(without_blank(units, entities)))
    if not units.strip(" \n"):
        if allow_empty:
            return FormattedText("", [])
        raise bad_request("Text must be non-empty")
    if len(units) > MAX_TEXT_UTF16:
        raise bad_request("message is too long")
    entities = merge_detected(entities[:MAX_ENTITIES], detect(units))
    return FormattedText(from_units(units), [entity.to_json() for entity in entities])


def plain_text(text: str) -> FormattedText:
    """What Telegram makes of a text that somebody types: only automatic entities.

    Raises ApiError where the text is empty or too long.
    """
    if utf16_length(text) > MAX_TEXT_UTF16 * 2:
        raise bad_request("message is too long")
    return finish_text(RawText(to_units(text), []))


def _known_mentions(entities: list[Entity], find_user: UserLookup) -> list[Entity]:
    known = []
    for entity in entities:
        if entity.type == "text_mention":
            user = find_user(entity.extra["user"]["id"])
            if user is None:
                continue
            entity.extra = {"user": user}
        known.append(entity)
    return known
