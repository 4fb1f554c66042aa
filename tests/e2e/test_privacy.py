import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from nats.js.errors import KeyNotFoundError
from quartet.common.v1.privacy_events_pb2 import UserForgotten
from quartet.common.v1.usage_events_pb2 import ModelCalled, RequestFinished

from services.chassis.jetstream import Nats, connect
from services.chassis.privacy import STREAM, USER_FORGOTTEN
from tests.e2e.chatter import Chatter
from tests.e2e.speakers import HALF_FORGOTTEN, SpeakerStack
from tests.support.admin_service import AdminProcess, admin_process
from tests.support.documents import pdf
from tests.support.openai import OpenAIStandIn
from tests.support.runway import RunwayStandIn
from tests.support.telegram import SandboxTelegram
from tests.support.usage_stream import until_all_is_settled
from tests.support.usage_taken import taking_usage

pytestmark = pytest.mark.asyncio(loop_scope="session")

SECRET = "мой секрет: сорок два"


@pytest_asyncio.fixture(loop_scope="session")
async def person(whole_stack: SpeakerStack) -> AsyncIterator[Chatter]:
    async with aiohttp.ClientSession() as session, SandboxTelegram(whole_stack.telegram_url) as telegram:
        openai = OpenAIStandIn(session, whole_stack.openai_url)
        await openai.work_again()
        await openai.pace(first_token_ms=20, tokens_per_second=1000, picture_seconds=0.05)
        runway = RunwayStandIn(session, whole_stack.runway_url)
        await runway.work_again()
        await runway.pace()
        user_id = await telegram.add_user("Анна", "ru")
        yield Chatter(whole_stack, telegram, user_id, user_id)


async def _ask(person: Chatter, asked: str, *, text: str) -> dict[str, Any]:
    mark = person.telegram.mark()
    await person.say(asked)
    return await person.seen(mark, text=text)


async def _exported(person: Chatter) -> dict[str, Any]:
    mark = person.telegram.mark()
    await person.say("/export")
    message = await person.seen(mark, only="document")
    found: dict[str, Any] = json.loads(await person.telegram.download(message["document"]["file_id"]))
    return found


async def test_a_person_gets_what_is_kept_of_them_and_has_it_forgotten_everywhere(
    person: Chatter, tmp_path: Path
) -> None:
    async with connect(person.stack.nats_url, name="analyst") as nats, taking_usage(nats) as taken:
        wishes = await nats.client.subscribe(USER_FORGOTTEN)
        await _ask(person, SECRET, text="секрет")
        mark = person.telegram.mark()
        await person.say("нарисуй кота в шляпе")
        await person.seen(mark, only="photo")
        mark = person.telegram.mark()
        content = pdf(tmp_path / "deal.pdf", [["Договор аренды"]]).read_bytes()
        await person.telegram.send_document(person.user_id, content, "deal.pdf")
        await person.seen(mark)
        mark = person.telegram.mark()
        await person.say("/video кот едет на велосипеде")
        await person.seen(mark, only="video")
        await _ask(person, "/feedback Хороший бот", text="передал команде")

        kept = await _exported(person)
        assert SECRET in [turn["question"] for each in kept["conversations"] for turn in each["turns"]]
        assert [each["filename"] for each in kept["documents"]] == ["deal.pdf"]
        assert [each["prompt"] for each in kept["pictures"]] == ["кота в шляпе"]
        assert [each["prompt"] for each in kept["videos"]] == ["кот едет на велосипеде"]
        assert [list(each["notes"].values()) for each in kept["feedback"]] == [["Хороший бот"]]

        question = await _ask(person, "/forget", text="Забыть о вас всё?")
        mark = person.telegram.mark()
        await person.press(question, "Да, забыть")
        await person.seen(mark, text="больше ничего о вас не помню")

        left = await _exported(person)
        kinds = ("conversations", "documents", "pictures", "videos", "feedback")
        assert all(left[kind] == [] for kind in kinds)
        wish = UserForgotten.FromString((await wishes.next_msg(timeout=5)).data)
        asked = taken.of(RequestFinished)[0]
        assert (wish.user_key, wish.chat_key) == (asked.user_key, asked.chat_key)
        assert wish.usage_sequence
        directory = await nats.js.key_value("directory")
        for who in (asked.user_key, asked.chat_key):
            with pytest.raises(KeyNotFoundError):
                await directory.get(f"{who:016x}")
        records = await nats.js.key_value("turns")
        for key in await records.keys():
            assert SECRET.encode() not in ((await records.get(key)).value or b"")


async def test_who_changes_their_mind_keeps_everything(person: Chatter) -> None:
    await _ask(person, SECRET, text="секрет")
    question = await _ask(person, "/forget", text="Забыть о вас всё?")
    mark = person.telegram.mark()
    await person.press(question, "Оставить")
    await person.seen(mark, text="осталось как было")
    assert len((await _exported(person))["conversations"]) == 1


async def test_a_question_is_a_row_of_whoever_asked_and_nobodys_once_they_are_forgotten(
    person: Chatter, tmp_path: Path
) -> None:
    async with (
        connect(person.stack.nats_url, name="analyst") as nats,
        admin_process(person.stack.nats_url, tmp_path) as admin,
    ):
        async with taking_usage(nats) as taken:
            await _ask(person, SECRET, text="секрет")
            (request,) = await taken.until(RequestFinished, 1)
            await taken.until(ModelCalled, 1)
        await until_all_is_settled(nats)
        asked = await _spending_users(admin)
        assert str(request.user_key) in asked
        assert str(person.user_id) not in asked

        question = await _ask(person, "/forget", text="Забыть о вас всё?")
        mark = person.telegram.mark()
        person.stack.arm(HALF_FORGOTTEN)
        await person.press(question, "Да, забыть")
        await person.stack.until_fired(HALF_FORGOTTEN)
        await person.seen(mark, text="больше ничего о вас не помню")

        await _until_all_are_forgotten(nats)
        assert str(request.user_key) not in await _spending_users(admin)
        assert (await _exported(person))["conversations"] == []


async def _spending_users(admin: AdminProcess) -> set[str]:
    return {row["user"] for row in await admin.ask("11_top_users")}


async def _until_all_are_forgotten(nats: Nats) -> None:
    async with asyncio.timeout(20):
        while True:
            info = await nats.js.consumer_info(STREAM, "admin-forgetting")
            if not info.num_pending and not info.num_ack_pending:
                return
            await asyncio.sleep(0.05)
