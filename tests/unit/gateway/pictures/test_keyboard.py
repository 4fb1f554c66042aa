from typing import Any

import pytest
from aiogram.types import InlineKeyboardMarkup

from services.gateway.pictures import Version
from services.gateway.pictures.buttons import PicturePress, Verb, parse_picture_press, presses_in
from services.gateway.pictures.keyboard import (
    Standing,
    format_keyboard,
    picture_keyboard,
    standing_in,
    style_keyboard,
)
from services.gateway.wording import Language, Wording
from tests.unit.gateway.pictures.prints import BOT_ID, CHAT_ID, SERIES, a_picture

MAX_DATA_BYTES = 64
KEYBOARDS = (picture_keyboard, style_keyboard, format_keyboard)
WORDING = Wording.load()


def drawn(keyboard: Any, **changes: Any) -> dict[str, Any]:
    markup: dict[str, Any] = keyboard(Standing.of(a_picture(**changes)), Language.RU, WORDING)
    return markup


def verbs_in(markup: dict[str, Any]) -> set[Verb]:
    return {press.verb for press in presses_in(markup)}


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_telegram_takes_every_button_even_of_the_longest_names(keyboard: Any) -> None:
    markup = InlineKeyboardMarkup.model_validate(drawn(keyboard))
    for button in (button for row in markup.inline_keyboard for button in row):
        assert button.copy_text or 1 <= len((button.callback_data or "").encode()) <= MAX_DATA_BYTES


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_every_button_names_its_version_so_that_it_works_whatever_is_forgotten(keyboard: Any) -> None:
    presses = list(presses_in(drawn(keyboard)))
    assert {press.version(BOT_ID, CHAT_ID) for press in presses} == {Version(SERIES, 12)}


def test_everything_one_may_want_of_a_picture_is_under_it() -> None:
    assert verbs_in(drawn(picture_keyboard)) == set(Verb) - {Verb.SHUT}


def test_there_is_no_way_through_a_single_version() -> None:
    markup = drawn(picture_keyboard, version=Version(SERIES, 1), version_count=1)
    assert not verbs_in(markup) & {Verb.BACK, Verb.ON, Verb.HERE}


@pytest.mark.parametrize("keyboard", KEYBOARDS)
def test_a_choice_knows_all_that_its_way_back_needs(keyboard: Any) -> None:
    standing = Standing.of(a_picture())
    assert standing_in(drawn(keyboard), standing.version) == standing


def test_a_message_that_is_no_more_still_has_a_way_back() -> None:
    assert standing_in({}, Version(SERIES, 3)) == Standing(Version(SERIES, 3), 3, "")


def test_a_prompt_too_long_for_a_button_is_not_copied_by_one() -> None:
    rows = drawn(picture_keyboard, prompt="о" * 257)["inline_keyboard"]
    assert not any("copy_text" in button for row in rows for button in row)
    rows = drawn(picture_keyboard, prompt="о" * 256)["inline_keyboard"]
    assert any("copy_text" in button for row in rows for button in row)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "again:7.1700000000",
        "pic:",
        "pic:vary",
        "pic:vary:7.1:",
        "pic:vary::1",
        "pic:explode:7.1:1",
        "pic:vary:7.1:-1",
        "pic:vary:7.1:99999999999",
        "pic:vary:7.1:x",
    ],
)
def test_what_a_strange_client_sends_is_nobodys_button(data: str) -> None:
    assert parse_picture_press(data) is None


def test_a_button_in_another_chat_names_a_series_of_that_chat() -> None:
    press = PicturePress(Verb.ORIGINAL, "7.1700000000", 1)
    assert press.version(BOT_ID, 42) == Version(f"{BOT_ID}.42.7.1700000000", 1)


@pytest.mark.parametrize(
    ("data", "draws"),
    [
        ("pic:vary:7.1:1", True),
        ("pic:style:7.1:1:photo", True),
        ("pic:format:7.1:1:wide", True),
        ("pic:style:7.1:1", False),
        ("pic:on:7.1:1", False),
        ("pic:here:7.1:1:3", False),
    ],
)
def test_only_what_orders_a_picture_draws(data: str, draws: bool) -> None:
    press = parse_picture_press(data)
    assert press is not None
    assert press.draws is draws
    assert press.data == data
