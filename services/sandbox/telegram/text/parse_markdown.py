from dataclasses import dataclass
from typing import Final, NoReturn

from services.sandbox.telegram.text.entities import Entity, in_order
from services.sandbox.telegram.text.links import (
    InvalidLink,
    check_link,
    find_custom_emoji_id,
    find_user_id,
)
from services.sandbox.telegram.text.parse_error import PADDING, SPACES, ParseError, parse_error_at

_RESERVED: Final = frozenset("_*[]()~`>#+-=|{}.!\n")
_TITLES: Final = {
    "bold": "Bold",
    "italic": "Italic",
    "underline": "Underline",
    "strikethrough": "Strikethrough",
    "spoiler": "Spoiler",
    "code": "Code",
    "pre": "Pre",
    "pre_code": "PreCode",
    "text_link": "TextUrl",
    "custom_emoji": "CustomEmoji",
    "blockquote": "BlockQuote",
}
_CLOSERS: Final = {
    "bold": "*",
    "strikethrough": "~",
    "code": "`",
    "pre": "```",
    "pre_code": "```",
    "text_link": "]",
    "custom_emoji": "]",
    "underline": "__",
    "spoiler": "||",
}
_OPENERS: Final = {"*": "bold", "~": "strikethrough", "[": "text_link"}


@dataclass(slots=True)
class _Open:
    type: str
    begin: int
    source_index: int
    language: str = ""


def parse_markdown_v2(units: str) -> tuple[str, list[Entity]]:
    """MarkdownV2 to plain text and entities; raises ParseError in Telegram's words.

    Source: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (parse_markdown_v2)
    """
    return _Parser(units).parse()


class _Parser:
    def __init__(self, units: str) -> None:
        self._size = len(units)
        self._text = units + PADDING
        self._index = 0
        self._out: list[str] = []
        self._stack: list[_Open] = []
        self._entities: list[Entity] = []
        self._in_quote = False
        self._may_start_quote = True

    def parse(self) -> tuple[str, list[Entity]]:
        while self._index < self._size:
            char = self._text[self._index]
            if char == "\\" and "\0" < self._text[self._index + 1] <= "~":
                self._emit(self._text[self._index + 1])
                self._index += 2
            elif not self._is_reserved(char):
                self._emit(char)
                self._index += 1
            elif self._closes(char):
                self._close(char)
            else:
                self._open(char)
        self._close_last_quote()
        if self._stack:
            self._fail_unclosed()
        return "".join(self._out), in_order(self._entities)

    def _emit(self, char: str) -> None:
        self._out.append(char)
        self._may_start_quote = False

    def _is_reserved(self, char: str) -> bool:
        if self._stack and self._stack[-1].type in ("code", "pre", "pre_code"):
            return char == "`"
        return char in _RESERVED

    def _ahead(self, token: str) -> bool:
        return self._text.startswith(token, self._index)

    def _closes(self, char: str) -> bool:
        if not self._stack:
            return False
        if self._in_quote and char == "\n" and self._text[self._index + 1] != ">":
            return True
        type_ = self._stack[-1].type
        if type_ == "blockquote":
            return False
        if type_ == "italic":
            return char == "_" and self._text[self._index + 1] != "_"
        return self._ahead(_CLOSERS[type_])

    def _open(self, char: str) -> None:
        source_index = self._index
        self._index += 1
        if char == "\n":
            self._open_line()
        elif char == "_" and self._text[self._index] == "_":
            self._index += 1
            self._push("underline", source_index)
        elif char == "_":
            self._push("italic", source_index)
        elif char == "|" and self._text[self._index] == "|":
            self._index += 1
            self._push("spoiler", source_index)
        elif char == "!" and self._text[self._index] == "[":
            self._index += 1
            self._push("custom_emoji", source_index)
        elif char == ">" and self._may_start_quote and not self._in_quote:
            self._in_quote = True
            self._push("blockquote", source_index)
        elif char == "`":
            self._open_code(source_index)
        elif char in _OPENERS:
            self._push(_OPENERS[char], source_index)
        else:
            raise ParseError(f"Character '{char}' is reserved and must be escaped with the preceding '\\'")

    def _push(self, type_: str, source_index: int, language: str = "") -> None:
        self._stack.append(_Open(type_, len(self._out), source_index, language))

    def _open_line(self) -> None:
        self._out.append("\n")
        self._may_start_quote = True
        if self._in_quote and self._text[self._index] == ">":
            self._index += 1

    def _open_code(self, source_index: int) -> None:
        if not self._text.startswith("``", self._index):
            self._push("code", source_index)
            return
        self._index += 2
        end = self._index
        while self._text[end] not in SPACES and self._text[end] != "`":
            end += 1
        language = ""
        if self._index != end < self._size and self._text[end] != "`":
            language = self._text[self._index : end]
            self._index = end
        self._index = skip_line_break(self._text, self._index)
        self._push("pre_code" if language else "pre", source_index, language)

    def _close(self, char: str) -> None:
        opened = self._stack.pop()
        if char == "\n":
            self._close_quote(opened)
            return
        extra: dict[str, object] | None = {}
        if opened.type == "text_link":
            extra = self._link(opened)
        elif opened.type == "custom_emoji":
            extra = self._custom_emoji()
        else:
            self._index += len(_CLOSERS.get(opened.type, "_"))
        if opened.language:
            extra = {"language": opened.language}
        if extra is not None:
            self._add(opened, extra)

    def _add(self, opened: _Open, extra: dict[str, object]) -> None:
        if length := len(self._out) - opened.begin:
            type_ = "pre" if opened.type == "pre_code" else opened.type
            if "user" in extra:
                type_ = "text_mention"
            self._entities.append(Entity(type_, opened.begin, length, extra))

    def _link(self, opened: _Open) -> dict[str, object] | None:
        self._index += 1
        if self._text[self._index] == "(":
            url = self._parenthesised("URL")
        else:
            url = "".join(self._out[opened.begin :])
        user_id = find_user_id(url)
        if user_id is not None:
            return {"user": {"id": user_id}}
        try:
            return {"url": check_link(url)}
        except InvalidLink:
            return None

    def _custom_emoji(self) -> dict[str, object]:
        self._index += 1
        if self._text[self._index] != "(":
            raise ParseError("Custom emoji entity must contain a tg://emoji URL")
        emoji_id = find_custom_emoji_id(self._parenthesised("custom emoji URL"))
        if emoji_id is None:
            raise ParseError("Custom emoji URL must have an emoji identifier")
        return {"custom_emoji_id": emoji_id}

    def _parenthesised(self, what: str) -> str:
        self._index += 1
        begin, url = self._index, ""
        while self._index < self._size and self._text[self._index] != ")":
            if self._text[self._index] == "\\" and "\0" < self._text[self._index + 1] <= "~":
                self._index += 1
            url += self._text[self._index]
            self._index += 1
        if self._text[self._index] != ")":
            raise parse_error_at(f"Can't find end of a {what}", self._text, begin)
        self._index += 1
        return url

    def _close_quote(self, opened: _Open) -> None:
        # `||` right before the line break does not open a spoiler: it makes the quote expandable.
        expandable = opened.type == "spoiler" and opened.source_index == self._index - 2
        if expandable and self._stack:
            opened = self._stack.pop()
        if opened.type != "blockquote":
            self._stack.append(opened)
            self._fail_unclosed()
        self._out.append("\n")
        self._add_quote(opened, expandable)
        self._index += 1
        self._may_start_quote = True

    def _close_last_quote(self) -> None:
        if not self._in_quote:
            return
        last = self._stack[-1]
        expandable = last.type == "spoiler" and last.source_index == self._size - 2
        if expandable:
            self._stack.pop()
        if self._stack and self._stack[-1].type == "blockquote":
            self._add_quote(self._stack.pop(), expandable)

    def _add_quote(self, opened: _Open, expandable: bool) -> None:
        self._in_quote = False
        if expandable:
            opened.type = "expandable_blockquote"
        self._add(opened, {})

    def _fail_unclosed(self) -> NoReturn:
        last = self._stack[-1]
        reason = f"Can't find end of {_TITLES[last.type]} entity"
        raise parse_error_at(reason, self._text, last.source_index)


def skip_line_break(text: str, index: int) -> int:
    """Past one line break (of one or two characters), the first of a code block."""
    if text[index] not in "\r\n":
        return index
    is_pair = text[index + 1] in "\r\n" and text[index] != text[index + 1]
    return index + 2 if is_pair else index + 1
