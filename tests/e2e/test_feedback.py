import json
from typing import Any

import pytest
from quartet.common.v1.usage_events_pb2 import FeedbackGiven, RequestFinished

from services.chassis.jetstream import connect
from services.gateway.bookkeeping.directory import open_directory
from services.gateway.broadcasts.deliveries import open_deliveries
from services.gateway.feedback.correspondence import Correspondence
from services.gateway.feedback.letter import Letter, Reason
from services.gateway.feedback.mailbox import open_mailbox
from services.gateway.wording import Wording
from tests.e2e.conversation import Conversation
from tests.e2e.pictures import Patron
from tests.e2e.speakers import SpeakerStack
from tests.e2e.viewers import Viewer
from tests.support.stack import BOT_ID
from tests.support.usage_taken import taking_usage

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.fixture(scope="session")
def picture_stack(whole_stack: SpeakerStack) -> SpeakerStack:
    """The one that also makes videos: a stack of its own would only be slow to start."""
    return whole_stack


def data_of(message: dict[str, Any], press: str) -> str:
    rows = message["reply_markup"]["inline_keyboard"]
    return str(next(b["callback_data"] for row in rows for b in row if b["callback_data"].startswith(press)))


async def reply_to(talk: Conversation, text: str, **fields: Any) -> dict[str, Any]:
    mark = talk.telegram.mark()
    await talk.telegram.send(talk.user_id, text, **fields)
    return await talk.telegram.wait_for_reply(talk.user_id, after=mark)


async def letters(talk: Conversation) -> list[Letter]:
    async with connect(talk.stack.nats_url, name="test") as nats:
        mailbox = await open_mailbox(nats, bot_id=BOT_ID, replicas=1)
        return list((await mailbox.all(user_id=talk.user_id)).values())


async def test_a_thumb_down_is_explained_with_a_button_and_in_own_words_though_the_speaker_dies(
    talk: Conversation,
) -> None:
    answer = await reply_to(talk, "Сколько планет?")
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, answer["message_id"], data_of(answer, "bad:"))
    question = await talk.telegram.wait_for_reply(talk.user_id, after=mark)
    assert "Что было не так?" in question["text"]
    mark = talk.telegram.mark()
    await talk.telegram.press(talk.user_id, question["message_id"], data_of(question, "why:missed"))
    await talk.telegram.wait_for(
        "edit", chat_id=talk.user_id, where=lambda e: "✅" in json.dumps(e, ensure_ascii=False), after=mark
    )
    talk.stack.arm("reply.recorded")
    thanks = await reply_to(talk, "Спрашивал о планетах", reply_to_message_id=question["message_id"])
    assert "передал команде" in thanks["text"]
    await talk.stack.until_fired("reply.recorded")
    # What is written next is a question again.
    assert "звёзд" in (await reply_to(talk, "А сколько звёзд?"))["text"]

    (letter,) = await letters(talk)
    assert (letter.thumb, letter.reason, letter.text) == (-1, Reason.MISSED, "Спрашивал о планетах")
    assert letter.command == "answer"
    assert letter.model


async def test_a_person_writes_to_the_team_in_one_message_or_in_two(talk: Conversation) -> None:
    assert "передал команде" in (await reply_to(talk, "/feedback Отличный бот"))["text"]
    assert "следующим сообщением" in (await reply_to(talk, "/feedback"))["text"]
    assert "передал команде" in (await reply_to(talk, "нарисуй кнопку побольше"))["text"]
    assert {letter.text for letter in await letters(talk)} == {"Отличный бот", "нарисуй кнопку побольше"}


async def test_the_teams_answer_reaches_the_person_once_as_it_was_written(talk: Conversation) -> None:
    await reply_to(talk, "/feedback Когда будет темнее?")
    mark = talk.telegram.mark()
    async with connect(talk.stack.nats_url, name="test") as nats:
        mailbox = await open_mailbox(nats, bot_id=BOT_ID, replicas=1)
        directory = await open_directory(nats, replicas=1)
        deliveries = await open_deliveries(nats, directory, bot_id=BOT_ID, replicas=1)
        (letter_id,) = await mailbox.all(user_id=talk.user_id)
        for _ in range(2):
            await Correspondence(mailbox, deliveries, Wording.load()).reply(letter_id, "*Завтра*", 1)
    answer = await talk.telegram.wait_for_reply(talk.user_id, after=mark)
    assert answer["text"] == "💬 Команда бота отвечает на ваш отзыв:\n\n*Завтра*"
    assert answer["reply_to_message"]["text"] == "/feedback Когда будет темнее?"
    await talk.ask("вопрос после ответа")
    assert sum("*Завтра*" in text for text in await talk.telegram.texts(talk.user_id)) == 1


async def test_a_thumb_under_a_second_version_of_a_picture_is_about_that_one(patron: Patron) -> None:
    async with connect(patron.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        first = await patron.draws("нарисуй кота в шляпе")
        mark = patron.telegram.mark()
        await patron.press(first, "Ещё")
        second = await patron.finished(mark, besides=first)
        (_first, request) = await taken.until(RequestFinished, 2)
        mark = patron.telegram.mark()
        await patron.press(second, "👎")
        assert "Что было не так?" in (await patron.seen(mark))["text"]
        (opinion,) = await taken.until(FeedbackGiven, 1)
    assert (opinion.service, opinion.value) == ("image", -1)
    assert opinion.request_id == request.header.event_id


async def test_a_thumb_under_a_video_is_about_it(viewer: Viewer) -> None:
    async with connect(viewer.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        video = await viewer.has_filmed("/video кот в шляпе")
        (request,) = await taken.until(RequestFinished, 1)
        assert "рад помочь" in await viewer.toast(await viewer.press(video, "👍"))
        (opinion,) = await taken.until(FeedbackGiven, 1)
    assert (opinion.request_id, opinion.service) == (request.header.event_id, "video")
