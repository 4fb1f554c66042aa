from dataclasses import dataclass
from typing import Final

from services.sandbox.telegram.text.entities import Entity, in_order
from services.sandbox.telegram.text.html_tags import Attributes, decode_reference, read_attributes
from services.sandbox.telegram.text.links import InvalidLink, check_link, find_user_id
from services.sandbox.telegram.text.parse_error import PADDING, SPACES, ParseError, parse_error_at
from services.sandbox.telegram.text.utf16 import from_units

_STYLES: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "u": "underline",
    "ins": "underline",
    "tg-spoiler": "spoiler",
    "span": "spoiler",
}
_TAGS: Final = frozenset({*_STYLES, "a", "tg-emoji", "pre", "code", "blockquote"})


@dataclass(slots=True)
class _Open:
    tag: str
    argument: str
    begin: int


def parse_html(units: str) -> tuple[str, list[Entity]]:
    """HTML to plain text and entities; raises ParseError in Telegram's words.

    Source: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (parse_html)
    """
    return _Parser(units).parse()


class _Parser:
    def __init__(self, units: str) -> None:
        self._size = len(units)
        self._text = units + PADDING
        self._out: list[str] = []
        self._stack: list[_Open] = []
        self._entities: list[Entity] = []

    def parse(self) -> tuple[str, list[Entity]]:
        index = 0
        while index < self._size:
            char = self._text[index]
            reference = decode_reference(self._text, index) if char == "&" else None
            if reference:
                self._out.extend(reference[0])
                index = reference[1]
            elif char != "<":
                self._out.append(char)
                index += 1
            elif self._text[index + 1] == "/":
                index = self._close(index)
            else:
                index = self._open(index)
        if self._stack:
            raise ParseError(f'Can\'t find end tag corresponding to start tag "{self._stack[-1].tag}"')
        for entity in self._entities:
            if entity.type == "code":
                entity.extra.pop("language", None)
        return self._checked_text(), in_order(self._entities)

    def _checked_text(self) -> str:
        units = "".join(self._out)
        try:
            from_units(units)
        except UnicodeDecodeError as error:
            raise ParseError(
                "Text contains invalid Unicode characters after decoding HTML entities, "
                "check for unmatched surrogate code units"
            ) from error
        return units

    def _open(self, begin: int) -> int:
        index = begin + 1
        while self._text[index] not in SPACES and self._text[index] != ">":
            index += 1
        if index >= self._size:
            raise parse_error_at("Unclosed start tag", self._text, begin)
        tag = self._text[begin + 1 : index].lower()
        if tag not in _TAGS:
            raise parse_error_at(f'Unsupported start tag "{tag}"', self._text, begin)
        attributes, index = read_attributes(self._text, self._size, tag, begin, index)
        self._stack.append(_Open(tag, self._argument(tag, attributes, begin), len(self._out)))
        return index + 1

    def _argument(self, tag: str, attributes: Attributes, begin: int) -> str:
        if tag == "span" and attributes.get("class") != "tg-spoiler":
            raise parse_error_at('Tag "span" must have class "tg-spoiler"', self._text, begin)
        if tag == "code" and attributes.get("class", "").startswith("language-"):
            return attributes["class"].removeprefix("language-")
        name = {"a": "href", "tg-emoji": "emoji-id", "blockquote": "expandable"}.get(tag, "")
        return attributes.get(name, "")

    def _close(self, begin: int) -> int:
        if not self._stack:
            raise parse_error_at("Unexpected end tag", self._text, begin)
        index = begin + 2
        while self._text[index] not in SPACES and self._text[index] != ">":
            index += 1
        tag = self._text[begin + 2 : index].lower()
        while self._text[index] in SPACES and self._text[index] != "\0":
            index += 1
        if self._text[index] != ">":
            raise parse_error_at("Unclosed end tag", self._text, begin)
        opened = self._stack[-1]
        if tag not in ("", opened.tag):
            tail = f', expected "</{opened.tag}>", found "</{tag}>"'
            raise parse_error_at("Unmatched end tag", self._text, begin, tail)
        self._stack.pop()
        if len(self._out) > opened.begin:
            self._add(opened, len(self._out) - opened.begin)
        return index + 1

    def _add(self, opened: _Open, length: int) -> None:
        if opened.tag == "a":
            self._add_link(opened, length)
        elif opened.tag in ("pre", "code"):
            self._add_code(opened, length)
        elif opened.tag == "blockquote":
            type_ = "expandable_blockquote" if opened.argument else "blockquote"
            self._entities.append(Entity(type_, opened.begin, length))
        elif opened.tag == "tg-emoji":
            if not opened.argument.isdecimal() or not 0 < int(opened.argument) < 2**63:
                raise ParseError("Invalid custom emoji identifier specified")
            extra = {"custom_emoji_id": opened.argument}
            self._entities.append(Entity("custom_emoji", opened.begin, length, extra))
        else:
            self._entities.append(Entity(_STYLES[opened.tag], opened.begin, length))

    def _add_link(self, opened: _Open, length: int) -> None:
        url = opened.argument or "".join(self._out[opened.begin :])
        user_id = find_user_id(url)
        if user_id is not None:
            self._entities.append(Entity("text_mention", opened.begin, length, {"user": {"id": user_id}}))
            return
        try:
            self._entities.append(Entity("text_link", opened.begin, length, {"url": check_link(url)}))
        except InvalidLink:
            return

    def _add_code(self, opened: _Open, length: int) -> None:
        last = self._entities[-1] if self._entities else None
        same_place = last is not None and (last.offset, last.length) == (opened.begin, length)
        if last is not None and same_place and {last.type, opened.tag} == {"pre", "code"}:
            language = opened.argument or last.extra.get("language", "")
            if language:
                last.type, last.extra = "pre", {"language": language}
                return
        extra = {"language": opened.argument} if opened.argument else {}
        self._entities.append(Entity(opened.tag, opened.begin, length, extra))
