from dataclasses import replace

import pytest

from services.gateway.buttons import parse_press
from services.gateway.documents.buttons import parse_document_press
from services.gateway.easel import parse_easel_press
from services.gateway.menus import Page, Screen, Trail, choose, draw, parse
from services.gateway.menus.examples import Example, parse_example
from services.gateway.menus.settings import MAX_WISHES, Value
from services.gateway.people import AnswerLength, Preferences, Role, VoiceAnswers
from services.gateway.rendering import utf16_length
from services.gateway.videos.buttons import parse_video_press
from services.gateway.wording import Language
from tests.unit.gateway.menus.scenes import DEEP, MEMORY, SWIFT, a_scene, busy, crawl, data_in

MAX_DATA_BYTES = 64
PARSERS = (parse_example, parse_easel_press, parse_document_press, parse_video_press)
MAX_BUTTON_ROW_CHARACTERS = 40
"""More does not fit on a phone: Telegram cuts it."""
MAX_MESSAGE_UTF16 = 4096


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("is_private", [True, False])
def test_every_button_of_every_screen_leads_somewhere(language: Language, is_private: bool) -> None:
    scene = busy(language, is_private=is_private)

    def check(_trail: Trail, page: Page) -> None:
        for data in data_in(page):
            assert len(data.encode()) <= MAX_DATA_BYTES
            pressed = parse(data)
            if pressed is None:
                assert any(read(data) for read in PARSERS), data
            elif pressed.value and pressed.trail.screen is not Screen.FORGETTING:
                changed = choose(scene.preferences, pressed.trail.screen, pressed.value, scene.models)
                assert changed is not None, data

    assert crawl(scene, check) == set(Screen)


@pytest.mark.parametrize("language", list(Language))
def test_every_screen_fits_a_message_and_marks_only_what_it_says(language: Language) -> None:
    def check(_trail: Trail, page: Page) -> None:
        units = page.text.encode("utf-16-le")
        assert 0 < utf16_length(page.text) <= MAX_MESSAGE_UTF16
        for entity in page.entities:
            begin, end = 2 * entity["offset"], 2 * (entity["offset"] + entity["length"])
            marked = units[begin:end].decode("utf-16-le")
            assert marked.strip() == marked != ""

    crawl(busy(language, is_private=True), check)


@pytest.mark.parametrize("language", list(Language))
def test_buttons_side_by_side_can_be_read_on_a_phone(language: Language) -> None:
    def check(_trail: Trail, page: Page) -> None:
        for row in page.rows:
            assert sum(len(text) for text, _data in row) <= MAX_BUTTON_ROW_CHARACTERS, row

    crawl(busy(language, is_private=True), check)


def test_back_leads_where_one_came_from_and_home_in_the_end() -> None:
    def check(trail: Trail, page: Page) -> None:
        if trail.back is None or trail.screen is Screen.CLOSED:
            return
        assert trail.back.data() in data_in(page)
        assert Screen.HOME in trail.screens or trail.screen is Screen.HELP

    crawl(busy(Language.RU, is_private=True), check)


@pytest.mark.parametrize(
    ("screen", "preferences"),
    [
        (Screen.ROLES, Preferences(role=Role.EDITOR)),
        (Screen.MODELS, Preferences(model=DEEP.model_id)),
        (Screen.MODELS, Preferences()),
        (Screen.LENGTH, Preferences(answer_length=AnswerLength.SHORT)),
        (Screen.VOICE, Preferences(voice_answers=VoiceAnswers.TO_VOICE)),
        (Screen.DISPLAY, Preferences(prefers_plain=True)),
        (Screen.LANGUAGE, Preferences(language=Language.EN)),
        (Screen.LANGUAGE, Preferences()),
    ],
)
def test_what_holds_now_is_marked_and_nothing_else(screen: Screen, preferences: Preferences) -> None:
    page = draw(a_scene(Screen.HOME, screen, preferences=preferences))
    [marked] = [data for row in page.rows for text, data in row if text.startswith("✅")]
    pressed = parse(marked)
    assert pressed is not None
    assert choose(preferences, screen, pressed.value, (SWIFT, DEEP)) == preferences


def test_the_catalogue_tells_what_a_model_is_good_at_what_it_costs_and_how_it_is() -> None:
    text = draw(a_scene(Screen.HOME, Screen.MODELS)).text
    assert "GPT Swift: для быстрых ответов, недорогая" in text
    assert "Gemini Deep 🚀: для сложных задач, дорогая, видит фотографии, отключается 09.03.2027" in text
    assert "Сейчас не отвечает" in text


def test_a_chosen_model_that_is_gone_is_told() -> None:
    page = draw(a_scene(Screen.HOME, Screen.MODELS, preferences=Preferences(model="gpt-of-old")))
    assert "больше нет" in page.text
    assert not any(text.startswith("✅") for row in page.rows for text, _data in row)


def test_a_catalogue_of_hundreds_still_fits_a_message() -> None:
    many = tuple(replace(DEEP, model_id=f"model-{number}") for number in range(300))
    page = draw(replace(a_scene(Screen.HOME, Screen.MODELS), models=many))
    assert utf16_length(page.text) <= MAX_MESSAGE_UTF16
    assert sum(len(row) for row in page.rows) <= 100


def test_the_longest_wishes_and_a_long_summary_fit_a_message() -> None:
    wishes = draw(a_scene(Screen.HOME, Screen.WISHES, preferences=Preferences(wishes="щ" * MAX_WISHES)))
    scene = a_scene(Screen.HOME, Screen.MEMORY)
    memory = draw(replace(scene, memory=replace(MEMORY, summary="итог 🚀 " * 2000)))
    assert utf16_length(wishes.text) <= MAX_MESSAGE_UTF16
    assert utf16_length(memory.text) <= MAX_MESSAGE_UTF16


@pytest.mark.parametrize(
    ("turns", "sentence"),
    [
        (1, "1 вопрос с ответом."),
        (3, "3 вопроса с ответами."),
        (5, "5 вопросов с ответами."),
        (21, "21 вопрос с ответом."),
    ],
)
def test_what_is_remembered_is_counted_in_correct_russian(turns: int, sentence: str) -> None:
    scene = replace(a_scene(Screen.HOME, Screen.MEMORY), memory=replace(MEMORY, turn_count=turns))
    assert sentence in draw(scene).text


def test_an_empty_memory_has_nothing_to_forget() -> None:
    empty = replace(MEMORY, turn_count=0, token_count=0, summary="")
    page = draw(replace(a_scene(Screen.HOME, Screen.MEMORY), memory=empty))
    assert data_in(page) == [Trail.of(Screen.HOME).data()]


def test_forgetting_takes_a_second_press() -> None:
    memory = draw(a_scene(Screen.HOME, Screen.MEMORY))
    asked = next(
        pressed
        for pressed in map(parse, data_in(memory))
        if pressed and pressed.trail.screen is Screen.FORGETTING
    )
    assert not asked.value
    confirmed = [pressed for pressed in map(parse, data_in(draw(a_scene(*asked.trail.screens)))) if pressed]
    assert Value.YES in [pressed.value for pressed in confirmed]


def test_a_note_stands_above_the_screen_and_moves_its_marking() -> None:
    plain = draw(a_scene(Screen.HOME))
    noted = draw(replace(a_scene(Screen.HOME), note="🚀 Готово"))
    assert noted.text == f"🚀 Готово\n\n{plain.text}"
    shift = utf16_length("🚀 Готово\n\n")
    assert [entity["offset"] - shift for entity in noted.entities] == [
        entity["offset"] for entity in plain.entities
    ]


@pytest.mark.parametrize(
    "data",
    [
        "",
        "menu",
        "menu1",
        "menu1:",
        "menu0:home",
        "menu2:home",
        "menu1:attic",
        "menu1:home..roles",
        "again:7",
    ],
)
def test_a_button_of_a_menu_that_is_no_more_means_nothing(data: str) -> None:
    assert parse(data) is None


@pytest.mark.parametrize(
    ("screen", "value"),
    [(Screen.ROLES, "emperor"), (Screen.MODELS, "00000000"), (Screen.HOME, "yes"), (Screen.LANGUAGE, "tlh")],
)
def test_a_choice_that_is_gone_changes_nothing(screen: Screen, value: str) -> None:
    assert choose(Preferences(), screen, value, (SWIFT, DEEP)) is None


def test_examples_are_told_apart_from_the_buttons_under_answers() -> None:
    for example in Example:
        assert parse_example(example.data) is example
        assert parse_press(example.data) is None
    assert parse_example("example:yesterday") is None
