import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramRetryAfter

from tests.support.telegram import SandboxTelegram

STRICT = {
    "messages": {"per_chat_per_second": 0.05, "burst": 1, "group_per_minute": 20, "global_per_second": 30},
    "drafts": {"windows": [[2, 50]]},
}


async def test_sends_and_edits_share_a_window_and_drafts_have_another(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    sent = await bot.send_message(user, "free")
    await telegram.limits(enabled=True, families=STRICT)
    await bot.edit_message_text("one", chat_id=user, message_id=sent.message_id)
    with pytest.raises(TelegramRetryAfter) as raised:
        await bot.send_message(user, "two")
    assert raised.value.retry_after == 20
    await bot.send_message_draft(user, 1, text="a")
    await bot.send_chat_action(user, "typing")
    with pytest.raises(TelegramRetryAfter):
        await bot.send_message_draft(user, 1, text="b")
    refused = [call for call in await telegram.calls() if call["status"] == 429]
    assert [call["method"] for call in refused] == ["sendMessage", "sendMessageDraft"]


async def test_limits_are_shown_and_switched_off(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    limits = await telegram.limits(enabled=True, families=STRICT)
    assert limits["families"]["messages"]["burst"] == 1
    assert limits == await telegram.limits()
    await telegram.limits(enabled=False)
    for number in range(5):
        await bot.send_message(user, str(number))


@pytest.mark.parametrize("base_url", [{"sandbox_limits_enabled": True}], indirect=True)
async def test_telegrams_figures_are_the_default(telegram: SandboxTelegram) -> None:
    limits = await telegram.limits()
    assert limits["enabled"]
    assert limits["families"]["messages"]["group_per_minute"] == 20
    assert limits["families"]["drafts"]["windows"] == [[20, 5.0], [40, 30.0]]
