import pytest

from services.text.image_prompts import MAX_IMPROVED_CHARACTERS, plain_prompt


@pytest.mark.parametrize(
    ("said", "prompt"),
    [
        ("«Рыжий кот на крыше,\nзакат.»", "Рыжий кот на крыше, закат."),
        ("**Improved prompt:** A red cat", "A red cat"),
        ("Улучшенный промпт: кот", "кот"),
        ("", ""),
    ],
)
def test_a_prompt_is_one_paragraph_of_plain_text(said: str, prompt: str) -> None:
    assert plain_prompt(said) == prompt


def test_a_prompt_that_goes_on_and_on_ends_after_a_sentence() -> None:
    prompt = plain_prompt("Кот сидит на крыше. " * 200)
    assert len(prompt) <= MAX_IMPROVED_CHARACTERS
    assert prompt.endswith("крыше.")
