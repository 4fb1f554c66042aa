import pytest

from services.gateway.rendering import EntityType, live_view, render, without_tables

NARROW = "| Имя | Цена |\n|---|--:|\n| Лампа | $5 |\n| Стол | $70 |"
ALIGNED = "Имя   | Цена\n------+-----\nЛампа |   $5\nСтол  |  $70"
WIDE = "| Имя | Что о ней говорят все покупатели |\n|---|---|\n| Лампа | Светит **ярко** |\n| Стол | |"


def kinds_of(markdown: str) -> list[EntityType]:
    return [entity.type for entity in render(markdown).entities]


def test_a_narrow_table_is_aligned_code() -> None:
    assert render(NARROW).text == ALIGNED
    assert kinds_of(NARROW) == [EntityType.PRE]


def test_a_wide_table_is_a_list_of_its_rows() -> None:
    assert render(WIDE).text == "Имя: Лампа\n• Что о ней говорят все покупатели: Светит ярко\n\nИмя: Стол"
    assert kinds_of(WIDE) == [EntityType.BOLD] * 3


def test_the_first_row_names_a_column_that_is_empty_in_it() -> None:
    table = "| Имя | Что о ней говорят все покупатели |\n|---|---|\n| Стол | |\n| Лампа | |"
    assert render(table).text == "Имя: Стол\n• Что о ней говорят все покупатели: —\n\nИмя: Лампа"


def test_links_in_a_table_can_be_pressed() -> None:
    formatted = render("| a |\n|---|\n| [b](https://example.com/b) |")
    assert formatted.text == "a: b"
    assert EntityType.TEXT_LINK in {entity.type for entity in formatted.entities}


def test_what_takes_two_columns_is_counted_as_two() -> None:
    assert render("| a | b |\n|---|---|\n| 日本 | 1 |\n| four | 2 |").text.split("\n")[2:] == [
        "日本 | 1",
        "four | 2",
    ]


def test_cells_beyond_the_last_column_are_not_lost() -> None:
    assert render("| a | b |\n|---|---|\n| 1 | 2 | 3 |").text.split("\n")[-1] == "1 | 2 | 3"


@pytest.mark.parametrize("table", [NARROW, WIDE], ids=["narrow", "wide"])
def test_a_table_in_a_quote_stays_there(table: str) -> None:
    shown = render("> before\n" + "\n".join(f"> {line}" for line in table.split("\n")) + "\n\nafter")
    [quote] = [entity for entity in shown.entities if entity.type is EntityType.BLOCKQUOTE]
    assert shown.text[quote.offset : quote.end] == f"before\n\n{render(table).text}"


def test_a_table_in_a_list_stays_there() -> None:
    listed = "\n".join(f"  {line}" for line in NARROW.split("\n"))
    assert render(f"- one\n\n{listed}\n- two").text == f"• one\n{ALIGNED}\n• two"


def test_text_right_above_a_table_is_no_part_of_it() -> None:
    assert render(f"Вот:\n{NARROW}").text == f"Вот:\n\n{ALIGNED}"


def test_a_table_that_is_being_written_grows_by_its_rows() -> None:
    written = NARROW.index("|---")
    views = [live_view(NARROW[:end]).text for end in range(written, len(NARROW) + 1)]
    heads = {view.split("\n")[0].split("|")[0].strip() for view in views if "\n" in view}
    assert heads == {"Имя"}
    assert not any("|-" in view for view in views)
    assert views[-1] == ALIGNED


def test_each_page_of_a_long_table_has_its_head() -> None:
    rows = "\n".join(f"| {number} | row |" for number in range(200))
    view = live_view(f"| № | что |\n|---|---|\n{rows}", 500).text
    assert view.startswith("№   | что\n----+----\n")
    assert view.endswith("199 | row")


def test_what_is_listened_to_has_no_tables() -> None:
    assert without_tables(f"before\n\n{WIDE}\n\nafter").split() == ["before", "after"]


@pytest.mark.parametrize(
    "markdown",
    [
        "|" + "a|" * 1000 + "\n|" + "-|" * 1000 + "\n" + "|x\n" * 1000,
        "| a |\n|---|\n" + "| x | y | z |\n" * 1000,
        "| a |\n|---|\n|" + "`" * 5000,
        "| a |\n|---|\n" * 500,
        "> " * 1000 + "| a |\n" + "> " * 1000 + "|---|",
        "".join("  " * depth + "- | a |\n" + "  " * depth + "  |---|\n" for depth in range(60)),
    ],
    ids=["columns", "cells", "ticks", "tables", "quotes", "lists"],
)
def test_a_table_that_no_phone_could_show_is_still_shown_as_something(markdown: str) -> None:
    assert 0 < len(render(markdown).text) <= 5 * len(markdown) + 4096
    assert live_view(markdown).text
    without_tables(markdown)


def test_a_table_without_an_end_is_shown_page_by_page() -> None:
    rows = ("|" * 20 + "\n") * 40
    assert "no bar" in live_view(f"| a |\n|---|\n{rows}no bar\n{rows}no bar", 1000).text
