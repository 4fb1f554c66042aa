import pytest

from services.gateway.pictures.asking import Wish, is_change, wish_in

BOT = "quartet_bot"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/img рыжий кот", "рыжий кот"),
        ("/image a red cat", "a red cat"),
        ("/img@Quartet_bot кот", "кот"),
        ("/img", ""),
        ("нарисуй кота в шляпе", "кота в шляпе"),
        ("Нарисуй, пожалуйста, кота", "кота"),
        ("Пожалуйста, нарисуйте мне кота", "кота"),
        ("нарисуй-ка дом", "дом"),
        ("нарисуй: маяк", "маяк"),
        ("изобрази закат", "закат"),
        ("а теперь нарисуй собаку", "собаку"),
        ("Draw me a lighthouse", "a lighthouse"),
        ("please draw a cat", "a cat"),
        ("paint a cat", "a cat"),
        ("нарисуй", ""),
        ("нарисуй…", ""),
        ("Рисуй кота", "кота"),
        ("Бот, нарисуй кота", "кота"),
        ("Draw!", ""),
        ("Draw back view of a cat", "back view of a cat"),
    ],
)
def test_an_order_is_known_by_its_beginning(text: str, words: str) -> None:
    assert wish_in(text, username=BOT) == Wish(words)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/imgur кот",
        "/img@other_bot кот",
        "/images",
        "нарисуйся",
        "как нарисовать кота?",
        "он нарисовал кота",
        "Paint.NET не открывается",
        "draw.io как установить",
        "Paint is a program",
        "draw a quick conclusion",
        "draw your own conclusions",
        "draw the following conclusion",
        "draw the line somewhere",
        "draw a blank",
        "drawer repair",
        "drawing lessons",
        "draw a conclusion from this text",
        "Draw the parallels between them",
        "draw up a contract",
        "paintings of Monet",
        "изображение не грузится",
    ],
)
def test_what_only_looks_like_an_order_is_none(text: str) -> None:
    assert wish_in(text, username=BOT) is None


@pytest.mark.parametrize(
    "text",
    ["убери фон", "сделай фон синим", "Добавь, пожалуйста, снег", "remove the car", "перекрась в синий"],
)
def test_words_for_a_change_are_the_wish_themselves(text: str) -> None:
    assert wish_in(text, username=BOT) == Wish(text, is_change=True)


@pytest.mark.parametrize("text", ["нарисуй это", "draw this!", "нарисуй"])
def test_an_order_may_only_point_at_something(text: str) -> None:
    wish = wish_in(text, username=BOT)
    assert wish is not None
    assert wish.is_pointing


def test_an_order_with_words_of_its_own_points_at_nothing() -> None:
    wish = wish_in("нарисуй этот дом зимой", username=BOT)
    assert wish is not None
    assert not wish.is_pointing


@pytest.mark.parametrize("text", ["синее", "пусть он улыбается", "without the hat", "больше снега!"])
def test_what_is_said_of_a_picture_changes_it(text: str) -> None:
    assert is_change(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "спасибо!",
        "Круто 👍",
        "👍",
        "очень красиво",
        "thank you",
        "что это за порода",
        "где это?",
        "/help",
    ],
)
def test_a_question_and_thanks_change_nothing(text: str) -> None:
    assert not is_change(text)
