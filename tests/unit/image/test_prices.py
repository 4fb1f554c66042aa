from services.image.prices import cost_micros
from services.image.providers.base import Usage


def test_drawn_and_seen_pictures_cost_what_their_tokens_cost() -> None:
    assert cost_micros(Usage("openai", "gpt-image-2.5-flare", 1100, 4160, 1000, 4160)) == 133_300
    assert cost_micros(Usage("google", "gemini-3.1-flash-image", 20, 1120, 0, 1120)) == 67_210


def test_a_model_without_a_price_has_no_cost_rather_than_none_at_all() -> None:
    assert cost_micros(Usage("openai", "gpt-image-2.6-flare", 100, 4160, 0, 4160)) is None
    assert cost_micros(Usage("nobody", "nothing", 100, 4160)) is None
