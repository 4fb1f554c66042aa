from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sandbox.telegram.errors import ApiError
from services.sandbox.telegram.text.formatting import FormattedText, finish_text, plain_text, read_text
from services.sandbox.telegram.text.utf16 import to_units

ANN = {"id": 7, "is_bot": False, "first_name": "Ann"}
STYLES = ["bold", "italic", "underline", "strikethrough", "spoiler", "code", "pre", "blockquote"]


def show(text: str, *entities: dict[str, Any]) -> FormattedText:
    return finish_text(read_text(text, "", list(entities), lambda id_: ANN if id_ == 7 else None))


def entity(type_: str, offset: int, length: int, **extra: Any) -> dict[str, Any]:
    return {"offset": offset, "length": length, "type": type_, **extra}


@pytest.mark.parametrize(
    ("given_entity", "error"),
    [
        (entity("bold", 100, 1), "entity begins after the end of the text at UTF-16 offset 100"),
        (
            entity("bold", 0, 100),
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 100",
        ),
        (entity("bold", -1, 1), "receive an entity with incorrect offset -1"),
        (entity("bold", 1, 1), "entity begins in a middle of a UTF-16 symbol at byte offset 4"),
        (entity("odd", 0, 1), "can't parse MessageEntity: Unsupported type specified"),
        (entity("text_link", 0, 2), "can't parse MessageEntity: Can't find field \"url\""),
        (entity("text_link", 0, 2, url=""), "entity URL '' is invalid: URL host is empty"),
        (entity("text_link", 0, 2, url="not-a-url"), "entity URL 'not-a-url' is invalid: Wrong HTTP URL"),
        (entity("text_mention", 0, 2, user={"id": 1}), "user not found"),
        (
            entity("custom_emoji", 0, 2, custom_emoji_id="x"),
            'can\'t parse MessageEntity: Field "custom_emoji_id" must be a valid Number',
        ),
    ],
)
def test_a_wrong_entity_is_refused_in_telegrams_words(given_entity: dict[str, Any], error: str) -> None:
    with pytest.raises(ApiError) as raised:
        show("😀 hi", given_entity)
    assert raised.value.description == f"Bad Request: {error}"


def test_white_space_is_trimmed_and_entities_move_along() -> None:
    shown = show(" \n hello world \n", entity("bold", 9, 5))
    assert shown == FormattedText("hello world", [entity("bold", 6, 5)])


def test_entities_of_white_space_only_vanish() -> None:
    assert show("a   b", entity("bold", 1, 3)).entities == []


def test_carriage_returns_are_removed_and_entities_move_along() -> None:
    assert show("a\r\nb", entity("bold", 3, 1)) == FormattedText("a\nb", [entity("bold", 2, 1)])


def test_nested_styles_are_split_as_telegram_splits_them() -> None:
    shown = show("0123456789", entity("bold", 0, 10), entity("italic", 3, 4))
    assert shown.entities == [entity("bold", 0, 3), entity("bold", 3, 7), entity("italic", 3, 4)]


def test_styles_inside_code_are_dropped() -> None:
    assert show("0123456789", entity("code", 2, 4), entity("bold", 0, 8)).entities == [
        entity("bold", 0, 2),
        entity("code", 2, 4),
        entity("bold", 6, 2),
    ]


def test_kinds_that_telegram_finds_itself_are_ignored_when_given() -> None:
    assert show("plain", entity("bot_command", 0, 5)).entities == []


def test_commands_mentions_hashtags_and_links_are_found() -> None:
    text = "/start@bot hi @durov, #tag $USD me@ya.ru https://a.b/c. docs.python.org/3 (see ya.ru)"
    parts = [(e["type"], text[e["offset"] : e["offset"] + e["length"]]) for e in plain_text(text).entities]
    assert parts == [
        ("bot_command", "/start@bot"),
        ("mention", "@durov"),
        ("hashtag", "#tag"),
        ("cashtag", "$USD"),
        ("email", "me@ya.ru"),
        ("url", "https://a.b/c"),
        ("url", "docs.python.org/3"),
        ("url", "ya.ru"),
    ]


@pytest.mark.parametrize("text", ["a/b", "1/2", "file.txt", "x@", "#1", "@abc", "//", "</b>"])
def test_what_only_looks_like_an_entity_is_left_alone(text: str) -> None:
    assert plain_text(text).entities == []


def test_the_limit_counts_utf16_after_parsing() -> None:
    assert show("😀" * 2048).text
    with pytest.raises(ApiError, match="message is too long"):
        show("😀" * 2048 + "a")
    marked = finish_text(read_text(f"<b>{'x' * 4096}</b>", "HTML", None, lambda _: None))
    assert len(marked.text) == 4096


def test_only_the_first_hundred_entities_are_kept() -> None:
    shown = show("ab " * 150, *[entity("bold", 3 * i, 2) for i in range(150)])
    assert len(shown.entities) == 100


@given(
    st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30),
    st.lists(st.tuples(st.sampled_from(STYLES), st.integers(0, 30), st.integers(0, 30)), max_size=6),
)
def test_entities_that_are_shown_always_nest(text: str, wanted: list[tuple[str, int, int]]) -> None:
    try:
        shown = show(text, *[entity(*item) for item in wanted])
    except ApiError:
        return
    size = len(to_units(shown.text))
    ends: list[int] = []
    for item in shown.entities:
        begin, end = item["offset"], item["offset"] + item["length"]
        assert 0 <= begin < end <= size
        while ends and begin >= ends[-1]:
            ends.pop()
        assert not ends or end <= ends[-1]
        ends.append(end)
