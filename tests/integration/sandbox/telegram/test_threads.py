import pytest
from aiogram import Bot
from aiogram.exceptions import TelegramBadRequest

from tests.support.media import png
from tests.support.telegram import ControlRefused, SandboxTelegram


async def test_writing_opens_a_thread_whose_implicit_name_the_bot_replaces(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    said = await telegram.send_in_new_thread(user, "Why is the sky blue,\nand the sunset is not, please?")
    created, question = [update.message for update in (await bot.get_updates())[-2:]]
    assert created
    assert created.forum_topic_created
    assert created.forum_topic_created.name == "Why is the sky blue, and the sunset is not, plea"
    assert created.forum_topic_created.is_name_implicit
    assert question
    assert question.is_topic_message
    assert question.message_thread_id == created.message_id == said["message"]["message_thread_id"]
    assert await bot.edit_forum_topic(user, created.message_id, name="Colours of the sky")
    view = await telegram.view(user)
    assert view["topics"][0]["name"] == "Colours of the sky"
    assert "is_name_implicit" not in view["topics"][0]
    assert view["messages"][-1]["forum_topic_edited"] == {"name": "Colours of the sky"}
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await bot.edit_forum_topic(user, created.message_id, name="Colours of the sky")


async def test_a_picture_opens_a_thread_named_after_its_caption(telegram: SandboxTelegram, user: int) -> None:
    said = await telegram.send_photo(user, png(), caption="What is this?", new_thread=True)
    (topic,) = (await telegram.view(user))["topics"]
    assert topic["name"] == "What is this?"
    assert said["message"]["message_thread_id"] == topic["message_thread_id"]
    await telegram.send_album(user, [("photo", png()), ("photo", png())], new_thread=True)
    assert (await telegram.view(user))["topics"][-1]["name"] == "New Chat"


async def test_a_user_gives_a_thread_another_name(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    thread = await telegram.open_topic(user, user, "Ideas")
    await telegram.rename_topic(user, thread, user, "Better ideas")
    message = (await bot.get_updates())[-1].message
    assert message
    assert message.forum_topic_edited
    assert (message.forum_topic_edited.name, message.message_thread_id) == ("Better ideas", thread)


async def test_the_bot_opens_a_thread_answers_and_streams_in_it_and_deletes_it(
    bot: Bot, telegram: SandboxTelegram, user: int
) -> None:
    topic = await bot.create_forum_topic(user, "Drafts")
    thread = topic.message_thread_id
    await bot.send_message_draft(user, 1, text="Gro", message_thread_id=thread)
    assert (await telegram.view(user))["drafts"][0]["thread"] == thread
    answer = await bot.send_message(user, "Grown", message_thread_id=thread)
    assert answer.is_topic_message
    assert (await telegram.view(user))["drafts"] == []
    assert await bot.delete_forum_topic(user, thread)
    view = await telegram.view(user)
    assert (view["topics"], [message.get("text") for message in view["messages"]]) == ([], ["/start"])


@pytest.mark.parametrize("base_url", [{"sandbox_topics_enabled": False}], indirect=True)
async def test_without_threads_nobody_opens_one(bot: Bot, telegram: SandboxTelegram, user: int) -> None:
    assert not (await bot.get_me()).has_topics_enabled
    with pytest.raises(ControlRefused):
        await telegram.send_in_new_thread(user, "Why?")
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await bot.create_forum_topic(user, "Drafts")
