import pytest

from services.chassis.settings import SettingsError, load
from services.text.providers.openai.settings import OpenAIApi
from services.text.settings import TextSettings, TextVendor


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in TextSettings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def test_without_a_vendor_both_ways_out_are_named() -> None:
    with pytest.raises(SettingsError) as raised:
        load(TextSettings)
    assert "OPENAI_API_KEY" in str(raised.value)
    assert "OPENAI_BASE_URL" in str(raised.value)


def test_a_key_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    settings = load(TextSettings)
    assert settings.openai_model == "gpt-6-luna"
    assert settings.openai_api is OpenAIApi.AUTO
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" in set(settings.secrets())


def test_the_default_model_comes_first_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_MODEL", "b")
    monkeypatch.setenv("OPENAI_MODELS", "a, b,c")
    assert load(TextSettings).models_by_vendor == {TextVendor.OPENAI: ("b", "a", "c")}


@pytest.mark.parametrize(("model", "is_right"), [("a", True), ("b", False), ("unknown", False)])
def test_a_model_of_the_focus_group_is_one_to_choose_and_nobodys_default(
    monkeypatch: pytest.MonkeyPatch, model: str, is_right: bool
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("OPENAI_MODEL", "b")
    monkeypatch.setenv("OPENAI_MODELS", "a")
    monkeypatch.setenv("TEXT_FOCUS_MODELS", model)
    if is_right:
        assert load(TextSettings).text_focus_models == ("a",)
    else:
        with pytest.raises(SettingsError, match="TEXT_FOCUS_MODELS"):
            load(TextSettings)


def test_the_order_of_the_vendors_is_a_setting_and_one_without_a_key_is_left_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TEXT_PROVIDERS", "google, openai")
    monkeypatch.setenv("GOOGLE_BASE_URL", "http://127.0.0.1:8083")
    assert list(load(TextSettings).models_by_vendor) == [TextVendor.GOOGLE]
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    assert list(load(TextSettings).models_by_vendor) == [TextVendor.GOOGLE, TextVendor.OPENAI]
    monkeypatch.setenv("TEXT_PROVIDERS", "openai")
    assert list(load(TextSettings).models_by_vendor) == [TextVendor.OPENAI]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_PROXY", "ftp://user:pass@host"),
        ("OPENAI_BASE_URL", "host:8000"),
        ("OPENAI_API", "soap"),
        ("GOOGLE_PROXY", "ftp://user:pass@host"),
        ("GOOGLE_BASE_URL", "host:8000"),
        ("TEXT_PROVIDERS", "acme"),
    ],
)
def test_a_wrong_value_is_named_but_not_shown(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as raised:
        load(TextSettings)
    assert name in str(raised.value)
    assert value not in str(raised.value)
