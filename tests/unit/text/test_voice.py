from datetime import date

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from services.providers.accounting import Books
from services.providers.ledger import UsageLedger
from services.text.metrics import TextMetrics
from services.text.providers.base import TextProvider
from services.text.providers.openai.connection import connect
from services.text.providers.openai.settings import OpenAISettings
from services.text.sound import Coder
from services.text.voice import Voice
from services.text.voice_vendors import VoiceVendors
from tests.support.usage_taken import TakenUsage
from tests.support.vendors import PATIENT, POLICY, Noted


@pytest.mark.parametrize(
    ("today", "is_warned"),
    [(date(2026, 11, 6), False), (date(2026, 11, 8), True), (date(2027, 3, 1), True)],
)
async def test_the_operator_is_warned_of_a_voice_that_ends_or_has_ended(today: date, is_warned: bool) -> None:
    provider: TextProvider = connect(OpenAISettings(), max_streams=1)
    vendors = VoiceVendors([provider], patience=PATIENT, policy=POLICY, watch=Noted())
    books = Books(UsageLedger(TakenUsage(), service="text"))
    voice = Voice(vendors, Coder(), books, TextMetrics(CollectorRegistry()), max_voices=1)
    with capture_logs() as logs:
        voice.check(today)
    await provider.aclose()
    assert [entry["model"] for entry in logs] == ["gpt-4o-mini-tts"] * is_warned
