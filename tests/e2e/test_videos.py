import pytest
from quartet.common.v1.actor_pb2 import Actor
from quartet.video.v1 import video_desk_service_pb2 as pb
from quartet.video.v1.video_desk_service_pb2_grpc import VideoDeskServiceStub

from services.chassis.client import channel
from services.sandbox.vendor.faults import FaultKind
from tests.e2e.chatter import labels_of
from tests.e2e.pictures import photo_with_place
from tests.e2e.speakers import OPERATOR_ID
from tests.e2e.viewers import WAITING, Viewer
from tests.support.stack import WORKER

pytestmark = pytest.mark.asyncio(loop_scope="session")

SEA = "море на рассвете"


async def test_a_video_is_ordered_in_words_and_its_message_becomes_it(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=3.0)
    mark = viewer.telegram.mark()
    # Nobody takes it until it has been seen waiting.
    viewer.stack.pause(WORKER)
    waiting = await viewer.orders(f"сними {SEA}")
    viewer.stack.resume(WORKER)
    assert "в очереди, место 1" in waiting["text"]
    assert "Примерно" in waiting["text"]
    assert "осталось: 115 с" in waiting["text"]
    await viewer.seen(mark, text="Снимаю видео")
    await viewer.seen(mark, text=" %")
    shown = await viewer.seen(mark, only="video")
    assert shown["message_id"] == waiting["message_id"]
    assert shown["caption"] == f"{SEA}\ngen4.5 · 5 с · $0.60"
    assert (shown["video"]["width"], shown["video"]["duration"]) == (1280, 5)
    assert shown["video"]["thumbnail"]["width"] <= 320
    width, height, seconds = await viewer.film(shown)
    assert (width, height, round(seconds)) == (1280, 720, 5)


async def test_the_chat_goes_on_while_videos_are_made_side_by_side(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=4.0)
    mark = viewer.telegram.mark()
    orders = [await viewer.orders(f"/video {SEA} {number}") for number in (1, 2)]
    await viewer.say("расскажи пока что-нибудь")
    await viewer.seen(mark, text="расскажи пока")
    await viewer.runway.pace(film_seconds=0.2)
    for number in (1, 2):
        await viewer.seen(mark, only="video", caption=f"{SEA} {number}")
    shown = {message["message_id"] for message in await viewer.messages() if "video" in message}
    assert shown == {order["message_id"] for order in orders}


async def test_a_cancelled_video_ends_at_the_vendor_and_says_so_in_its_message(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=60.0)
    mark = viewer.telegram.mark()
    await viewer.orders(f"/video {SEA} в тумане")
    making = await viewer.seen(mark, text="Снимаю видео")
    await viewer.press(making, "Отменить")
    ended = await viewer.seen(mark, text="Видео отменено")
    assert ended["message_id"] == making["message_id"]
    (task,) = await viewer.runway.tasks(f"{SEA} в тумане")
    assert task["status"] == "CANCELLED"
    await viewer.runway.pace()
    assert "Сегодня осталось: 115 с" in (await viewer.orders(f"/video {SEA}"))["text"]
    await viewer.seen(mark, only="video")


async def test_a_rejected_video_is_explained_and_costs_nothing(viewer: Viewer) -> None:
    mark = viewer.telegram.mark()
    await viewer.say(f"/video {SEA} sandbox:moderation")
    refused = await viewer.seen(mark, text="правила безопасности")
    assert "reply_markup" not in refused
    assert "осталось: 115 с" in (await viewer.orders(f"/video {SEA}"))["text"]
    await viewer.seen(mark, only="video")


async def test_an_order_whose_fate_nobody_knows_is_never_repeated_but_by_the_person(viewer: Viewer) -> None:
    await viewer.runway.fail(FaultKind.CUT_MID_STREAM)
    mark = viewer.telegram.mark()
    await viewer.say(f"/video {SEA} в бурю")
    unknown = await viewer.seen(mark, text="Неизвестно, приняли ли заказ")
    assert len(await viewer.runway.tasks(f"{SEA} в бурю")) == 1
    mark = viewer.telegram.mark()
    await viewer.press(unknown, "Заказать ещё раз")
    await viewer.seen(mark, only="video")
    assert len(await viewer.runway.tasks(f"{SEA} в бурю")) == 2


async def test_what_an_operator_orders_anew_comes_as_a_new_message(viewer: Viewer) -> None:
    await viewer.runway.fail(FaultKind.CUT_MID_STREAM)
    mark = viewer.telegram.mark()
    await viewer.say(f"/video {SEA} в метель")
    unknown = await viewer.seen(mark, text="Неизвестно, приняли ли заказ")
    actor, mark = Actor(user_id=OPERATOR_ID), viewer.telegram.mark()
    async with channel(viewer.stack.video_target) as opened:
        desk = VideoDeskServiceStub(opened)
        jobs = (await desk.ListAllVideoJobs(pb.ListAllVideoJobsRequest(actor=actor))).jobs
        (job,) = [job for job in jobs if job.caller.user_id == viewer.user_id]
        request = pb.RetryVideoJobRequest(actor=actor, user_id=viewer.user_id, job_id=job.job_id)
        await desk.RetryVideoJob(request)
    shown = await viewer.seen(mark, only="video")
    assert shown["message_id"] != unknown["message_id"]
    assert shown["caption"].startswith(f"{SEA} в метель")


async def test_a_picture_is_set_in_motion_by_a_reply(viewer: Viewer) -> None:
    sent = await viewer.telegram.send_photo(viewer.user_id, photo_with_place(600, 900))
    mark = viewer.telegram.mark()
    await viewer.say("оживи её", reply_to_message_id=sent["message"]["message_id"])
    shown = await viewer.seen(mark, only="video")
    (task,) = [task for task in await viewer.runway.tasks() if task["kind"] == "image_to_video"][-1:]
    assert task["ratio"] == "720:1280"
    assert (await viewer.film(shown))[:2] == (720, 1280)


async def test_a_video_is_had_again_longer_in_another_format_and_as_a_file(viewer: Viewer) -> None:
    shown = await viewer.has_filmed(f"/video {SEA}")
    mark = viewer.telegram.mark()
    await viewer.press(shown, "Длиннее")
    longer = await viewer.seen(mark, only="video", besides=shown)
    assert longer["video"]["duration"] == 8
    mark = viewer.telegram.mark()
    await viewer.press(shown, "Формат")
    choice = await viewer.seen(mark, reply_markup="9:16")
    mark = viewer.telegram.mark()
    await viewer.press(choice, "9:16")
    tall = await viewer.seen(mark, only="video", besides=shown)
    assert (await viewer.film(tall))[:2] == (720, 1280)
    mark = viewer.telegram.mark()
    await viewer.press(shown, "Файлом")
    file = await viewer.seen(mark, only="document")
    assert (await viewer.film(file))[:2] == (1280, 720)


async def test_what_was_ordered_is_listed_shown_again_and_deleted(viewer: Viewer) -> None:
    await viewer.has_filmed(f"/video {SEA}")
    mark = viewer.telegram.mark()
    await viewer.say("/videos")
    listed = await viewer.seen(mark, text="Ваши видео: 1")
    assert f"✅ {SEA}" in labels_of(listed)
    mark = viewer.telegram.mark()
    await viewer.press(listed, SEA)
    opened = await viewer.seen(mark, text="готово")
    mark = viewer.telegram.mark()
    await viewer.press(opened, "Показать")
    await viewer.seen(mark, only="video")
    mark = viewer.telegram.mark()
    await viewer.press(opened, "Удалить")
    await viewer.seen(mark, text="Видео пока нет")


async def test_the_daily_limit_and_how_many_at_once_are_told_before_anything_is_spent(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=60.0)
    for number in range(3):
        await viewer.orders(f"/video {SEA} {number}")
    mark = viewer.telegram.mark()
    await viewer.say(f"/video {SEA} лишнее")
    await viewer.seen(mark, text="Уже снимаются 3 видео")
    assert await viewer.runway.tasks(f"{SEA} лишнее") == []


async def test_in_a_group_the_video_answers_its_order_and_only_who_ordered_cancels(viewer: Viewer) -> None:
    await viewer.runway.pace(film_seconds=60.0)
    own, other = await viewer.in_group()
    mark = own.telegram.mark()
    ordered = await own.say(f"/video {SEA} в группе")
    waiting = await own.seen(mark, reply_markup=WAITING)
    assert waiting["reply_to_message"]["message_id"] == ordered["message_id"]
    assert "тот, кто его заказал" in await other.toast(await other.press(waiting, "Отменить"))
    await own.press(waiting, "Отменить")
    await own.seen(mark, text="Видео отменено")


async def test_an_order_that_is_edited_stands_as_it_was_placed(viewer: Viewer) -> None:
    mark = viewer.telegram.mark()
    ordered = await viewer.say(f"/video {SEA} до правки")
    await viewer.telegram.edit(viewer.user_id, ordered["message_id"], f"/video {SEA} после правки")
    await viewer.seen(mark, text="заказано по прежним словам")
    await viewer.seen(mark, only="video", caption="до правки")
    assert await viewer.runway.tasks("после правки") == []
