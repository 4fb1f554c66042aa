import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputRichBlockThinking, InputRichMessage

from tests.support.telegram import ControlRefused, SandboxTelegram


async def test_a_draft_is_shown_until_the_message_comes(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.send_message_draft(user, 7, text="")
    await bot.send_message_draft(user, 7, text="<b>par</b>t", parse_mode="HTML", can_stop=True)
    (draft,) = (await telegram.view(user))["drafts"]
    assert (draft["draft_id"], draft["text"], draft["can_stop"]) == (7, "part", True)
    assert draft["entities"] == [{"offset": 0, "length": 3, "type": "bold"}]
    await bot.send_message(user, "whole")
    assert (await telegram.view(user))["drafts"] == []
    assert (await telegram.wait_for("draft_end", chat_id=user))["reason"] == "message"


@pytest.mark.parametrize("base_url", [{"sandbox_draft_seconds": 0.02}], indirect=True)
async def test_a_draft_disappears_on_its_own(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await bot.send_message_draft(user, 7, text="part")
    assert (await telegram.wait_for("draft_end", chat_id=user))["reason"] == "expired"
    assert (await telegram.view(user))["drafts"] == []


@pytest.mark.parametrize("keep", [True, False])
async def test_a_press_on_stop_tells_the_bot_and_ends_the_draft(
    bot: Bot, telegram: SandboxTelegram, user: int, keep: bool
) -> None:
    await bot.send_message_draft(user, 7, text="part", can_stop=True, keep_on_stop=keep)
    pressed = await telegram.stop(user)
    update = (await bot.get_updates())[-1]
    assert update.update_id == pressed["update_id"]
    assert update.stopped_message_generation
    assert update.stopped_message_generation.draft_id == 7
    assert update.stopped_message_generation.chat.id == user
    await bot.send_message_draft(user, 7, text="part and more", can_stop=True)
    drafts = (await telegram.view(user))["drafts"]
    assert [(draft["text"], draft["can_stop"]) for draft in drafts] == ([("part", False)] if keep else [])


async def test_a_draft_without_the_button_cannot_be_stopped(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    await bot.send_message_draft(user, 7, text="part")
    with pytest.raises(ControlRefused):
        await telegram.stop(user)


async def test_groups_have_no_drafts(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    chat = await telegram.add_chat([user])
    with pytest.raises(TelegramBadRequest, match="TEXTDRAFT_PEER_INVALID"):
        await bot.send_message_draft(chat, 7, text="x")


async def test_threads_have_drafts_of_their_own(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    topic = await bot.create_forum_topic(user, "Work")
    await bot.send_message_draft(user, 1, text="outside")
    await bot.send_message_draft(user, 2, text="inside", message_thread_id=topic.message_thread_id)
    sent = await bot.send_message(user, "done", message_thread_id=topic.message_thread_id)
    assert sent.is_topic_message
    assert [draft["text"] for draft in (await telegram.view(user))["drafts"]] == ["outside"]


async def test_rich_drafts_may_think(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    thinking = InputRichMessage(blocks=[InputRichBlockThinking(text="hm")])
    assert await bot.send_rich_message_draft(user, 3, thinking)
    (draft,) = (await telegram.view(user))["drafts"]
    assert draft["rich_message"]["blocks"][0]["type"] == "thinking"
    with pytest.raises(TelegramBadRequest):
        await bot.send_rich_message(user, thinking)


async def test_actions_are_shown_until_the_bot_speaks(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    await bot.send_chat_action(user, "typing")
    assert (await telegram.view(user))["actions"] == [{"action": "typing", "thread": None}]
    await bot.send_message(user, "done")
    assert (await telegram.view(user))["actions"] == []
