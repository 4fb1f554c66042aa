import socket

import pytest

from services.text.prices import PriceClass, price
from services.text.strengths import Strength, strength


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_arguments: object) -> None:
        raise AssertionError("prices are looked up without the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)


@pytest.mark.parametrize(
    ("provider", "model"),
    [("openai", "gpt-6-luna"), ("openai", "gpt-6.1-sol"), ("google", "gemini-3.8-flash")],
)
def test_the_usual_models_have_prices_per_million_tokens(provider: str, model: str) -> None:
    found = price(provider, model)
    assert found is not None
    assert 0 < found.input_usd < found.output_usd < 100
    assert found.context_tokens >= 100_000


def test_a_model_of_ones_own_server_has_none() -> None:
    assert price("openai", "llama-at-home") is None
    assert price("nobody", "gpt-6-luna") is None


def test_models_fall_into_price_classes() -> None:
    found = {model: price("openai", model) for model in ("gpt-6-luna", "gpt-6.1-terra", "gpt-6.1-sol")}
    classes = [known.price_class for known in found.values() if known]
    assert classes == [PriceClass.LOW, PriceClass.MEDIUM, PriceClass.HIGH]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("gpt-6-luna", Strength.SPEED),
        ("gpt-6.1-terra", Strength.EVERYDAY),
        ("gpt-6.1-sol", Strength.DEPTH),
        ("gemini-3.8-flash", Strength.EVERYDAY),
        ("gemini-3.5-flash-lite", Strength.SPEED),
        ("gemini-4-argon", Strength.DEPTH),
        ("my-server/solar-7b", Strength.EVERYDAY),
    ],
)
def test_a_models_name_says_what_it_is_best_at(model: str, expected: Strength) -> None:
    assert strength(model) is expected
