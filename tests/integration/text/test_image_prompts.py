import pytest

from services.chassis.errors import InvalidRequest
from tests.support.text_service import TextCaller


@pytest.mark.parametrize("words", ["рыжий кот на крыше", "a red cat on a roof"])
async def test_a_description_of_a_picture_gets_better_in_its_own_language(
    text: TextCaller, words: str
) -> None:
    improved = await text.improve(words)
    assert words in improved
    assert len(improved) > len(words)


@pytest.mark.parametrize("words", ["", " ", "x" * 4001])
async def test_nothing_and_too_much_cannot_be_improved(text: TextCaller, words: str) -> None:
    with pytest.raises(InvalidRequest):
        await text.improve(words)
