import pytest
from nats.js.kv import KeyValue

from services.gateway.lease import LeaseLost, Tenure
from services.gateway.people import People, Preferences, Role
from services.gateway.wording import Language

BOT_ID = 1000
CHAT_ID = -100_500


def people_of(bucket: KeyValue, *, until: float = float("inf")) -> People:
    return People(bucket, bot_id=BOT_ID, tenure=Tenure(1, until))


def an_editor(preferences: Preferences) -> Preferences:
    return preferences.model_copy(update={"role": Role.EDITOR})


def in_english(preferences: Preferences) -> Preferences:
    return preferences.model_copy(update={"language": Language.EN})


async def test_a_chat_that_has_set_nothing_is_served_as_everyone_is(bucket: KeyValue) -> None:
    assert await people_of(bucket).of(CHAT_ID) == Preferences()


async def test_the_next_speaker_knows_what_a_chat_has_chosen(bucket: KeyValue) -> None:
    chosen = await people_of(bucket).change(CHAT_ID, an_editor)
    assert chosen.role is Role.EDITOR
    assert await people_of(bucket).of(CHAT_ID) == chosen
    assert await people_of(bucket).of(CHAT_ID - 1) == Preferences()


async def test_a_change_keeps_what_another_speaker_has_written_meanwhile(bucket: KeyValue) -> None:
    former, successor = people_of(bucket), people_of(bucket)
    await former.of(CHAT_ID)
    await successor.change(CHAT_ID, an_editor)
    changed = await former.change(CHAT_ID, in_english)
    assert changed == in_english(an_editor(Preferences()))


async def test_a_former_speaker_changes_nothing(bucket: KeyValue) -> None:
    with pytest.raises(LeaseLost):
        await people_of(bucket, until=0.0).change(CHAT_ID, an_editor)
    assert await people_of(bucket).of(CHAT_ID) == Preferences()


async def test_what_cannot_be_read_locks_nobody_out_and_can_be_set_anew(bucket: KeyValue) -> None:
    await bucket.put(f"{BOT_ID}.{CHAT_ID}", b'{"role": "emperor"}')
    people = people_of(bucket)
    assert await people.of(CHAT_ID) == Preferences()
    await people.change(CHAT_ID, an_editor)
    assert (await people_of(bucket).of(CHAT_ID)).role is Role.EDITOR


async def test_a_group_that_becomes_a_supergroup_keeps_its_preferences(bucket: KeyValue) -> None:
    people, new_id = people_of(bucket), CHAT_ID - 1
    await people.change(CHAT_ID, an_editor)
    await people.move(CHAT_ID, new_id)
    await people.move(CHAT_ID, new_id)
    assert (await people_of(bucket).of(new_id)).role is Role.EDITOR


async def test_a_supergroup_that_has_chosen_already_keeps_its_choice(bucket: KeyValue) -> None:
    people, new_id = people_of(bucket), CHAT_ID - 1
    await people.change(CHAT_ID, an_editor)
    await people.change(new_id, in_english)
    await people.move(CHAT_ID, new_id)
    assert await people.of(new_id) == in_english(Preferences())
