import pytest
from quartet.common.v1.error_reason_pb2 import ErrorReason

from services.chassis.errors import InternalError, ProviderRateLimited, QuotaExceeded, by_reason
from services.gateway.wording import Language, Wording

SENT_REASONS = [name for name, number in ErrorReason.items() if number]
JARGON = ("grpc", "http", "api", "timeout", "null", "exception", "ERROR_", "провайдер", "токен")


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("reason", SENT_REASONS)
def test_every_reason_has_an_honest_sentence_in_plain_words(reason: str, language: Language) -> None:
    sentence = Wording.load().error(by_reason()[reason](), language)
    assert len(sentence) > 30
    assert not any(word.lower() in sentence.lower() for word in JARGON)


@pytest.mark.parametrize("language", list(Language))
def test_no_two_reasons_share_a_sentence(language: Language) -> None:
    wording = Wording.load()
    assert len({wording.error(by_reason()[reason](), language) for reason in SENT_REASONS}) == len(
        SENT_REASONS
    )


@pytest.mark.parametrize(
    ("seconds", "russian", "english"),
    [
        (1, "через 1 секунду", "in 1 second."),
        (1.2, "через 2 секунды", "in 2 seconds"),
        (5, "через 5 секунд.", "in 5 seconds"),
        (11, "через 11 секунд.", "in 11 seconds"),
        (21, "через 21 секунду", "in 21 seconds"),
        (60, "через 60 секунд.", "in 60 seconds"),
        (61, "через 2 минуты", "in 2 minutes"),
        (5 * 60, "через 5 минут.", "in 5 minutes"),
        (3600, "через 60 минут.", "in 60 minutes"),
        (3601, "через 2 часа", "in 2 hours"),
        (86400, "через 24 часа", "in 24 hours"),
        (86401, "через 2 дня", "in 2 days"),
        (5 * 86400, "через 5 дней", "in 5 days"),
    ],
)
def test_the_time_to_wait_is_named_with_the_right_plural(seconds: float, russian: str, english: str) -> None:
    wording, error = Wording.load(), ProviderRateLimited(retry_after_seconds=seconds)
    assert russian in wording.error(error, Language.RU)
    assert english in wording.error(error, Language.EN)


@pytest.mark.parametrize("error", [QuotaExceeded(), InternalError()])
def test_an_unknown_time_to_wait_is_not_made_up(error: InternalError) -> None:
    wording = Wording.load()
    assert "чуть позже" in wording.error(error, Language.RU)
    assert "a little later" in wording.error(error, Language.EN)
