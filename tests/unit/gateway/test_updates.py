from typing import Any

import pytest

from services.gateway.updates import (
    Origin,
    Track,
    button_of,
    lane_of,
    message_turn_id,
    origin_of,
    track_of,
    turn_id_in_chat,
    turn_id_of,
    turn_suffix,
)

BOT_ID = 1000


def a_message(**fields: Any) -> dict[str, Any]:
    message = {
        "message_id": 7,
        "date": 1_700_000_000,
        "chat": {"id": 42, "type": "private"},
        "from": {"id": 42},
        "text": "привет",
    }
    return {"update_id": 5, "message": {**message, **fields}}


def test_an_update_sent_twice_has_one_turn_id() -> None:
    assert turn_id_of(BOT_ID, a_message()) == turn_id_of(BOT_ID, a_message())


def test_another_message_under_a_number_used_before_is_another_turn() -> None:
    assert turn_id_of(BOT_ID, a_message()) != turn_id_of(BOT_ID, a_message(date=1_700_000_001))


def test_two_bots_do_not_share_turns() -> None:
    assert turn_id_of(1, a_message()) != turn_id_of(2, a_message())


def test_a_reply_in_a_group_without_topics_stays_in_the_groups_conversation() -> None:
    update = a_message(chat={"id": -100, "type": "supergroup"}, message_thread_id=3)
    assert origin_of(update) == Origin("message", -100, 0, 42)


def test_a_topic_is_a_conversation_of_its_own() -> None:
    update = a_message(chat={"id": -100, "type": "supergroup"}, message_thread_id=3, is_topic_message=True)
    assert origin_of(update).thread_id == 3


def test_a_button_press_belongs_to_the_chat_of_its_message() -> None:
    update = {
        "update_id": 1,
        "callback_query": {"id": "9", "from": {"id": 42}, "message": a_message()["message"], "data": "x"},
    }
    assert origin_of(update) == Origin("callback_query", 42, 0, 42)


@pytest.mark.parametrize(
    "update",
    [
        a_message(text="/stop"),
        a_message(text="/stop@quartet_bot"),
        {"update_id": 1, "stopped_message_generation": {"chat": {"id": 42}, "draft_id": 5}},
        {"update_id": 1, "callback_query": {"id": "9", "from": {"id": 42}, "data": "stop:1000.5.ab"}},
    ],
)
def test_a_wish_to_stop_overtakes_everything_else(update: dict[str, Any]) -> None:
    assert track_of(update) is Track.CONTROL


@pytest.mark.parametrize("text", ["привет", "/start", "/stopwatch", "stop"])
def test_all_else_keeps_to_the_common_track(text: str) -> None:
    assert track_of(a_message(text=text)) is Track.UPDATES


def test_what_asks_the_model_waits_its_turn_and_nothing_else_does() -> None:
    in_order = lane_of(BOT_ID, a_message())
    assert in_order is not None
    assert lane_of(BOT_ID, {"update_id": 6, "edited_message": a_message()["message"]}) == in_order
    assert lane_of(BOT_ID, a_press("again:7.1700000000")) == in_order
    assert lane_of(BOT_ID, a_press("copy:7.1700000000")) is None
    assert lane_of(BOT_ID, a_message(text="/help")) is None


def test_in_a_group_nobody_waits_for_anothers_answer() -> None:
    group = {"id": -100, "type": "supergroup"}
    ann, bob = (a_message(chat=group, **{"from": {"id": user_id}}) for user_id in (1, 2))
    assert lane_of(BOT_ID, ann) != lane_of(BOT_ID, bob)


def test_what_several_people_press_under_one_answer_is_done_one_after_the_other() -> None:
    def press(user_id: int, message: int) -> dict[str, Any]:
        update = a_press(f"again:{message}.1700000000")
        update["callback_query"]["from"] = {"id": user_id}
        update["callback_query"]["message"]["chat"] = {"id": -100, "type": "supergroup"}
        return update

    assert lane_of(BOT_ID, press(1, 7)) == lane_of(BOT_ID, press(2, 7)) != lane_of(BOT_ID, press(2, 8))
    assert button_of(press(1, 7)) == button_of(press(2, 7)) != button_of(press(2, 8))
    assert button_of(a_press("menu1:home")) == button_of(a_message()) == ()


def test_an_edit_and_the_buttons_under_the_answer_name_the_message_that_asked() -> None:
    message = a_message()["message"]
    turn_id = turn_id_of(BOT_ID, a_message())
    assert message_turn_id(BOT_ID, {**message, "edit_date": 1_700_000_009, "text": "other"}) == turn_id
    assert turn_id_in_chat(BOT_ID, 42, turn_suffix(turn_id)) == turn_id


def a_press(data: str) -> dict[str, Any]:
    query = {"id": "9", "from": {"id": 42}, "message": a_message()["message"], "data": data}
    return {"update_id": 1, "callback_query": query}


def test_the_answer_to_an_example_can_be_named_by_the_buttons_under_it() -> None:
    turn_id = turn_id_of(BOT_ID, a_press("example:dinner"))
    assert turn_id_in_chat(BOT_ID, 42, turn_suffix(turn_id)) == turn_id


def test_an_example_waits_its_turn_among_the_questions() -> None:
    assert lane_of(BOT_ID, a_press("example:dinner")) == lane_of(BOT_ID, a_message())


def test_presses_in_a_chats_menus_keep_their_order_and_wait_for_no_answer() -> None:
    first, second = lane_of(BOT_ID, a_press("menu1:home")), lane_of(BOT_ID, a_press("menu1:home.roles"))
    assert first == second != lane_of(BOT_ID, a_message())


@pytest.mark.parametrize(
    "data", ["pic:vary:7.1700000000:1", "easel:draw", "doc:ask:7.1700000000:0", "try:7.1700000000"]
)
def test_what_a_press_draws_can_be_named_by_the_buttons_under_it(data: str) -> None:
    turn_id = turn_id_of(BOT_ID, a_press(data))
    assert turn_id_in_chat(BOT_ID, 42, turn_suffix(turn_id)) == turn_id
    edited = turn_id_of(BOT_ID, {"update_id": 6, "edited_message": a_message()["message"]})
    assert turn_id_in_chat(BOT_ID, 42, turn_suffix(edited)) == edited != turn_id_of(BOT_ID, a_message())


def test_presses_under_one_picture_keep_their_order_and_wait_for_no_answer() -> None:
    first, second = (lane_of(BOT_ID, a_press(f"pic:{verb}:7.1700000000:1")) for verb in ("on", "back"))
    assert first == second != lane_of(BOT_ID, a_message())
    under_another = a_press("pic:on:7.1700000000:1")
    under_another["callback_query"]["message"] = a_message(message_id=8)["message"]
    assert lane_of(BOT_ID, under_another) != first


def test_a_button_under_a_picture_pressed_twice_is_known_as_one() -> None:
    press = a_press("pic:vary:7.1700000000:1")
    assert button_of(press) == button_of(press) != button_of(a_press("pic:vary:7.1700000000:2"))
    assert track_of(press) is Track.UPDATES


def test_a_suggested_question_waits_its_turn_menus_of_documents_keep_theirs_and_pages_have_none() -> None:
    suggestion, page = a_press("doc:ask:7.1700000000:0:8.1"), a_press("doc:page:7.1700000000:3:8.1")
    assert lane_of(BOT_ID, suggestion) == lane_of(BOT_ID, a_message())
    assert lane_of(BOT_ID, page) is None
    first, second = (lane_of(BOT_ID, a_press(f"doc:{verb}:7.1700000000:1")) for verb in ("mark", "list"))
    assert first == second != lane_of(BOT_ID, a_message())
    assert button_of(page) == button_of(page) != button_of(suggestion)
