from collections.abc import AsyncIterator
from typing import Any, Final, NamedTuple

import pytest
import pytest_asyncio
from quartet.common.v1.error_reason_pb2 import ErrorReason

from services.sandbox.vendor.faults import FaultKind
from tests.e2e.conversation import Conversation
from tests.support.failing_text import failing_text
from tests.support.stack import Stack
from tests.support.telegram import SandboxTelegram

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Told(NamedTuple):
    """What a user reads of an error, and what the button under it asks for."""

    ru: str
    en: str
    offers: str = ""


TOLD: Final = {
    "INVALID_REQUEST": Told("Напишите его иначе", "put it differently"),
    "MODEL_NOT_FOUND": Told("Выбранная модель больше недоступна", "no longer available"),
    "CONTENT_REJECTED": Told("правила безопасности", "safety rules"),
    "QUOTA_EXCEEDED": Told("Ваш лимит исчерпан", "limit"),
    "PROVIDER_RATE_LIMITED": Told("слишком много запросов", "too many", offers="try"),
    "PROVIDER_UNAVAILABLE": Told("ИИ сейчас не отвечает", "not responding", offers="try"),
    "PROVIDER_MISCONFIGURED": Told("бот настроен неверно", "set up"),
    "PROVIDER_INTERRUPTED": Told("прервалась", "broke", offers="more"),
    "PROVIDER_OUT_OF_FUNDS": Told("закончились средства", "run out of money", offers="try"),
    "PROVIDER_UNSUPPORTED_COUNTRY": Told("в стране", "country"),
    "CONTEXT_TOO_LONG": Told("слишком длинным", "too long"),
    "RESOURCE_NOT_FOUND": Told("Этого больше нет", "no longer exists"),
    "INTERNAL": Told("Ошибка на моей стороне", "on my side", offers="try"),
    "SERVICE_UNAVAILABLE": Told("перезапускается", "restarting", offers="try"),
    "DEADLINE_EXCEEDED": Told("не успел прийти вовремя", "did not come in time", offers="try"),
    "UNSUPPORTED_IMAGE": Told("Картинку не удаётся прочитать", "This picture cannot be read"),
    "UNSUPPORTED_DOCUMENT": Told("Документ не удаётся прочитать", "This document cannot be read"),
    "SUBMISSION_UNKNOWN": Told("Чтобы не заплатить дважды", "so that it is not paid for twice"),
    "PERMISSION_DENIED": Told("Для этого нужна другая роль", "do not have the role"),
    "JOB_EXPIRED": Told("не успели сделать вовремя", "was not finished in time"),
}
CAUSED: Final = {
    FaultKind.RATE_LIMIT: "PROVIDER_RATE_LIMITED",
    FaultKind.OUT_OF_FUNDS: "PROVIDER_OUT_OF_FUNDS",
    FaultKind.OVERLOADED: "PROVIDER_UNAVAILABLE",
    FaultKind.SERVER_ERROR: "PROVIDER_UNAVAILABLE",
    FaultKind.MODERATION: "CONTENT_REJECTED",
    FaultKind.CONTEXT_TOO_LONG: "CONTEXT_TOO_LONG",
    FaultKind.UNSUPPORTED_COUNTRY: "PROVIDER_UNSUPPORTED_COUNTRY",
    FaultKind.MODEL_NOT_FOUND: "MODEL_NOT_FOUND",
    FaultKind.INVALID_KEY: "PROVIDER_MISCONFIGURED",
    FaultKind.CUT_MID_STREAM: "PROVIDER_INTERRUPTED",
}
"""What goes wrong at the vendor, and what the text service makes of it."""
REASONS: Final = [name.removeprefix("ERROR_REASON_") for name, number in ErrorReason.items() if number]


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def failing(lonely_stack: Stack) -> AsyncIterator[SandboxTelegram]:
    """The users' side of a gateway whose text service fails as it is told to."""
    async with failing_text() as target, SandboxTelegram(lonely_stack.telegram_url) as telegram:
        gateway = await lonely_stack.start_gateway(TEXT_TARGET=target, TEXT_PATIENCE_SECONDS="0.5")
        yield telegram
        await gateway.stop()


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("reason", REASONS)
async def test_whatever_fails_is_told_honestly_with_what_can_be_done(
    failing: SandboxTelegram, reason: str, language: str
) -> None:
    user = await failing.add_user("Kim", language)
    await failing.send(user, f"ERROR_REASON_{reason}")
    reply = await failing.wait_for_reply(user, timeout_seconds=20)
    assert (TOLD[reason].ru if language == "ru" else TOLD[reason].en) in reply["text"]
    assert offered(reply) == TOLD[reason].offers


@pytest.mark.parametrize("kind", CAUSED)
async def test_whatever_goes_wrong_at_the_vendor_reaches_the_user_as_what_it_is(
    talk: Conversation, kind: FaultKind
) -> None:
    told = TOLD[CAUSED[kind]]
    after_tokens = 20 if kind is FaultKind.CUT_MID_STREAM else None
    await talk.openai.fail(kind, after_tokens=after_tokens, retry_after=30, times=10)
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, "вопрос")
    reply = await talk.telegram.wait_for_reply(talk.user_id, after=mark, timeout_seconds=20)
    assert told.ru in reply["text"]
    assert offered(reply) == told.offers


def offered(reply: dict[str, Any]) -> str:
    """What the first button under a message asks for."""
    rows = reply.get("reply_markup", {"inline_keyboard": [[{"callback_data": ""}]]})["inline_keyboard"]
    return str(rows[0][0]["callback_data"]).partition(":")[0]
