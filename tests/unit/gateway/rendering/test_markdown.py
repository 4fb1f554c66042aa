import pytest

from services.gateway.rendering import Entity, EntityType, FormattedText, render, to_aiogram, to_dicts


def shown(markdown: str) -> list[tuple[str, str]]:
    """The marked pieces of a text within the basic plane, each with its kind."""
    formatted = render(markdown)
    return [(entity.type.value, formatted.text[entity.offset : entity.end]) for entity in formatted.entities]


def test_styles_links_and_code_become_entities() -> None:
    assert shown("**b** *i* ~~s~~ ||h|| `c` [l](https://example.com/a)") == [
        ("bold", "b"),
        ("italic", "i"),
        ("strikethrough", "s"),
        ("spoiler", "h"),
        ("code", "c"),
        ("text_link", "l"),
    ]


def test_offsets_count_utf16_units() -> None:
    assert render("👍🏽 **ok**") == FormattedText("👍🏽 ok", (Entity(EntityType.BOLD, 5, 2),))


def test_a_heading_is_bold_and_a_list_has_bullets() -> None:
    assert render("## Title\n\n- one\n- two\n  - three\n\n1. a\n2. b").text == (
        "Title\n\n• one\n• two\n  • three\n\n1. a\n2. b"
    )
    assert ("bold", "Title") in shown("## Title")


def test_a_task_list_tells_done_from_open() -> None:
    assert render("- [x] done\n- [ ] open").text == "✅ done\n⬜ open"


def test_a_code_block_names_its_language_and_no_more() -> None:
    (block,) = render("```python title=a.py\nprint(1)\n```").entities
    assert (block.type, block.language) == (EntityType.PRE, "python")


def test_tabs_in_code_stay_visible_as_spaces() -> None:
    assert render("```go\nif x {\n\treturn\n}\n```").text == "if x {\n    return\n}"


def test_a_table_is_aligned_lines_of_code() -> None:
    formatted = render("| Год | Что |\n|---|---|\n| 1997 | HTTP/1.1 |\n| 2022 | HTTP/3 |")
    assert [line.rstrip() for line in formatted.text.split("\n")] == [
        "Год  | Что",
        "-----+---------",
        "1997 | HTTP/1.1",
        "2022 | HTTP/3",
    ]
    assert [entity.type for entity in formatted.entities] == [EntityType.PRE]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("use vector<int> here", "use vector<int> here"),
        ("<div>\nhello\n</div>\n\nafter", "<div>\nhello\n</div>\n\nafter"),
        ("- <b>x</b>", "• <b>x</b>"),
        ("one<br>two<br/>\nthree", "one\ntwo\nthree"),
        ("see below\n\n[1]: https://example.com/a", "see below\n\n[1]: https://example.com/a"),
        ("claim[^1]\n\n[^1]: Smith", "claim[^1]\n\n[^1]: Smith"),
        ("a &lt; b", "a < b"),
    ],
)
def test_what_a_browser_would_hide_is_shown(markdown: str, text: str) -> None:
    assert render(markdown).text == text


def test_html_in_a_code_block_inside_html_is_left_alone() -> None:
    assert render("<details>\n```html\n<b>\n```\n</details>").text == "<details>\n<b>\n</details>"


def test_a_link_definition_that_is_used_makes_a_link() -> None:
    assert shown("see [docs][1]\n\n[1]: https://example.com/a") == [("text_link", "docs")]


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        (r"area \(\alpha + 1\) is", "area α + 1 is"),
        (r"\[\frac{a}{b}\]", "a/b"),
        (r"so $x_1 \le y$ holds", "so x₁ ≤ y holds"),
        (r"item \[1\] and \(see below\)", "item [1] and (see below)"),
    ],
)
def test_formulas_are_written_in_unicode(markdown: str, text: str) -> None:
    assert render(markdown).text == text


def test_a_formula_in_a_table_stays_in_its_cell() -> None:
    assert render("| a |\n|---|\n| $x_1 \\le y$ |").text.split("\n")[-1] == "x₁ ≤ y"


@pytest.mark.parametrize("text", ["from $5 to **$7**", "100$, 200$", "$10–$20 a month", "$PATH and $HOME"])
def test_prices_and_shell_variables_are_no_formulas(text: str) -> None:
    assert render(text).text == text.replace("*", "")


def test_code_that_looks_like_a_formula_is_left_alone() -> None:
    assert render("```sh\nfind . \\( -name a -o -name b \\)\n```").text == "find . \\( -name a -o -name b \\)"
    assert render("the regex `\\(\\w+\\)`").text == "the regex \\(\\w+\\)"


def test_a_style_is_taken_out_of_code_as_telegram_does() -> None:
    assert shown("**all `code` bold**") == [("bold", "all "), ("code", "code"), ("bold", " bold")]


def test_a_link_keeps_its_address_rather_than_the_look_of_code() -> None:
    assert shown("[`name`](https://example.com/a)") == [("text_link", "name")]


def test_quotes_are_not_nested() -> None:
    assert shown("> outer\n> > inner\n\nafter") == [("blockquote", "outer\ninner")]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "/relative",
        "tg://user?id=1",
        "tg://emoji?id=5368324170671202286",
        "http://a b",
        "x",
    ],
)
def test_an_address_that_telegram_refuses_leaves_its_text(address: str) -> None:
    formatted = render(f"[text](<{address}>)")
    assert (formatted.text, formatted.entities) == ("text", ())


def test_a_picture_is_a_link_to_it() -> None:
    assert shown("![chart](https://example.com/a.png)")[0][0] == "text_link"


def test_direction_overrides_are_taken_out_as_telegram_does() -> None:
    assert render("a\u202eb\r\nc\x07").text == "ab\nc"


@pytest.mark.parametrize(
    "markdown", ["> " * 6000, "- " * 4000 + "a", "[" * 20_000, "$" + "{" * 9000 + r"\frac$"]
)
def test_malicious_nesting_neither_fails_nor_explodes(markdown: str) -> None:
    assert len(render(markdown).text) <= 5 * len(markdown) + 4096


def test_half_a_surrogate_pair_is_replaced() -> None:
    assert render("a \ud83d b").text == "a ? b"


def test_the_bot_api_gets_only_what_an_entity_has() -> None:
    formatted = render("```go\nx\n```")
    assert to_dicts(formatted.entities) == ({"type": "pre", "offset": 0, "length": 1, "language": "go"},)
    assert [entity.language for entity in to_aiogram(formatted.entities)] == ["go"]
