import pytest

from services.gateway.pictures import AspectRatio, Style
from services.gateway.pictures.captions import MAX_CAPTION_UTF16, announcement_of, caption_of
from services.gateway.pictures.file_name import file_name
from services.gateway.rendering import EntityType, utf16_length
from services.gateway.wording import Language, Wording
from tests.unit.gateway.pictures.prints import a_picture

WORDING = Wording.load()


def test_the_caption_says_what_was_asked_and_how_it_was_drawn() -> None:
    picture = a_picture(style=Style.WATERCOLOR, aspect_ratio=AspectRatio.WIDE, parent_number=2)
    caption = caption_of(picture, Language.RU, WORDING)
    assert caption.text.startswith("рыжий кот в скафандре\n")
    assert [entity.type for entity in caption.entities] == [EntityType.BLOCKQUOTE]
    for fact in ("Акварель", "16:9", "gpt-image-2.6-flare", "Из версии 2"):
        assert fact in caption.text


def test_another_model_than_the_usual_one_is_said_to_have_drawn() -> None:
    caption = caption_of(a_picture(failed_over=True, model="imagen-5"), Language.EN, WORDING)
    assert "drawn by imagen-5" in caption.text


@pytest.mark.parametrize("prompt", ["слово " * 2000, "🦊" * 5000, "a" * 5000])
def test_a_long_prompt_is_cut_and_what_follows_it_is_not(prompt: str) -> None:
    caption = caption_of(a_picture(prompt=prompt, parent_number=3), Language.RU, WORDING)
    mark = WORDING.say("answer-resent", Language.RU)
    assert utf16_length(f"{mark}\n\n{caption.text}") <= MAX_CAPTION_UTF16
    assert "…\n" in caption.text
    assert caption.text.endswith("Из версии 3")
    assert caption.entities[0].type is EntityType.EXPANDABLE_BLOCKQUOTE
    assert caption.text.encode("utf-16", "strict")


def test_a_picture_is_announced_with_its_prompt_or_without_one() -> None:
    assert announcement_of("кот", Language.RU, WORDING).text == "кот\n🎨 Рисую…"
    assert announcement_of(" ", Language.RU, WORDING).text == "🎨 Рисую…"


@pytest.mark.parametrize(
    ("prompt", "mime_type", "name"),
    [
        ("Рыжий кот: в скафандре!", "image/png", "Рыжий кот в скафандре 12.png"),
        ("../../etc/passwd", "image/jpeg", "etc passwd 12.jpg"),
        ("", "image/webp", "picture 12.webp"),
        ("а" * 500, "image/png", f"{'а' * 40} 12.png"),
    ],
)
def test_a_file_is_called_what_it_shows_and_never_a_path(prompt: str, mime_type: str, name: str) -> None:
    assert file_name(a_picture(prompt=prompt, mime_type=mime_type)) == name
