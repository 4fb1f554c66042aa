from datetime import UTC, datetime

import pytest
from nats.js.errors import NotFoundError

from services.chassis.audit import STREAM
from services.chassis.errors import PermissionDenied, ResourceNotFound
from services.chassis.jetstream import Nats
from services.gateway.administration.limits import LimitScreens, parse_limit
from services.gateway.administration.presses import AdminVerb, parse_admin_press
from services.gateway.administration.screens import Screens
from services.gateway.quotas.measures import Measure, Period
from services.gateway.quotas.quotas import Use
from services.gateway.turns import Part
from services.gateway.wording import Language, Wording
from tests.integration.gateway.administration.rooms import ANALYST, OPERATOR, SOMEBODY, Rooms


async def test_a_plan_gives_its_limits_and_can_be_taken_away(rooms: Rooms) -> None:
    await rooms.office.set_plan(OPERATOR, SOMEBODY, "pro")
    assert rooms.policy.limits_of(SOMEBODY) == {"pictures_per_day": 50}
    await rooms.office.set_plan(OPERATOR, SOMEBODY, "")
    assert rooms.policy.limits_of(SOMEBODY) == {"pictures_per_day": 5}
    with pytest.raises(ResourceNotFound):
        await rooms.office.set_plan(OPERATOR, SOMEBODY, "no such plan")


async def test_whoever_may_not_changes_nothing_and_leaves_no_deed(rooms: Rooms, nats: Nats) -> None:
    async def deeds() -> int:
        try:
            return (await nats.js.get_last_msg(STREAM, "audit.person.set")).seq or 0
        except NotFoundError:
            return 0

    before = await deeds()
    for actor in (ANALYST, SOMEBODY):
        with pytest.raises(PermissionDenied):
            await rooms.office.set_standing(actor, SOMEBODY, is_banned=True)
        with pytest.raises(PermissionDenied):
            await rooms.office.open_letters(actor)
    assert not rooms.register.of(SOMEBODY).is_banned
    assert await deeds() == before


async def test_a_card_offers_the_plans_that_somebody_does_not_have(rooms: Rooms) -> None:
    await rooms.office.set_plan(OPERATOR, SOMEBODY, "pro")
    standing, _ = await rooms.office.person(OPERATOR, SOMEBODY)
    card = Screens(Wording.load(), Language.EN).person(SOMEBODY, standing, [], rooms.office.plans)
    assert card.keyboard is not None
    data = [button["callback_data"] for row in card.keyboard["inline_keyboard"] for button in row]
    assert all(len(each.encode()) <= 64 for each in data)
    presses = [press for each in data if (press := parse_admin_press(each))]
    assert [press.subject for press in presses if press.verb is AdminVerb.PLAN] == [f"{SOMEBODY}:"]


def buttons_of(part: Part) -> dict[str, str]:
    assert part.keyboard is not None
    return {each["text"]: each["callback_data"] for row in part.keyboard["inline_keyboard"] for each in row}


async def test_somebodys_limit_is_doubled_once_however_often_the_button_is_pressed(rooms: Rooms) -> None:
    screens = LimitScreens(Wording.load(), Language.EN)
    _, uses = await rooms.office.person(OPERATOR, SOMEBODY)
    assert "🖼 Pictures today: 5" in buttons_of(screens.all(SOMEBODY, uses))
    (use,) = [use for use in uses if use.limit is not None]
    press = parse_admin_press(buttons_of(screens.one(SOMEBODY, use))["10"])
    assert press is not None
    for _ in range(2):
        asked = parse_limit(press.subject)
        assert asked is not None
        await rooms.office.set_limit(OPERATOR, asked.user_id, asked.name, asked.value)
    assert rooms.policy.limits_of(SOMEBODY) == {"pictures_per_day": 10}
    await rooms.office.set_limit(OPERATOR, SOMEBODY, "pictures_per_day", None)
    assert rooms.policy.limits_of(SOMEBODY) == {"pictures_per_day": 5}


def test_the_longest_limit_of_a_group_fits_into_a_button() -> None:
    use = Use(Measure.VIDEO_SECONDS, Period.MONTH, 10**11, 0, datetime.now(UTC))
    offered = buttons_of(LimitScreens(Wording.load(), Language.EN).one(-1_009_999_999_999, use))
    assert len(offered) == 4
    assert all(len(data.encode()) <= 64 for data in offered.values())


@pytest.mark.parametrize("subject", ["", "x:pictures_per_day:5", "4:sunshine_per_day:5", "4" * 20])
def test_a_press_about_no_limit_of_ours_means_nothing(subject: str) -> None:
    assert parse_limit(subject) is None
