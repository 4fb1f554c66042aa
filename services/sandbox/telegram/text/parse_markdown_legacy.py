from services.sandbox.telegram.text.entities import Entity, in_order
from services.sandbox.telegram.text.links import InvalidLink, check_link, find_user_id
from services.sandbox.telegram.text.parse_error import PADDING, SPACES, parse_error_at
from services.sandbox.telegram.text.parse_markdown import skip_line_break


def parse_markdown_legacy(units: str) -> tuple[str, list[Entity]]:
    """Legacy Markdown (no nesting) to plain text and entities; raises ParseError in Telegram's words.

    Source: https://github.com/tdlib/td/blob/master/td/telegram/MessageEntity.cpp (parse_markdown)
    """
    text, size = units + PADDING, len(units)
    out: list[str] = []
    entities: list[Entity] = []
    index = 0
    while index < size:
        char = text[index]
        if char == "\\" and text[index + 1] in "_*`[":
            out.append(text[index + 1])
            index += 2
        elif char not in "_*`[":
            out.append(char)
            index += 1
        else:
            index = _read_entity(text, size, index, out, entities)
    return "".join(out), in_order(entities)


def _read_entity(text: str, size: int, begin: int, out: list[str], entities: list[Entity]) -> int:
    char = text[begin]
    is_pre = text.startswith("```", begin)
    closer = "```" if is_pre else "]" if char == "[" else char
    index, language = _skip_pre_header(text, size, begin + 3) if is_pre else (begin + 1, "")
    end = text.find(closer, index, size)
    if end < 0:
        raise parse_error_at("Can't find end of the entity starting", text, begin)
    content = text[index:end]
    offset = len(out)
    out.extend(content)
    index = end + len(closer)
    url = content
    if char == "[" and text[index] == "(":
        closing = text.find(")", index, size)
        url = text[index + 1 : closing if closing >= 0 else size]
        index = closing + 1 if closing >= 0 else size
    entity = _make(char, is_pre, language, url)
    if entity is not None and content:
        entity.offset, entity.length = offset, len(content)
        entities.append(entity)
    return index


def _skip_pre_header(text: str, size: int, index: int) -> tuple[int, str]:
    end = index
    while text[end] not in SPACES and text[end] != "`":
        end += 1
    language = ""
    if index != end < size and text[end] != "`":
        language, index = text[index:end], end
    return skip_line_break(text, index), language


def _make(char: str, is_pre: bool, language: str, url: str) -> Entity | None:
    if char == "`":
        return Entity("pre" if is_pre else "code", 0, 0, {"language": language} if language else {})
    if char != "[":
        return Entity("italic" if char == "_" else "bold", 0, 0)
    user_id = find_user_id(url)
    if user_id is not None:
        return Entity("text_mention", 0, 0, {"user": {"id": user_id}})
    try:
        return Entity("text_link", 0, 0, {"url": check_link(url)})
    except InvalidLink:
        return None
