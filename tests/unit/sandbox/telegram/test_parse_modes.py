import html
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.telegram.text.entities import Entity
from services.sandbox.telegram.text.parse_error import ParseError
from services.sandbox.telegram.text.parse_html import parse_html
from services.sandbox.telegram.text.parse_markdown import parse_markdown_v2
from services.sandbox.telegram.text.parse_markdown_legacy import parse_markdown_legacy
from services.sandbox.telegram.text.utf16 import from_units, to_units

Parser = Callable[[str], tuple[str, list[Entity]]]

_STYLES = {"bold": ("*", "*"), "strikethrough": ("~", "~"), "spoiler": ("||", "||")}
_TAGS = {"bold": "b", "italic": "i", "strikethrough": "s", "spoiler": "tg-spoiler", "underline": "u"}

plain = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)
spans = st.lists(st.tuples(plain, st.sampled_from([None, *_STYLES])), min_size=1, max_size=8)
tagged_spans = st.lists(st.tuples(plain, st.sampled_from([None, *_TAGS])), min_size=1, max_size=8)


def escape_markdown(text: str) -> str:
    return re.sub(r"([_*\[\]()~`>#+\-=|{}.!\\])", r"\\\1", text)


def expected(parts: list[tuple[str, str | None]]) -> list[tuple[str, int, int]]:
    found, offset = [], 0
    for text, style in parts:
        length = len(to_units(text))
        if style:
            found.append((style, offset, length))
        offset += length
    return found


def shape(entities: list[Entity]) -> list[tuple[str, int, int]]:
    return [(entity.type, entity.offset, entity.length) for entity in entities]


@given(spans)
def test_markdown_v2_gives_back_the_text_and_its_styles(parts: list[tuple[str, str | None]]) -> None:
    source = "".join(
        f"{_STYLES[style][0]}{escape_markdown(text)}{_STYLES[style][1]}" if style else escape_markdown(text)
        for text, style in parts
    )
    units, entities = parse_markdown_v2(to_units(source))
    assert from_units(units) == "".join(text for text, _ in parts)
    assert shape(entities) == expected(parts)


@given(tagged_spans)
def test_html_gives_back_the_text_and_its_styles(parts: list[tuple[str, str | None]]) -> None:
    source = "".join(
        f"<{_TAGS[style]}>{html.escape(text, quote=False)}</{_TAGS[style]}>"
        if style
        else html.escape(text, quote=False)
        for text, style in parts
    )
    units, entities = parse_html(to_units(source))
    assert from_units(units) == "".join(text for text, _ in parts)
    assert shape(entities) == expected(parts)


@given(st.text(), st.sampled_from([parse_markdown_v2, parse_html, parse_markdown_legacy]))
def test_any_text_is_either_parsed_or_refused(text: str, parse: Parser) -> None:
    with suppress(ParseError):
        _, entities = parse(to_units(text))
        assert all(entity.length > 0 for entity in entities)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("*unclosed", "Can't find end of Bold entity at byte offset 0"),
        ("я *unclosed", "Can't find end of Bold entity at byte offset 3"),
        ("*bold _italic\\_*", "Can't find end of Bold entity at byte offset 15"),
        ("hello.", "Character '.' is reserved and must be escaped with the preceding '\\'"),
        ("test()", "Character '(' is reserved and must be escaped with the preceding '\\'"),
        ("a>b", "Character '>' is reserved and must be escaped with the preceding '\\'"),
        ("[text](http://a.b", "Can't find end of a URL at byte offset 7"),
        ("```py\ncode", "Can't find end of PreCode entity at byte offset 0"),
        (">quote *bold\nrest", "Can't find end of Bold entity at byte offset 7"),
    ],
)
def test_markdown_v2_is_refused_in_telegrams_words(source: str, error: str) -> None:
    with pytest.raises(ParseError) as raised:
        parse_markdown_v2(source)
    assert str(raised.value) == error


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("<b>unclosed", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b><i>test</b></i>", 'Unmatched end tag at byte offset 10, expected "</i>", found "</b>"'),
        ("я<script>", 'Unsupported start tag "script" at byte offset 2'),
        ("text</b>", "Unexpected end tag at byte offset 4"),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
        (
            "<a href>x</a>",
            'Expected equal sign in declaration of an attribute of the tag "a" at byte offset 0',
        ),
        ('<tg-emoji emoji-id="x">x</tg-emoji>', "Invalid custom emoji identifier specified"),
        ("a &#xd800; b", None),
    ],
)
def test_html_is_refused_in_telegrams_words(source: str, error: str | None) -> None:
    with pytest.raises(ParseError) as raised:
        parse_html(source)
    assert error is None or str(raised.value) == error


def test_legacy_markdown_is_refused_where_an_entity_does_not_end() -> None:
    with pytest.raises(ParseError, match="Can't find end of the entity starting at byte offset 2"):
        parse_markdown_legacy("a *b")


def test_markdown_v2_reads_code_links_quotes_and_nesting() -> None:
    source = "*a _b_* `c` [d](http://ya.ru/g\\)) ![👍](tg://emoji?id=5)\n```py\nx = 1```\n>q1\n>q2||\nend"
    units, entities = parse_markdown_v2(to_units(source))
    assert from_units(units) == "a b c d 👍\nx = 1\nq1\nq2\nend"
    found = {entity.type: entity for entity in entities}
    assert found["text_link"].extra == {"url": "http://ya.ru/g)"}
    assert found["pre"].extra == {"language": "py"}
    assert found["custom_emoji"].extra == {"custom_emoji_id": "5"}
    assert (found["italic"].offset, found["italic"].length) == (2, 1)
    quote = found["expandable_blockquote"]
    assert units[quote.offset : quote.end] == "q1\nq2\n"


def test_html_reads_links_code_and_quotes() -> None:
    source = (
        "<a href='http://ya.ru/?x=1&amp;y=2'>l</a><a href=\"tg://user?id=7\">u</a>"
        '<pre><code class="language-py">x &lt; 1</code></pre><blockquote expandable>q</blockquote>&#128512;'
    )
    units, entities = parse_html(to_units(source))
    assert from_units(units) == "lux < 1q😀"
    assert [(entity.type, entity.extra) for entity in entities] == [
        ("text_link", {"url": "http://ya.ru/?x=1&y=2"}),
        ("text_mention", {"user": {"id": 7}}),
        ("pre", {"language": "py"}),
        ("expandable_blockquote", {}),
    ]
